"""What people have asked for and done, as the API tells it: of the envs that one may see (F2 G7 I8)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from support.frontdesk.api import ANA, BO, Caller, action_request, calling


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    """Three requests, one of them about an env that is gone; and an env that bo has stopped."""
    async with calling() as one:
        stopped = {"at": "2026-11-23T11:00:00Z", "to": "Asleep", "why": "asked for", "by": BO}
        waking = {"at": "2026-11-23T08:00:00Z", "to": "Awake", "why": "working hours"}
        one.world.add("dev1", status={"state": "Asleep", "history": [stopped, waking]})
        one.world.add("dev2")
        one.world.requests = [
            action_request("one", "dev1", at="10:00", state="Done", approval={"by": BO, "at": "2026-11-23T10:01:00Z"}),
            action_request("two", "dev2", at="12:00"),
            action_request("three", "gone", at="09:00", state="Done"),
            {**action_request("odd", "dev1", at="09:00"), "spec": {"action": 7}},
        ]
        yield one


def names(answer: dict[str, Any]) -> list[str]:
    return [one["name"] for one in answer["items"]]


async def test_requests_are_listed_the_newest_first(caller: Caller) -> None:
    """I8"""
    status, said = await caller.get("/api/v1/requests")
    assert (status, names(said)) == (200, ["two", "one", "three"])
    assert (said["items"][1]["requestedBy"], said["items"][1]["approvedBy"], said["items"][1]["state"]) == (
        ANA,
        BO,
        "Done",
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [("waiting=true", ["two"]), ("env=dev1", ["one"]), ("limit=1", ["two"]), ("env=gone", ["three"]), ("env=dev9", [])],
)
async def test_requests_are_listed_by_env_and_by_whether_they_wait(
    caller: Caller, query: str, found: list[str]
) -> None:
    assert names((await caller.get(f"/api/v1/requests?{query}"))[1]) == found


async def test_what_is_about_others_is_not_shown(caller: Caller) -> None:
    """J2"""
    caller.world.rights[BO] = frozenset({"get dev2"})
    assert names((await caller.get("/api/v1/requests", token="bo-token"))[1]) == ["two"]
    assert [one["env"] for one in (await caller.get("/api/v1/audit", token="bo-token"))[1]["items"]] == ["dev2"]


async def test_the_audit_has_what_people_did_and_not_what_schedules_did(caller: Caller) -> None:
    """G7 I8"""
    _, said = await caller.get("/api/v1/audit")
    told = [(one["who"], one["what"], one["env"]) for one in said["items"]]
    assert told == [(ANA, "delete", "dev2"), (BO, "stop", "dev1"), (ANA, "delete", "dev1"), (ANA, "delete", "gone")]
    _, said = await caller.get("/api/v1/audit?since=2026-11-23T10:30:00Z&limit=1")
    assert ([one["env"] for one in said["items"]], said["remaining"]) == (["dev2"], 1)
