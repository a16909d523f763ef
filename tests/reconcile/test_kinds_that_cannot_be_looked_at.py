"""What sleeps by a kind that cannot be looked at is remembered and told, whether it is not granted or not served (A2, G2)."""

from dataclasses import replace

import pytest

from sundown.errors import Mistake
from sundown.model.base import parse
from sundown.model.record import Record
from sundown.model.resources import EnvScheduleStatus
from sundown.model.spec import Workloads
from sundown.reconcile.memory import Memory
from sundown.reconcile.report import next_status
from sundown.sleepers.chosen_rows import unserved
from support.samples import MEMORY, NOW, SLEEP, Json, finding, planned

KIND = "Simulator.example.com"
RECORD = Record(KIND, "it", "uid-it", '{"spec":{"paused":null}}', None)
KEY = (KIND, "it", "uid-it")
ASLEEP = replace(MEMORY, records={KEY: RECORD})
PATCHES = [{"apiVersion": "example.com/v1", "kind": "Simulator", "asleep": {"spec": {"paused": True}}}]


@pytest.mark.parametrize(
    ("hidden", "reason"),
    [("unlisted", "KindNotGranted"), ("unanswered", "KindNotListed"), ("unserved", "KindNotServed")],
)
def test_an_env_is_waking_and_degraded_by_name_while_it_remembers_what_it_cannot_see(hidden: str, reason: str) -> None:
    old = EnvScheduleStatus(state="Asleep", since=NOW, asleep_since=SLEEP, records=(RECORD,))
    unseen: Json = {hidden: {KIND: "it is away"}}
    plan = planned("Awake", memory=ASLEEP, **unseen)
    status = next_status(old, replace(finding("Awake", old=old), plan=plan))
    assert (status.state, status.records, plan.steps) == ("Waking", (RECORD,), ())
    degraded = next(one for one in status.conditions if one.type == "Degraded")
    assert (degraded.reason, degraded.message) == (reason, f"{KIND}/it: sleeps, and cannot be woken: it is away")


@pytest.mark.parametrize("hidden", ["unlisted", "unanswered", "unserved"])
def test_a_night_goes_on_with_what_is_remembered(hidden: str) -> None:
    unseen: Json = {hidden: {KIND: "it is away"}}
    plan = planned("Asleep", memory=ASLEEP, **unseen)
    assert (plan.records, plan.settled) == ((RECORD,), True)
    assert [one.path for one in (*plan.unlisted, *plan.unanswered, *plan.unserved)] == [KIND]


def test_a_kind_that_is_not_there_is_no_fault_where_nothing_sleeps_by_it() -> None:
    for wanted in ("Awake", "Asleep"):
        plan = planned(wanted, unserved={KIND: "it is away"})
        assert (plan.unserved, plan.lost) == ((), False)


def test_what_is_owed_by_day_is_remembered_too() -> None:
    memory = Memory(at_rest=True, awake_since=NOW, owed={KEY: RECORD})
    assert planned("Awake", memory=memory, unserved={KIND: "it is away"}).owed == (RECORD,)


def test_what_no_schedule_names_and_no_cluster_serves_is_forgotten() -> None:
    """A CRD that is deleted for good: the way out that the message names."""
    named = parse(Workloads, {"patches": PATCHES})
    assert list(unserved(named, [KIND, "CronJob"])) == [KIND]
    assert "example.com/v1 Simulator" in unserved(named, [KIND])[KIND]
    assert list(unserved(parse(Workloads, {"kinds": ["Rollout"]}), [KIND, "Rollout"])) == ["Rollout"]
    assert planned("Awake", memory=ASLEEP).lost is False


def test_what_another_schedule_left_and_nobody_can_look_at_is_not_awake() -> None:
    """A15: a new schedule has no record of it, and took the mark off the namespace."""
    told = (Mistake(KIND, "it sleeps still"),)
    old = EnvScheduleStatus(state="Waking", since=NOW, asleep_since=SLEEP)
    plan = planned("Awake", left_hidden=told)
    status = next_status(old, replace(finding("Awake", old=old), plan=plan, sleep=SLEEP))
    assert (status.state, status.asleep_since, plan.sleepers) == ("Waking", SLEEP, 1)
    degraded = next(one for one in status.conditions if one.type == "Degraded")
    assert (degraded.reason, degraded.message) == ("KindNotServed", f"{KIND}: it sleeps still")
    assert planned("Asleep", left_hidden=told).settled
