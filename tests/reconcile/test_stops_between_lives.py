"""A15, E1: whatever moment the operator dies at, and however old its table is, whose stop it was is not mistaken.

A life is a few visits, as ``sundown.reconcile.visit`` makes them: plan, status, steps. It ends before any of its writes.
"""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Literal

from hypothesis import example, given
from hypothesis import strategies as st

from sundown.model.cloud import CloudPart
from sundown.model.env import Env
from sundown.model.resources import EnvScheduleStatus
from sundown.reconcile.memory import by_key, recall
from sundown.reconcile.part_verdict import Goal
from sundown.reconcile.plan import plan, reconsider
from sundown.reconcile.report import next_status, worth_a_write
from support.samples import HOLDER, NOW, SLEEP, TIMEOUT, after, cloud, finding, known, namespace, stopped

VISITS = 5


class DiedError(Exception):
    """The operator was killed."""


@dataclass(frozen=True)
class Life:
    """``writes`` is after how many of them it ends, ``table`` says that it begins with what the table has, and believes it for
    so many visits; ``saves`` that the table has what it saw at its end. ``more`` says that something else is on its way."""

    wanted: Literal["Awake", "Asleep"]
    writes: int = 1000
    table: int = 0
    saves: bool = False
    more: bool = False


@dataclass
class World:
    """An instance and its owner's wish; ``said`` is the status that the API server has."""

    tags: bool = False
    runs: bool = True
    wish: bool = True
    said: EnvScheduleStatus = field(default_factory=EnvScheduleStatus)
    table: CloudPart | None = None
    left: int = 0

    @property
    def part(self) -> CloudPart:
        """As AWS describes it now."""
        return (stopped if self.tags else cloud)(state="running" if self.runs else "stopped")

    def switch(self) -> None:
        """Its owner stops or starts it, where nobody else has a hand in."""
        if not self.tags:
            self.runs = self.wish = not self.runs

    def live(self, life: Life) -> None:
        """Let an operator live."""
        self.left = life.writes
        with suppress(DiedError):
            self._visits(life)
        if life.saves:
            self.table = self.part

    def _visits(self, life: Life) -> None:
        status = self.said
        for visit in range(VISITS):
            old = self.table is not None and visit < life.table
            status = self._visit(life, status, replace(self.table, recalled=True) if old and self.table else self.part)

    def _visit(self, life: Life, old: EnvScheduleStatus, view: CloudPart) -> EnvScheduleStatus:
        about = known(status=old)
        memory = recall(Env("dev", namespace=namespace(), schedules=(about,)), about)
        goal = Goal(wanted=life.wanted, now=NOW, timeout=TIMEOUT, holder=HOLDER, memory=memory, sleep=SLEEP)
        parts = [view, *([stopped("RDSInstance", "starting")] if life.more else [])]
        the_plan = plan(goal, [], parts)
        status = next_status(old, finding(life.wanted, *parts, old=old, plan=the_plan, now=after(seconds=1)))
        quiet = {step.action for step in the_plan.steps} <= {"Wake"}
        if worth_a_write(old, status) or not quiet:
            self._write()
            self.said = status
        for step in the_plan.steps:
            if step.part == view:
                now = reconsider(goal, self.part, known=by_key(status.records))
                if now is not None:
                    self._make(now.action)
                elif step.action == "Sleep":
                    left = tuple(one for one in status.records if one.uid != view.arn)
                    self._write()
                    self.said = status = status.model_copy(update={"records": left})
        return status

    def _make(self, action: str) -> None:
        tags, runs = {"Sleep": (True, False), "Wake": (True, True), "Forget": (False, None), "Remember": (True, None)}[
            action
        ]
        self._write()
        self.tags = tags
        if runs is not None:
            self._write()
            self.runs = runs

    def _write(self) -> None:
        if self.left == 0:
            raise DiedError
        self.left -= 1


LIVES = st.builds(
    Life,
    st.sampled_from(["Awake", "Asleep"]),
    writes=st.integers(0, 8),
    table=st.integers(0, 3),
    saves=st.booleans(),
    more=st.booleans(),
)


@example(story=[Life("Asleep", writes=1), None], table=0)
@example(story=[Life("Asleep", saves=True), Life("Awake"), None], table=1)
@example(story=[Life("Asleep", saves=True), Life("Awake"), None, Life("Asleep", writes=1, table=1)], table=0)
@example(story=[Life("Awake", saves=True), None, Life("Asleep", writes=1, table=1)], table=0)
@example(story=[Life("Asleep", more=True), Life("Awake", writes=5, more=True), None], table=0)
@example(story=[Life("Asleep", writes=4, saves=True), Life("Awake", writes=4, table=2), None], table=0)
@given(story=st.lists(st.one_of(LIVES, st.just(None)), max_size=8), table=st.integers(0, 3))
def test_what_ran_runs_and_what_was_stopped_stays_stopped(story: list[Life | None], table: int) -> None:
    """A15, E1: its owner meddles (None) with what carries no tags, whatever the status says of it."""
    world = World()
    for each in story:
        if each is None:
            world.switch()
        else:
            world.live(each)
    world.live(Life("Awake", table=table))
    assert (world.runs, world.tags) == (world.wish, False)
