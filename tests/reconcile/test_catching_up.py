"""What was missed while the operator was away is made up for on its return, once, if it still applies."""

from collections.abc import Callable

import pytest

from support.apiserver import Json, eventually
from support.audit import Audit
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, STATE, Env, instant, local
from support.operators import Stage

pytestmark = pytest.mark.lab

EVERY_DAY = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


@pytest.fixture
def awake(env: Env, stage: Stage) -> Env:
    """An env that is awake by an operator that has gone since."""
    env.add("web", 3)
    stage.usual()
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    stage.clear()
    return env


@pytest.fixture
def asleep(env: Env, stage: Stage) -> Env:
    """An env that sleeps by an operator that has gone since."""
    env.add("web", 3)
    stage.usual()
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    stage.clear()
    return env


def always_but(state: str, **times: str) -> Json:
    return {"spec": {"exceptions": [{"from": times["start"], "to": times["to"], "state": state}]}}


def test_a_shutdown_that_was_missed_is_made_up_for(awake: Env, stage: Stage) -> None:
    """A16, Z (a reconcile more than a minute late is skipped)"""
    awake.patch(always_but("Asleep", start=local(minutes=-3), to=local(hours=1)))
    stage.usual()
    awake.until("Asleep")
    assert awake.replicas("web") == 0


def test_a_wake_that_was_missed_is_made_up_for(asleep: Env, stage: Stage) -> None:
    """A16"""
    asleep.patch(always_but("Awake", start=local(minutes=-3), to=local(hours=1)))
    stage.usual()
    asleep.until("Awake")
    assert asleep.replicas("web") == 3


def test_a_sleep_that_came_and_went_in_three_days_of_absence_is_not_slept(
    awake: Env, stage: Stage, audit: Audit
) -> None:
    """A16: only what still applies."""
    before = awake.workload("web")["metadata"]["generation"]
    awake.patch(always_but("Asleep", start=local(days=-3), to=local(hours=-1)))
    stage.usual()
    status = awake.until("Awake")
    assert awake.workload("web")["metadata"]["generation"] == before
    assert {each.resource for each in audit.writes(awake.name)} <= {"envschedules/status"}
    assert [each["to"] for each in status.get("history", [])] == []


def test_three_days_of_missed_turns_are_one_transition(asleep: Env, stage: Stage) -> None:
    """A16: once."""
    turns = [{"from": local(days=-day, hours=-8), "to": local(days=-day), "state": "Awake"} for day in (3, 2, 1)]
    asleep.patch({"spec": {"exceptions": [*turns, {"from": local(hours=-2), "to": local(hours=2), "state": "Awake"}]}})
    before = len(asleep.status()["history"])
    stage.usual()
    assert len(asleep.until("Awake")["history"]) == before + 1
    assert asleep.replicas("web") == 3


def test_a_schedule_that_only_stops_has_stopped_while_the_operator_was_away(env: Env, stage: Stage) -> None:
    """A7, A16: started three days ago, and stops every day."""
    stage.clear()
    env.add("web", 3)
    env.schedule({"awake": [{"days": EVERY_DAY, "to": "17:00"}]})
    since = instant(days=-3)
    env.api.merge(f"{env.schedules('default')}/status", {"status": {"state": "Awake", "activeSince": since}})
    stage.usual()
    assert env.until("Asleep")["activeSince"] == since
    assert env.replicas("web") == 0


def test_a_schedule_that_went_while_the_operator_was_away_leaves_nothing_asleep(asleep: Env, stage: Stage) -> None:
    """A15, A16"""
    asleep.api.delete(asleep.schedules("default"))
    stage.usual()
    asleep.until_count("web", 3)
    asleep.until_let_go()


def test_an_orphan_that_has_lost_its_mark_too_is_woken(asleep: Env, stage: Stage) -> None:
    """A15: as an operator leaves it that dies between taking off the mark and waking."""
    asleep.api.delete(asleep.schedules("default"))
    asleep.label(**{STATE: None})
    stage.usual()
    asleep.until_count("web", 3)


def test_many_orphans_without_their_marks_are_all_woken(make_env: Callable[..., Env], stage: Stage) -> None:
    """A15: when many are asked about at once, they are listed in another way."""
    stage.usual()
    envs = [make_env() for _ in range(10)]
    for env in envs:
        env.add("web", 2)
        env.schedule(ASLEEP_FOR_EVER)
    for env in envs:
        env.until("Asleep")
    stage.clear()
    for env in envs:
        env.api.delete(env.schedules("default"))
        env.label(**{STATE: None})
    stage.usual()
    for env in envs:
        env.until_count("web", 2)


def test_a_label_that_changed_while_the_operator_was_away_counts(asleep: Env, stage: Stage) -> None:
    """A9, A16"""
    asleep.label(scheduler="disabled")
    stage.usual()
    asleep.until("Paused")
    assert asleep.replicas("web") == 3


def test_an_edit_made_while_the_operator_was_away_counts(asleep: Env, stage: Stage) -> None:
    """A16, Z (an edit made while asleep is overwritten on waking)"""
    asleep.scale("web", 6)
    stage.usual()
    eventually(lambda: (asleep.replicas("web"), asleep.record("web")) == (0, "6"), what="it sleeps again")
    asleep.wish("Awake")
    asleep.until("Awake")
    assert asleep.replicas("web") == 6


def test_a_restart_says_nothing_twice(asleep: Env, stage: Stage, audit: Audit) -> None:
    """A16: the env is as it should be, so there is nothing to write."""
    before = asleep.reasons()
    stage.usual()
    spare = Env(asleep.api, f"{asleep.name}-2")
    spare.api.create("/api/v1/namespaces", {"metadata": {"name": spare.name}})
    spare.schedule(ASLEEP_FOR_EVER)
    spare.until("Asleep")
    spare.api.delete(spare.path)
    assert audit.writes(asleep.name) == []
    assert asleep.reasons() == before
