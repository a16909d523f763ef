"""Each request leaves a line in the log and a count (F4 F5)."""

import pytest
import structlog
from prometheus_client import REGISTRY

from support.frontdesk.api import ANA, Caller


def count(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.mark.parametrize(
    ("method", "path", "user", "command", "env", "outcome", "status"),
    [
        ("POST", "/api/v1/envs/dev1/stop", ANA, "stopEnv", "dev1", "Done", 200),
        ("GET", "/api/v1/envs", ANA, "listEnvs", "", "Done", 200),
        ("POST", "/api/v1/envs/dev9/stop", ANA, "stopEnv", "dev9", "NotFound", 404),
        ("POST", "/api/v1/bulk/stop", ANA, "stopEnvs", "", "InvalidSpec", 422),
    ],
)
async def test_each_request_says_who_what_and_how_it_ended(
    caller: Caller, method: str, path: str, user: str, command: str, env: str, outcome: str, status: int
) -> None:
    """F5"""
    before = count("sundown_rest_requests_total", operation=command, status=str(status), outcome=outcome)
    with structlog.testing.capture_logs() as lines:
        _, _, headers = await caller.ask(method, path)
    (line,) = [one for one in lines if one["event"] == "api-request"]
    assert (line["user"], line["command"], line["namespace"], line["outcome"]) == (user, command, env, outcome)
    assert (line["status"], line["id"]) == (status, headers["X-Request-Id"])
    after = count("sundown_rest_requests_total", operation=command, status=str(status), outcome=outcome)
    assert after == before + 1


OURS = ["event", "user", "command", "namespace", "outcome", "error", "level", "timestamp", "self", "id", "status"]


@pytest.mark.parametrize("name", OURS)
async def test_what_somebody_names_takes_no_place_in_the_log_of_what_sundown_says(caller: Caller, name: str) -> None:
    """F5, I8: a parameter called ``user`` made it another who had asked, and one called ``outcome`` an error of Sundown's."""
    body = {
        "action": "Scale",
        "parameters": {"kind": "Deployment", "name": "web", "replicas": "3", name: "boss@example.com"},
    }
    with structlog.testing.capture_logs() as lines:
        status, problem = await caller.post("/api/v1/envs/dev1/requests", body)
    assert (status, problem["reason"]) == (422, "NotPossible")
    (line,) = [one for one in lines if one["event"] == "wish-refused"]
    assert (line["user"], line["command"], line["namespace"], line["outcome"]) == (ANA, "scale", "dev1", "NotPossible")
    assert (line["door"], line["parameters"][name]) == ("api", "boss@example.com")


async def test_a_token_is_in_no_line_of_the_log(caller: Caller) -> None:
    """J1"""
    with structlog.testing.capture_logs() as lines:
        await caller.get("/api/v1/envs")
        await caller.get("/api/v1/envs", token="bad-token")
    assert "-token" not in str(lines)


async def test_wishes_are_counted_by_door(caller: Caller) -> None:
    """F4"""
    before = count("sundown_prolonged_seconds_total", door="api")
    done = count("sundown_wishes_total", verb="extend", outcome="Done", door="api")
    await caller.post("/api/v1/envs/dev1/prolongate", {"for": "90m"})
    assert count("sundown_prolonged_seconds_total", door="api") == before + 5400
    assert count("sundown_wishes_total", verb="extend", outcome="Done", door="api") == done + 1
