"""What to write to one workload, given which record of it is believed. Pure."""

from __future__ import annotations

from dataclasses import replace

from sundown.errors import Mistake
from sundown.model.cutting import clip
from sundown.model.parts import Step, Workload
from sundown.model.record import Record, Restoring
from sundown.model.resources import ASLEEP_SINCE, PREVIOUS, PREVIOUS_REPLICAS
from sundown.model.spec import Wanted
from sundown.reconcile.admission import kept_up
from sundown.reconcile.memory import GONE, UNREADABLE, Belief, Memory
from sundown.sleepers.kinds import KINDS
from sundown.sleepers.ways import note_of, read_note, taken

NOTHING = Restoring(0)
"""What wakes a workload whose owner wants no pods of it: no write at all."""
_SHOWN = 60


def step_for(wanted: Wanted, workload: Workload, belief: Belief, *, memory: Memory, sleep: str) -> Step | None:
    """The write that brings one workload to where it should be, or None; ``sleep`` is the one that it is put into."""
    known = belief.restoring
    if wanted == "Asleep":
        return _towards_sleep(workload, belief, memory=memory, sleep=sleep)
    if known is not None and _is_to_be_raised(workload, belief, memory):
        return Step("Wake", workload, known.replicas, known)
    if workload.replicas > 0:
        if workload.carries or KINDS[workload.kind].set_aside(workload, known):
            return Step("Forget", workload, workload.replicas, known)
        return _give_back(workload, memory)
    if known is not None and (workload.carries or known != NOTHING):
        return Step("Wake", workload, known.replicas, known)
    return Step("Forget", workload, 0) if belief.stale else None


def _is_to_be_raised(workload: Workload, belief: Belief, memory: Memory) -> bool:
    """Whether admission has made something else of its zero, so that its record is still what its owner wants."""
    known = belief.restoring
    other = known is not None and known.replicas != workload.replicas
    return other and workload.carries and kept_up(workload, belief, memory)


def _towards_sleep(workload: Workload, belief: Belief, *, memory: Memory, sleep: str) -> Step | None:
    row, known = KINDS[workload.kind], belief.restoring
    if workload.replicas > 0:
        # Whoever set a count above zero set it after the record was written, so that count is the one to remember.
        earlier = known if belief.place == "object" else None
        restoring = row.restoring(workload, earlier=earlier)
        if known is not None and kept_up(workload, belief, memory):
            restoring = replace(restoring, replicas=known.replicas)
        return Step("Sleep", workload, 0, restoring, sleep)
    if known is None:
        return Step("Forget", workload, 0) if belief.stale else None
    if row.is_at_risk(workload):
        return Step("Sleep", workload, 0, replace(row.restoring(workload), replicas=known.replicas), sleep)
    if belief.place != "object":
        return Step("Remember", workload, 0, known, sleep)
    return Step("GiveBack", workload, 0) if workload.taken_from is not None else None


def _give_back(workload: Workload, memory: Memory) -> Step | None:
    """What is left to do where the second of two writes is missing, and the note that it is due has been taken off."""
    second = memory.records.get((workload.kind, workload.name, workload.uid))
    if second is None or not read_note(second.taken_from) or not any(one.ours for one in workload.owners or ()):
        return None
    return Step("GiveBack", replace(workload, taken_from=second.taken_from), workload.replicas)


def record_of(workload: Workload, belief: Belief, step: Step | None) -> Record | None:
    """What the second place has to know before the first is written."""
    falls_asleep = step is not None and step.action == "Sleep"
    restoring = step.restoring if step is not None and falls_asleep else belief.restoring
    if restoring is None or (workload.replicas > 0 and not falls_asleep):
        return None
    whose = (taken(step) if step is not None else ()) or read_note(workload.taken_from)
    return Record(workload.kind, workload.name, workload.uid, str(restoring), note_of(whose) if whose else None)


def lost(workload: Workload, doubt: str) -> Mistake:
    """What is wrong with a workload of which nobody knows any more whether to wake it, and what can be done."""
    count = workload.previous if workload.previous is not None else "N"
    place, what = f"kubectl -n {workload.namespace}", f"{workload.kind.lower()}/{workload.name}"
    keys = {PREVIOUS_REPLICAS: workload.record, ASLEEP_SINCE: workload.mark, PREVIOUS: workload.rest}
    if doubt == GONE:
        return Mistake(
            workload.title,
            f"{doubt}; nobody knows what to wake it to: {place} scale {what} --replicas=N wakes it, "
            f"and scaling it to 1 and then to 0 leaves it at 0",
        )
    marks = " ".join(f"{key}-" for key, value in keys.items() if value is not None)
    written = clip(workload.record or "", _SHOWN + 1)
    wrong = f'must be a count, got "{written}"' if doubt == UNREADABLE else f'says "{written}", but {doubt}'
    return Mistake(
        f"{workload.title}: annotation {PREVIOUS_REPLICAS}",
        f"{wrong}; nobody knows what to wake it to: {place} scale {what} --replicas={count} wakes it, "
        f"{place} annotate {what} {marks} leaves it at 0",
    )
