"""Deleting a namespace because somebody asked for it: the row ``Delete`` of the actions."""

from __future__ import annotations

from collections.abc import Iterator

from sundown.cluster import paths
from sundown.cluster.client import Cluster
from sundown.model.actions import DELETE
from sundown.reconcile.action_kind import ActionKind, Words
from sundown.reconcile.request_verdict import Case, Reason, Verdict, left_alone, only_tried, refused
from sundown.reconcile.stuck_namespace import held, look_again


def not_deletable(case: Case) -> Iterator[Verdict]:
    """An env whose schedule does not say that it may be deleted."""
    chosen = case.governance.in_force
    if chosen is not None and not chosen.legible_spec.allow_delete:
        yield refused(Reason.NOT_ALLOWED, schedule=chosen.metadata.name, detail="allowDelete: true")


def how_far(case: Case) -> Verdict | None:
    """Gone: it was deleted for this request, for that was written before; on its way: what holds it, where something does."""
    there = case.env.namespace
    if case.gone or there is None:
        return Verdict("Done", Reason.DONE)
    if not there.terminating:
        return None
    again, holding = look_again(there, now=case.now), held(there, now=case.now)
    if holding is None:
        return Verdict("Approved", Reason.UNDER_WAY, again=again)
    return Verdict("Approved", Reason.HELD, again=again, held_by=holding.by, word=holding.reason, detail=str(holding))


async def delete(cluster: Cluster, case: Case) -> bool:
    """Begin it; it takes as long as what is in the namespace takes to end."""
    target = case.spec.target
    await cluster.delete(paths.namespace(target.namespace), uid=target.uid)
    return False


DELETION = ActionKind(
    action=DELETE,
    objections=(left_alone, not_deletable, only_tried),
    progress=how_far,
    carry_out=delete,
    under_way=Words("Deleting", 'namespace "{namespace}" is being deleted, and everything in it'),
    done=Words("Deleted", 'namespace "{namespace}" is deleted, and everything that was in it'),
    held=Words("DeletionHeld", 'namespace "{namespace}" is being deleted and does not go: {detail}'),
)
