"""An action that only these tests know, Label: a row in the operator, and what people ask for is judged and carried out (docs/adding.md)."""

from collections.abc import Iterator

import pytest

from support.asked import request
from support.enders import let_end
from support.envs import ALWAYS_AWAKE, Env
from support.operators import Operator, Stage

pytestmark = pytest.mark.lab

AN_ACTION = """
from sundown.model.actions import Action, Right
LABEL = Action("Label", 'put a label on the namespace "{namespace}"', Right("patch", "namespaces"))
"""
IN_THE_OPERATOR = f"""
{AN_ACTION}
from sundown.cluster import paths
from sundown.reconcile.action_kind import ActionKind, Words
from sundown.reconcile.actions import ACTIONS
from sundown.reconcile.request_verdict import left_alone
async def label(cluster, spec):
    body = {{"metadata": {{"uid": spec.target.uid, "labels": {{"example.com/labelled": "by-request"}}}}}}
    await cluster.merge_patch(paths.namespace(spec.target.namespace), body)
    return True
ACTIONS["Label"] = ActionKind(
    action=LABEL, objections=(left_alone,), carry_out=label,
    under_way=Words("Labelling", 'a label is put on "{{namespace}}"'),
    done=Words("Labelled", 'namespace "{{namespace}}" has its label'),
)
"""
LABELLED = "example.com/labelled"


@pytest.fixture
def operator(stage: Stage) -> Iterator[Operator]:
    """An operator with the row."""
    one = stage.fresh(with_rows=IN_THE_OPERATOR)
    one.start()
    yield one
    stage.clear()


@pytest.mark.usefixtures("operator")
def test_an_action_is_a_row(env: Env) -> None:
    """I8: judged by its own objections, the cluster's own right asked for the person, carried out once, and recorded."""
    env.schedule(ALWAYS_AWAKE)
    let_end(env, "ana@example.com", verb="patch")
    asked = request(env, action="Label", granted=False)
    assert asked.finished()["outcome"] == f'namespace "{env.name}" has its label'
    assert env.labels()[LABELLED] == "by-request"
    assert {one["reason"] for one in asked.status()["conditions"]} == {"Labelled"}
    refused = request(env, action="Label", granted=False, requestedBy="bo@example.com").finished()
    assert (refused["state"], refused["conditions"][1]["reason"]) == ("Refused", "Forbidden")
    assert f'bo@example.com may not put a label on the namespace "{env.name}"' in refused["outcome"]
    assert '"patch" namespaces' in refused["outcome"]
    env.patch({"spec": {"paused": True}})
    assert "left alone" in request(env, action="Label", granted=False).finished()["outcome"]


def test_an_action_that_no_row_knows_is_refused_by_name(env: Env, stage: Stage) -> None:
    """The API server cannot know the table; whoever reads the outcome does."""
    stage.usual()
    env.schedule(ALWAYS_AWAKE)
    refused = request(env, action="Label").finished()
    assert (refused["state"], refused["conditions"][1]["reason"]) == ("Refused", "UnknownAction")
    assert refused["outcome"] == 'this operator knows no action "Label"; it knows Delete'
