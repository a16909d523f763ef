"""Whether a count is what the cluster's admission made of Sundown's own write: a mutating webhook or policy. Pure.

Who owns the count in managedFields was settled before admission, which changes the value and no owner. So a count that
Sundown did not send, and that Sundown owns, or who had it back unchanged, is nobody's wish for this workload.
"""

from __future__ import annotations

from sundown.cluster.ownership import REPLICAS
from sundown.errors import Mistake
from sundown.model.parts import Workload
from sundown.model.record import read_restoring
from sundown.reconcile.memory import Belief, Memory
from sundown.sleepers.ways import read_note

ADMISSION = "the cluster's own admission (a mutating webhook or policy)"


def kept_up(workload: Workload, belief: Belief, memory: Memory) -> bool:
    """Whether a count above zero, beside a record of this sleep, is what admission made of Sundown's own write."""
    recorded = memory.sleep is not None and belief.place in {"object", "status"}
    return workload.replicas > 0 and recorded and is_sundowns(workload, memory)


def woken_otherwise(workload: Workload, memory: Memory) -> Mistake | None:
    """What is said of one that was woken, and has another count than its record said."""
    second = memory.records.get((workload.kind, workload.name, workload.uid))
    restoring = read_restoring(second.restore) if second is not None else None
    if restoring is None or workload.carries or workload.replicas in {0, restoring.replicas}:
        return None
    if not is_sundowns(workload, memory):
        return None
    return Mistake(
        workload.title,
        f"was woken to {restoring.replicas}, and {ADMISSION} sets it to {workload.replicas}, which it keeps",
    )


def is_sundowns(workload: Workload, memory: Memory) -> bool:
    """Whether the count is of Sundown's own write: nobody else has written it since."""
    second = memory.records.get((workload.kind, workload.name, workload.uid))
    notes = (*read_note(workload.taken_from), *read_note(second.taken_from if second is not None else None))
    # Of what was given back its owner has the time of before, until they apply something else.
    given_back = {(one.manager, one.time) for one in notes if one.time}
    return any(
        (owner.manager, owner.time) in given_back if owner.applies else owner.ours
        for owner in workload.owners or ()
        if REPLICAS in owner.fields
    )
