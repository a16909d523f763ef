"""What a second person has to approve, and whether the one who did may be that person. Pure: rights are asked elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from sundown.model.action_request import Answer
from sundown.model.addresses import mailbox
from sundown.model.env import Env
from sundown.model.resources import GUARDED, ApprovalPolicy
from sundown.reconcile.env_edit import EDIT
from sundown.reconcile.env_reset import RESET
from sundown.reconcile.governance import covering
from sundown.reconcile.request_verdict import Case, Reason, Verdict, refused

_USUAL = ApprovalPolicy()
_COUNTS_AS = {action.name: action.counts_as for action in (RESET, EDIT)}


def policy_of(env: Env) -> ApprovalPolicy:
    """What the ClusterEnvSchedule says that covers the namespace; the usual where none does."""
    cover = covering(env.namespace, env.defaults) if env.namespace is not None else None
    return cover.spec.approval if cover is not None else _USUAL


def is_guarded(env: Env) -> bool:
    """Whether the namespace is marked; a mark that is misspelt counts, for whoever set it wanted it to."""
    label = env.namespace.labels.get(GUARDED) if env.namespace is not None else None
    return label is not None and label.strip().lower() not in {"", "false"}


def needing_two(env: Env) -> tuple[str, ...]:
    """Which actions need a second person in this namespace, whoever asks."""
    policy = policy_of(env)
    return tuple(sorted({*policy.actions, *(policy.guarded if is_guarded(env) else ())}))


def takes_two(case: Case) -> bool:
    """Whether this request needs a second person: by the policy, or because it says so itself."""
    approval, action = case.spec.approval, case.spec.action
    return _COUNTS_AS.get(action, action) in needing_two(case.env) or (approval is not None and approval.required)


def unapproved(case: Case) -> Iterator[Verdict]:
    """What nobody has approved yet who can."""
    spec, approval = case.spec, case.spec.approval
    if not takes_two(case):
        return
    ways = policy_of(case.env).via
    if approval is None or approval.by is None:
        yield Verdict("Pending", Reason.WAITING_FOR_APPROVAL, again=spec.expires_at, ways=ways, word=" or ".join(ways))
        return
    asked, given = mailbox(spec.requested_by), mailbox(approval.by)
    if asked is None or given is None:
        yield refused(Reason.NO_ADDRESS, detail=spec.requested_by if asked is None else approval.by)
    elif asked == given:
        yield refused(Reason.OWN_APPROVAL, detail=approval.by)
    way = approval.via or "kubectl"
    if way not in ways:
        yield refused(Reason.OTHER_WAY, word=", ".join(ways), detail=way)


def unconfirmed(case: Case) -> Iterator[Verdict]:
    """What was proposed, and not confirmed yet, or never."""
    spec = case.spec
    if spec.confirmation is not None:
        return
    if case.now >= spec.confirm_until:
        yield Verdict("Timeout", Reason.UNCONFIRMED)
    yield Verdict("Pending", Reason.WAITING_FOR_CONFIRMATION, again=spec.confirm_until)


def turned_down(case: Case) -> Iterator[Verdict]:
    """What somebody has said no to."""
    if case.spec.withdrawn is not None:
        yield Verdict("Withdrawn", Reason.WITHDRAWN, detail=_who_and_why(case.spec.withdrawn))
    if case.spec.rejected is not None:
        yield Verdict("Rejected", Reason.REJECTED, detail=_who_and_why(case.spec.rejected))


def _who_and_why(answer: Answer) -> str:
    return f"{answer.by}: {answer.reason}" if answer.reason is not None else answer.by
