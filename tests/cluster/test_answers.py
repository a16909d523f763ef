"""What the door makes of the API server's answers, tried on a server of a few lines."""

import pytest
from aiohttp import web

from sundown.cluster.client import Cluster
from sundown.cluster.errors import (
    ApiError,
    Busy,
    Conflict,
    Denied,
    Expired,
    Missing,
    NoSuchKind,
    Refused,
    Unreachable,
    error_for,
)
from support.cluster.scripted import Script, door, reply

FAILURE = {"kind": "Status", "metadata": {}, "status": "Failure", "message": "etcdserver: timed out", "code": 500}
AT_ONCE = {"Retry-After": "0"}


def page(*names: str, token: str = "") -> web.Response:
    return reply({"metadata": {"continue": token}, "items": [{"metadata": {"name": name}} for name in names]})


async def test_an_error_that_comes_with_a_200_is_an_error() -> None:
    """Z: API replies 200 with an error body."""
    async with door(Script(reply(FAILURE))) as cluster:
        with pytest.raises(ApiError, match="etcdserver: timed out"):
            await cluster.merge_patch("/apis/apps/v1/namespaces/dev/deployments/web", {})


async def test_a_list_that_is_an_error_with_a_200_is_no_empty_list() -> None:
    """Z: API replies 200 with an error body."""
    async with door(Script(reply(FAILURE))) as cluster:
        with pytest.raises(ApiError, match="etcdserver: timed out"):
            await cluster.list_all("/api/v1/namespaces")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, Denied),
        (403, Denied),
        (404, Missing),
        (409, Conflict),
        (410, Expired),
        (422, Refused),
        (429, Busy),
        (503, Busy),
    ],
)
def test_each_refusal_has_its_own_error(status: int, kind: type[ApiError]) -> None:
    assert type(error_for(status, "no", None)) is kind


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (reply({"kind": "Status", "message": "the server could not", "details": {}}, 404), NoSuchKind),
        (reply({"kind": "Status", "message": "in other words"}, 404), NoSuchKind),
        (web.Response(text="404 page not found", status=404), NoSuchKind),
        (reply({"kind": "Status", "message": "x", "details": {"name": "dev", "kind": "namespaces"}}, 404), Missing),
    ],
)
async def test_a_kind_that_is_not_served_is_told_from_an_object_that_is_not_there(
    answer: web.Response, kind: type[ApiError]
) -> None:
    async with door(Script(answer)) as cluster:
        with pytest.raises(ApiError) as raised:
            await cluster.get("/apis/sundown.dev/v1alpha1/envschedules")
    assert type(raised.value) is kind


async def test_a_refusal_is_told_in_the_servers_words() -> None:
    async with door(Script(reply({"kind": "Status", "message": "not like that"}, 422))) as cluster:
        with pytest.raises(Refused, match="not like that"):
            await cluster.get("/api/v1/namespaces/dev")


OBJECT = '{\\"kind\\":\\"Deployment\\",\\"spec\\":\\"' + "x" * 5_000 + '\\"}'


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (
            f'"web" is invalid: patch: Invalid value: "{OBJECT}": bad time',
            '"web" is invalid: patch: Invalid value: "…": bad time',
        ),
        ("é" * 5_000, "é" * 148 + "…"),
        ('"' + "x" * 5_000, '"' + "x" * 296 + "…"),
    ],
)
async def test_a_refusal_is_told_without_the_object_that_is_refused(message: str, told: str) -> None:
    """A18: what is wrong stands behind it."""
    async with door(Script(reply({"kind": "Status", "message": message}, 422))) as cluster:
        with pytest.raises(Refused) as refusal:
            await cluster.merge_patch("/apis/apps/v1/namespaces/dev/deployments/web", {})
    assert str(refusal.value) == f"PATCH /apis/apps/v1/namespaces/dev/deployments/web: {told}"


async def test_a_busy_server_is_asked_again() -> None:
    """Design 5: 429 and Retry-After are obeyed."""
    busy = [reply({}, status, headers=AT_ONCE) for status in (429, 500, 503, 429)]
    async with door(Script(*busy, reply({"metadata": {}}))) as cluster:
        assert await cluster.get("/api/v1/namespaces/dev") == {"metadata": {}}


async def test_a_server_that_stays_busy_is_not_asked_for_ever() -> None:
    script = Script(*(reply({}, 503, headers=AT_ONCE) for _ in range(9)))
    async with door(script, attempts=3) as cluster:
        with pytest.raises(Busy):
            await cluster.get("/api/v1/namespaces/dev")
    assert len(script.asked) == 3


async def test_a_list_is_followed_to_its_last_page() -> None:
    """Z: lists stop at the first page."""
    script = Script(page("a", "b", token="two"), page("c", token="three"), page("d"))
    async with door(script) as cluster:
        found = await cluster.list_all("/api/v1/namespaces")
    assert [one["metadata"]["name"] for one in found] == ["a", "b", "c", "d"]
    assert [request.query.get("continue") for request in script.asked] == [None, "two", "three"]


async def test_a_list_whose_page_has_expired_is_begun_afresh() -> None:
    """Issue 3: watch history gone (410)."""
    script = Script(page("a", token="two"), reply({}, 410), page("b"))
    async with door(script) as cluster:
        found = await cluster.list_all("/api/v1/namespaces")
    assert [one["metadata"]["name"] for one in found] == ["b"]


async def test_a_server_that_is_away_is_unreachable() -> None:
    async with door(Script()) as cluster:
        configuration = cluster.configuration
    async with Cluster(configuration) as late:
        with pytest.raises(Unreachable):
            await late.get("/api/v1/namespaces/dev")
