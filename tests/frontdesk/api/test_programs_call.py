"""Programs call the API of a frontdesk that runs, with tokens of the real cluster, and envs follow (F2 F6 J2)."""

from collections.abc import Callable
from http import HTTPStatus

import pytest

from sundown_lab.cluster import Cluster
from sundown_lab.slack.remote import Workspace
from support.apiserver import Api, eventually
from support.envs import ALWAYS_AWAKE, Env
from support.frontdesk.callers import Program, program
from support.frontdesk.reminded import running
from support.frontdesks import Frontdesk
from support.operators import Stage

pytestmark = pytest.mark.lab


@pytest.fixture
def ci(control_plane: Cluster, api: Api, frontdesk: Frontdesk, namespace: str) -> Program:
    """A program with an account and no rights."""
    return program(control_plane, api, frontdesk, namespace)


@pytest.fixture
def awake(stage: Stage, env: Env) -> Env:
    """An env that runs, with an operator that looks after it."""
    stage.usual()
    running(env, replicas=2)
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    return env


def test_an_env_is_stopped_and_woken_and_given_back(ci: Program, awake: Env) -> None:
    """F2 F6"""
    ci.may(awake, "get", "wake", "suspend", "extend")
    path = f"/api/v1/envs/{awake.name}"
    stopped = ci.ask("POST", f"{path}/stop", {"reason": "the night"})
    assert (stopped.status, stopped.body["state"]) == (200, "Asleep")
    # Without the guards nothing proves to the operator who asked.
    assert awake.until("Asleep")["why"].endswith(f"asked for by {ci.user} via api (unverified): the night")
    assert awake.replicas("web") == 0
    seen = ci.ask("GET", path)
    assert (seen.body["state"], seen.body["workloads"][0]["wakesTo"]) == ("Asleep", 2)
    assert ci.ask("POST", f"{path}/prolongate", {"for": "1h"}, If_Match=seen.headers["ETag"]).status == HTTPStatus.OK
    awake.until("Awake")
    assert awake.replicas("web") == 2
    assert ci.ask("POST", f"{path}/schedule/reset", {}).status == HTTPStatus.OK
    assert "override" not in awake.api.get(awake.schedules("default"))["spec"]
    history = ci.ask("GET", f"{path}/history").body["entries"]
    assert any(entry.get("by") == ci.user for entry in history)


def test_what_others_asked_for_is_taken_back_too(ci: Program, awake: Env) -> None:
    """F2: whoever has written it, and by whatever tool."""
    awake.wish("Asleep", by="ana@example.com")
    awake.until("Asleep")
    ci.may(awake, "get", "wake", "suspend")
    assert ci.ask("POST", f"/api/v1/envs/{awake.name}/schedule/reset").status == HTTPStatus.OK
    awake.until("Awake")
    assert "override" not in awake.api.get(awake.schedules("default"))["spec"]


def test_a_token_that_is_not_good_lets_nobody_in(ci: Program, awake: Env) -> None:
    """F6: none, nonsense, another audience's, one that has expired, one whose account is gone."""
    ci.may(awake, "get", "suspend")
    path = f"/api/v1/envs/{awake.name}/stop"
    gone = ci.token()
    for token in (None, "nonsense", ci.token(audience="vault"), ci.expired(), gone[:-10] + "A" * 10):
        assert ci.ask("POST", path, token=token).status == HTTPStatus.UNAUTHORIZED
    assert ci.ask("GET", f"/api/v1/envs/{awake.name}", token=ci.token(audience="")).status == HTTPStatus.OK
    # Signed in the same way, and good for a while: it is its age for which the other is refused.
    assert ci.ask("GET", f"/api/v1/envs/{awake.name}", token=ci.expired(since=-600)).status == HTTPStatus.OK
    ci.api.delete(f"/api/v1/namespaces/{ci.home}/serviceaccounts/ci")
    eventually(lambda: ci.ask("POST", path, token=gone).status == HTTPStatus.UNAUTHORIZED, what="the token is none")
    assert "override" not in awake.api.get(awake.schedules("default"))["spec"]


def test_the_cluster_says_what_a_program_may_do(ci: Program, awake: Env, make_env: Callable[..., Env]) -> None:
    """F6 J2: right by right, and at once when one is taken away."""
    other = make_env()
    other.schedule(ALWAYS_AWAKE)
    token = ci.token()
    path = f"/api/v1/envs/{awake.name}"
    ci.may(awake, "get", "suspend")
    listed = ci.ask("GET", "/api/v1/envs", token=token).body["items"]
    assert [one["env"] for one in listed] == [awake.name]
    refused = ci.ask("POST", f"{path}/start", token=token)
    assert (refused.status, refused.reason) == (403, "Forbidden")
    assert ci.user in refused.body["detail"]
    assert '"wake" envschedules.sundown.dev' in refused.body["detail"]
    assert ci.ask("GET", f"/api/v1/envs/{other.name}", token=token).status == HTTPStatus.FORBIDDEN
    ci.may(awake, "get")
    assert ci.ask("POST", f"{path}/stop", token=token).status == HTTPStatus.FORBIDDEN


def test_many_are_stopped_at_once(ci: Program, stage: Stage, make_env: Callable[..., Env]) -> None:
    """F2: each with its result."""
    stage.usual()
    envs = [make_env(labels={"sundown.example.com/bulk": ci.home}) for _ in range(3)]
    for env in envs:
        env.schedule(ALWAYS_AWAKE)
        env.until("Awake")
        ci.may(env, *(("get", "suspend") if env is not envs[1] else ("get",)))
    body = {"selector": f"sundown.example.com/bulk={ci.home}"}
    answer = ci.ask("POST", "/api/v1/bulk/stop", body)
    assert (answer.status, answer.body["done"], answer.body["refused"]) == (207, 2, 1)
    assert {one["env"] for one in answer.body["results"] if "problem" in one} == {envs[1].name}
    envs[0].until("Asleep")
    envs[2].until("Asleep")
    assert envs[1].status()["state"] == "Awake"


def test_requests_are_in_the_log(ci: Program, awake: Env, frontdesk: Frontdesk, slack: Workspace) -> None:
    """F5"""
    ci.may(awake, "get")
    answer = ci.ask("GET", f"/api/v1/envs/{awake.name}")
    (line,) = [one for one in frontdesk.lines if one.get("id") == answer.headers["X-Request-Id"]]
    assert (line["user"], line["command"], line["outcome"], line["status"]) == (ci.user, "getEnv", "Done", 200)
    assert (
        'sundown_rest_requests_total{operation="getEnv",outcome="Done",status="200"}' in frontdesk.probe("/metrics")[1]
    )
