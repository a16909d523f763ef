"""What is to become of an ActionRequest, by what is there at this moment. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sundown.errors import InvalidObject
from sundown.model.action_request import Asked
from sundown.model.env import Env
from sundown.reconcile.actions import ACTIONS
from sundown.reconcile.approvals import turned_down, unapproved, unconfirmed
from sundown.reconcile.governance import govern
from sundown.reconcile.request_verdict import Case, Reason, Verdict, refused
from sundown.reconcile.workload_changes import OfWorkload, Subject
from sundown.settings import Settings


def judge(asked: Asked, env: Env, *, settings: Settings, now: datetime, subject: Subject | None = None) -> Verdict:
    """Judge a request; ``env`` is the target as it is now, without a namespace where there is none of that name."""
    case = understand(asked, env, settings=settings, now=now, subject=subject)
    return case if isinstance(case, Verdict) else verdict_of(case)


def understand(
    asked: Asked, env: Env, *, settings: Settings, now: datetime, subject: Subject | None = None
) -> Case | Verdict:
    """The case that a request and what is there make; a verdict where it cannot be understood."""
    spec = asked.spec
    if asked.metadata.namespace != settings.namespace:
        return refused(Reason.WRONG_NAMESPACE, detail=settings.namespace)
    if spec is None:
        return refused(Reason.INVALID_SPEC, detail="; ".join(str(mistake) for mistake in asked.mistakes))
    kind = ACTIONS.get(spec.action)
    if kind is None:
        return refused(Reason.UNKNOWN_ACTION, detail=", ".join(ACTIONS))
    try:
        parameters = kind.action.read(spec.parameters)
    except InvalidObject as error:
        return refused(Reason.INVALID_SPEC, detail="; ".join(str(mistake) for mistake in error.mistakes))
    governance = govern(env, settings=settings)
    return Case(asked, spec, env, governance, settings, now, parameters=parameters, subject=subject)


def meant(asked: Asked) -> OfWorkload | None:
    """The workload that a request names; None where it names none, or not readably."""
    kind = ACTIONS.get(asked.spec.action) if asked.spec is not None else None
    if asked.spec is None or kind is None:
        return None
    try:
        parameters = kind.action.read(asked.spec.parameters)
    except InvalidObject:
        return None
    return parameters if isinstance(parameters, OfWorkload) else None


def verdict_of(case: Case) -> Verdict:
    """What is to become of a request that is understood."""
    kind = ACTIONS[case.spec.action]
    come = kind.progress(case) if case.begun else None
    if come is not None:
        return come
    objections = (
        *(_by_the_target, turned_down, _by_the_request),
        *kind.objections,
        *(_by_what_was_seen, unconfirmed, unapproved),
    )
    against = next((verdict for objection in objections for verdict in objection(case)), None)
    if against is not None:
        return against
    return Verdict("Approved", Reason.UNDER_WAY, act=True, detail=kind.changes(case).text if kind.changes else "")


def _by_the_target(case: Case) -> Iterator[Verdict]:
    there = case.env.namespace
    if there is None:
        yield refused(Reason.NOT_FOUND)
    elif case.gone:
        yield refused(Reason.NEWER_NAMESPACE)
    elif there.terminating:
        yield refused(Reason.DELETED_ALREADY)


def _by_the_request(case: Case) -> Iterator[Verdict]:
    if case.now >= case.spec.expires_at:
        yield Verdict("Expired", Reason.EXPIRED)
    if case.settings.protects(case.spec.target.namespace):
        yield refused(Reason.PROTECTED_NAMESPACE)
    if case.settings.dry_run:
        yield refused(Reason.DRY_RUN)


def _by_what_was_seen(case: Case) -> Iterator[Verdict]:
    """What somebody confirmed is done as it was shown to them, or not at all."""
    seen, changes = case.spec.seen, ACTIONS[case.spec.action].changes
    if seen is None or changes is None:
        return
    change = changes(case)
    if change.uid != seen.uid:
        yield refused(Reason.CHANGED, detail="it was deleted meanwhile, and there is a new one of that name")
    elif change.text != seen.change:
        yield refused(Reason.CHANGED, detail=f'it was "{seen.change}", and now it would be "{change.text}"')
