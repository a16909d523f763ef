"""Who wakes at night what sleeps has not long of it, policies or not, and is told once what becomes of it (G1, W6)."""

from collections.abc import Callable

import pytest

from support.apiserver import eventually
from support.audit import Audit
from support.envs import ASLEEP_FOR_EVER, Env, manifest
from support.operators import Operator, Stage

pytestmark = pytest.mark.lab


@pytest.fixture
def operator(stage: Stage) -> Operator:
    """An operator that compares everything every ten minutes, and remembers nothing of other tests."""
    one = stage.fresh()
    one.start()
    return one


@pytest.fixture
def team(env: Env, operator: Operator) -> Env:
    """An env asleep, in which somebody applies ``web`` and nobody ``api``."""
    del operator
    env.api.apply(f"{env.collection('Deployment')}/web", manifest("Deployment", "web", 2), manager="helm")
    env.add("api", 1)
    env.add("db", 1, kind="StatefulSet")
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    return env


def metric(operator: Operator, name: str) -> float:
    lines = operator.probe("/metrics")[1].splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))


def until_watched(operator: Operator, kinds: int = 2) -> None:
    """Return when that many kinds are watched; 0 is none."""

    def there() -> bool:
        watched = metric(operator, "sundown_watched_kinds")
        return watched >= kinds if kinds else watched == 0

    eventually(there, what=f"{kinds} kinds are watched")


def test_what_is_scaled_at_night_sleeps_again_and_wakes_to_that(team: Env, operator: Operator) -> None:
    """G1: an autoscaler's way too."""
    until_watched(operator)
    team.scale("api", 3)
    team.until_count("api", 0)
    team.until("Asleep")
    team.scale("db", 2, kind="StatefulSet")
    team.until_count("db", 0, kind="StatefulSet")
    assert metric(operator, "sundown_drifts_total") >= 2
    (note,) = team.until_told("WokenAtNight")
    assert note.startswith("Deployment/api was set to 3 by ")
    assert "it is put to sleep again, and wakes with 3 when somebody starts it" in note
    assert f"kubectl sundown start {team.name}" in note
    team.wish("Awake")
    team.until("Awake")
    assert team.counts() == {"Deployment/web": 2, "Deployment/api": 3, "StatefulSet/db": 2}
    until_watched(operator, 0)


def test_what_is_applied_at_night_sleeps_again_and_who_applied_it_is_named(team: Env, operator: Operator) -> None:
    """G1 W6: below 1.36, or where nobody has installed the policies."""
    until_watched(operator)
    path = f"{team.collection('Deployment')}/web"
    team.api.apply(path, manifest("Deployment", "web", 5), manager="helm", force="true")
    (note,) = team.until_told("WokenAtNight")
    assert 'Deployment/web was set to 5 by "helm" (field manager) while this environment sleeps' in note
    team.until_count("web", 0)
    team.wish("Awake")
    team.until("Awake")
    assert team.replicas("web") == 5


def test_what_is_made_at_night_falls_asleep(team: Env, operator: Operator) -> None:
    """G1"""
    until_watched(operator)
    team.add("new", 2)
    team.until_count("new", 0)
    assert team.record("new") == "2"
    assert "Deployment/new was made by " in team.until_told("WokenAtNight")[0]


def test_a_night_in_which_nothing_happens_to_what_sleeps_costs_no_request(
    team: Env, operator: Operator, audit: Audit, make_env: Callable[..., Env]
) -> None:
    """Design 10: whatever is written to what is awake, or changes nothing that runs."""
    until_watched(operator)
    other = make_env()
    looks = metric(operator, "sundown_drifts_total")
    audit.forget()
    other.add("busy", 1)
    for count in range(5):
        other.scale("busy", count)
        team.edit("web", {"metadata": {"labels": {"note": str(count)}}})
    eventually(lambda: len(other.pods()) == 4, what="it runs")
    assert metric(operator, "sundown_drifts_total") == looks
    assert [one for one in audit.requests() if one.verb == "watch" or one.writes] == []
