"""Nothing is left asleep without an owner: schedules that go, namespaces that go, several schedules in one namespace."""

import json
import time

import pytest

from support.apiserver import eventually
from support.audit import Audit
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, STATE, Env
from support.operators import Stage

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("operator")]


@pytest.fixture
def sleeper(env: Env) -> Env:
    """An env that sleeps: a Deployment of two and a StatefulSet of three."""
    env.add("web", 2)
    env.add("db", 3, kind="StatefulSet")
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    return env


def woken(env: Env) -> bool:
    return env.counts() == {"Deployment/web": 2, "StatefulSet/db": 3}


def test_deleting_the_schedule_of_a_sleeping_env_wakes_it(sleeper: Env) -> None:
    """A15, Z (deleting the schedule leaves the env at 0 for good)"""
    sleeper.api.delete(sleeper.schedules("default"))
    eventually(lambda: woken(sleeper), what="it is awake")
    sleeper.until_let_go()
    assert sleeper.record("web") is None


def test_a_bad_label_does_not_keep_asleep_what_no_schedule_does(sleeper: Env) -> None:
    """A15: nothing is changed on behalf of a schedule while the label is bad, but there is none any more."""
    sleeper.label(scheduler="perhaps")
    sleeper.until_condition("Ready", "False", "InvalidLabel")
    sleeper.api.delete(sleeper.schedules("default"))
    eventually(lambda: woken(sleeper), what="it is awake")


def test_what_is_protected_while_it_sleeps_is_woken_and_then_left_alone(
    sleeper: Env, stage: Stage, audit: Audit
) -> None:
    """A10, A15: a default has put to sleep what should have gone on, and its owner protects it. It slept on for ever."""
    stage.fresh(SUNDOWN_PROTECTED_NAMESPACES=json.dumps([sleeper.name])).start()
    eventually(lambda: woken(sleeper), what="it is awake")
    sleeper.until_let_go()
    sleeper.until_condition("Ready", "False", "ProtectedNamespace")
    eventually(lambda: "never touches" in sleeper.condition("Ready")[2], what="it is as every protected namespace is")
    seen = len(audit.writes(sleeper.name))
    sleeper.wish("Asleep")
    sleeper.until_condition("Ready", "False", "ProtectedNamespace")
    assert woken(sleeper)
    assert {one.resource for one in audit.writes(sleeper.name)[seen:]} <= {"envschedules/status", "events"}


def test_deleting_the_schedule_of_an_env_that_is_falling_asleep_wakes_it(env: Env) -> None:
    """A15"""
    for number in range(12):
        env.add(f"web-{number}", 2)
    env.schedule(ASLEEP_FOR_EVER)
    eventually(lambda: 0 in env.counts().values(), what="it begins to fall asleep")
    env.api.delete(env.schedules("default"))
    eventually(lambda: set(env.counts().values()) == {2}, what="it is awake")
    env.until_let_go()


def test_deleting_the_schedule_of_an_env_that_is_waking_lets_it_go_on(sleeper: Env) -> None:
    """A15"""
    sleeper.wish("Awake")
    sleeper.api.delete(sleeper.schedules("default"))
    eventually(lambda: woken(sleeper), what="it is awake")
    sleeper.until_let_go()


def test_an_orphan_is_told_why_it_wakes(sleeper: Env) -> None:
    """A15"""
    sleeper.api.delete(sleeper.schedules("default"))
    eventually(lambda: woken(sleeper), what="it is awake")
    notes = eventually(
        lambda: [each["note"] for each in sleeper.events() if each["regarding"]["kind"] == "Namespace"],
        what="an Event about the namespace",
    )
    assert "no EnvSchedule is in force" in notes[0]


def test_deleting_a_sleeping_namespace_does_not_hang(sleeper: Env) -> None:
    """Bad input: a namespace deleted while asleep. No finalizer of ours holds it."""
    assert "finalizers" not in sleeper.api.get(sleeper.schedules("default"))["metadata"]
    sleeper.api.delete(sleeper.path)
    eventually(lambda: sleeper.api.find(sleeper.path) is None, what="the namespace is gone")


def test_a_namespace_of_the_same_name_starts_afresh(sleeper: Env) -> None:
    """Bad input: a namespace deleted while asleep and made anew."""
    sleeper.api.delete(sleeper.path)
    eventually(lambda: sleeper.api.find(sleeper.path) is None, what="the namespace is gone")
    sleeper.api.create("/api/v1/namespaces", {"metadata": {"name": sleeper.name}})
    sleeper.schedule(ASLEEP_FOR_EVER)
    sleeper.add("web", 4)
    sleeper.wish("Asleep")
    status = sleeper.until("Asleep")
    eventually(lambda: sleeper.record("web") == "4", what="the new workload is asleep")
    assert status["parts"]["total"] <= 1


def test_a_schedule_deleted_and_made_anew_at_once_counts_as_the_new_one(sleeper: Env) -> None:
    """A15"""
    sleeper.api.delete(sleeper.schedules("default"))
    sleeper.schedule(ALWAYS_AWAKE)
    status = sleeper.until("Awake")
    assert woken(sleeper)
    assert len(status.get("history", [])) <= 1


def test_of_two_schedules_the_older_is_in_force(sleeper: Env) -> None:
    """Design 3: others say Ready=False, reason Superseded."""
    begin_another_second(sleeper)
    sleeper.schedule(ALWAYS_AWAKE, name="another")
    message = sleeper.until_condition("Ready", "False", "Superseded", name="another")
    assert '"default"' in message
    assert "state" not in sleeper.status("another")
    assert sleeper.condition("Asleep")[0] == "True"


def test_the_next_schedule_takes_over_when_the_one_in_force_goes(sleeper: Env) -> None:
    """Design 3, A15"""
    begin_another_second(sleeper)
    sleeper.schedule(ALWAYS_AWAKE, name="another")
    sleeper.until_condition("Ready", "False", "Superseded", name="another")
    sleeper.api.delete(sleeper.schedules("default"))
    sleeper.until("Awake", name="another")
    assert woken(sleeper)
    assert sleeper.condition("Ready", "another")[0] == "True"


def begin_another_second(env: Env) -> None:
    """Return when objects made from now on are younger than the env's schedule: Kubernetes writes whole seconds."""
    born = env.api.get(env.schedules("default"))["metadata"]["creationTimestamp"]
    while time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()) <= born:
        time.sleep(0.1)


def test_a_mark_that_somebody_put_on_by_hand_is_taken_off(env: Env) -> None:
    """A15: a namespace labelled asleep without an EnvSchedule in force is no one's to keep asleep."""
    env.add("web", 2)
    env.label(**{STATE: "asleep"})
    env.until_let_go()
    assert env.replicas("web") == 2


def test_a_mark_that_somebody_took_off_by_hand_is_put_back(sleeper: Env) -> None:
    """Design 5: the namespace is marked while it sleeps."""
    sleeper.label(**{STATE: None})
    eventually(lambda: sleeper.labels().get(STATE) == "asleep", what="the mark is back")
