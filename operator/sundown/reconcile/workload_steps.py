"""What to write to one workload, given which record of it is believed. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sundown.cluster.ownership import FIELDS, MARK
from sundown.errors import Mistake
from sundown.model.cutting import clip
from sundown.model.parts import Action, Step, Workload
from sundown.model.record import PLANNED, Record, Restoring
from sundown.model.resources import ASLEEP_SINCE, PREVIOUS, PREVIOUS_REPLICAS
from sundown.model.spec import Wanted
from sundown.reconcile.admission import kept_up
from sundown.reconcile.memory import GONE, UNREADABLE, Belief, Memory, edition_on, next_edition, zero_is_foreign
from sundown.sleepers.kinds import row_of
from sundown.sleepers.notes import NOBODYS, at_night, note_of, read_note
from sundown.sleepers.patch_kind import PatchKind
from sundown.sleepers.ways import note_for, owed
from sundown.sleepers.withdrawn import as_owners_left_it

NOTHING_KNOWN = Memory()
NOTHING = Restoring(0)
"""What wakes a workload whose owner wants no pods of it: no write at all."""
_SHOWN = 60


def step_for(wanted: Wanted, workload: Workload, belief: Belief, *, memory: Memory, sleep: str) -> Step | None:
    """The write that brings one workload to where it should be, or None; ``sleep`` is the one that it is put into."""
    noted = _noted(workload, memory)
    if wanted == "Asleep":
        step = _towards_sleep(workload, noted, belief, memory=memory, sleep=sleep)
        # Of a patched kind the note says that the second of two writes is missing.
        is_owed = step is None and isinstance(row_of(workload), PatchKind) and workload.taken_from is not None
        return Step("GiveBack", noted, 0) if is_owed else step
    known = as_owners_left_it(noted, belief.restoring) if belief.restoring is not None else None
    if known is not None and _is_to_be_raised(workload, belief, memory):
        return Step("Wake", noted, known.replicas, known)
    if workload.replicas > 0:
        back = known or _owed(workload, memory)
        if workload.carries or row_of(workload).set_aside(workload, back):
            return Step("Forget", noted, workload.replicas, back)
        # The second of two writes is missing, or an earlier version knew of none.
        missing = workload.written_by_us & FIELDS.keys() or MARK in workload.written_in_our_name
        return Step("GiveBack", noted, workload.replicas) if missing else None
    if known is not None and (workload.carries or known != NOTHING):
        return Step("Wake", noted, known.replicas, known)
    return _at_an_owners_zero(workload, noted, belief, memory=memory)


def _at_an_owners_zero(workload: Workload, noted: Workload, belief: Belief, *, memory: Memory) -> Step | None:
    aside = _aside_at_an_owners_zero(workload, noted, belief, memory=memory)
    if aside is not None:
        return Step("Forget", noted, 0, aside)
    return Step("Forget", workload, 0) if belief.stale else None


def _aside_at_an_owners_zero(
    workload: Workload, noted: Workload, belief: Belief, *, memory: Memory
) -> Restoring | None:
    """What was set aside of one that somebody else has put to zero since: the zero is their wish, the rest was theirs before."""
    second = memory.second(workload)
    row = row_of(workload)
    if second is None or belief.restoring is not None or belief.doubt is not None or isinstance(row, PatchKind):
        return None
    remembered = row.read_record(second.restore)
    if remembered is None or not row.may_restore(remembered):
        return None
    aside = as_owners_left_it(noted, replace(remembered, replicas=0))
    return aside if row.set_aside(workload, aside) else None


def _is_to_be_raised(workload: Workload, belief: Belief, memory: Memory) -> bool:
    """Whether admission has made something else of its zero, so that its record is still what its owner wants."""
    known = belief.restoring
    other = known is not None and known.replicas != workload.replicas
    return other and workload.carries and kept_up(workload, belief, memory)


def _towards_sleep(workload: Workload, noted: Workload, belief: Belief, *, memory: Memory, sleep: str) -> Step | None:
    row, known = row_of(workload), belief.restoring

    def written(action: Action, restoring: Restoring) -> Step:
        return Step(action, noted, 0, restoring, sleep, next_edition(workload, restoring, memory))

    if workload.replicas > 0:
        # Whoever set a count above zero set it after the record was written, so that count is the one to remember.
        # What of a patch is as Sundown made it is Sundown's, wherever that is remembered. What else is set aside is as
        # Sundown left it where it slept in this sleep, also where a newer record was never written on it.
        remembered = edition_on(workload, memory) is not None or isinstance(row, PatchKind)
        earlier = known if remembered else _owed(workload, memory)
        restoring = row.restoring(workload, earlier=earlier)
        if known is not None and kept_up(workload, belief, memory):
            restoring = replace(restoring, replicas=known.replicas)
        return written("Sleep", as_owners_left_it(noted, restoring))
    if known is None:
        return Step("Forget", workload, 0) if belief.stale else None
    if row.is_at_risk(workload):
        return written("Sleep", replace(row.restoring(workload), replicas=known.replicas))
    if belief.place != "object" or next_edition(workload, known, memory) != edition_on(workload, memory):
        return written("Remember", known)
    if isinstance(row, PatchKind):
        return None
    is_noted = workload.taken_from == at_night(noted.taken_from)
    return None if is_noted and not _is_kept_from_who_applies(noted) else Step("GiveBack", noted, 0)


def _is_kept_from_who_applies(workload: Workload) -> bool:
    """Whether the second of two writes is missing, after which who applies a workload at night meets nobody else's field."""
    applied = workload.is_applied or any(one.applies for one in read_note(workload.taken_from))
    return applied and any(one.ours or (one.shared and one.fields) for one in workload.owners or ())


def _noted(workload: Workload, memory: Memory) -> Workload:
    """With the note of the second place, which nobody's write to the workload reaches, in place of its own."""
    note = _note_of(workload, memory)
    return workload if note == workload.taken_from else replace(workload, taken_from=note)


def _note_of(workload: Workload, memory: Memory) -> str | None:
    second = memory.second(workload)
    if second is None or second.taken_from is None or isinstance(row_of(workload), PatchKind):
        return workload.taken_from
    return second.taken_from


def _owed(workload: Workload, memory: Memory) -> Restoring | None:
    """What was to be given back to one that was woken and could not be written."""
    one = memory.owed.get((workload.kind, workload.name, workload.uid))
    row = row_of(workload)
    restoring = row.read_record(one.restore) if one is not None else None
    return restoring if restoring is not None and row.may_restore(restoring) else None


def still_owed(workload: Workload, step: Step | None, memory: Memory) -> Record | None:
    """What the second place has to keep of one that runs and from which not all is taken off yet."""
    at_an_owners_zero = workload.replicas == 0 and (step is None or step.restoring is None)
    if at_an_owners_zero or step is None or step.action not in {"Forget", "GiveBack"}:
        return None
    return memory.second(workload)


def record_of(
    workload: Workload, belief: Belief, step: Step | None, *, memory: Memory = NOTHING_KNOWN
) -> Record | None:
    """What the second place has to know before the first is written."""
    falls_asleep = step is not None and step.action == "Sleep"
    restoring = step.restoring if step is not None and falls_asleep else belief.restoring
    if restoring is None or (workload.replicas > 0 and not falls_asleep):
        return _newest(workload, belief, memory) if restoring is None else None
    if isinstance(row_of(workload), PatchKind):
        note = None
    elif step is not None and falls_asleep:
        note = note_for(step, owed(step))
    else:
        known = _note_of(workload, memory)
        whose = read_note(known)
        note = note_of(whose) if whose else known if known == NOBODYS else None
    edition = next_edition(workload, restoring, memory) or None
    only_planned = falls_asleep and _is_only_planned(workload, memory)
    says = PLANNED if only_planned else row_of(workload).written(restoring)
    generation = _seen_with(workload, belief, edition, memory=memory) if not falls_asleep else None
    return Record(workload.kind, workload.name, workload.uid, says, note, edition, generation)


def _seen_with(workload: Workload, belief: Belief, edition: int | None, *, memory: Memory) -> int | None:
    """The generation of a workload at which its own record was seen that would not count for ever; then that one stays.

    An older edition is about to be replaced. At a zero of somebody else's nothing but that record tells that it sleeps, nor
    where an earlier version wrote it without a mark.
    """
    second = memory.of_this_sleep(workload)
    is_older = belief.place == "object" and edition != (edition_on(workload, memory) or None)
    if not is_older and second is not None and second.edition == edition and second.generation is not None:
        return second.generation
    is_all_there_is = belief.place == "unmarked" or (belief.place == "object" and zero_is_foreign(workload, memory))
    return workload.generation or None if is_older or is_all_there_is else None


def _newest(workload: Workload, belief: Belief, memory: Memory) -> Record | None:
    """What the second place keeps of one that is at zero by its owner's wish: that older records of this sleep are older.

    As long as one stands on it, so does the first.
    """
    second = memory.of_this_sleep(workload)
    is_needed = second is not None and (second.edition is not None or belief.stale) and workload.replicas == 0
    return second if is_needed else None


def as_written(records: Iterable[Record], steps: Iterable[Step]) -> tuple[Record, ...]:
    """Records once these steps are made: they are no plan any more, and what has woken was seen asleep before that."""
    made = {(step.part.kind, step.part.name, step.part.uid): step for step in steps if isinstance(step.part, Workload)}
    return tuple(_as_written(one, made.get((one.kind, one.name, one.uid))) for one in records)


def _as_written(record: Record, step: Step | None) -> Record:
    if step is not None and step.restoring is not None and record.restore == PLANNED:
        return replace(record, restore=row_of(step.workload).written(step.restoring))
    return replace(record, generation=None) if step is not None and step.action == "Wake" else record


def _is_only_planned(workload: Workload, memory: Memory) -> bool:
    """Whether nothing but the plan would speak for Sundown, should somebody else do the same before it does."""
    second = memory.second(workload)
    known = second is not None and second.restore != PLANNED
    return isinstance(row_of(workload), PatchKind) and not workload.carries and not known


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
