"""The main job: to zero, and back to what was there."""

import pytest

from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, PLURALS, RECORD, STATE, Env
from support.operators import Operator

pytestmark = pytest.mark.lab

READY_AFTER = "lab.sundown.dev/ready-after"


@pytest.fixture
def team(env: Env, operator: Operator) -> Env:
    """An env with some of everything, which nobody has put to sleep yet."""
    env.add("web", 3)
    env.add("worker", 1)
    env.add("off", 0)
    env.add("db", 7, kind="StatefulSet")
    return env


@pytest.mark.proves("asleep", kinds=PLURALS)
@pytest.mark.proves("real controller", kinds=PLURALS)
def test_every_deployment_and_statefulset_goes_to_zero(team: Env) -> None:
    """A1"""
    team.schedule(ASLEEP_FOR_EVER)
    status = team.until("Asleep")
    assert set(team.counts().values()) == {0}
    assert status["parts"] == {"total": 4, "asleep": 4, "ready": 0}
    assert team.pods() == []


def test_the_old_count_is_recorded_in_the_same_write(team: Env) -> None:
    """A2, Z (the record is written after the change)"""
    began = team.api.get(team.collection("Deployment"))["metadata"]["resourceVersion"]
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    versions = [
        each for each in team.api.since(team.collection("Deployment"), began) if each["metadata"]["name"] == "web"
    ]
    at_zero = [each for each in versions if each["spec"]["replicas"] == 0]
    assert at_zero
    assert {each["metadata"]["annotations"].get(RECORD) for each in at_zero} == {"3"}


@pytest.mark.proves("restored", kinds=PLURALS)
def test_waking_restores_exactly_what_was_recorded(team: Env) -> None:
    """A3, Z (start sets 1 replica instead of the old count)"""
    before = team.counts()
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    team.wish("Awake")
    status = team.until("Awake")
    assert team.counts() == before
    assert status["parts"] == {"total": 4, "asleep": 1, "ready": 3}


def test_no_count_between_zero_and_the_old_one_is_ever_set(team: Env) -> None:
    """A3"""
    began = team.api.get(team.collection("StatefulSet"))["metadata"]["resourceVersion"]
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    team.wish("Awake")
    team.until("Awake")
    assert {each["spec"]["replicas"] for each in team.api.since(team.collection("StatefulSet"), began)} == {0, 7}


def test_what_stood_at_zero_before_stays_at_zero_without_a_trace(team: Env) -> None:
    """A3"""
    before = team.workload("off")["metadata"]["generation"]
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    assert team.record("off") is None
    team.wish("Awake")
    team.until("Awake")
    assert team.workload("off")["metadata"]["generation"] == before


def test_waking_takes_the_record_away(team: Env) -> None:
    """A3"""
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    team.wish("Awake")
    team.until("Awake")
    assert team.record("web") is None
    assert team.record("db", kind="StatefulSet") is None


def test_a_second_look_does_not_overwrite_the_record(team: Env) -> None:
    """Z (a second scale-down overwrites the recorded count with 0)"""
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    team.wish("Asleep", reason="again")
    team.until("Asleep")
    assert team.record("web") == "3"
    assert team.record("db", kind="StatefulSet") == "7"


def test_many_nights_later_the_counts_are_the_same(team: Env) -> None:
    """A3"""
    before = team.counts()
    team.schedule(ASLEEP_FOR_EVER)
    for _ in range(5):
        team.until("Asleep")
        team.wish("Awake")
        team.until("Awake")
        team.wish("Asleep")
    team.until("Asleep")
    team.wish("Awake")
    team.until("Awake")
    assert team.counts() == before


def test_waking_is_over_only_when_the_pods_are_ready(env: Env, operator: Operator) -> None:
    """A4"""
    env.add("slow", 2, pod={READY_AFTER: "1h"})
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    env.wish("Awake")
    env.until("Waking")
    assert env.condition("Progressing")[:2] == ("True", "Waking")
    assert env.condition("Asleep")[0] == "False"
    env.edit("slow", {"spec": {"template": {"metadata": {"annotations": {READY_AFTER: None}}}}})
    status = env.until("Awake")
    assert status["parts"]["ready"] == 1
    assert env.workload("slow")["status"]["readyReplicas"] == 2
    (note,) = env.until_told("Awake")
    assert "took" in note


def test_falling_asleep_is_over_only_when_no_workload_counts_a_pod_any_more(env: Env, operator: Operator) -> None:
    """A1: Kubernetes itself counts no pod that is on its way out."""
    env.add("web", 5)
    env.add("db", 5, kind="StatefulSet")
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    began = env.api.get(env.collection("StatefulSet"))["metadata"]["resourceVersion"]
    env.wish("Asleep")
    env.until("Asleep")
    asleep = int(env.api.get(env.schedules("default"))["metadata"]["resourceVersion"])
    versions = [one for kind in PLURALS for one in env.api.since(env.collection(kind), began)]
    counted = [int(one["metadata"]["resourceVersion"]) for one in versions if one["status"].get("replicas")]
    assert max(counted) < asleep


def test_a_count_set_while_asleep_is_the_one_it_wakes_with(team: Env) -> None:
    """Z (an edit made while asleep is overwritten on waking)"""
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    team.scale("web", 5)
    team.wish("Awake")
    team.until("Awake")
    assert team.replicas("web") == 5
    assert team.record("web") is None


def test_a_count_set_while_asleep_is_remembered_for_the_morning(team: Env) -> None:
    """A3, Z (an edit made while asleep is overwritten on waking)"""
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    team.scale("web", 5)
    team.wish("Asleep", reason="so that the operator looks again")
    team.until("Asleep")
    assert (team.replicas("web"), team.record("web")) == (0, "5")


def test_an_image_set_while_asleep_is_still_there_after_waking(team: Env) -> None:
    """Z (an edit made while asleep is overwritten on waking)"""
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    image = {"name": "main", "image": "registry.example.com/main:2"}
    team.edit("web", {"spec": {"template": {"spec": {"containers": [image]}}}})
    team.wish("Awake")
    team.until("Awake")
    found = team.workload("web")
    assert found["spec"]["template"]["spec"]["containers"][0]["image"] == "registry.example.com/main:2"
    assert found["spec"]["replicas"] == 3


def test_a_workload_made_while_asleep_goes_to_sleep_with_its_count(team: Env) -> None:
    """A1"""
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    team.add("late", 4)
    team.wish("Asleep", reason="so that the operator looks again")
    team.until("Asleep")
    assert (team.replicas("late"), team.record("late")) == (0, "4")


def test_the_namespace_is_marked_before_anything_sleeps_and_until_everything_is_awake(team: Env) -> None:
    """Design 5: the hold is on first. W8: waking does not wait for a write to the namespace."""
    began = team.api.get("/api/v1/namespaces")["metadata"]["resourceVersion"]
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    team.wish("Awake")
    team.until("Awake")
    marks = [
        (int(each["metadata"]["resourceVersion"]), each["metadata"]["labels"].get(STATE))
        for each in team.api.since("/api/v1/namespaces", began)
        if each["metadata"]["name"] == team.name
    ]
    counts = [
        (int(each["metadata"]["resourceVersion"]), each["spec"]["replicas"])
        for each in team.api.since(team.collection("StatefulSet"), began)
    ]
    marked = min(version for version, mark in marks if mark == "asleep")
    unmarked = min(version for version, mark in marks if mark is None and version > marked)
    slept = min(version for version, count in counts if count == 0)
    woke = min(version for version, count in counts if count == 7 and version > slept)
    assert marked < slept < woke < unmarked


def test_who_calls_sleeps_first_and_wakes_last(team: Env) -> None:
    """Design 5: Deployments before StatefulSets, and the reverse on waking."""
    before = team.counts()
    began = team.api.get(team.collection("Deployment"))["metadata"]["resourceVersion"]
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    team.wish("Awake")
    team.until("Awake")

    def turns(kind: str) -> tuple[list[int], list[int]]:
        """The versions in which the count of one of the kind became zero, and those in which it came back."""
        down: list[int] = []
        up: list[int] = []
        last = dict(before)
        for each in team.api.since(team.collection(kind), began):
            name, count = f"{kind}/{each['metadata']['name']}", each["spec"]["replicas"]
            if last[name] != count:
                (up if count else down).append(int(each["metadata"]["resourceVersion"]))
            last[name] = count
        return down, up

    (deployments_down, deployments_up), (sets_down, sets_up) = turns("Deployment"), turns("StatefulSet")
    assert max(deployments_down) < min(sets_down)
    assert max(sets_up) < min(deployments_up)
