"""What is to become of an ActionRequest, by what is there at this moment. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sundown.model.action_request import (
    ActionRequestSpec,
    ActionRequestStatus,
    Asked,
    RequestCondition,
    RequestState,
)
from sundown.model.env import Env, Namespace
from sundown.model.scalars import format_instant
from sundown.reconcile.governance import Governance, govern
from sundown.reconcile.stuck_namespace import held, look_again
from sundown.settings import Settings


@dataclass(frozen=True, slots=True)
class Verdict:
    """The next state of a request, why in a word and in a sentence, and when to look again.

    ``act`` says that everything is in order for the deletion, ``held_by`` what keeps what was begun from its end.
    """

    state: RequestState
    reason: str
    outcome: str
    act: bool = False
    again: datetime | None = None
    held_by: tuple[str, ...] = ()

    @property
    def in_vain(self) -> bool:
        """Whether it is clear that it will not be done."""
        return self.state in {"Refused", "Expired", "Failed"}


def judge(asked: Asked, env: Env, *, settings: Settings, now: datetime) -> Verdict:
    """Judge a request; ``env`` is the target as it is now, without a namespace where there is none of that name."""
    home, spec = asked.metadata.namespace, asked.spec
    if home != settings.namespace:
        return _refused("WrongNamespace", f'only requests in "{settings.namespace}" count, and this one is in "{home}"')
    if spec is None:
        return _refused("InvalidSpec", "; ".join(str(mistake) for mistake in asked.mistakes))
    objections = (
        _by_the_target(asked, spec, env, now=now),
        _by_the_request(spec, settings=settings, now=now),
        _by_the_schedule(env, govern(env, settings=settings)),
        _by_the_approval(spec),
    )
    going = Verdict("Approved", "Deleting", _going(spec), act=True)
    return next((verdict for objection in objections for verdict in objection), going)


def _by_the_target(asked: Asked, spec: ActionRequestSpec, env: Env, *, now: datetime) -> Iterator[Verdict]:
    name, there, begun = spec.target.namespace, env.namespace, asked.status.state == "Approved"
    gone = there is None or there.uid != spec.target.uid
    if gone and begun:
        yield Verdict("Done", "Deleted", f'namespace "{name}" is deleted, and everything that was in it')
    elif there is None:
        yield _refused("NotFound", f'there is no namespace "{name}" any more')
    elif gone:
        yield _refused("NewerNamespace", f'the namespace "{name}" of now is a newer one than was meant')
    elif there.terminating and begun:
        yield _on_its_way(spec, there, now=now)
    elif there.terminating:
        yield _refused("DeletedAlready", f'namespace "{name}" is being deleted already')


def _on_its_way(spec: ActionRequestSpec, there: Namespace, *, now: datetime) -> Verdict:
    again, holding = look_again(there, now=now), held(there, now=now)
    if holding is None:
        return Verdict("Approved", "Deleting", _going(spec), again=again)
    text = f'namespace "{spec.target.namespace}" is being deleted and does not go: {holding}'
    return Verdict("Approved", holding.reason, text, again=again, held_by=holding.by)


def _by_the_request(spec: ActionRequestSpec, *, settings: Settings, now: datetime) -> Iterator[Verdict]:
    name = spec.target.namespace
    if now >= spec.expires_at:
        yield Verdict("Expired", "Expired", f"not carried out by {format_instant(spec.expires_at)}; ask again")
    if settings.protects(name):
        yield _refused("ProtectedNamespace", f'namespace "{name}" is protected: Sundown never touches it')
    if settings.dry_run:
        yield _refused("DryRun", "Sundown only reports here (SUNDOWN_DRY_RUN) and deletes nothing")


def _by_the_schedule(env: Env, governance: Governance) -> Iterator[Verdict]:
    if governance.trouble is not None:
        reason, text = governance.trouble
        yield _refused(reason, text)
    if governance.paused_by is not None:
        yield _refused("Paused", f'"{env.name}" is left alone: {governance.paused_by[1]}')
    chosen = governance.in_force
    if chosen is None or chosen.schedule is None:
        yield _refused("NoSchedule", f'no EnvSchedule in "{env.name}" is in force, so none allows that it is deleted')
    elif chosen.schedule.spec.paused:
        yield _refused(
            "Paused", f'EnvSchedule "{chosen.metadata.name}" says paused: true, so "{env.name}" is left alone'
        )
    elif not chosen.schedule.spec.allow_delete:
        yield _refused("NotAllowed", f'EnvSchedule "{chosen.metadata.name}" does not say allowDelete: true')
    elif chosen.schedule.spec.dry_run:
        yield _refused("DryRun", f'EnvSchedule "{chosen.metadata.name}" says dryRun: true, so nothing is deleted')


def _by_the_approval(spec: ActionRequestSpec) -> Iterator[Verdict]:
    approval = spec.approval
    if approval is not None and approval.required and approval.by is None:
        text = f"waits until somebody else than {spec.requested_by} approves it"
        yield Verdict("Pending", "WaitingForApproval", text, again=spec.expires_at)


def _going(spec: ActionRequestSpec) -> str:
    return f'namespace "{spec.target.namespace}" is being deleted, and everything in it'


def forbidden(spec: ActionRequestSpec) -> Verdict:
    """The verdict where the cluster does not let the person delete the namespace."""
    name = spec.target.namespace
    return _refused(
        "Forbidden",
        f'{spec.requested_by} may not delete the namespace "{name}": whoever runs the cluster can grant the right to '
        f'"delete" namespaces there',
    )


def unasked(spec: ActionRequestSpec) -> Verdict:
    """The verdict where nobody can say what the person may do."""
    return _refused(
        "Misconfigured",
        f"Sundown may not ask the cluster whether {spec.requested_by} may delete the namespace: grant its operator the right "
        "to create subjectaccessreviews.authorization.k8s.io, as deploy/base does",
    )


def _refused(reason: str, text: str) -> Verdict:
    return Verdict("Refused", reason, text)


def next_status(asked: Asked, verdict: Verdict, *, now: datetime) -> ActionRequestStatus:
    """The status that a verdict makes; equal to the one before when there is nothing new to say."""
    conditions = (
        _condition(asked, verdict, "Complete", holds=verdict.state == "Done", now=now),
        _condition(asked, verdict, "Failed", holds=verdict.in_vain, now=now),
    )
    finished = verdict.in_vain or verdict.state == "Done"
    return ActionRequestStatus(
        observed_generation=asked.metadata.generation,
        state=verdict.state,
        outcome=verdict.outcome,
        held_by=verdict.held_by,
        finished_at=now if finished else None,
        conditions=conditions,
    )


def _condition(
    asked: Asked, verdict: Verdict, kind: Literal["Complete", "Failed"], *, holds: bool, now: datetime
) -> RequestCondition:
    was = next((one for one in asked.status.conditions if one.type == kind), None)
    status: Literal["True", "False"] = "True" if holds else "False"
    return RequestCondition(
        type=kind,
        status=status,
        reason=verdict.reason,
        message=verdict.outcome,
        last_transition_time=was.last_transition_time if was is not None and was.status == status else now,
        observed_generation=asked.metadata.generation,
    )
