"""Writes that the API server refuses, cannot make, or makes without saying so."""

from itertools import pairwise

import pytest

from support.apiserver import PATIENCE, eventually
from support.detour import Detour, Fault
from support.envs import ALWAYS_AWAKE, Env
from support.operators import Operator

pytestmark = pytest.mark.lab


@pytest.fixture
def team(env: Env, operator: Operator, detour: Detour) -> Env:
    """An env of two Deployments and two StatefulSets that is awake."""
    for name, count in COUNTS.items():
        env.add(name, count, kind="Deployment" if name in {"web", "api"} else "StatefulSet")
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    return env


def asleep(env: Env) -> set[str]:
    return {name for name, count in env.counts().items() if count == 0}


COUNTS = {"web": 3, "api": 1, "db": 2, "queue": 1}
REFUSALS = pytest.mark.parametrize("status", [403, 422, 500, 503])
SOON = {"spec": {"waves": {"timeout": "2s"}}}


@REFUSALS
def test_one_workload_that_cannot_be_put_to_sleep_does_not_keep_the_others_awake(
    team: Env, detour: Detour, status: int
) -> None:
    """E4, Z (an unhealthy part blocks all others): Deployments sleep first, and hold up the rest for their time only."""
    team.patch(SOON)
    with detour.broken(Fault(method="PATCH", part="/deployments/web", status=status)):
        team.wish("Asleep")
        message = team.until_condition("Degraded", "True", "WriteFailed")
        assert message.startswith("Deployment/web: ")
        others = {"Deployment/api", "StatefulSet/db", "StatefulSet/queue"}
        eventually(lambda: asleep(team) == others, what="the others sleep")
        assert team.status()["state"] == "FallingAsleep"
    team.until("Asleep")
    assert team.record("web") == "3"
    assert team.condition("Degraded")[0] == "False"


@REFUSALS
def test_one_workload_that_cannot_be_woken_does_not_keep_the_others_asleep(
    team: Env, detour: Detour, status: int
) -> None:
    """Z (an unhealthy part blocks all others from waking): StatefulSets wake first."""
    team.wish("Asleep")
    team.until("Asleep")
    team.patch(SOON)
    with detour.broken(Fault(method="PATCH", part="/statefulsets/db", status=status)):
        team.wish("Awake")
        team.until_condition("Degraded", "True", "WriteFailed")
        eventually(lambda: asleep(team) == {"StatefulSet/db"}, what="the others are woken")
    team.until("Awake")
    assert team.replicas("db", kind="StatefulSet") == 2
    # Awake when the time of its wave is over, which may be a moment before its pods are ready.
    eventually(lambda: team.condition("Degraded")[0] == "False", what="all is well")


def test_a_write_that_goes_on_failing_is_told_once(team: Env, detour: Detour) -> None:
    """Z (alerts repeat), design 5: status is written only when it changes."""
    with detour.broken(Fault(method="PATCH", part="/deployments/web", status=422)) as fault:
        team.wish("Asleep")
        team.until_condition("Degraded", "True", "WriteFailed")
        team.until_told("WriteFailed")
        tried, version = fault.met, team.api.get(team.schedules("default"))["metadata"]["resourceVersion"]
        eventually(lambda: fault.met >= tried + 3, what="it is tried three times more")
        team.until_told("WriteFailed")
        assert team.api.since(team.schedules(), version) == []


def test_a_record_that_cannot_be_taken_away_is_tried_less_and_less_often(team: Env, detour: Detour) -> None:
    """Design 5: an env that is awake already has no transition whose time limit would end the trying."""
    team.wish("Asleep")
    team.until("Asleep")
    team.scale("web", 2)
    with detour.broken(Fault(method="PATCH", part="/deployments/web", status=422)):
        team.wish("Awake")
        team.until_condition("Degraded", "True", "WriteFailed")
        team.until("Awake")
        # Whoever comes to a new state looks at once; what is measured comes after that.
        before = len(tries(detour))
        eventually(lambda: len(tries(detour)) >= before + 5, what="five more tries")
    at = tries(detour)[-4:]
    assert min(later - earlier for earlier, later in pairwise(at)) >= 1.5
    eventually(lambda: team.record("web") is None, what="the record is gone")
    assert team.replicas("web") == 2


def tries(detour: Detour) -> list[float]:
    return [
        each.at
        for each in detour.passed
        if each.method == "PATCH" and "/deployments/web" in each.target and each.status == 422
    ]


def test_a_write_that_was_made_without_an_answer_is_not_made_twice(team: Env, detour: Detour) -> None:
    """A2, Z (a second scale-down overwrites the recorded count with 0)"""
    before = team.workload("web")["metadata"]["generation"]
    with detour.broken(Fault(method="PATCH", part="/deployments/web", cut=True, after=True, times=1)):
        team.wish("Asleep")
        team.until("Asleep")
    found = team.workload("web")["metadata"]
    assert found["generation"] == before + 1
    assert team.record("web") == "3"


def test_a_connection_cut_before_the_write_was_made_only_delays_it(team: Env, detour: Detour) -> None:
    """A1"""
    with detour.broken(Fault(method="PATCH", part="/deployments/web", cut=True, times=2)):
        team.wish("Asleep")
        team.until("Asleep")
    assert team.record("web") == "3"


def test_a_slow_write_does_not_keep_other_envs_waiting(team: Env, operator: Operator, detour: Detour) -> None:
    """G4: one env that the API server is slow with."""
    other = Env(team.api, f"{team.name}-2")
    other.api.create("/api/v1/namespaces", {"metadata": {"name": other.name}})
    other.add("web", 1)
    other.schedule(ALWAYS_AWAKE)
    other.until("Awake")
    with detour.broken(Fault(method="PATCH", part=f"/{team.name}/deployments/", hold=True)) as fault:
        team.wish("Asleep")
        assert fault.arrived.wait(PATIENCE)
        other.wish("Asleep")
        other.until("Asleep")
    team.until("Asleep")
    other.api.delete(other.path)


def test_nothing_is_put_to_sleep_that_the_status_does_not_remember(team: Env, detour: Detour) -> None:
    """A18, G9: that is said in an Event, and once it is written kubectl tells the whole truth."""
    with detour.broken(Fault(method="PATCH", part="/envschedules/default/status", status=403)) as fault:
        team.wish("Asleep")
        eventually(lambda: fault.met >= 3, what="it is tried three times")
        eventually(lambda: "StatusNotWritten" in team.reasons(), what="it is said")
        assert (team.status()["state"], asleep(team)) == ("Awake", set())
    status = team.until("Asleep")
    assert status["parts"] == {"total": 4, "asleep": 4, "ready": 0}
    assert status["history"][0]["to"] == "Asleep"
    assert team.condition("Asleep")[0] == "True"
    team.until_told("StatusNotWritten")


def test_the_status_remembers_before_the_first_zero(team: Env, detour: Detour) -> None:
    """A18: what another tool takes off the workload is known all the same."""
    with detour.broken(Fault(method="PATCH", part="/deployments/", hold=True)) as fault:
        team.wish("Asleep")
        assert fault.arrived.wait(PATIENCE)
        found = {one["name"]: one["restore"] for one in team.status()["records"]}
        assert asleep(team) == set()
    assert found == {name: f'{{"spec":{{"replicas":{count}}}}}' for name, count in COUNTS.items()}
    team.until("Asleep")


def test_a_status_that_comes_late_is_not_told_of_the_next_schedule_of_that_name(team: Env, detour: Detour) -> None:
    """G9: the history of one that was deleted is not the history of the next one."""
    with detour.broken(Fault(method="PATCH", part="/envschedules/default/status", hold=True, times=1)) as fault:
        team.wish("Asleep", reason="the old one")
        assert fault.arrived.wait(PATIENCE)
        team.api.delete(team.schedules("default"))
        team.schedule({**ALWAYS_AWAKE, "paused": True})
    status = team.until("Paused")
    assert "the old one" not in str(status)
    look_twice(team)
    assert "the old one" not in str(team.status())


def look_twice(env: Env) -> None:
    """Return when what was on its way has been written."""
    for state in ("Awake", "Paused"):
        env.patch({"spec": {"paused": state == "Paused"}})
        env.until(state)


def test_an_event_that_cannot_be_posted_holds_nothing_up(team: Env, detour: Detour) -> None:
    """Design 5"""
    with detour.broken(Fault(method="POST", part="/events", status=500)):
        team.wish("Asleep")
        team.until("Asleep")


def test_a_label_that_cannot_be_set_keeps_the_env_awake(team: Env, detour: Detour) -> None:
    """Design 5: the namespace is marked before anything sleeps, or nothing sleeps."""
    with detour.broken(Fault(method="PATCH", part=f"/api/v1/namespaces/{team.name}", status=403)) as fault:
        team.wish("Asleep")
        eventually(lambda: fault.met >= 2, what="it is tried twice")
        assert asleep(team) == set()
    team.until("Asleep")


@pytest.mark.parametrize("part", ["/deployments", "/statefulsets"])
def test_a_list_that_is_an_error_in_disguise_is_not_taken_for_an_empty_one(
    team: Env, detour: Detour, part: str
) -> None:
    """Z (API replies 200 with an error body)"""
    disguised = (
        '{"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": "no", "code": 500}'
    )
    with detour.broken(Fault(method="GET", part=f"/namespaces/{team.name}{part}", status=200, body=disguised)) as fault:
        team.wish("Asleep")
        eventually(lambda: fault.met >= 3, what="it is asked three times")
        assert team.status()["state"] == "Awake"
        assert asleep(team) == set()
    team.until("Asleep")
    assert team.status()["parts"]["total"] == 4


def test_a_write_that_fails_with_200_is_not_taken_for_done(team: Env, detour: Detour) -> None:
    """Z (API replies 200 with an error body)"""
    with detour.broken(Fault(method="PATCH", part="/deployments/web", status=200)):
        team.wish("Asleep")
        team.until_condition("Degraded", "True", "WriteFailed")
    team.until("Asleep")
    assert team.record("web") == "3"
