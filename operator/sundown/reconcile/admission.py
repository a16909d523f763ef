"""Whether a count is what the cluster's admission made of Sundown's own write: a mutating webhook or policy. Pure.

Who owns the count in managedFields was settled before admission, which changes the value and no owner. So a count that
Sundown did not send, and that Sundown owns, or who had it back unchanged, is nobody's wish for this workload.
"""

from __future__ import annotations

from sundown.cluster.ownership import REPLICAS
from sundown.errors import Mistake
from sundown.model.parts import Owner, Workload
from sundown.model.record import sleep_began
from sundown.model.scalars import instant_or_none
from sundown.reconcile.memory import CLOCKS_APART, Belief, Memory
from sundown.sleepers.kinds import row_of
from sundown.sleepers.notes import Taken, read_note

ADMISSION = "the cluster's own admission (a mutating webhook or policy)"


def kept_up(workload: Workload, belief: Belief, memory: Memory) -> bool:
    """Whether a count above zero, beside a record of this sleep, is what admission made of Sundown's own write."""
    recorded = memory.sleep is not None and belief.place in {"object", "status"}
    return workload.replicas > 0 and recorded and _is_sundowns(workload, memory, asleep=True)


def woken_otherwise(workload: Workload, memory: Memory) -> Mistake | None:
    """What is said of one that was woken, and has another count than its record said."""
    second = memory.of_this_sleep(workload)
    if second is None or workload.carries or workload.replicas == 0:
        return None
    restoring = row_of(workload).read_record(second.restore)
    if restoring is None or workload.replicas == restoring.replicas:
        return None
    if not _is_sundowns(workload, memory, asleep=False):
        return None
    return Mistake(
        workload.title,
        f"was woken to {restoring.replicas}, and {ADMISSION} sets it to {workload.replicas}, which it keeps",
    )


def _is_sundowns(workload: Workload, memory: Memory, *, asleep: bool) -> bool:
    """Whether the count is of Sundown's own write: nobody else has written it since.

    Who writes without applying has nothing back before the morning. So at night it is they who have written, also within
    the second of what they wrote before, which is as exactly as times are told.
    """
    notes = (*read_note(workload.taken_from), *read_note(_noted(workload, memory)))
    # Of what was given back its owner has the time of before, until they write something else.
    given_back = [one for one in notes if one.time and (one.applies or not asleep)]
    return any(
        owner.ours or any(_is_as_given_back(owner, one, workload, memory, asleep=asleep) for one in given_back)
        for owner in workload.owners or ()
        if REPLICAS in owner.fields
    )


def _is_as_given_back(owner: Owner, one: Taken, workload: Workload, memory: Memory, *, asleep: bool) -> bool:
    """Whether an owner has not written again, since what they owned was given back to them.

    Who applies in the second of their last apply, and of the night between the two, shows by the count of changes only.
    """
    if (owner.manager, owner.time) != (one.manager, one.time):
        return False
    if not asleep or (one.generation is not None and workload.generation <= one.generation + 1):
        return True
    began, written = sleep_began(memory.sleep or ""), instant_or_none(one.time)
    return began is not None and written is not None and written < began - CLOCKS_APART


def _noted(workload: Workload, memory: Memory) -> str | None:
    """The note of the second place, where it is of a write that was made: it is there before what is to be written."""
    second = memory.of_this_sleep(workload)
    if second is None:
        return None
    restoring = row_of(workload).read_record(second.restore)
    is_made = workload.previous is None or restoring is None or restoring.replicas == workload.previous
    return second.taken_from if is_made else None
