"""A stop that takes a second person is proposed, by each path of the API that stops (I6 I7)."""

from collections.abc import AsyncIterator

import pytest

from support.frontdesk.api import ANA, Caller, calling

HELD = {"state": "Awake", "until": "2026-11-23T21:00:00Z"}
TWO = {"state": "Awake", "why": "it is in its hours", "needsApproval": ["Stop"]}


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    """dev1 takes two people to be stopped, dev2 does not."""
    async with calling() as one:
        one.world.add("dev1", labels={"team": "a"}, status=TWO)
        one.world.add("dev2", labels={"team": "a"})
        yield one


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/envs/dev1/stop", {"reason": "the night"}),
        ("/api/v1/stop", {"namespace": "dev1", "reason": "the night"}),
    ],
)
async def test_it_is_proposed_and_nothing_is_done(caller: Caller, path: str, body: dict[str, str]) -> None:
    status, said = await caller.post(path, body)
    assert (status, said["outcome"], said["state"]) == (202, "Proposed", "Asleep")
    assert caller.world.written == []
    spec = caller.world.request(said["request"])["spec"]
    assert (spec["action"], spec["requestedBy"], spec["via"]) == ("Stop", ANA, "api")
    assert (spec["seen"]["change"], spec["parameters"]) == (
        "Awake -> Asleep until 2026-11-24T08:00:00Z",
        {"reason": "the night"},
    )
    assert "confirmation" not in spec


@pytest.mark.parametrize(("path", "action"), [("stop", "Stop"), ("schedule/reset", "Reset")])
async def test_of_many_it_is_proposed_by_name_and_the_others_are_done(caller: Caller, path: str, action: str) -> None:
    """F2 I7: each has its own result, and its own request."""
    for name, status in (("dev1", TWO), ("dev2", {})):
        caller.world.add(name, version="8", labels={"team": "a"}, status=status, override=HELD)
    code, said = await caller.post(f"/api/v1/bulk/{path}", {"selector": "team=a"})
    assert (code, said["selected"], said["done"], said["proposed"], said["refused"]) == (207, 2, 1, 1, 0)
    results = {one["env"]: one["done"] for one in said["results"]}
    assert {env: done["outcome"] for env, done in results.items()} == {"dev1": "Proposed", "dev2": "Done"}
    spec = caller.world.request(results["dev1"]["request"])["spec"]
    assert (spec["action"], spec["target"]["namespace"]) == (action, "dev1")
    assert [one["metadata"]["namespace"] for one in caller.world.written] == ["dev2"]


async def test_of_many_one_that_cannot_be_proposed_is_refused(caller: Caller) -> None:
    """F2"""
    caller.world.add("dev1", version="8", labels={"team": "a"}, status=TWO, dryRun=True)
    code, said = await caller.post("/api/v1/bulk/stop", {"selector": "team=a"})
    assert (code, said["done"], said["proposed"], said["refused"]) == (207, 1, 0, 1)
    assert "dryRun" in next(one for one in said["results"] if one["env"] == "dev1")["problem"]["detail"]


async def test_what_keeps_it_awake_is_taken_back_by_two(caller: Caller) -> None:
    """I7: the bypass of a stop by the name of reset."""
    caller.world.add("dev1", version="8", status=TWO, override=HELD)
    status, said = await caller.post("/api/v1/envs/dev1/schedule/reset", {"reason": "the night"})
    assert (status, said["outcome"], said["state"]) == (202, "Proposed", "Awake")
    assert caller.world.written == []
    assert caller.world.request(said["request"])["spec"]["seen"]["change"] == (
        "Awake until 2026-11-23T21:00:00Z -> Awake until 2026-11-23T18:00:00Z"
    )


@pytest.mark.parametrize(
    ("path", "span", "lasts"),
    [("start", None, True), ("snooze", "1h", False), ("snooze", "30h", True), ("prolongate", "1h", True)],
)
async def test_what_keeps_it_awake_is_cut_short_by_nobody_alone(
    caller: Caller, path: str, span: str | None, lasts: bool
) -> None:
    """I7: the bypass of a stop by a short snooze, or by a prolongation that the daily reset would end."""
    caller.world.add("dev1", version="8", status=TWO, override=HELD)
    status, said = await caller.post(f"/api/v1/envs/dev1/{path}", {"for": span} if span else {})
    assert (status, said.get("reason")) == ((200, None) if lasts else (409, "NeedsApproval"))
    assert bool(caller.world.written) is lasts
    assert not any(one["spec"]["override"].get("dropAtReset") for one in caller.world.written)


@pytest.mark.parametrize("path", ["start", "schedule/reset"])
async def test_what_wakes_takes_nobody_else(caller: Caller, path: str) -> None:
    caller.world.add("dev1", version="8", status=TWO, override={"state": "Asleep"})
    assert (await caller.post(f"/api/v1/envs/dev1/{path}", {}))[0] == 200


async def test_the_same_key_proposes_once(caller: Caller) -> None:
    """F2"""
    for _ in range(2):
        await caller.post("/api/v1/envs/dev1/stop", {}, Idempotency_Key="mine")
    assert len(caller.world.requests) == 1
