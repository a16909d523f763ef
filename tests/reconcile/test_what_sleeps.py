"""Which workloads of an env take part: kinds, include and exclude lists, and the annotation on the workload."""

import pytest

from support.apiserver import Json, eventually
from support.envs import ASLEEP_FOR_EVER, RECORD, Env, instant
from support.operators import Operator

pytestmark = pytest.mark.lab


@pytest.fixture
def team(env: Env, operator: Operator) -> Env:
    """An env with three Deployments and a StatefulSet."""
    env.add("web", 2, labels={"tier": "front"})
    env.add("api", 2, labels={"tier": "back"})
    env.add("api-docs", 1, labels={"tier": "back"})
    env.add("db", 2, kind="StatefulSet", labels={"tier": "data"})
    return env


def excluding(value: str | None) -> Json:
    return {"metadata": {"annotations": {"sundown.dev/exclude": value}}}


@pytest.mark.parametrize(
    ("workloads", "asleep"),
    [
        ({"kinds": ["StatefulSet"]}, {"db"}),
        ({"include": {"names": ["api*"]}}, {"api", "api-docs"}),
        ({"include": {"kinds": ["Deployment"], "labels": {"tier": "back"}}}, {"api", "api-docs"}),
        ({"exclude": {"names": ["api?docs", "db"]}}, {"web", "api"}),
        ({"exclude": {"labels": {"tier": "data"}}}, {"web", "api", "api-docs"}),
        ({"exclude": {"kinds": ["Deployment"]}}, {"db"}),
        ({"include": {"names": ["api*"]}, "exclude": {"names": ["*-docs"]}}, {"api"}),
    ],
    ids=lambda value: ",".join(sorted(value)) if isinstance(value, set) else "",
)
def test_the_lists_say_what_sleeps(team: Env, workloads: Json, asleep: set[str]) -> None:
    """A14"""
    team.schedule({"awake": [], "workloads": workloads})
    status = team.until("Asleep")
    assert {name.split("/")[1] for name, count in team.counts().items() if count == 0} == asleep
    assert status["parts"]["total"] == len(asleep)


def test_an_excluded_workload_is_not_written_to(team: Env) -> None:
    """A14"""
    team.edit("web", excluding("true"))
    before = team.workload("web")["metadata"]["generation"]
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    web = team.workload("web")
    assert (web["spec"]["replicas"], web["metadata"]["generation"]) == (2, before)
    assert RECORD not in web["metadata"]["annotations"]


def test_an_exclusion_holds_until_its_time_and_no_longer(team: Env) -> None:
    """A14"""
    team.edit("web", excluding(instant(hours=1)))
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    assert team.replicas("web") == 2
    team.edit("web", excluding(instant(seconds=3)))
    team.until_count("web", 0)
    assert team.record("web") == "2"


@pytest.mark.parametrize("value", [instant(hours=-1), "false", ""], ids=["over", "false", "empty"])
def test_an_exclusion_that_is_over_or_none_excludes_nothing(team: Env, value: str) -> None:
    """A14"""
    team.edit("web", excluding(value))
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    assert team.replicas("web") == 0


@pytest.mark.parametrize("value", ["tomorrow", "2026-13-01T00:00:00Z", "x" * 10_000])
def test_an_exclusion_that_cannot_be_read_keeps_the_workload_up_and_is_reported(team: Env, value: str) -> None:
    """A14, Z (one malformed annotation stops the whole controller)"""
    team.edit("web", excluding(value))
    team.schedule(ASLEEP_FOR_EVER)
    message = team.until_condition("Degraded", "True", "InvalidAnnotation")
    team.until("Asleep")
    assert "Deployment/web" in message
    assert len(message) < 1024
    assert team.replicas("web") == 2
    assert team.replicas("api") == 0


def test_what_is_excluded_while_it_sleeps_is_woken(team: Env) -> None:
    """A14, A15: nothing is left asleep that no schedule wakes any more."""
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    team.patch({"spec": {"workloads": {"exclude": {"names": ["web"]}}}})
    team.until_count("web", 2)
    team.until("Asleep")
    assert team.replicas("api") == 0
    assert team.record("web") is None


def test_a_record_that_somebody_spoiled_is_known_from_the_second_place(team: Env) -> None:
    """A18, Z (one malformed annotation stops the whole controller)"""
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    team.edit("web", {"metadata": {"annotations": {RECORD: "two"}}})
    team.wish("Awake")
    team.until("Awake")
    assert team.replicas("web") == 2


def test_a_record_that_is_spoiled_in_both_places_is_reported_and_left(team: Env) -> None:
    """W3: where nobody knows the count any more it is Degraded, by name, and never called awake."""
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    team.edit("web", {"metadata": {"annotations": {RECORD: "two"}}})
    team.api.delete(team.schedules("default"))
    team.until_count("api", 2)
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    team.wish("Awake")
    message = team.until_condition("Degraded", "True", "InvalidAnnotation")
    team.until_count("api", 2)
    assert f"kubectl -n {team.name} scale deployment/web --replicas=N" in message
    assert (team.replicas("web"), team.status()["state"]) == (0, "Waking")
    team.scale("web", 2)
    team.until("Awake")


def test_a_spoiled_record_is_forgotten_when_somebody_sets_the_count(team: Env) -> None:
    """A3"""
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    team.edit("web", {"metadata": {"annotations": {RECORD: "two"}}})
    team.scale("web", 4)
    team.wish("Awake")
    team.until("Awake")
    eventually(lambda: team.condition("Degraded")[0] == "False", what="all is well")
    assert (team.replicas("web"), team.record("web")) == (4, None)
