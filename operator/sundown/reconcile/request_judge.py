"""What is to become of an ActionRequest, by what is there at this moment. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sundown.model.action_request import Asked
from sundown.model.env import Env
from sundown.reconcile.actions import ACTIONS
from sundown.reconcile.governance import govern
from sundown.reconcile.request_verdict import Case, Reason, Verdict, refused
from sundown.settings import Settings


def judge(asked: Asked, env: Env, *, settings: Settings, now: datetime) -> Verdict:
    """Judge a request; ``env`` is the target as it is now, without a namespace where there is none of that name."""
    spec = asked.spec
    if asked.metadata.namespace != settings.namespace:
        return refused(Reason.WRONG_NAMESPACE, detail=settings.namespace)
    if spec is None:
        return refused(Reason.INVALID_SPEC, detail="; ".join(str(mistake) for mistake in asked.mistakes))
    kind = ACTIONS.get(spec.action)
    if kind is None:
        return refused(Reason.UNKNOWN_ACTION, detail=", ".join(ACTIONS))
    case = Case(asked, spec, env, govern(env, settings=settings), settings, now)
    come = kind.progress(case) if case.begun else None
    if come is not None:
        return come
    objections = (_by_the_target, _by_the_request, *kind.objections, _by_the_approval)
    going = Verdict("Approved", Reason.UNDER_WAY, act=True)
    return next((verdict for objection in objections for verdict in objection(case)), going)


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


def _by_the_approval(case: Case) -> Iterator[Verdict]:
    approval = case.spec.approval
    if approval is not None and approval.required and approval.by is None:
        yield Verdict("Pending", Reason.WAITING_FOR_APPROVAL, again=case.spec.expires_at)
