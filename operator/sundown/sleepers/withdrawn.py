"""What owners who apply a workload have taken out of their manifest while it slept. Pure.

By day a field that nobody applies any more is what it is without anybody, or stays with whoever has written it by an update.
At night it is Sundown's to say so: the zero and the kept claims are no owner's, and the record is of the evening.
"""

from __future__ import annotations

from dataclasses import replace

from sundown.cluster.ownership import REPLICAS, WHEN_SCALED
from sundown.model.parts import Workload
from sundown.model.record import Restoring
from sundown.sleepers.notes import Taken, read_note

_DEFAULT_COUNT = 1
_CLIENT_SIDE = "kubectl-client-side-apply"
_HARMFUL = "Delete"


def as_owners_left_it(noted: Workload, restoring: Restoring) -> Restoring:
    """What wakes a workload, whose note says to whom the fields belonged in the evening, with what its owners left of it."""
    whose = read_note(noted.taken_from)
    gone = _withdrawn(noted, whose)
    by_update = [one for one in whose if WHEN_SCALED in one.fields and not one.applies]
    if (WHEN_SCALED in gone and not by_update) or (by_update and _applies_without(noted, by_update)):
        restoring = replace(restoring, rest=None)
    if REPLICAS in gone and restoring.replicas == _DEFAULT_COUNT:
        # The API server put the default there: for it nobody had set the count, but somebody only sleeps.
        counts = (one.count for one in whose if REPLICAS in one.fields and one.count is not None)
        restoring = replace(restoring, replicas=next(counts, restoring.replicas))
    return restoring


def _withdrawn(noted: Workload, whose: tuple[Taken, ...]) -> frozenset[str]:
    """Fields that somebody applied in the evening, and that are nobody's now: whoever else writes one has it for it."""
    if noted.owners is None:
        return frozenset()
    applied = frozenset(name for one in whose if one.applies for name in one.fields)
    return applied - frozenset(name for one in noted.owners for name in one.fields)


def _applies_without(noted: Workload, by_update: list[Taken]) -> bool:
    """Whether who asked for it by a client-side apply does so no more: what it finds as it wants it, it does not write."""
    asks = noted.aside_applied
    return asks is not None and asks != _HARMFUL and all(one.manager == _CLIENT_SIDE for one in by_update)
