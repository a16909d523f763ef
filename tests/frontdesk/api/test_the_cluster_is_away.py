"""The cluster goes away under the API: an answer says when to come again, nothing is done by halves, and it works afterwards."""

from collections.abc import Iterator

import pytest

from sundown_lab.cluster import Cluster
from sundown_lab.slack.remote import Workspace
from support.apiserver import Api
from support.detour import Detour, Fault
from support.envs import ASLEEP_FOR_EVER, Env
from support.frontdesk.callers import Program, program
from support.frontdesks import Counter

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def way(control_plane: Cluster) -> Iterator[Detour]:
    """A way to the API server that tests can break."""
    with Detour(control_plane) as one:
        yield one


@pytest.fixture
def ci(control_plane: Cluster, api: Api, counter: Counter, slack: Workspace, way: Detour, namespace: str) -> Program:
    """A program that calls a frontdesk which goes to the API server by the detour."""
    desk = counter.fresh(slack, server=way.server)
    desk.start()
    return program(control_plane, api, desk, namespace)


FAULTS = {
    "who it is, lost": Fault(part="/tokenreviews", cut=True),
    "who it is, broken": Fault(part="/tokenreviews", status=500),
    "who it is, not allowed": Fault(part="/tokenreviews", status=403),
    "who it is, no such thing": Fault(part="/tokenreviews", status=404),
    "who it is, nonsense": Fault(part="/tokenreviews", status=200, body="<html>"),
    "who it is, another object": Fault(part="/tokenreviews", status=200, body='{"kind": "Status"}'),
    "what they may, lost": Fault(part="/subjectaccessreviews", cut=True),
    "what they may, busy": Fault(part="/subjectaccessreviews", status=429, headers={"Retry-After": "1"}),
    "what they may, nonsense": Fault(part="/subjectaccessreviews", status=200, body="[]"),
    "written, broken": Fault(method="PATCH", part="/envschedules", status=500),
    "written, refused": Fault(method="PATCH", part="/envschedules", status=422),
}


def test_what_the_cluster_does_not_answer_is_neither_done_nor_an_error_of_ours(
    ci: Program, way: Detour, env: Env
) -> None:
    """F6: nobody is let in, and nothing is answered with 200 or 500; a second later everything is as before."""
    env.schedule(ASLEEP_FOR_EVER)
    ci.may(env, "get", "wake", "suspend")
    path = f"/api/v1/envs/{env.name}/start"
    for name, fault in FAULTS.items():
        with way.broken(fault):
            answer = ci.ask("POST", path, {}, token=ci.token())
        expected = {401} if "another object" in name else {422} if "refused" in name else {503}
        assert answer.status in expected, (name, answer)
        assert answer.body["detail"], name
        assert answer.status != 503 or int(answer.headers["Retry-After"]) >= 1, name
        assert "override" not in env.api.get(env.schedules("default"))["spec"], name
    assert ci.ask("POST", path, {}).status == 200


def test_a_wish_that_may_have_been_written_is_said_to_be_in_doubt(ci: Program, way: Detour, env: Env) -> None:
    env.schedule(ASLEEP_FOR_EVER)
    ci.may(env, "get", "wake")
    with way.broken(Fault(method="PATCH", part="/envschedules", cut=True, after=True, times=1)):
        answer = ci.ask("POST", f"/api/v1/envs/{env.name}/start", {}, Idempotency_Key="one")
    assert (answer.status, answer.reason) == (503, "ApiServerUnreachable")
    assert f"so it may be done or not: `sundown why {env.name}` tells" in answer.body["detail"]
