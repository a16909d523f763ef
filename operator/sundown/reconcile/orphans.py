"""Wakes what a schedule that is gone has left asleep: nothing stays asleep without an owner."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import structlog

from sundown.model.env import Env
from sundown.reconcile.in_cloud import CLOUD_KINDS
from sundown.reconcile.namespace_marks import NamespaceMarks
from sundown.reconcile.part_verdict import Goal
from sundown.reconcile.plan import Plan, plan, reconsider
from sundown.reconcile.plan_execution import Outcome, act
from sundown.reconcile.report import Word
from sundown.reconcile.reporter import Reporter
from sundown.reconcile.rooms import Rooms

log = structlog.get_logger(__name__)

_RETRY = timedelta(seconds=20)


class Orphans:
    """Namespaces without a schedule in force, and what is remembered of them."""

    def __init__(self, rooms: Rooms, marks: NamespaceMarks, reporter: Reporter) -> None:
        self._rooms = rooms
        self._marks = marks
        self._reporter = reporter
        self._with_records: set[str] = set()
        self._stuck: set[str] = set()
        self._unknown: set[str] = set()
        self._marked: set[str] = set()

    def note(self, namespace: str, *, sleepers: int) -> None:
        """Note whether something sleeps there: should its schedule go, and its mark with it, nothing else tells."""
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
        if not namespace.marked_asleep and env.name not in self._with_records and not in_cloud:
            return None
        # Nobody remembers since when, so no wave waits for another.
        goal = Goal(wanted="Awake", now=rooms.clock.now(), holder=rooms.holder(env.name), memory=memory)
        the_plan = plan(goal, await rooms.census.of(env.name), rooms.clouds_of(env.name))
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
        self._tell(env.name, the_plan, outcome)
        if outcome.failures:
            self._with_records.add(env.name)
            return rooms.clock.now() + _RETRY
        self._with_records.discard(env.name)
        taken_off = await self._marks.take_off(env)
        if _is_new(env.name, self._marked, there=not taken_off):
            text = str(self._marks.trouble(env, asleep=False) or "; ".join(self._marks.fought(env.name)))
            self._reporter.say_of_namespace(env.name, Word("NamespaceNotMarked", text, warning=True))
        if not taken_off:
            return rooms.clock.now() + _RETRY
        # Where the cloud does not answer, it is asked again; of what is on its way there it tells by itself.
        return rooms.clock.now() + _RETRY if the_plan.unreachable else None

    def _tell(self, namespace: str, the_plan: Plan, outcome: Outcome) -> None:
        if _is_new(namespace, self._unknown, there=bool(the_plan.unknown)):
            text = "; ".join(str(mistake) for mistake in the_plan.mistakes)
            self._reporter.say_of_namespace(namespace, Word("RecordLost", text, warning=True))
        if _is_new(namespace, self._stuck, there=bool(outcome.failures)):
            text = "; ".join(str(failure) for failure in outcome.failures)
            self._reporter.say_of_namespace(namespace, Word("WakeFailed", text, warning=True))
        woken = outcome.written and any(step.action == "Wake" for step in the_plan.steps)
        if woken and not outcome.failures:
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
