"""Who wakes at night what sleeps: heard of within seconds, and said once in a sleep, in an Event of its own (G1, G5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sundown.model.env import Known
from sundown.model.parts import Step, Workload
from sundown.model.record import sleep_began
from sundown.model.resources import EnvScheduleStatus
from sundown.model.scalars import format_instant
from sundown.model.spec import Workloads
from sundown.reconcile.drift import Row, left_by
from sundown.reconcile.memory import Memory
from sundown.reconcile.referee import Referee
from sundown.reconcile.report import Finding, Word, state_of
from sundown.reconcile.reporter import Reporter
from sundown.reconcile.resting import Look, Still
from sundown.reconcile.rooms import Rooms
from sundown.sleepers.chosen_rows import uncatalogued
from sundown.sleepers.kinds import KINDS
from sundown.sleepers.other_kinds import Others
from sundown.sleepers.patch_kind import PatchKind


@dataclass(slots=True)
class _Night:
    """What is known of a sleep in which everything has slept already; ``woken`` are the uids of what runs all the same."""

    sleep: str
    told: bool = False
    woken: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look saw: ``chosen`` is what the schedule has sleep, ``others`` what there was of the kinds of the catalogue.

    ``listed`` is when the list began of what every env has, by the loop's seconds, ``still`` whether the same would be decided at
    another moment.
    """

    chosen: Workloads
    others: Others
    workloads: tuple[Workload, ...]
    listed: float
    still: Still

    @property
    def began(self) -> float:
        """When the first list began of those that it rests upon."""
        return min(self.listed, self.others.began)

    @property
    def oldest(self) -> float:
        """When the oldest of them really did, which may have been kept since."""
        return min(self.listed, self.others.oldest)

    @property
    def paths(self) -> Iterator[str]:
        """Those of the kinds of which there was a list."""
        rows: tuple[Row, ...] = (*KINDS.values(), *self.others.listed)
        return (row.collection() for row in rows)


class Wakers:
    """Stands between the looks at sleeping envs and the watches of what sleeps there."""

    def __init__(self, rooms: Rooms, referee: Referee, reporter: Reporter) -> None:
        self._rooms = rooms
        self._drift = rooms.drift
        self._resting = rooms.resting
        self._referee = referee
        self._reporter = reporter
        self._nights: dict[str, _Night] = {}

    def begin(self, namespace: str, *, asleep: bool) -> None:
        """A look begins at an env that is to be asleep, or not."""
        if asleep:
            self._drift.begin(namespace)
            self._resting.forget(namespace)
        else:
            self.forget(namespace)

    def forget(self, namespace: str) -> None:
        """Nobody is to sleep there."""
        self._drift.forget(namespace)
        self._resting.forget(namespace)
        self._nights.pop(namespace, None)

    def unheard(self, chosen: Workloads, listed: Iterable[PatchKind]) -> Iterable[str]:
        """What is said of those that may not be watched."""
        return self._drift.unheard(heard_in(chosen, listed))

    async def looked(
        self, known: Known, finding: Finding, seen: Seen, *, memory: Memory, status: EnvScheduleStatus
    ) -> None:
        """A look at a sleeping env is over: say who woke something, where nobody has been named in this sleep."""
        if finding.dry_run or finding.decision.state != "Asleep":
            return
        namespace, old = known.metadata.namespace, known.status
        suspects = self._drift.suspects(namespace)
        state = state_of(old, finding)
        rests = state == "Asleep" or finding.plan.only_fights_hang
        rows = heard_in(seen.chosen, seen.others.listed)
        self._drift.looked(namespace, left_by(finding.plan, seen.workloads, rows, began=finding.now, rests=rests))
        if is_at_rest(status, finding, seen) and not self._rooms.is_in_cloud(namespace, memory):
            look = Look(frozenset(seen.paths), seen.began, seen.oldest, finding.now, seen.still)
            self._resting.found(namespace, look)
        night = self._night(namespace, memory.sleep, slept="Asleep" in {old.state, state})
        if night is None or night.told:
            return
        running = {one.uid for one in seen.workloads if one.replicas > 0}
        night.woken |= suspects & running
        woken = [step for step in finding.plan.to_come if _is_woken(step, night.woken)]
        if not woken:
            return
        night.told = True
        first = woken[0]
        by = await self._referee.who(first.workload, since=sleep_began(night.sleep))
        turns = (turn.at for turn in finding.decision.upcoming if turn.to == "Awake")
        slept = _key(first.workload) in memory.records
        self._reporter.say(known, told(first, by=by, more=len(woken) - 1, slept=slept, wakes=next(turns, None)))

    def _night(self, namespace: str, sleep: str | None, *, slept: bool) -> _Night | None:
        night = self._nights.get(namespace)
        if night is not None and night.sleep != sleep:
            del self._nights[namespace]
            night = None
        if night is None and sleep is not None and slept:
            night = self._nights[namespace] = _Night(sleep)
        return night


def is_at_rest(status: EnvScheduleStatus, finding: Finding, seen: Seen) -> bool:
    """Whether a look has left an env asleep with nothing open that no watch would tell of: a kind that may be served or granted
    later, a row that the cluster's owner may change, a write that may be taken later. Pure."""
    others, plan = seen.others, finding.plan
    is_well = not any(one.type == "Degraded" and one.status == "True" for one in status.conditions)
    is_known = not (others.absent or others.unlisted or others.unanswered or uncatalogued(seen.chosen))
    is_open = plan.to_come or plan.unknown or finding.frozen or finding.not_ready
    return status.state == "Asleep" and is_well and is_known and not is_open


def heard_in(chosen: Workloads, listed: Iterable[PatchKind]) -> tuple[Row, ...]:
    """The kinds that are watched for a schedule, where its env sleeps: those that it has sleep, and that are served."""
    rows: tuple[Row, ...] = (*KINDS.values(), *listed)
    return tuple(row for row in rows if row.kind in chosen.kinds or (isinstance(row, PatchKind) and row.own))


def told(step: Step, *, by: str, more: int, slept: bool, wakes: datetime | None) -> Word:
    """What is said of something that was woken while its env sleeps, or made, where it has not ``slept`` before."""
    workload, restoring = step.workload, step.restoring
    counted = workload.switch is None or (restoring is not None and restoring.rest is None)
    count = restoring.replicas if restoring is not None else workload.replicas
    done = "made" if not slept else f"set to {workload.replicas}" if counted else "set to run"
    others = f", and {more} more" if more > 0 else ""
    to = f"with {count}" if counted else "as it was set"
    when = f"at {format_instant(wakes)}" if wakes is not None else "when somebody starts it"
    return Word(
        "WokenAtNight",
        f"{workload.title} was {done} by {by} while this environment sleeps{others}: it is put to sleep again, and wakes {to} "
        f"{when}. To have it now: kubectl sundown start {workload.namespace}",
    )


def _is_woken(step: Step, uids: set[str]) -> bool:
    part = step.part
    return step.action == "Sleep" and isinstance(part, Workload) and part.replicas > 0 and part.uid in uids


def _key(part: Workload) -> tuple[str, str, str]:
    return part.kind, part.name, part.uid
