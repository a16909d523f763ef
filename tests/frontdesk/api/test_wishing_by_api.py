"""What is asked for is written once, for who may, on the version that was looked at (F2)."""

import asyncio
from http import HTTPStatus

import pytest

from sundown.cluster.errors import Busy, Unreachable
from support.frontdesk.api import ANA, Caller

WISHES = {
    "start": ("/api/v1/envs/dev1/start", {}, "Awake"),
    "stop": ("/api/v1/envs/dev1/stop", {"reason": "over"}, "Asleep"),
    "extend": ("/api/v1/envs/dev1/prolongate", {"for": "2h"}, "Awake"),
    "snooze": ("/api/v1/envs/dev1/snooze", {"for": "3d"}, "Awake"),
    "start of old": ("/api/v1/start", {"namespace": "dev1"}, "Awake"),
    "stop of old": ("/api/v1/stop", {"namespace": "dev1", "reason": "over"}, "Asleep"),
    "prolongate of old": ("/api/v1/prolongate", {"namespace": "dev1", "hours": 2}, "Awake"),
}
PROLONG = "/api/v1/envs/dev1/prolongate"


def override(caller: Caller, env: str = "dev1") -> dict[str, str] | None:
    found: dict[str, str] | None = caller.world.schedules[env]["spec"].get("override")
    return found


@pytest.mark.parametrize(("path", "body", "state"), WISHES.values(), ids=WISHES)
async def test_a_wish_is_written_with_who_asked(caller: Caller, path: str, body: dict[str, str], state: str) -> None:
    status, said, headers = await caller.ask("POST", path, body)
    assert (status, said["state"], said["outcome"]) == (200, state, "Done")
    written = override(caller)
    assert written is not None
    assert (written["state"], written["by"], written["via"]) == (state, ANA, "api")
    assert written.get("reason") == body.get("reason")
    if "/envs/" in path:
        assert headers["ETag"] == f'"{said["version"]}"'


async def test_prolonging_twice_adds_twice(caller: Caller) -> None:
    """D1"""
    first = (await caller.post(PROLONG, {"for": "1h"}))[1]["until"]
    second = (await caller.post("/api/v1/prolongate", {"namespace": "dev1", "hours": 1.5}))[1]["until"]
    assert (first, second) == ("2026-11-23T19:00:00Z", "2026-11-23T20:30:00Z")


@pytest.mark.parametrize("path", ["/api/v1/envs/dev1/schedule/reset", "/api/v1/schedule/reset"])
async def test_a_reset_gives_the_env_back_to_its_schedule(caller: Caller, path: str) -> None:
    body = {"namespace": "dev1"} if "envs" not in path else {}
    await caller.post(PROLONG, {"for": "2h"})
    status, said = await caller.post(path, body)
    assert (status, said["until"]) == (200, "2026-11-23T18:00:00Z")
    assert override(caller) is None
    status, problem = await caller.post(path, body)
    assert (status, problem["reason"]) == (409, "NothingToDo")


@pytest.mark.parametrize(
    ("granted", "status"), [({"suspend"}, 403), ({"wake"}, 403), ({"suspend", "wake"}, 200), (set(), 403)]
)
async def test_a_reset_that_wakes_takes_the_right_to_wake(caller: Caller, granted: set[str], status: int) -> None:
    """S15"""
    await caller.post("/api/v1/envs/dev1/stop")
    caller.world.rights["bo@example.com"] = frozenset(granted)
    assert (await caller.post("/api/v1/envs/dev1/schedule/reset", {}, token="bo-token"))[0] == status


async def test_what_was_looked_at_may_be_changed(caller: Caller) -> None:
    tag = (await caller.ask("GET", "/api/v1/envs/dev1"))[2]["ETag"]
    status, _, headers = await caller.ask("POST", PROLONG, {"for": "1h"}, If_Match=tag)
    assert (status, headers["ETag"]) == (200, '"8"')
    assert (await caller.post(PROLONG, {"for": "1h"}, If_Match='"8"'))[0] == HTTPStatus.OK


@pytest.mark.parametrize("version", ['"6"', "8", 'W/"9"'])
async def test_what_has_changed_since_is_left_alone(caller: Caller, version: str) -> None:
    status, problem = await caller.post(PROLONG, {"for": "1h"}, If_Match=version)
    assert (status, problem["reason"]) == (412, "PreconditionFailed")
    assert override(caller) is None


async def test_what_changes_at_the_same_moment_is_left_alone(caller: Caller) -> None:
    """The version on the board is the one that is meant, and the cluster has another by now."""
    caller.world.schedules["dev1"]["metadata"]["resourceVersion"] = "70"
    status, problem = await caller.post(PROLONG, {"for": "1h"}, If_Match='"7"')
    assert (status, problem["reason"]) == (412, "PreconditionFailed")


async def test_a_request_that_comes_twice_is_carried_out_once(caller: Caller) -> None:
    first = await caller.ask("POST", PROLONG, {"for": "1h"}, Idempotency_Key="one")
    second = await caller.ask("POST", PROLONG, {"for": "1h"}, Idempotency_Key="one")
    assert first[:2] == second[:2]
    assert second[2]["Idempotency-Replayed"] == "true"
    assert second[2]["ETag"] == first[2]["ETag"]
    assert len(caller.world.written) == 1
    assert (await caller.post(PROLONG, {"for": "1h"}, Idempotency_Key="two"))[1]["until"] > first[1]["until"]


async def test_what_is_under_way_is_not_begun_again_by_the_same_key(caller: Caller) -> None:
    caller.world.lets_write.clear()
    first = asyncio.create_task(caller.post(PROLONG, {"for": "1h"}, Idempotency_Key="one"))
    await caller.world.wants_to_write.wait()
    status, problem = await caller.post(PROLONG, {"for": "1h"}, Idempotency_Key="one")
    assert (status, problem["reason"]) == (409, "StillAtIt")
    caller.world.lets_write.set()
    assert (await first)[0] == HTTPStatus.OK
    assert len(caller.world.written) == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (PROLONG, {"for": "2h"}),
        ("/api/v1/envs/dev2/prolongate", {"for": "1h"}),
        ("/api/v1/stop", {"namespace": "dev1"}),
    ],
)
async def test_a_key_is_good_for_one_request(caller: Caller, path: str, body: dict[str, str]) -> None:
    await caller.post(PROLONG, {"for": "1h"}, Idempotency_Key="one")
    status, problem = await caller.post(path, body, Idempotency_Key="one")
    assert (status, problem["reason"]) == (422, "KeyUsedTwice")


async def test_two_people_may_have_the_same_key(caller: Caller) -> None:
    caller.world.rights["bo@example.com"] = frozenset({"*"})
    await caller.post(PROLONG, {"for": "1h"}, Idempotency_Key="one")
    assert (await caller.post(PROLONG, {"for": "1h"}, Idempotency_Key="one", token="bo-token"))[0] == HTTPStatus.OK
    assert len(caller.world.written) == 2


async def test_a_right_that_is_gone_does_not_come_back_by_a_key(caller: Caller) -> None:
    """A repeat gives what was answered, and does nothing: there is nothing in it that was not told before."""
    await caller.post(PROLONG, {"for": "1h"}, Idempotency_Key="one")
    caller.world.rights[ANA] = frozenset()
    await caller.post(PROLONG, {"for": "1h"}, Idempotency_Key="one")
    assert (await caller.post(PROLONG, {"for": "1h"}, Idempotency_Key="two"))[0] == HTTPStatus.FORBIDDEN
    assert len(caller.world.written) == 1


@pytest.mark.parametrize(
    "away", [Unreachable("gone"), Busy("later", status=503, retry_after=7.2)], ids=["gone", "busy"]
)
async def test_while_the_cluster_is_away_one_is_told_when_to_come_again(
    caller: Caller, away: Unreachable | Busy
) -> None:
    await caller.get("/api/v1/envs")  # who it is is known
    caller.world.away = away
    status, problem, headers = await caller.ask("POST", PROLONG, {"for": "1h"}, Idempotency_Key="one")
    assert (status, problem["reason"]) == (503, "ApiServerUnreachable")
    assert int(headers["Retry-After"]) >= 1
    caller.world.away = None
    assert (await caller.post(PROLONG, {"for": "1h"}, Idempotency_Key="one"))[0] == HTTPStatus.OK


async def test_a_paused_env_is_not_touched(caller: Caller) -> None:
    caller.world.add("dev3", paused=True)
    status, problem = await caller.post("/api/v1/envs/dev3/stop")
    assert (status, problem["reason"]) == (409, "Paused")


async def test_many_are_asked_by_a_selector(caller: Caller) -> None:
    status, said = await caller.post("/api/v1/bulk/stop", {"selector": "team=a"})
    assert (status, said["selected"], said["done"], said["refused"]) == (200, 2, 2, 0)
    assert [one["env"] for one in said["results"]] == ["dev1", "dev2"]
    assert [override(caller, env) is not None for env in ("dev1", "dev2", "prod")] == [True, True, False]


async def test_one_that_is_refused_does_not_stop_the_others(caller: Caller) -> None:
    """J2: each has its own result, and the answer as a whole does not say that all is well."""
    caller.world.rights["bo@example.com"] = frozenset({"get", "extend dev1", "extend prod"})
    body = {"selector": "team in (a, b)", "for": "1h"}
    status, said = await caller.post("/api/v1/bulk/prolongate", body, token="bo-token")
    assert (status, said["selected"], said["done"], said["refused"]) == (207, 3, 2, 1)
    (refused,) = [one for one in said["results"] if "problem" in one]
    assert (refused["env"], refused["problem"]["status"], refused["problem"]["reason"]) == ("dev2", 403, "Forbidden")


async def test_each_has_one_bulk_at_a_time(caller: Caller) -> None:
    """J6: and the others have theirs meanwhile."""
    caller.world.rights["bo@example.com"] = frozenset({"*"})
    bulk = "/api/v1/bulk/stop", {"selector": "team=a"}
    caller.world.lets_write.clear()
    first = asyncio.create_task(caller.post(*bulk))
    await caller.world.wants_to_write.wait()
    status, problem = await caller.post(*bulk)
    assert (status, problem["reason"]) == (429, "OneAtATime")
    others = asyncio.create_task(caller.post("/api/v1/bulk/stop", {"selector": "team=b"}, token="bo-token"))
    caller.world.lets_write.set()
    assert [(await one)[0] for one in (first, others)] == [200, 200]
    assert (await caller.post(*bulk))[0] == HTTPStatus.OK


async def test_whose_turn_does_not_come_in_time_is_told_so(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is answered is what was done, however slow the cluster is."""
    monkeypatch.setattr("sundown.frontdesk.api.wishing._BEGUN_WITHIN", -1.0)
    status, said = await caller.post("/api/v1/bulk/stop", {"selector": "team=a"})
    assert (status, said["done"], said["refused"]) == (207, 0, 2)
    assert {one["problem"]["reason"] for one in said["results"]} == {"Overloaded"}
    assert caller.world.written == []


async def test_what_selects_nothing_does_nothing(caller: Caller) -> None:
    status, said = await caller.post("/api/v1/bulk/stop", {"selector": "team=c"})
    assert (status, said["selected"], said["results"]) == (200, 0, [])


@pytest.mark.parametrize("selector", ["", " ", "\t"])
async def test_nobody_stops_everything_by_leaving_something_out(caller: Caller, selector: str) -> None:
    status, problem = await caller.post("/api/v1/bulk/stop", {"selector": selector})
    assert (status, problem["reason"]) == (422, "InvalidSpec")
    assert caller.world.written == []
