"""What has to be confirmed, by the API: proposed, looked at, confirmed, taken back (I6 I7 F2)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from support.frontdesk.api import ANA, BO, Caller, action_request, calling

PROPOSE = "/api/v1/envs/dev1/requests"
REQUESTS = "/api/v1/requests"
UP: dict[str, Any] = {"action": "Scale", "parameters": {"kind": "Deployment", "name": "web", "replicas": "5"}}
WEB: dict[str, Any] = {
    "metadata": {"name": "web", "namespace": "dev1", "uid": "uid-web", "resourceVersion": "3"},
    "spec": {"replicas": 3},
}


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    """An env with a Deployment of three."""
    async with calling() as one:
        one.world.add("dev1")
        one.world.add("dev2")
        one.world.workloads = [WEB]
        yield one


async def test_what_would_change_is_said_and_waits_to_be_confirmed(caller: Caller) -> None:
    """I6: and says by which door it came; nobody in Slack is told of it."""
    status, said = await caller.post(PROPOSE, UP)
    assert (status, said["env"], said["change"], said["confirmed"]) == (201, "dev1", "3 -> 5", False)
    written = caller.world.request(said["name"])
    assert (written["spec"]["requestedBy"], written["spec"]["via"]) == (ANA, "api")
    assert "confirmation" not in written["spec"]
    assert written["metadata"]["annotations"] == {}
    assert (await caller.get(f"{REQUESTS}/{said['name']}"))[1] == said
    status, said = await caller.post(f"{REQUESTS}/{said['name']}/confirm", {"confirmation": "dev1"})
    assert (status, said["confirmed"]) == (200, True)


@pytest.mark.parametrize("typed", ["dev2", "DEV1", "dev", "yes"])
async def test_it_is_confirmed_with_the_name_of_the_env_and_no_other(caller: Caller, typed: str) -> None:
    """I6"""
    _, said = await caller.post(PROPOSE, UP)
    status, problem = await caller.post(f"{REQUESTS}/{said['name']}/confirm", {"confirmation": typed})
    assert (status, problem["errors"][0]["path"]) == (422, "confirmation")
    assert "confirmation" not in caller.world.request(said["name"])["spec"]


async def test_nobody_else_confirms_it_or_takes_it_back(caller: Caller) -> None:
    """I6 I7"""
    _, said = await caller.post(PROPOSE, UP)
    for word, body in (("confirm", {"confirmation": "dev1"}), ("withdraw", {})):
        status, problem = await caller.post(f"{REQUESTS}/{said['name']}/{word}", body, token="bo-token")
        assert (status, problem["reason"]) == (403, "Forbidden")
    status, said = await caller.post(f"{REQUESTS}/{said['name']}/withdraw", {"reason": "a slip"})
    assert (status, said["withdrawnBy"]) == (200, ANA)


async def test_who_may_approve_says_no_and_why(caller: Caller) -> None:
    """I7"""
    caller.world.requests = [action_request("one", "dev1")]
    refused = await caller.post(f"{REQUESTS}/one/reject", {"reason": "no"}, token="bo-token")
    assert (refused[0], '"approve" envschedules.sundown.dev' in refused[1]["detail"]) == (403, True)
    caller.world.rights[BO] = frozenset({"approve"})
    status, said = await caller.post(f"{REQUESTS}/one/reject", {"reason": "not today"}, token="bo-token")
    assert (status, said["rejectedBy"]) == (200, BO)
    assert caller.world.request("one")["spec"]["rejected"]["reason"] == "not today"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({**UP, "action": "Explode"}, 422),
        ({**UP, "action": ""}, 422),
        ({"action": "Scale"}, 422),
        ({**UP, "parameters": {**UP["parameters"], "replicas": "drei"}}, 422),
        ({**UP, "parameters": {**UP["parameters"], "replicas": "-1"}}, 422),
        ({**UP, "parameters": {**UP["parameters"], "replicas": 5}}, 422),
        ({**UP, "parameters": {**UP["parameters"], "name": "../../secrets"}}, 422),
        ({**UP, "parameters": {**UP["parameters"], "replicas": "3"}}, 409),
        ({**UP, "parameters": {**UP["parameters"], "name": "none"}}, 409),
        ({"action": "Delete"}, 409),
        ({**UP, "confirmation": "dev1"}, 422),
    ],
    ids=str,
)
async def test_what_cannot_be_is_refused_in_words_and_written_nowhere(
    caller: Caller, body: dict[str, Any], status: int
) -> None:
    """I5 I6"""
    answered, problem = await caller.post(PROPOSE, body)
    assert (answered, bool(problem["detail"])) == (status, True)
    assert caller.world.requests == []


async def test_an_account_of_the_cluster_proposes_nothing(caller: Caller) -> None:
    """I7: nobody could tell whether a second person is another."""
    name = "system:serviceaccount:ci:deployer"
    caller.world.tokens["program"], caller.world.rights[name] = name, frozenset({"*"})
    status, problem = await caller.post(PROPOSE, UP, token="program")
    assert (status, "by people" in problem["detail"]) == (403, True)
    assert caller.world.requests == []


async def test_groups_that_are_the_clusters_own_are_not_named(caller: Caller) -> None:
    """S4"""
    _, said = await caller.post(PROPOSE, UP)
    assert caller.world.request(said["name"])["spec"]["groups"] == ["dev"]


async def test_the_same_key_is_the_same_request_though_the_frontdesk_has_been_started_anew(caller: Caller) -> None:
    """F2: what is remembered of keys is gone with the process; the name of the request is made of the key."""
    _, first = await caller.post(PROPOSE, UP, Idempotency_Key="mine")
    async with calling() as another:
        another.world.add("dev1")
        another.world.workloads, another.world.requests = [WEB], caller.world.requests
        status, second = await another.post(PROPOSE, UP, Idempotency_Key="mine")
        assert (status, second["name"]) == (201, first["name"])
        more = {**UP, "parameters": {**UP["parameters"], "replicas": "6"}}
        _, third = await another.post(PROPOSE, more, Idempotency_Key="another")
        assert third["name"] != first["name"]


async def test_a_request_that_is_not_there_is_not_found(caller: Caller) -> None:
    for name in ("none", "a%20b", "..%2Fsecrets"):
        status, problem = await caller.get(f"{REQUESTS}/{name}")
        assert (status, problem["status"]) == (404, 404), name
