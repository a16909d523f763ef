"""The plan: which parts change, how and in which order, so that an env becomes what it should be. Pure, so a dry run
prints it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from sundown.errors import Mistake
from sundown.model.cloud import CloudPart
from sundown.model.parts import Part, Step, Workload
from sundown.model.record import MOST_RECORDS, Record
from sundown.model.resources import EnvScheduleStatus, Parts
from sundown.model.spec import Wanted
from sundown.reconcile.contested import contested
from sundown.reconcile.hidden_kinds import hidden, unlisted, unserved
from sundown.reconcile.in_cloud import CLOUD_KINDS, missing
from sundown.reconcile.memory import Key, NotRemembered
from sundown.reconcile.part_verdict import Goal, Standing, stand
from sundown.reconcile.wake_queue import Load, Waiting
from sundown.reconcile.waves import Wave, arrange, wave_of


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do now and what later, and what the env looks like before it is done.

    ``waves`` are those with something to change or to wait for, in order. ``unreachable`` names what cannot be changed
    although it should be, ``troubles`` what is wrong with parts in the cloud, ``refused`` what never is changed,
    ``impossible`` what the API server makes something else of than asleep. ``records`` is
    what the second place has to know, in order, ``sleepers`` counts what Sundown has to wake, ``unknown`` names what nobody
    knows any more whether to wake, ``woken`` whose record has served its time.
    ``revisit`` is when an annotation or a tag changes what is selected. ``clouds`` is how each part in the cloud stands,
    ``fought`` those that somebody sets back again and again, and ``lost`` that something in the cloud that Sundown stopped does
    not come back: without it nothing is awake. ``changed`` names what was woken to another count than it had, ``owed`` is what
    the second place keeps of what runs again and could not be written. ``unlisted`` names the kinds that
    Sundown may not look at, ``unanswered`` those of which it got no list, ``unserved`` those that the cluster does not serve
    although something sleeps by them, and what another schedule left asleep that nobody can look at, ``waiting`` is what of it
    is not its turn yet, because only so many pods a minute start in the cluster.
    """

    waves: tuple[Wave, ...]
    parts: Parts
    mistakes: tuple[Mistake, ...]
    unreachable: tuple[Mistake, ...]
    troubles: tuple[Mistake, ...]
    refused: tuple[Mistake, ...]
    impossible: tuple[Mistake, ...]
    records: tuple[Record, ...]
    sleepers: int
    unknown: tuple[str, ...]
    woken: frozenset[Key]
    sleeping_cpu: float
    sleeping_memory: float
    running_cpu: float
    running_memory: float
    revisit: datetime | None
    clouds: tuple[Standing, ...] = ()
    fought: tuple[Standing, ...] = ()
    lost: bool = False
    changed: tuple[Mistake, ...] = ()
    owed: tuple[Record, ...] = ()
    unlisted: tuple[Mistake, ...] = ()
    unanswered: tuple[Mistake, ...] = ()
    unserved: tuple[Mistake, ...] = ()
    waiting: Waiting | None = None

    @property
    def batches(self) -> tuple[tuple[Step, ...], ...]:
        """The steps whose turn it is: those of a batch together, the batches one after the other."""
        waits = self.waiting.uids if self.waiting is not None else frozenset()
        at_once: list[Step] = []
        batches: list[list[Step]] = []
        for wave in self.waves:
            steps = [step for step in wave.steps if wave.released and not _waits(step, waits)]
            if wave.number is None:
                at_once += steps
            elif steps:
                batches.append(steps)
        if at_once:
            batches[:1] = [at_once + (batches[0] if batches else [])]
        return tuple(tuple(steps) for steps in batches)

    @property
    def starts(self) -> tuple[Load, ...]:
        """What would start now, workload by workload, in order."""
        due = (step for wave in self.waves if wave.released for step in wave.steps if step.action == "Wake")
        return tuple(_load(step.workload, step.replicas) for step in due if isinstance(step.part, Workload))

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps whose turn it is, in order."""
        return tuple(step for batch in self.batches for step in batch)

    @property
    def forgets_in_cloud(self) -> bool:
        """Whether tags are to be taken off, before which the second place has to have forgotten whose they are."""
        return any(_forgets_in_cloud(step) for step in self.steps)

    @property
    def held(self) -> tuple[Wave, ...]:
        """The waves that wait for one before them, in order."""
        return tuple(wave for wave in self.waves if not wave.released)

    @property
    def to_come(self) -> tuple[Step, ...]:
        """All steps, those that are held back too, in order."""
        return tuple(step for wave in self.waves for step in wave.steps)

    @property
    def hanging(self) -> tuple[str, ...]:
        """The names of what is not yet where it should be although there is nothing to write to it."""
        return tuple(part.title for wave in self.waves for part in wave.hanging)

    @property
    def waited_for(self) -> tuple[Part, ...]:
        """What is not yet where it should be: all that hangs, and what is late and still to be written."""
        return tuple(
            part
            for wave in self.waves
            for part in (*wave.hanging, *(step.part for step in wave.steps if wave.late and not wave.hanging))
        )

    @property
    def late(self) -> tuple[str, ...]:
        """The names of what is not yet where it should be although the time of its wave is over."""
        waits = self.waiting.uids if self.waiting is not None else frozenset()
        in_line = {step.part.title for wave in self.waves for step in wave.steps if _waits(step, waits)}
        return tuple(title for wave in self.waves if wave.late for title in wave.missing if title not in in_line)

    @property
    def next_limit(self) -> datetime | None:
        """When the next wave's time is over; None when there is none that anybody still waits for."""
        return min((wave.until for wave in self.waves if not wave.done and not wave.late), default=None)

    @property
    def only_clouds_hang(self) -> bool:
        """Whether nothing is waited for but parts in the cloud."""
        hanging = [part for wave in self.waves for part in wave.hanging]
        return bool(hanging) and all(isinstance(part, CloudPart) for part in hanging)

    @property
    def only_fights_hang(self) -> bool:
        """Whether nothing is left to do but what somebody sets back."""
        fought = {one.part.title for one in self.fought}
        parts = (part for wave in self.waves for part in (*wave.hanging, *(step.part for step in wave.steps)))
        return bool(fought) and all(part.title in fought for part in parts)

    @property
    def settled(self) -> bool:
        """Whether the env is what it should be, pods included; a record that is to be written anew changes nothing of that."""
        return all(wave.done for wave in self.waves)


def plan(goal: Goal, workloads: Iterable[Workload], clouds: Iterable[CloudPart] = ()) -> Plan:
    """Compare what should be with what is."""
    standings = [contested(goal, stand(goal, part)) for part in chain[Part](workloads, clouds)]
    unseen, waves = _unseen(goal, standings), arrange(goal, standings)
    later = _later(goal, waves)
    ours = [one for one in standings if one.selected and one.refused is None]
    workloads_of_ours = [(one.part, one.belief.restoring) for one in ours if isinstance(one.part, Workload)]
    asleep = [(part, known.replicas) for part, known in workloads_of_ours if part.replicas == 0 and known is not None]
    return Plan(
        waves=waves,
        parts=Parts(
            total=len(ours), asleep=sum(_asleep(one.part) for one in ours), ready=sum(_ready(one.part) for one in ours)
        ),
        mistakes=tuple(_mistakes(standings)),
        unreachable=tuple(Mistake(one.part.title, one.unreachable) for one in standings if one.unreachable is not None),
        troubles=tuple(_troubles(goal, standings, unseen)),
        refused=tuple(_refused(standings, impossible=False)),
        impossible=tuple(_refused(standings, impossible=True)),
        records=tuple(sorted((*_records(standings, later), *unseen), key=_place)),
        sleepers=sum(_is_to_be_woken(one) for one in standings) + len(unseen) + len(goal.left_hidden),
        unknown=tuple(one.part.title for one in standings if one.is_unknown),
        lost=any(one.lost for one in standings) or (goal.wanted == "Awake" and bool(unseen or goal.left_hidden)),
        woken=frozenset(_key(one.part) for one in standings if _is_woken(goal, one)),
        sleeping_cpu=sum(count * part.cpu for part, count in asleep),
        sleeping_memory=sum(count * part.memory for part, count in asleep),
        running_cpu=sum(part.replicas * part.cpu for part, _ in workloads_of_ours),
        running_memory=sum(part.replicas * part.memory for part, _ in workloads_of_ours),
        revisit=min((one.excluded_until for one in standings if one.excluded_until is not None), default=None),
        clouds=tuple(one for one in standings if isinstance(one.part, CloudPart)),
        fought=tuple(one for one in standings if one.fought is not None),
        changed=tuple(one.changed for one in standings if one.changed is not None),
        owed=tuple(
            sorted(
                (*(one.owed for one in standings if one.owed is not None), *hidden(goal, goal.memory.owed)), key=_place
            )
        ),
        unlisted=tuple(unlisted(goal, unseen, kinds=goal.unlisted)),
        unanswered=tuple(unlisted(goal, unseen, kinds=goal.unanswered)),
        unserved=(*unserved(goal, unseen), *goal.left_hidden),
    )


def without_sleep(whole: Plan) -> Plan:
    """A plan less all that puts something to sleep."""
    return _less(whole, lambda step: step.action == "Sleep")


def without_forgetting_in_cloud(whole: Plan) -> Plan:
    """A plan less all that takes tags off."""
    return _less(whole, _forgets_in_cloud)


def reconsider(goal: Goal, part: Part, *, known: Mapping[Key, Record] | None = None) -> Step | None:
    """The change to a part that is different from what was planned for: it may have been excluded meanwhile.

    ``known`` is what the second place knows, None where there is none.

    Raises:
        NotRemembered: when the part would be put to sleep, woken or noted with another record than that place knows.
    """
    one = contested(goal, stand(goal, part))
    if one.step is not None and _forgets_in_cloud(one.step) and known is not None and _key(part) in known:
        # As in any plan the second place forgets first, or a later stop of its owner's would seem Sundown's.
        return None
    # Who wakes to another count than is known would seem, killed before the second write, to have it from admission.
    action = one.step.action if one.step is not None else None
    # An older record that Sundown itself wrote would seem an edit of its owner's.
    of_count = action == "Sleep" or (action in {"Wake", "Remember"} and isinstance(part, Workload))
    # Where there are more than fit, some are remembered on themselves alone.
    if known is None or len(known) >= MOST_RECORDS or one.record is None or not of_count:
        return one.step
    there = known.get(_place(one.record))
    # In the cloud the record on the part says more than the second place does.
    is_workload = isinstance(part, Workload)
    if there is None or (is_workload and _said_by(there) != _said_by(one.record)):
        raise NotRemembered(f"{part.title} has changed: what wakes it is written to the status first")
    return one.step


def began(status: EnvScheduleStatus, wanted: Wanted, *, now: datetime) -> datetime:
    """When the transition began that leads to what is wanted: it is under way already, or begins now."""
    under_way = status.state == ("FallingAsleep" if wanted == "Asleep" else "Waking")
    return status.since if under_way and status.since is not None else now


def _less(whole: Plan, dropped: Callable[[Step], bool]) -> Plan:
    waves = (replace(wave, steps=tuple(step for step in wave.steps if not dropped(step))) for wave in whole.waves)
    return replace(whole, waves=tuple(waves))


def _forgets_in_cloud(step: Step) -> bool:
    return step.action == "Forget" and isinstance(step.part, CloudPart)


def _waits(step: Step, uids: frozenset[str]) -> bool:
    return step.action == "Wake" and isinstance(step.part, Workload) and step.part.uid in uids


def _load(workload: Workload, replicas: int) -> Load:
    pods = max(0, replicas - workload.replicas)
    return Load(workload.uid, pods, pods * workload.cpu)


def _refused(standings: Iterable[Standing], *, impossible: bool) -> Iterable[Mistake]:
    there = (one for one in standings if one.refused is not None and one.impossible == impossible)
    return (Mistake(one.part.title, one.refused or "") for one in there)


def _mistakes(standings: Iterable[Standing]) -> Iterable[Mistake]:
    for one in standings:
        yield from one.mistakes
        if one.part.wave is not None and one.selected and one.refused is None:
            mistake = wave_of(one.part)[1]
            if mistake is not None:
                yield mistake


def _records(standings: Iterable[Standing], later: frozenset[str]) -> Iterable[Record]:
    return (one.record for one in standings if one.record is not None and one.record.uid not in later)


def _later(goal: Goal, waves: Iterable[Wave]) -> frozenset[str]:
    """The ARNs of what is stopped in a later wave.

    What stands in the second place and is stopped counts as stopped by Sundown. So nothing stands there minutes before: a
    person may stop it meanwhile.
    """
    held = (step for wave in waves if not wave.released for step in wave.steps if step.action == "Sleep")
    known = {record.uid for record in goal.memory.records.values()}
    return frozenset(step.part.arn for step in held if isinstance(step.part, CloudPart)) - known


def _unseen(goal: Goal, standings: Iterable[Standing]) -> tuple[Record, ...]:
    """What the second place knows and nobody sees now: what sleeps there is not forgotten.

    Where AWS is left alone, nobody looks for what is in it.
    """
    seen = {one.part.arn for one in standings if isinstance(one.part, CloudPart)}
    known = (record for record in goal.memory.records.values() if record.kind in CLOUD_KINDS) if goal.cloud else ()
    return (*(record for record in known if record.uid not in seen), *hidden(goal, goal.memory.records))


def _troubles(goal: Goal, standings: Iterable[Standing], unseen: Iterable[Record]) -> Iterable[Mistake]:
    for one in standings:
        if one.trouble is not None:
            yield Mistake(one.part.title, one.trouble)
    if goal.wanted == "Awake":
        for record in unseen:
            if record.kind in CLOUD_KINDS:
                yield Mistake(f"{record.kind}/{record.name}", missing(record))


def _said_by(record: Record) -> tuple[str, int | None, bool]:
    return record.restore, record.edition, record.was_seen


def _place(record: Record) -> Key:
    return record.kind, record.name, record.uid


def _key(part: Part) -> Key:
    return (part.kind, part.name, part.uid) if isinstance(part, Workload) else (part.kind, part.identifier, part.arn)


def _is_to_be_woken(one: Standing) -> bool:
    if isinstance(one.part, Workload):
        sleeps = one.part.replicas == 0 and one.belief.restoring is not None
        return not one.part.leaving and (one.part.carries or sleeps)
    stopped = one.part.record is not None or (one.record is not None and one.part.state != "running")
    return stopped and one.refused is None


def _is_woken(goal: Goal, one: Standing) -> bool:
    """Whether it runs and is meant to, with nothing left to write to it.

    In the cloud the second place forgets it before the tags are taken off: what it knew of one without tags, it would start
    that somebody stops in between.
    """
    if goal.wanted == "Asleep" and one.selected:
        return False
    if isinstance(one.part, Workload):
        return one.part.replicas > 0 and one.step is None
    return one.part.state in {"running", "busy"} and one.record is None


def _asleep(part: Part) -> bool:
    return part.replicas == 0 if isinstance(part, Workload) else part.state == "stopped"


def _ready(part: Part) -> bool:
    if isinstance(part, Workload):
        return part.replicas > 0 and part.is_ready
    return part.state in {"running", "busy"}
