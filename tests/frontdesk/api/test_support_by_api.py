"""Support pods by the API: the rules of Slack, on the same functions (F2 H1 H2)."""

from http import HTTPStatus

import pytest

from support.frontdesk.api import ANA, BO, Caller, calling

SUPPORT = "/api/v1/support"


async def test_one_is_started_with_its_owner_and_the_line_that_leads_into_it(caller: Caller) -> None:
    """H1"""
    status, said = await caller.post(SUPPORT, {"name": "My Tools", "size": "L", "hours": 2})
    assert (status, said["name"], said["owner"], said["size"]) == (201, "my-tools", ANA, "L")
    assert said["endsAt"] == "2026-11-23T14:00:00Z"
    assert said["exec"] == "kubectl exec -it my-tools -n sundown-support -- sh"
    assert [one["name"] for one in (await caller.get(SUPPORT))[1]["items"]] == ["my-tools"]


async def test_one_that_is_extended_ends_later_though_the_operator_has_not_said_so(caller: Caller) -> None:
    """H2"""
    await caller.post(SUPPORT, {"name": "tools", "hours": 1})
    caller.world.pods["tools"]["status"] = {"state": "Running", "endsAt": "2026-11-23T13:00:00Z"}
    status, said, _ = await caller.ask("POST", f"{SUPPORT}/tools/extend", {})
    assert (status, said["endsAt"]) == (200, "2026-11-23T20:00:00Z")


async def test_each_mistake_has_its_own_words(caller: Caller) -> None:
    """H2"""
    await caller.post(SUPPORT, {"name": "tools"})
    again = await caller.post(SUPPORT, {"name": "tools"})
    assert (again[0], again[1]["reason"]) == (409, "AlreadyExists")
    size = await caller.post(SUPPORT, {"name": "more", "size": "XXL"})
    assert (size[0], size[1]["reason"]) == (422, "NoSuchSize")
    gone = await caller.ask("DELETE", f"{SUPPORT}/none")
    assert (gone[0], gone[1]["status"]) == (404, 404)
    for body in ({}, {"name": ""}, {"name": "!!"}, {"name": "a", "hours": 0}, {"name": "a", "hours": 169}, {"name": 7}):
        assert (await caller.post(SUPPORT, body))[0] == HTTPStatus.UNPROCESSABLE_ENTITY, body


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/tools"), ("POST", "/tools/extend")])
async def test_somebody_elses_takes_a_right_more(caller: Caller, method: str, path: str) -> None:
    """J2"""
    await caller.post(SUPPORT, {"name": "tools"})
    caller.world.rights[BO] = frozenset({"create"})
    status, problem, _ = await caller.ask(method, SUPPORT + path, token="bo-token")
    assert (status, problem["reason"]) == (403, "Forbidden")
    assert ANA in problem["detail"]
    assert (await caller.ask(method, SUPPORT + path))[0] == HTTPStatus.OK


async def test_where_there_are_none_that_is_said() -> None:
    async with calling(support_namespace="") as caller:
        status, problem = await caller.get(SUPPORT)
        assert (status, problem["reason"]) == (404, "TurnedOff")


async def test_so_many_at_a_time_are_enough_for_one_person() -> None:
    """H2 J6"""
    async with calling(support_per_person=2) as caller:
        for name in ("a", "b"):
            assert (await caller.post(SUPPORT, {"name": name}))[0] == HTTPStatus.CREATED
        status, problem = await caller.post(SUPPORT, {"name": "c"})
        assert (status, problem["reason"]) == (409, "QuotaExceeded")
        assert "you have 2 support pods (a, b)" in problem["detail"]
        await caller.ask("DELETE", f"{SUPPORT}/a")
        assert (await caller.post(SUPPORT, {"name": "c"}))[0] == HTTPStatus.CREATED


async def test_so_many_at_a_time_are_enough_for_all_together() -> None:
    """H1 J6"""
    async with calling(support_most=2) as caller:
        for name in ("a", "b"):
            assert (await caller.post(SUPPORT, {"name": name}))[0] == HTTPStatus.CREATED
        caller.world.pods["a"]["spec"]["owner"] = "cy@example.com"
        status, problem = await caller.post(SUPPORT, {"name": "c"})
        assert (status, problem["reason"]) == (409, "QuotaExceeded")
        assert "there are 2 support pods in this cluster, and 2 at a time are the most" in problem["detail"]
