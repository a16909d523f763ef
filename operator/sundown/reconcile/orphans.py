"""Wakes what a schedule that is gone has left asleep: nothing stays asleep without an owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from sundown.model.env import Env
from sundown.model.parts import Workload
from sundown.model.spec import Workloads
from sundown.reconcile import asleep_by
from sundown.reconcile.in_cloud import CLOUD_KINDS
from sundown.reconcile.memory import Memory
from sundown.reconcile.namespace_marks import NamespaceMarks
from sundown.reconcile.part_verdict import Goal
from sundown.reconcile.plan import Plan, plan, reconsider
from sundown.reconcile.plan_execution import Outcome, act
from sundown.reconcile.report import Word
from sundown.reconcile.reporter import Reporter
from sundown.reconcile.rooms import Rooms
from sundown.sleepers.chosen_rows import all_rows, rows_for
from sundown.sleepers.night_revisions import Histories, keeps_history
from sundown.sleepers.patch_kind import PatchKind

log = structlog.get_logger(__name__)

_RETRY = timedelta(seconds=20)
_HIDDEN = timedelta(minutes=5)
"""Until a kind is looked for again that nobody can look at, without anything that says so."""


class Orphans:
    """Namespaces without a schedule in force, and what is remembered of them."""

    def __init__(self, rooms: Rooms, marks: NamespaceMarks, reporter: Reporter, histories: Histories) -> None:
        self._rooms = rooms
        self._marks = marks
        self._reporter = reporter
        self._histories = histories
        self._with_records: set[str] = set()
        self._stuck: set[str] = set()
        self._unknown: set[str] = set()
        self._marked: set[str] = set()
        self._unseen: set[str] = set()
        self._rows: dict[str, tuple[PatchKind, ...]] = {}

    def note(self, namespace: str, *, sleepers: int, rows: tuple[PatchKind, ...] = ()) -> None:
        """Note whether something sleeps there, and of which kinds: should its schedule go, nothing else tells."""
        if rows:
            self._rows[namespace] = rows
        else:
            self._rows.pop(namespace, None)
        (self._with_records.add if sleepers else self._with_records.discard)(namespace)

    async def release(self, env: Env) -> datetime | None:
        """Wake what sleeps there, and say when to come again.

        Raises:
            ApiError: when the API server could not be asked.
        """
        rooms = self._rooms
        namespace = env.namespace
        if namespace is None or rooms.settings.dry_run:
            return None
        if env.name in rooms.census.strays:
            self._with_records.add(env.name)
        memory = rooms.memory_of(env)
        remembered = any(record.kind in CLOUD_KINDS for record in memory.records.values())
        in_cloud = remembered or any(part.ours for part in rooms.clouds_of(env.name))
        noted = asleep_by.read(namespace.asleep_by)
        if not (namespace.marked_asleep or noted or env.name in self._with_records or in_cloud):
            return None
        # Nobody remembers since when, so no wave waits for another.
        goal = Goal(wanted="Awake", now=rooms.clock.now(), holder=rooms.holder(env.name), memory=memory)
        others = await rooms.others.of(env.name, self._rows_of(env.name, memory, noted))
        workloads = (*await rooms.census.of(env.name), *others.workloads)
        the_plan = plan(goal, workloads, rooms.clouds_of(env.name))
        waiting = rooms.wakes.ask(env.name, the_plan.starts, urgent=False, began=goal.now, now=goal.now)
        the_plan = replace(the_plan, waiting=waiting)
        if the_plan.steps:
            log.info("orphan-released", namespace=env.name, writes=len(the_plan.steps))
        outcome = await act(
            rooms.cluster,
            rooms.gate,
            the_plan,
            again=partial(reconsider, goal),
            clouds=rooms.clouds,
            policies=rooms.policies,
        )
        unseen = asleep_by.hidden(noted, others)
        self._tell(env.name, the_plan, outcome, unseen=unseen)
        if outcome.failures or outcome.put_off:
            self._with_records.add(env.name)
            return rooms.clock.now() + _RETRY
        if waiting is not None:
            self._with_records.add(env.name)
            return waiting.look(rooms.clock.now())
        if unseen:
            # The mark stays, and with it what an operator after this one knows.
            self._with_records.add(env.name)
            await self._marks.note(env, asleep_by.written(unseen))
            return rooms.clock.now() + _HIDDEN
        slept = any(isinstance(step.part, Workload) and keeps_history(step.part) for step in the_plan.steps)
        # Nobody would wake by day what goes back to sleep where there is no schedule.
        tidy = await self._histories.tidy(env.name, others.workloads, awake=not slept)
        rooms.wakes.leave(env.name)
        self._with_records.discard(env.name)
        self._rows.pop(env.name, None)
        taken_off = await self._marks.take_off(env)
        if _is_new(env.name, self._marked, there=not taken_off):
            text = str(self._marks.trouble(env, asleep=False) or "; ".join(self._marks.fought(env.name)))
            self._reporter.say_of_namespace(env.name, Word("NamespaceNotMarked", text, warning=True))
        if not tidy:
            self._with_records.add(env.name)
        # Where the cloud does not answer, it is asked again; of what is on its way there it tells by itself.
        is_done = taken_off and tidy and not the_plan.unreachable
        return None if is_done else rooms.clock.now() + _RETRY

    def _rows_of(self, namespace: str, memory: Memory, noted: tuple[PatchKind, ...]) -> tuple[PatchKind, ...]:
        """All that anything there can have been put to sleep by: the schedule that would say so has gone."""
        recorded = rows_for(Workloads(), [one.kind for one in memory.records.values()])
        known = (*recorded, *noted, *self._rows.get(namespace, ()))
        return tuple({row.kind: row for row in (*all_rows(), *known)}.values())

    def _tell(self, namespace: str, the_plan: Plan, outcome: Outcome, *, unseen: Mapping[PatchKind, str]) -> None:
        if _is_new(namespace, self._unseen, there=bool(unseen)):
            text = "; ".join(str(mistake) for mistake in asleep_by.mistakes(unseen))
            self._reporter.say_of_namespace(namespace, Word("NotAllWoken", text, warning=True))
        if _is_new(namespace, self._unknown, there=bool(the_plan.unknown)):
            text = "; ".join(str(mistake) for mistake in the_plan.mistakes)
            self._reporter.say_of_namespace(namespace, Word("RecordLost", text, warning=True))
        if _is_new(namespace, self._stuck, there=bool(outcome.failures)):
            text = "; ".join(str(failure) for failure in outcome.failures)
            self._reporter.say_of_namespace(namespace, Word("WakeFailed", text, warning=True))
        woken = outcome.written and any(step.action == "Wake" for step in the_plan.steps)
        if woken and not outcome.failures and not unseen:
            text = "no EnvSchedule is in force any more: everything was woken"
            self._reporter.say_of_namespace(namespace, Word("Awake", text))


def _is_new(name: str, told: set[str], *, there: bool) -> bool:
    """Whether something has to be told now; what is over can be told again."""
    if not there:
        told.discard(name)
        return False
    if name in told:
        return False
    told.add(name)
    return True
