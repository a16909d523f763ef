"""What is written into an ActionRequest for people and machines, made from a verdict. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from sundown.errors import InvalidObject
from sundown.model.action_request import ActionRequestStatus, Asked, RequestCondition
from sundown.model.actions import Parameters, said
from sundown.model.scalars import format_instant
from sundown.reconcile.action_kind import ActionKind
from sundown.reconcile.actions import ACTIONS
from sundown.reconcile.request_verdict import Reason, Verdict


def next_status(
    asked: Asked, verdict: Verdict, *, now: datetime, retention: timedelta = timedelta(days=90)
) -> ActionRequestStatus:
    """The status that a verdict makes; equal to the one before when there is nothing new to say. No moment is ever cleared."""
    was = asked.status
    conditions = (
        _condition(asked, verdict, "Complete", holds=verdict.state == "Done", now=now),
        _condition(asked, verdict, "Failed", holds=verdict.in_vain, now=now),
    )
    finished = was.finished_at or (now if verdict.in_vain or verdict.state == "Done" else None)
    return ActionRequestStatus(
        observed_generation=asked.metadata.generation,
        state=verdict.state,
        outcome=sentence(asked, verdict),
        held_by=verdict.held_by,
        approve_via=verdict.ways,
        approved_at=was.approved_at or (now if verdict.state in {"Approved", "Done"} else None),
        finished_at=finished,
        retained_until=was.retained_until or (finished + retention if finished is not None else None),
        conditions=conditions,
    )


def is_over(asked: Asked, *, now: datetime, retention: timedelta) -> bool:
    """Whether it was kept long enough: by what its status says, and by what this version would have said."""
    status = asked.status
    if not status.finished or status.finished_at is None:
        return False
    return now >= max(status.finished_at + retention, status.retained_until or status.finished_at)


def _condition(
    asked: Asked, verdict: Verdict, kind: Literal["Complete", "Failed"], *, holds: bool, now: datetime
) -> RequestCondition:
    was = next((one for one in asked.status.conditions if one.type == kind), None)
    status: Literal["True", "False"] = "True" if holds else "False"
    return RequestCondition(
        type=kind,
        status=status,
        reason=word(asked, verdict),
        message=sentence(asked, verdict),
        last_transition_time=was.last_transition_time if was is not None and was.status == status else now,
        observed_generation=asked.metadata.generation,
    )


def kind_of(asked: Asked) -> ActionKind | None:
    """The row of what is asked for; None where it cannot be read, or is none that is known."""
    return ACTIONS.get(asked.spec.action) if asked.spec is not None else None


def word(asked: Asked, verdict: Verdict) -> str:
    """Why, for machines."""
    kind = kind_of(asked)
    match verdict.reason:
        case Reason.UNDER_WAY if kind is not None:
            return kind.under_way.word
        case Reason.DONE if kind is not None:
            return kind.done.word
        case Reason.HELD | Reason.REFUSED_BY_API | Reason.OF_ITS_KIND:
            return verdict.word or verdict.reason.value
        case _:
            return verdict.reason.value


def event_word(asked: Asked, verdict: Verdict) -> str:
    """The reason of the Event: what goes on, or the state in which it ended."""
    kind = kind_of(asked)
    if kind is None:
        return verdict.state
    if verdict.held_by and kind.held is not None:
        return kind.held.word
    return {"Approved": kind.under_way.word, "Done": kind.done.word}.get(verdict.state, verdict.state)


_AS_ASKED = "as it was asked for"
_SENTENCES: dict[Reason, str] = {
    Reason.WAITING_FOR_CONFIRMATION: "waits until {by} confirms it, until {confirm} at the latest",
    Reason.WAITING_FOR_APPROVAL: "waits until somebody else than {by} approves it by way of {word}, until {expires} at the latest",
    Reason.UNCONFIRMED: "not confirmed by {confirm}; ask again",
    Reason.WITHDRAWN: "withdrawn by {detail}",
    Reason.REJECTED: "rejected by {detail}",
    Reason.OWN_APPROVAL: "approved by {detail}, who is the one that asked for it: it takes somebody else",
    Reason.NO_ADDRESS: (
        'it takes two people, and "{detail}" has no e-mail address by which to tell who that is: ask, and have it approved, by '
        "Slack or by accounts that are named by their address"
    ),
    Reason.OTHER_WAY: "approved by way of {detail}, and here only these ways count: {word}; ask again",
    Reason.APPROVER_FORBIDDEN: (
        '{approver} may not approve what is done in "{namespace}": whoever runs the cluster can grant the right to "approve" '
        "envschedules.sundown.dev there"
    ),
    Reason.EXPIRED: "not carried out by {expires}; ask again",
    Reason.WRONG_NAMESPACE: 'only requests in "{detail}" count, and this one is in "{home}"',
    Reason.INVALID_SPEC: "{detail}",
    Reason.UNKNOWN_ACTION: 'this operator knows no action "{action}"; it knows {detail}',
    Reason.NOT_FOUND: 'there is no namespace "{namespace}" any more',
    Reason.NEWER_NAMESPACE: 'the namespace "{namespace}" of now is a newer one than was meant',
    Reason.DELETED_ALREADY: 'namespace "{namespace}" is being deleted already',
    Reason.NO_SUCH_WORKLOAD: 'there is no {detail} in "{namespace}"',
    Reason.NOTHING_TO_DO: "{detail}",
    Reason.CHANGED: "look again, and ask again: {detail}",
    Reason.PROTECTED_NAMESPACE: 'namespace "{namespace}" is protected: Sundown never touches it',
    Reason.INVALID_LABEL: "{detail}",
    Reason.PAUSED: '"{namespace}" is left alone: {detail}',
    Reason.NO_SCHEDULE: 'no EnvSchedule in "{namespace}" is in force, so none allows to {deed}',
    Reason.NOT_ALLOWED: 'EnvSchedule "{schedule}" does not say {detail}',
    Reason.DRY_RUN: "Sundown only reports here (SUNDOWN_DRY_RUN) and does not {deed}",
    Reason.FORBIDDEN: "{by} may not {deed}: whoever runs the cluster can grant the right to {right} there",
    Reason.MISCONFIGURED: (
        "Sundown may not ask the cluster whether {by} may {deed}: grant its operator the right to create "
        "subjectaccessreviews.authorization.k8s.io, as deploy/base does"
    ),
    Reason.REFUSED_BY_API: "{detail}",
    Reason.OF_ITS_KIND: "{detail}",
}
_OF_A_SCHEDULE: dict[Reason, str] = {
    Reason.PAUSED: 'EnvSchedule "{schedule}" says paused: true, so "{namespace}" is left alone',
    Reason.DRY_RUN: 'EnvSchedule "{schedule}" says dryRun: true, which does not {deed}',
}
"""Where the verdict names the schedule that says so."""


def sentence(asked: Asked, verdict: Verdict) -> str:
    """Why, for people."""
    spec, kind = asked.spec, kind_of(asked)
    namespace = spec.target.namespace if spec is not None else ""
    parameters = _parameters(asked, kind)
    return _pattern(verdict, kind).format(
        **said(parameters),
        action=spec.action if spec is not None else "",
        by=spec.requested_by if spec is not None else "",
        approver=(spec.approval.by if spec is not None and spec.approval is not None else None) or "",
        confirm=format_instant(spec.confirm_until) if spec is not None else "",
        word=verdict.word,
        change=verdict.detail or (spec.seen.change if spec is not None and spec.seen is not None else _AS_ASKED),
        deed=_deed(namespace, kind, parameters),
        detail=verdict.detail,
        expires=format_instant(spec.expires_at) if spec is not None else "",
        home=asked.metadata.namespace,
        namespace=namespace,
        right=_right(kind, parameters),
        schedule=verdict.schedule,
    )


def _parameters(asked: Asked, kind: ActionKind | None) -> Parameters | None:
    """What it takes; None where that cannot be read, of which the verdict speaks then."""
    try:
        return kind.action.read(asked.spec.parameters) if kind is not None and asked.spec is not None else None
    except InvalidObject:
        return None


def _deed(namespace: str, kind: ActionKind | None, parameters: Parameters | None) -> str:
    return kind.action.of(namespace, parameters) if kind is not None and parameters is not None else ""


def _right(kind: ActionKind | None, parameters: Parameters | None) -> str:
    return str(kind.action.asks(parameters)) if kind is not None and parameters is not None else ""


def _pattern(verdict: Verdict, kind: ActionKind | None) -> str:
    match verdict.reason:
        case Reason.UNDER_WAY if kind is not None:
            return kind.under_way.text
        case Reason.HELD if kind is not None:
            return (kind.held or kind.under_way).text
        case Reason.DONE if kind is not None:
            return kind.done.text
        case reason if verdict.schedule and reason in _OF_A_SCHEDULE:
            return _OF_A_SCHEDULE[reason]
        case reason:
            return _SENTENCES[reason]
