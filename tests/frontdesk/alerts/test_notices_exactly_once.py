"""The promise of notices on a model of Slack and of the cluster: whatever ends in the middle, nothing twice, nothing forgotten.

The model's frontdesk is the real one up to its two doors. It may be killed right before or right after anything it does at
them, Slack may refuse, be busy, or stay silent with or without having done what it was asked.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sundown.cluster.errors import Conflict
from sundown.frontdesk.alerts.delivery import Delivery
from sundown.frontdesk.alerts.marks import Marks, Waiting
from sundown.frontdesk.alerts.notice import Plan
from sundown.frontdesk.alerts.plan import plan
from sundown.frontdesk.envs.snapshot import Standing
from sundown.model.resources import Parts
from sundown.model.spec import Override
from sundown.usecases.find import Found
from support.effort import examples
from support.frontdesk.fault_plan import Killed
from support.frontdesk.notice_samples import ANA, CHANNEL, STOP, asleep, awake, kept_awake
from support.frontdesk.notice_world import SEAL, World

PLACES = (CHANNEL, ANA)


FAULTS = st.lists(
    st.sampled_from(
        ["", "", "killed before", "killed after", "busy", "refused", "lost", "silent after", "conflict"],
    ),
    max_size=8,
)


class Story(RuleBasedStateMachine):
    """People and the operator change the env while frontdesks look, end, and begin again."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.env: Standing = awake()
        self.loop = asyncio.new_event_loop()
        self.desk = self._fresh()
        self.reports = 0

    def teardown(self) -> None:
        self.loop.close()

    @initialize(notices=st.sets(st.sampled_from([60, 30, 15, 1]), min_size=1))
    def choose_the_notices(self, notices: set[int]) -> None:
        self.env = awake(before=tuple(timedelta(minutes=minutes) for minutes in notices))

    @rule(minutes=st.sampled_from([1, 5, 15, 40]))
    def time_passes(self, minutes: int) -> None:
        self._pass(timedelta(minutes=minutes))

    @rule(seconds=st.sampled_from([1, 6, 12, 60]))
    def a_moment_passes(self, seconds: int) -> None:
        self._pass(timedelta(seconds=seconds))

    @precondition(lambda self: not self.env.sleeps)
    @rule(minutes=st.sampled_from([5, 60, 180]))
    def somebody_prolongs(self, minutes: int) -> None:
        until = (self.env.shutdown_at or self.world.time) + timedelta(minutes=minutes)
        self.env = replace(
            kept_awake(until, at=self.world.time.replace(microsecond=0)),
            before=self.env.before,
            since=self.env.since,
        )

    @precondition(lambda self: not self.env.sleeps)
    @rule()
    def the_prolongation_is_taken_back(self) -> None:
        self.env = awake(before=self.env.before, since=self.env.since)

    @precondition(lambda self: not self.env.sleeps)
    @rule()
    def somebody_suspends(self) -> None:
        self._suspend()

    @precondition(lambda self: self.env.sleeps)
    @rule(reported=st.booleans())
    def somebody_resumes(self, reported: bool) -> None:
        at = self.world.time.replace(microsecond=0)
        asked = Override(state="Awake", at=at, by="bo@example.com", via="slack")
        shutdown = STOP if at < STOP else at + timedelta(hours=24)
        self.env = awake(
            before=self.env.before, since=at, shutdown_at=shutdown, asked=asked, answered_at=at, state="Awake"
        )
        if reported:
            marks, broken = self.desk.belief.of(self.world.found())
            if broken is None or self.desk.belief.last(self.world.found()) is not None:
                self.world.put(marks.wait(Waiting(to="C1", by="U2", at=at)))

    @precondition(lambda self: not self.env.sleeps)
    @rule(ready=st.sampled_from([0, 3]))
    def pods_come_and_go(self, ready: int) -> None:
        self.env = replace(self.env, parts=Parts(total=3, asleep=0, ready=ready))

    @rule()
    def the_operator_writes_a_status(self) -> None:
        self.world.version += 1

    @rule()
    def the_watches_fall_behind(self) -> None:
        self.world.watches_fall_behind()

    @rule()
    def the_watches_catch_up(self) -> None:
        self.world.watches_catch_up()

    @rule(faults=FAULTS)
    def a_look_in_which_things_go_wrong(self, faults: list[str]) -> None:
        self.world.faults = faults
        try:
            self._look()
        except Killed:
            self.desk = self._fresh()
            self.world.watches_catch_up()
        except Conflict:
            pass
        self.world.faults = []

    @rule()
    def it_comes_to_rest(self) -> None:
        """Nothing is forgotten: when nothing goes wrong for a while, everybody sees what is true."""
        self.world.watches_catch_up()
        for _ in range(12):
            self._pass(timedelta(seconds=15))
            if self.desk.patience.until("C1") or self.desk.patience.until("D1"):
                self.desk = self._fresh()
            self._look()
        marks, _ = self.world.marks()
        shutdown = self.env.shutdown_at
        planned = self._planned(self.world.found(), Marks())
        wanted = {
            (step.notice.place.channel, step.notice.digest)
            for step in planned.steps
            if shutdown is not None and hasattr(step, "notice")
        }
        live = [one for one in self.world.messages if one.says == "stop"]
        assert {(one.channel, one.digest) for one in live} == wanted
        assert len(live) == len(wanted)
        assert not marks.waiting
        assert all(mark.ts is not None for mark in marks.messages)

    @invariant()
    def nothing_is_posted_twice(self) -> None:
        assert all(count == 1 for count in self.world.posted.values()), self.world.posted

    @invariant()
    def nobody_else_is_written_to(self) -> None:
        assert {one.channel for one in self.world.messages} <= {"C1", "D1", "U2"}

    @invariant()
    def the_marks_stay_small(self) -> None:
        assert len(self.world.annotation) < 20_000

    def _pass(self, span: timedelta) -> None:
        self.world.time += span
        shutdown = self.env.shutdown_at
        if not self.env.sleeps and shutdown is not None and self.world.time >= shutdown:
            self._suspend()

    def _suspend(self) -> None:
        self.world.cycle += 1
        at = self.world.time.replace(microsecond=0)
        self.env = asleep(before=self.env.before, since=at)

    def _fresh(self) -> Delivery:
        return Delivery(ledger=self.world, voice=self.world, clock=self.world, cluster_name="default", seal=SEAL)

    def _planned(self, _found: Found, marks: Marks) -> Plan:
        return plan(self.env, marks, PLACES, now=self.world.time)

    def _look(self) -> None:
        self._run(self.desk.look(self.world.board, self._planned))

    def _run(self, work: Coroutine[Any, Any, object]) -> None:
        try:
            self.loop.run_until_complete(work)
        finally:
            for task in asyncio.all_tasks(self.loop):
                task.cancel()
            self.loop.run_until_complete(asyncio.sleep(0))


TestStory = Story.TestCase
TestStory.settings = examples(100, stateful_step_count=30)
