"""The promise for what is not in the cluster, tried on a model of a cloud: whatever happens in whatever order, and wherever
the operator is killed, after it has woken the env everything runs that its owners left running, and nothing that they
had stopped; and no record is left. Other tools take tags off meanwhile, all or some (W12).

The model has what the promise rests on: the second place has the plan before a thing is tagged, tags are set before it is
stopped, and the second place is told of that at once; things stop and start in their own time; a thing is described anew
before it is changed. The plan is the real one.
"""

import copy
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from sundown.model.cloud import CloudPart
from sundown.model.parts import Step
from sundown.model.record import Record
from sundown.model.spec import Wanted
from sundown.reconcile.in_cloud import RESTORE, carried_out
from sundown.reconcile.memory import Key, Memory
from sundown.reconcile.part_verdict import Goal
from sundown.reconcile.plan import plan, reconsider
from support.effort import THOROUGH, examples
from support.samples import HOLDER, NOW, cloud

NAMES = {"i-1": "EC2Instance", "i-2": "EC2Instance", "db": "RDSInstance", "aurora": "AuroraCluster"}
ROUNDS = 8

names = st.sampled_from(sorted(NAMES))
wishes = st.sampled_from(["Asleep", "Asleep", "Awake"])
ON_THE_WAY: dict[str, Any] = {"starting": "running", "stopping": "stopped", "busy": "running"}


def goal(wanted: Wanted, there: "Cloud") -> Goal:
    return Goal(wanted=wanted, now=NOW, holder=HOLDER, memory=Memory(records=there.second))


class Cloud:
    """Things that can be stopped and started, and their tags."""

    def __init__(self) -> None:
        self.things: dict[str, CloudPart] = {}
        self.second: dict[Key, Record] = {}
        """What stands in the status of the EnvSchedule."""

    def said(self, wanted: Wanted) -> None:
        """The status that a visit writes: what its plan has to remember, all at once, before it does anything."""
        found = plan(goal(wanted, self), (), self.things.values())
        self.second = {(one.kind, one.name, one.uid): one for one in found.records}
        if wanted == "Awake" and found.settled:
            # What is to lose half a record loses it by what the visit knew when it began.
            forgotten = {step.part.name for step in found.steps if step.action == "Forget"}
            self.second = {key: one for key, one in self.second.items() if one.name in forgotten}

    def told_of(self, name: str) -> None:
        """The status that a visit writes once a thing has been stopped."""
        (now,) = carried_out([self.second[self.place(name)]], arns=[self.things[name].arn])
        self.second[self.place(name)] = now

    def knows(self, name: str) -> bool:
        """Whether the second place says that it was stopped, and not only that it was to be."""
        there = self.second.get(self.place(name))
        return there is not None and there.restore == RESTORE

    def place(self, name: str) -> Key:
        """Where it stands in the second place."""
        return self.things[name].kind, name, self.things[name].arn

    def stop(self, name: str) -> None:
        """Accepted where it runs, a matter of course where it is on its way down, else refused."""
        if self.things[name].state == "running":
            self.change(name, state="stopping")

    def start(self, name: str) -> None:
        """Accepted where it is stopped."""
        if self.things[name].state == "stopped":
            self.change(name, state="starting")

    def change(self, name: str, **fields: Any) -> None:
        """Another state, other tags."""
        self.things[name] = replace(self.things[name], **fields)

    def time_goes_by(self) -> None:
        """Everything comes to where it is on its way to."""
        for name, thing in self.things.items():
            self.change(name, state=ON_THE_WAY.get(thing.state, thing.state))


def steps_towards(wanted: Wanted, there: Cloud) -> list[Step]:
    """What a visit would do, in order, after it has said what it is about to do."""
    there.said(wanted)
    return list(plan(goal(wanted, there), (), there.things.values()).steps)


def carry_out(wanted: Wanted, step: Step, there: Cloud, *, killed: bool = False) -> None:
    """Describe it anew, think again, record, and then stop; ``killed`` between the two."""
    name = step.part.name
    again = reconsider(goal(wanted, there), there.things[name])
    if again is None:
        return
    if again.action == "Sleep" and there.place(name) not in there.second:
        return  # it is not remembered in the second place yet
    if again.action == "Forget":
        there.change(name, record=None, stopped_at=None, holder=None)
    elif again.action == "Remember":
        there.change(name, record="running", stopped_at=NOW, holder=HOLDER)
    elif again.action == "Wake":
        there.change(name, record="running", stopped_at=NOW, holder=HOLDER)
        if not killed:
            there.start(name)
    else:
        there.change(name, record="running", stopped_at=NOW, holder=HOLDER)
        if not killed:
            there.stop(name)
            there.told_of(name)


def brought_to(wanted: Wanted, there: Cloud) -> Cloud:
    """What comes of it when a fresh operator visits until there is nothing left to do. The cloud itself stays as it is."""
    later = copy.deepcopy(there)
    for _ in range(ROUNDS):
        later.time_goes_by()
        for step in steps_towards(wanted, later):
            carry_out(wanted, step, later)
    assert steps_towards(wanted, later) == [], "there is no end to it"
    return later


class Env(RuleBasedStateMachine):
    """Owners who stop and start, RDS that starts after a week and does maintenance, an operator who may be killed at any
    step, and an env that is wanted asleep and awake by turns.

    While a record stands on a thing, or the second place says that it was stopped, stopping it changes nothing that anybody
    could see, so it is no wish. A plan in the second place is nothing that it would be no wish for.
    """

    def __init__(self) -> None:
        super().__init__()
        self.cloud = Cloud()
        self.left_running: dict[str, bool] = {}
        self.pending: list[tuple[Wanted, Step]] = []

    @initialize(running=st.tuples(*[st.booleans()] * len(NAMES)))
    def there_is_something(self, running: tuple[bool, ...]) -> None:
        for (name, kind), runs in zip(NAMES.items(), running, strict=True):
            self.cloud.things[name] = cloud(kind, "running" if runs else "stopped", name=name)
            self.left_running[name] = runs

    @rule(name=names)
    def somebody_stops(self, name: str) -> None:
        thing = self.cloud.things[name]
        if thing.state == "running" and thing.record is None and not self.cloud.knows(name):
            self.left_running[name] = False
        self.cloud.stop(name)

    @rule(name=names)
    def somebody_starts(self, name: str) -> None:
        if self.cloud.things[name].state == "stopped":
            self.left_running[name] = True
        self.cloud.start(name)

    @rule(name=names)
    def aws_is_busy_with(self, name: str) -> None:
        if self.cloud.things[name].state == "running":
            self.cloud.change(name, state="busy")

    @rule(name=names)
    def rds_starts_after_a_week(self, name: str) -> None:
        thing = self.cloud.things[name]
        if thing.kind != "EC2Instance" and thing.record is not None:
            self.cloud.start(name)

    @rule(name=names, how=st.sampled_from(["ours", "state", "holder", "all"]))
    def another_tool_takes_tags_off(self, name: str, how: str) -> None:
        """W12: terraform and its like, of what is stopped; a thing that runs is protected by nothing but its tags."""
        thing = self.cloud.things[name]
        if thing.state == "stopped" and self.cloud.knows(name):
            gone: dict[str, dict[str, Any]] = {
                "ours": {"record": None, "stopped_at": None, "holder": None},
                "state": {"record": None},
                "holder": {"holder": None},
                "all": {"record": None, "stopped_at": None, "holder": None, "exclude": None},
            }
            self.cloud.change(name, **gone[how])

    @rule()
    def time_goes_by(self) -> None:
        self.cloud.time_goes_by()

    @rule(wanted=wishes, done=st.integers(0, len(NAMES)))
    def visit(self, wanted: Wanted, done: int) -> None:
        """The first few steps are made at once, the others by and by, or never."""
        self.pending = [(wanted, step) for step in steps_towards(wanted, self.cloud)]
        for _ in range(min(done, len(self.pending))):
            self.make(0)

    @precondition(lambda self: self.pending)
    @rule(which=st.integers(0, len(NAMES)))
    def make(self, which: int) -> None:
        wanted, step = self.pending.pop(which % len(self.pending))
        carry_out(wanted, step, self.cloud)

    @precondition(lambda self: self.pending)
    @rule()
    def make_and_lose_the_reply(self) -> None:
        """Nobody knows that it was done, so it is done again."""
        wanted, step = self.pending.pop(0)
        carry_out(wanted, step, self.cloud)
        carry_out(wanted, step, self.cloud)

    @precondition(lambda self: self.pending)
    @rule()
    def kill_between_record_and_stop(self) -> None:
        """What was not done by then is never done."""
        wanted, step = self.pending.pop(0)
        carry_out(wanted, step, self.cloud, killed=True)
        self.pending = []

    @invariant()
    def waking_starts_what_was_left_running_and_nothing_else(self) -> None:
        woken = brought_to("Awake", self.cloud)
        assert {name: thing.state == "running" for name, thing in woken.things.items()} == self.left_running
        assert [thing.name for thing in woken.things.values() if thing.record is not None] == []

    @invariant()
    def sleep_stops_all_and_remembers_what_ran(self) -> None:
        asleep = brought_to("Asleep", self.cloud)
        assert {thing.state for thing in asleep.things.values()} <= {"stopped"}
        assert {name: thing.ours for name, thing in asleep.things.items()} == self.left_running


EFFORT = examples(60, 1000, stateful_step_count=60 if THOROUGH else 20)


def test_waking_starts_what_its_owners_left_running_and_nothing_that_they_had_stopped() -> None:
    """E1, E6, A15. Z: the record is written after the change, so a crash between loses it."""
    run_state_machine_as_test(Env, settings=EFFORT)
