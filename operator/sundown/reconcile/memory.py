"""What is remembered of the sleep that an env is in, and which record of a workload is believed. Pure.

A record counts for the sleep and the object that it was written for, and for no other: it comes back from old
ReplicaSets, with manifests that were exported at night, and goes when a tool writes the object as a whole. So there is a
second place, the status of the EnvSchedule; and what neither place knows is said, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from sundown.cluster.ownership import MARK, REPLICAS
from sundown.errors import SundownError
from sundown.model.cutting import clip
from sundown.model.env import Env, Known, Namespace
from sundown.model.parts import Workload
from sundown.model.record import HIGHEST_COUNT, Record, Restoring, read_count, read_mark, sleep_began
from sundown.model.resources import STATE_LABEL, EnvScheduleStatus, State
from sundown.model.scalars import instant_or_none, parse_instant
from sundown.sleepers.kinds import row_of
from sundown.sleepers.notes import read_note
from sundown.sleepers.patch_kind import PatchKind

Key = tuple[str, str, str]
"""Kind, name and uid."""
Carried = tuple[str | None, str | None]
"""The mark and the record that a workload carries."""

UNREADABLE = "it cannot be read"
LATER = "it was written in a sleep that is not remembered any more"

GONE = "Sundown put it to 0, and what it was has been taken off the workload and out of the status since"

CLOCKS_APART = timedelta(minutes=1)
"""The moment of a sleep is the operator's, that of a write the API server's."""
_ROUNDED = timedelta(seconds=1)
_SHOWN = 60
AT_REST: frozenset[State] = frozenset({"Awake", "Paused"})
_ON_THE_WAY: frozenset[State] = frozenset({"Asleep", "FallingAsleep", "Waking"})


class NotRemembered(SundownError):
    """A workload would be put to sleep with a record that the second place does not know yet."""

    reason = "NotRemembered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What stands beside the workloads.

    ``sleep`` is the id of the sleep that the env is in, None where it is in none; ``records`` is the second place.
    ``known_since`` (UTC) is when the schedule was made: of what slept before, its status cannot know. ``unmarked`` says
    that records without a mark are believed: an earlier version of Sundown wrote them, and the env sleeps since. ``at_rest``
    says that the env was awake when it was looked at last, and ``awake_since`` since when. Where nobody knows of any sleep,
    ``by_order`` says that a person has everything woken that carries a record of whatever sleep, ``left_behind`` that there is
    no schedule: then what stands at a zero of Sundown's is woken, for nobody else will. ``last_woken`` is when
    the env became awake, or paused, for the last time, None where that was never seen. ``owed`` is the second place of an env
    that is awake: of what was woken and could not be written, what else is to be given back. It wakes nothing any more.
    ``unwritten`` are the uids of what this process has planned to put to sleep and surely not written since, with what they
    carried then. ``outdated`` has for a kind the least edition of a record of this sleep where the second place has none: what
    was woken in it is forgotten there.
    """

    sleep: str | None = None
    records: Mapping[Key, Record] = field(default_factory=dict)
    known_since: datetime | None = None
    unmarked: bool = False
    at_rest: bool = False
    awake_since: datetime | None = None
    by_order: bool = False
    left_behind: bool = False
    last_woken: datetime | None = None
    owed: Mapping[Key, Record] = field(default_factory=dict)
    unwritten: Mapping[str, Carried] = field(default_factory=dict)
    outdated: Mapping[str, int] = field(default_factory=dict)

    def of_this_sleep(self, workload: Workload) -> Record | None:
        """What the second place says of how to wake a workload."""
        return self.records.get((workload.kind, workload.name, workload.uid))

    def second(self, workload: Workload) -> Record | None:
        """What the second place says of a workload, whether it still says how to wake it or not."""
        return self.of_this_sleep(workload) or self.owed.get((workload.kind, workload.name, workload.uid))


@dataclass(frozen=True, slots=True)
class Belief:
    """What wakes a workload, and where that stands; None where nothing says so.

    ``stale`` says that what it carries belongs to another sleep and is to be taken off; ``doubt`` why nobody knows any more
    whether the workload is to be woken, and to what.
    """

    restoring: Restoring | None = None
    place: Literal["object", "status", "unmarked"] | None = None
    stale: bool = False
    doubt: str | None = None


def recall(env: Env, known: Known | None = None, *, by_order: bool = False) -> Memory:
    """What is remembered of an env, where this schedule (or none) is in force.

    The operator's own word on the schedule counts more than the namespace, which others can write; that an env was awake
    too, or a mark that could not be taken off the namespace would give the next sleep the id of the last.
    """
    space = env.namespace
    status = known.status if known is not None else EnvScheduleStatus()
    others = [one.status for one in env.schedules if known is None or one.metadata.uid != known.metadata.uid]
    at_rest = status.asleep_since is None and status.state in AT_REST
    sleep = status.asleep_since
    if sleep is None and not at_rest:
        sleep = (space.asleep_since if space is not None else None) or next(
            (one.asleep_since for one in others if one.asleep_since is not None), None
        )
    slept_before = status.state in _ON_THE_WAY or _labelled_by_an_earlier_version(space)
    statuses = [status, *(one for one in others if one.asleep_since is not None and one.asleep_since == sleep)]
    second = by_key(record for one in reversed(statuses) for record in one.records)
    return Memory(
        sleep=sleep,
        records={} if at_rest else second,
        owed=second if at_rest else {},
        known_since=known.metadata.creation_timestamp if known is not None else None,
        unmarked=sleep is None and slept_before,
        at_rest=at_rest,
        awake_since=status.since if at_rest else None,
        last_woken=next((one.at for one in status.history if one.to in AT_REST), None),
        by_order=by_order and sleep is None and not at_rest,
        left_behind=known is None and sleep is None,
        outdated={} if at_rest else {one.kind: one.below for each in reversed(statuses) for one in each.outdated},
    )


def _labelled_by_an_earlier_version(space: Namespace | None) -> bool:
    return space is not None and STATE_LABEL in space.labels and space.asleep_since is None


def by_key(records: Iterable[Record]) -> dict[Key, Record]:
    """Records to be looked up; of two for the same object the later counts."""
    return {(one.kind, one.name, one.uid): one for one in records}


def believed(workload: Workload, memory: Memory) -> Belief:
    """Which record of a workload counts."""
    own = written_on(workload)
    if was_never_written(workload, memory):
        return _of_an_owners_zero(workload, own, memory)
    if own is not None and is_current(workload, memory):
        return Belief(own, "object")
    second = memory.of_this_sleep(workload)
    if second is not None and (second.was_seen or not zero_is_foreign(workload, memory)):
        restoring = _remembered(workload, second)
        if restoring is not None:
            # Of fields that a schedule does not patch any more only this place is believed.
            place: Literal["object", "status"] = "object" if _says_the_same(workload, restoring, memory) else "status"
            return Belief(restoring, place, stale=workload.carries and place == "status")
    if own is not None and (_is_all_there_is(workload, memory) or _is_of_a_later_sleep(workload, memory)):
        return Belief(own, "unmarked")
    return _without_record(workload, memory)


def carried(workload: Workload) -> Carried:
    """What tells whether anybody has written Sundown's notes on it since."""
    return workload.mark, workload.record


def was_never_written(workload: Workload, memory: Memory) -> bool:
    """Whether it is at zero although the plan to put it there was not carried out: then its owner wants no pods.

    Who owns that zero does not tell: ``kubectl scale`` leaves one that is nobody's, as Sundown does.
    """
    if workload.replicas > 0 or memory.unwritten.get(workload.uid) != carried(workload):
        return False
    return not any(one.ours and REPLICAS in one.fields for one in workload.owners or ())


def _of_an_owners_zero(workload: Workload, own: Restoring | None, memory: Memory) -> Belief:
    """What wakes it is a count of 0, where an older record of this sleep says another; else there is nothing to wake."""
    second = memory.of_this_sleep(workload)
    before = own if edition_on(workload, memory) is not None else None
    if before is None and second is not None and second.edition is not None:
        before = _remembered(workload, second)
    if before is None:
        return _without_record(workload, memory)
    return Belief(replace(before, replicas=0), "status", stale=workload.carries)


def _without_record(workload: Workload, memory: Memory) -> Belief:
    """What is to be thought of one of which no record counts."""
    row = row_of(workload)
    restoring = row.without_marks(workload) if isinstance(row, PatchKind) else None
    if restoring is not None:
        return Belief(restoring, "unmarked", stale=workload.carries)
    if workload.mark is None and workload.record is None:
        # What else may be left on it says of no sleep, and not to what it wakes.
        doubt = GONE if _was_put_to_zero_in(workload, memory) else None
        return Belief(stale=workload.carries and doubt is None, doubt=doubt)
    if workload.replicas > 0:
        # Whoever set a count above zero knows better than any record.
        return Belief(stale=True)
    doubt = _doubt(workload, memory)
    return Belief(stale=doubt is None, doubt=doubt)


def _is_all_there_is(workload: Workload, memory: Memory) -> bool:
    """Whether a record of no known sleep is followed all the same."""
    if workload.mark is None and memory.unmarked and memory.of_this_sleep(workload) is None:
        return True
    followed = memory.by_order or (memory.left_behind and not zero_is_foreign(workload, memory))
    return followed and (workload.mark is None or workload.mark.endswith(f"/{workload.uid}"))


def edition_on(workload: Workload, memory: Memory) -> int | None:
    """Which record of the sleep that the env is in stands on the workload, None where there is none."""
    mark = read_mark(workload.mark)
    same = mark is not None and mark.sleep == memory.sleep and mark.uid == workload.uid
    return mark.edition if mark is not None and same else None


def is_current(workload: Workload, memory: Memory) -> bool:
    """Whether what stands on it is of the sleep that the env is in, and no older record than the second place has.

    Of one sleep too there are several: a ReplicaSet keeps a copy of what stood there when it was made, and an undo brings it back.
    What says the same in both places is no older: somebody else may have written there what was only planned.
    """
    edition = edition_on(workload, memory)
    second = memory.of_this_sleep(workload)
    if edition is None or second is None:
        return edition is not None and edition >= memory.outdated.get(workload.kind, 0)
    is_newest = edition >= (second.edition or 0) or written_on(workload) == _remembered(workload, second)
    return is_newest or _was_edited_since_planned(workload, second)


def _was_edited_since_planned(workload: Workload, second: Record) -> bool:
    """Whether somebody has edited a record on which Sundown had still to write that it is the newest.

    An undo brings a template back along with the record, which is another generation of the workload.
    """
    is_same = second.generation is not None and second.generation == workload.generation
    return is_same and not _mark_is_foreign(workload)


def next_edition(workload: Workload, restoring: Restoring, memory: Memory) -> int:
    """Which record of its sleep this one is: a new one, unless all that may have been copied as the newest says the same."""
    second = memory.of_this_sleep(workload)
    on_it = edition_on(workload, memory)
    known = [(on_it, written_on(workload))] if on_it is not None else []
    if second is not None:
        known.append((second.edition or 0, _remembered(workload, second)))
    else:
        known.append((memory.outdated.get(workload.kind, 0), None))
    newest = max(edition for edition, _ in known)
    # One that says nothing readable cannot be followed when it comes back.
    is_new = any(said not in {restoring, None} for edition, said in known if edition == newest)
    return min(newest + is_new, HIGHEST_COUNT)


def written_on(workload: Workload) -> Restoring | None:
    """What the workload's own annotations say that wakes it; None where they do not say it, or not readably."""
    count = read_count(workload.record)
    return _readable(workload, Restoring(count, workload.rest)) if count is not None else None


def _readable(workload: Workload, restoring: Restoring | None) -> Restoring | None:
    """The record if it says nothing but what a record of this kind can say."""
    return restoring if restoring is not None and row_of(workload).may_restore(restoring) else None


def _remembered(workload: Workload, second: Record) -> Restoring | None:
    """What the second place says, which nobody else writes; of a patch it may say more than its row does by now."""
    row = row_of(workload)
    restoring = row.read_record(second.restore)
    return restoring if isinstance(row, PatchKind) else _readable(workload, restoring)


def _says_the_same(workload: Workload, restoring: Restoring, memory: Memory) -> bool:
    """Whether the object itself says what the second place does of the sleep that the env is in."""
    marked = edition_on(workload, memory) is not None
    return marked and read_count(workload.record) == restoring.replicas and workload.rest == restoring.rest


def zero_is_foreign(workload: Workload, memory: Memory) -> bool:
    """Whether the zero that it stands at was set by somebody else than Sundown, which then is their wish.

    Sundown's own zero is owned by Sundown, or by who applies the field, to whom it was given back; and where the field was
    nobody's who applies the workload, by nobody.
    """
    if workload.replicas > 0 or workload.owners is None:
        return False
    holders = [owner for owner in workload.owners if REPLICAS in owner.fields]
    if any(owner.ours or owner.shared or owner.applies for owner in holders):
        return False
    return bool(holders) or not _was_let_go(workload, memory)


def _was_let_go(workload: Workload, memory: Memory) -> bool:
    """Whether Sundown put it to zero and gave the field to nobody, as the note says; one that was dug out says nothing."""
    second = memory.of_this_sleep(workload)
    note = second.taken_from if second is not None else workload.taken_from
    if note is None or not workload.is_applied or _mark_is_foreign(workload):
        return False
    return not any(one.applies and REPLICAS in one.fields for one in read_note(note))


def _mark_is_foreign(workload: Workload) -> bool:
    """Whether somebody else than Sundown has written its mark: it was dug out."""
    return any(MARK in one.fields and not (one.ours or one.shared) for one in workload.owners or ())


def _is_of_a_later_sleep(workload: Workload, memory: Memory, *, surely: bool = True) -> bool:
    """Whether Sundown put it to zero later than all that is remembered: what is remembered has been restored to before."""
    mark = read_mark(workload.mark)
    if mark is None or mark.uid != workload.uid or workload.replicas > 0 or zero_is_foreign(workload, memory):
        return False
    began = parse_instant(mark.sleep)
    if memory.known_since is None or began < memory.known_since or _came_with_the_zero(workload) is not None:
        return False
    if memory.sleep is not None:
        return mark.sleep > memory.sleep
    if not memory.at_rest:
        return True
    # A status has whole seconds, the id of a sleep microseconds: within one, nobody knows which was first.
    return memory.awake_since is not None and began >= memory.awake_since + (_ROUNDED if surely else timedelta())


def _came_with_the_zero(workload: Workload) -> str | None:
    """Who wrote the zero and the mark together, where that was not Sundown: they have brought a night back."""
    others = (one for one in workload.owners or () if not (one.ours or one.shared))
    both = (one for one in others if {REPLICAS, MARK} <= one.fields)
    return next((one.manager for one in both), None) if workload.replicas == 0 else None


def _was_put_to_zero_in(workload: Workload, memory: Memory) -> bool:
    """Whether Sundown itself wrote its zero in this sleep, as the API server remembers of who wrote a field last.

    The operator's clock may have been ahead when the sleep began, by an hour or a day. What was written after the env had
    woken for the last time, or after its schedule was made, belongs to this sleep too.
    """
    began = sleep_began(memory.sleep or "")
    if workload.replicas > 0 or began is None:
        return False
    woken = memory.last_woken + CLOCKS_APART if memory.last_woken is not None else memory.known_since
    earliest = min(began - CLOCKS_APART, woken or began)
    mine = (one for one in workload.owners or () if one.ours and REPLICAS in one.fields)
    written = (instant_or_none(one.time) for one in mine)
    return any(at is not None and at >= earliest for at in written)


def _doubt(workload: Workload, memory: Memory) -> str | None:
    """Why nobody can know what the marks on a workload at zero are worth; None where they are worth nothing."""
    mark, own = read_mark(workload.mark), written_on(workload)
    is_wish = _is_at_a_known_wish(workload, memory)
    if mark is None:
        doubt = "nothing says in which sleep it was written" if own is not None else UNREADABLE
        return None if memory.at_rest or is_wish else doubt
    if mark.uid != workload.uid:
        return "it was written on another object, which had this name before"
    if mark.sleep == memory.sleep:
        # A readable one is outdated, and the zero somebody else's: their wish.
        return UNREADABLE if own is None and not is_wish else None
    return _doubt_about(parse_instant(mark.sleep), workload, memory)


def _is_at_a_known_wish(workload: Workload, memory: Memory) -> bool:
    """Whether somebody else has set its zero, and the second place knows more of this sleep than what is left on it."""
    is_spoiled = workload.record is not None and written_on(workload) is None
    is_outdated = (edition_on(workload, memory) or 0) < memory.outdated.get(workload.kind, 0)
    is_known = memory.of_this_sleep(workload) is not None or is_outdated
    return is_known and not is_spoiled and zero_is_foreign(workload, memory)


def _doubt_about(began: datetime, workload: Workload, memory: Memory) -> str | None:
    """The same of a readable mark of this object that is of another sleep."""
    by = _came_with_the_zero(workload)
    if memory.known_since is None:
        return "no EnvSchedule knows of the sleep in which it was written"
    if began < memory.known_since:
        return "it was written in a sleep that is older than the EnvSchedule"
    if by is not None:
        return f"it is of an earlier sleep, and {clip(by, _SHOWN)} brought it back together with the 0"
    return LATER if _is_of_a_later_sleep(workload, memory, surely=False) else None
