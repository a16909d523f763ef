"""Time as it comes to the real thing: due moments, overrides, stop-only schedules, the daily reset, pauses."""

import pytest

from support.apiserver import Json, eventually
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, Env, instant, local

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("operator")]

EVERY_DAY = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


@pytest.fixture
def team(env: Env) -> Env:
    """An env with one Deployment of two."""
    env.add("web", 2)
    return env


def exception(state: str, start: str, to: str) -> Json:
    return {"exceptions": [{"from": start, "to": to, "state": state, "reason": "a test"}]}


def test_an_env_falls_asleep_when_it_is_due_and_wakes_when_it_is_due(team: Env) -> None:
    """A1, A3: nobody does anything; the time comes."""
    begins = local(seconds=4)
    team.schedule({**ALWAYS_AWAKE, **exception("Asleep", begins, local(hours=1))})
    assert team.until("Asleep")["nextTransition"]["to"] == "Awake"
    assert team.replicas("web") == 0
    team.patch({"spec": exception("Asleep", begins, local(seconds=3))})
    team.until("Awake")
    assert team.replicas("web") == 2


def test_an_override_ends_by_itself(team: Env) -> None:
    """A7"""
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    team.wish("Awake", until=instant(hours=1))
    team.until("Awake")
    team.patch({"spec": {"override": {"until": instant(seconds=3)}}})
    team.until("Asleep")
    assert team.replicas("web") == 0


def test_an_override_of_the_past_changes_nothing(team: Env) -> None:
    """Bad input: an override that is over."""
    team.schedule({**ALWAYS_AWAKE, "override": {"state": "Asleep", "until": instant(hours=-1)}})
    team.until("Awake")
    assert team.replicas("web") == 2


def test_a_schedule_that_only_stops_leaves_a_new_env_awake(team: Env) -> None:
    """A7"""
    team.schedule({"awake": [{"days": EVERY_DAY, "to": "17:00"}]})
    status = team.until("Awake")
    assert status["nextTransition"]["to"] == "Asleep"
    assert status["activeSince"]


def test_a_schedule_that_only_stops_waits_for_somebody_to_start_the_env(team: Env) -> None:
    """A7"""
    stopped = {"state": "Asleep", "at": instant(minutes=-1), "until": instant(seconds=3)}
    team.schedule({"awake": [{"days": EVERY_DAY, "to": "17:00"}], "override": stopped})
    team.until("Asleep")
    team.wish("Awake", at=instant(), until=instant(hours=1))
    team.until("Awake")
    assert team.replicas("web") == 2


@pytest.mark.parametrize(("drops", "state"), [(True, "Asleep"), (False, "Awake")])
def test_the_daily_reset_ends_a_prolongation_and_nothing_else(team: Env, drops: bool, state: str) -> None:
    """A13"""
    reset = instant(hours=-1)[11:16]
    asked = {"state": "Awake", "at": instant(hours=-2), "until": instant(hours=2), "dropAtReset": drops}
    team.schedule({"awake": [], "dailyReset": reset, "override": asked})
    team.until(state)
    assert team.replicas("web") == (0 if drops else 2)


def test_pausing_wakes_the_env_and_leaves_it_alone(team: Env) -> None:
    """A15"""
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    team.patch({"spec": {"paused": True}})
    status = team.until("Paused")
    assert team.replicas("web") == 2
    assert "nextTransition" not in status


def test_un_pausing_a_schedule_that_only_stops_counts_as_a_start(team: Env) -> None:
    """A7, design 4"""
    team.schedule({"awake": [{"days": EVERY_DAY, "to": "17:00"}], "paused": True})
    team.until("Paused")
    before = instant()
    team.patch({"spec": {"paused": False}})
    assert team.until("Awake")["activeSince"] >= before


def test_owners_in_several_zones_keep_the_env_awake_while_any_of_them_works(team: Env) -> None:
    """A17, B3: it is between 8 and 18 o'clock somewhere in these zones, whatever the hour."""
    zones = "Asia/Tokyo,Europe/Berlin,America/Port-au-Prince,Pacific/Honolulu,Pacific/Auckland"
    windows = [{"days": EVERY_DAY, "from": "08:00", "to": "18:00"}]
    note = {"sundown.dev/owner-time-zones": zones}
    team.schedule({"timeZone": "owner", "awake": windows}, annotations=note)
    team.until("Awake")
    team.api.merge(
        team.schedules("default"), {"metadata": {"annotations": {"sundown.dev/owner-time-zones": "Mars/Base"}}}
    )
    message = eventually(lambda: team.condition("Ready")[2], what="the bad zone is named")
    assert "Mars/Base" in message


def test_what_comes_next_is_said_before_it_comes(team: Env) -> None:
    """A17"""
    begins = local(hours=2)
    team.schedule({**ALWAYS_AWAKE, **exception("Asleep", begins, local(hours=3))})
    status = team.until("Awake")
    assert status["nextTransition"] == {"at": f"{begins}Z", "to": "Asleep"}
    assert status["shutdownAt"] == f"{begins}Z"
