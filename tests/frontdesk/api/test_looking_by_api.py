"""What the API tells of envs (F2)."""

from http import HTTPStatus

import pytest

from sundown.frontdesk.api.operation import Operation
from sundown.frontdesk.api.table import OPERATIONS
from support.frontdesk.api import Caller, calling

PATHS = {
    "listEnvs": "/api/v1/envs",
    "getEnv": "/api/v1/envs/dev1",
    "whyEnv": "/api/v1/envs/dev1/why",
    "envHistory": "/api/v1/envs/dev1/history",
    "explainEnv": "/api/v1/envs/dev1/explain",
    "listRequests": "/api/v1/requests",
    "audit": "/api/v1/audit",
    "listSupportPods": "/api/v1/support",
    "statusOfNamespace": "/api/v1/status?namespace=dev1",
    "listNamespaces": "/api/v1/namespace",
}


def names(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    return [one["env"] for one in answer["items"]]


@pytest.mark.parametrize("row", [OPERATIONS[one] for one in PATHS], ids=PATHS)
async def test_every_answer_is_what_its_row_promises(caller: Caller, row: Operation) -> None:
    """F1: fields that are not known are left out, and no others."""
    status, said = await caller.get(PATHS[row.id])
    assert status == HTTPStatus.OK
    row.answer.model_validate(said, by_alias=True, by_name=False)


async def test_envs_are_listed_by_name(caller: Caller) -> None:
    status, said = await caller.get("/api/v1/envs")
    assert (status, names(said), said["remaining"]) == (200, ["dev1", "dev2", "prod"], 0)
    assert "continue" not in said


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("selector=team%3Da", ["dev1", "dev2"]),
        ("selector=team%3Da,stage!%3Dtest", ["dev1"]),
        ("selector=!stage", ["prod"]),
        ("state=Asleep", ["dev2"]),
        ("state=Asleep&selector=team%3Db", []),
    ],
)
async def test_envs_are_listed_by_label_and_state(caller: Caller, query: str, found: list[str]) -> None:
    assert names((await caller.get(f"/api/v1/envs?{query}"))[1]) == found


async def test_only_envs_that_one_may_see_are_listed(caller: Caller) -> None:
    """J2"""
    caller.world.rights["bo@example.com"] = frozenset({"get dev2"})
    assert names((await caller.get("/api/v1/envs", token="bo-token"))[1]) == ["dev2"]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 7, 100])
async def test_page_by_page_one_gets_each_env_once(limit: int) -> None:
    """A list does not stop at its first page (section Z)."""
    async with calling() as caller:
        for number in range(7):
            caller.world.add(f"dev{number}")
        seen: list[str] = []
        token, pages = "", 0
        while True:
            _, said = await caller.get(f"/api/v1/envs?limit={limit}&continue={token}")
            seen += names(said)
            pages += 1
            if "continue" not in said:
                break
            assert said["remaining"] == 7 - len(seen)
            token = said["continue"]
        assert seen == [f"dev{number}" for number in range(7)]
        assert pages == -(-7 // limit)


async def test_an_env_that_goes_between_two_pages_hides_no_other(caller: Caller) -> None:
    _, first = await caller.get("/api/v1/envs?limit=1")
    caller.world.desk.board.drop_namespace("dev1", resource_version="9")
    _, second = await caller.get(f"/api/v1/envs?continue={first['continue']}")
    assert names(first) + names(second) == ["dev1", "dev2", "prod"]


async def test_what_has_changed_since_the_last_list_is_listed_as_it_is(caller: Caller) -> None:
    async def state() -> tuple[str, str]:
        first = (await caller.get("/api/v1/envs"))[1]["items"][0]
        return first["state"], first["version"]

    assert await state() == ("Awake", "7")
    caller.world.add("dev1", version="8", status={"state": "Asleep"})
    assert await state() == ("Asleep", "8")
    caller.world.desk.board.drop_namespace("dev1", resource_version="9")
    assert (await caller.get("/api/v1/envs"))[1]["items"][0]["env"] == "dev2"


async def test_one_env_has_the_version_of_its_schedule(caller: Caller) -> None:
    status, said, headers = await caller.ask("GET", "/api/v1/envs/dev1")
    assert (status, headers["ETag"], said["version"]) == (200, '"7"', "7")


async def test_why_tells_what_comes_next(caller: Caller) -> None:
    _, said = await caller.get("/api/v1/envs/dev1/why")
    assert said["next"][0]["to"] == "Asleep"
    assert said["next"][0]["at"] == "2026-11-23T18:00:00Z"


async def test_a_week_is_explained(caller: Caller) -> None:
    _, said = await caller.get("/api/v1/envs/dev1/explain")
    assert [one["to"] for one in said["transitions"]] == ["Asleep", "Awake"] * 5
    assert said["timeZone"] == "UTC"


async def test_nothing_is_kept_on_the_way(caller: Caller) -> None:
    _, _, headers = await caller.ask("GET", "/api/v1/envs")
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
