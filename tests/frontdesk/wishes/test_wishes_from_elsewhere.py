"""What people ask for by kubectl and on the command line is counted too, as far as the EnvSchedule tells (F4)."""

from typing import Any

import pytest
from prometheus_client import REGISTRY

from sundown.cluster import reading
from sundown.frontdesk.wishes.elsewhere import Heard, heard
from sundown.model.env import Known
from support.frontdesk.api import Caller, calling, schedule

AT = "2026-11-23T12:00:00Z"


def known(override: dict[str, Any] | None = None, *, uid: str = "uid-dev1", version: str = "7") -> Known:
    raw = schedule("dev1", version=version, status={"shutdownAt": "2026-11-23T18:00:00Z"})
    raw["metadata"]["uid"] = uid
    return reading.env_schedule({**raw, "spec": {**raw["spec"], **({"override": override} if override else {})}})


@pytest.mark.parametrize(
    ("override", "found"),
    [
        ({"state": "Asleep"}, Heard("stop", "kubectl")),
        ({"state": "Awake", "via": "cli"}, Heard("start", "cli")),
        ({"state": "Awake", "via": "argocd"}, Heard("start", "kubectl")),
        (
            {"state": "Awake", "via": "cli", "at": AT, "until": "2026-11-23T20:30:00Z", "dropAtReset": True},
            Heard("extend", "cli", seconds=9000),
        ),
        (
            {"state": "Awake", "at": AT, "until": "2026-11-23T13:00:00Z", "dropAtReset": True},
            Heard("extend", "kubectl", seconds=0.0),
        ),
        ({"state": "Awake", "at": AT, "dropAtReset": True}, Heard("extend", "kubectl", seconds=0.0)),
        ({"state": "Awake", "via": "slack"}, None),
        ({"state": "Asleep", "via": "api"}, None),
        (None, None),
    ],
)
def test_a_wish_is_told_by_what_was_written(override: dict[str, Any] | None, found: Heard | None) -> None:
    """F4"""
    assert heard(known(), known(override)) == found


def test_a_wish_that_was_there_before_is_not_counted_again() -> None:
    wish = {"state": "Asleep"}
    assert heard(known(wish), known(wish, version="8")) is None


def test_another_schedule_of_the_same_name_is_no_wish() -> None:
    assert heard(known(), known({"state": "Asleep"}, uid="another")) is None


def _count(door: str, verb: str = "stop") -> float:
    return REGISTRY.get_sample_value("sundown_wishes_total", {"verb": verb, "outcome": "Done", "door": door}) or 0.0


async def test_each_is_counted_once_whichever_way_it_comes() -> None:
    """F4: an event of the watch, a listing, and what the API itself has written."""
    async with calling() as caller:
        caller.world.add("dev1")
        board = caller.world.desk.board
        before = _count("kubectl"), _count("api")
        board.put_schedule(known({"state": "Asleep"}, version="8"))
        board.put_schedule(known({"state": "Asleep"}, version="8"))
        assert (_count("kubectl"), _count("api")) == (before[0] + 1, before[1])
        caller.world.schedules["dev1"]["metadata"]["resourceVersion"] = "8"
        await _stop(caller)
        board.put_schedule(reading.env_schedule(caller.world.schedules["dev1"]))
        assert (_count("kubectl"), _count("api")) == (before[0] + 1, before[1] + 1)


async def _stop(caller: Caller) -> None:
    status, _ = await caller.post("/api/v1/envs/dev1/stop")
    assert status == 200
