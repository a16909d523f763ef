"""An operation of the API that only these tests know: one row, and it works over HTTP before the real cluster (docs/adding.md)."""

from http import HTTPStatus

import pytest

from sundown_lab.cluster import Cluster
from sundown_lab.slack.remote import Workspace
from support.apiserver import Api
from support.envs import ALWAYS_AWAKE, Env
from support.frontdesk.callers import program
from support.frontdesks import Counter

pytestmark = pytest.mark.lab

AN_OPERATION = """
from sundown.frontdesk.api import table
from sundown.frontdesk.api.operation import Operation, Outcome
from sundown.model.base import Model
class Counted(Model):
    env: str
    letters: int
async def count(call):
    return Outcome(Counted(env=call.env, letters=len(call.env)))
table.OPERATIONS["countEnv"] = Operation(
    id="countEnv", method="GET", path="/api/v1/envs/{env}/letters", summary="Count the letters.", details="All of them.",
    tag="envs", right="snooze", answer=Counted, handle=count,
)
"""


def test_an_operation_is_a_row(
    control_plane: Cluster, api: Api, counter: Counter, slack: Workspace, env: Env, namespace: str
) -> None:
    """Route, token, right, document, metrics and log come from the row."""
    desk = counter.fresh(slack, with_rows=AN_OPERATION)
    desk.start()
    env.schedule(ALWAYS_AWAKE)
    ci, path = program(control_plane, api, desk, namespace), f"/api/v1/envs/{env.name}/letters"
    assert ci.ask("GET", path, token=None).status == HTTPStatus.UNAUTHORIZED
    ci.may(env, "get")
    assert '"snooze"' in ci.ask("GET", path).body["detail"]
    ci.may(env, "snooze")
    assert ci.ask("GET", path).body == {"env": env.name, "letters": len(env.name)}
    assert ci.ask("POST", path).status == HTTPStatus.METHOD_NOT_ALLOWED
    document = ci.ask("GET", "/openapi.json", token=None).body
    assert document["paths"]["/api/v1/envs/{env}/letters"]["get"]["operationId"] == "countEnv"
    assert 'operation="countEnv",outcome="Done"' in desk.probe("/metrics")[1]
    assert [line["outcome"] for line in desk.lines if line.get("command") == "countEnv"] == [
        "Unauthenticated",
        "Forbidden",
        "Done",
    ]
