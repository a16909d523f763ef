"""An action that only these tests know, Label: a row in each process, and it works from Slack to the cluster (docs/adding.md)."""

from collections.abc import Iterator

import pytest

from sundown_lab.slack.remote import Workspace
from support.asked import request
from support.enders import let_end
from support.envs import ALWAYS_AWAKE, Env
from support.frontdesk.deletable import asked_for, forget, shown
from support.frontdesks import Counter
from support.operators import Operator, Stage

pytestmark = pytest.mark.lab

AN_ACTION = """
from sundown.model.actions import Action, Right
LABEL = Action("Label", 'put a label on the namespace "{namespace}"', Right("patch", "namespaces"))
"""
IN_THE_OPERATOR = (
    AN_ACTION
    + """
from sundown.cluster import paths
from sundown.reconcile.action_kind import ActionKind, Words
from sundown.reconcile.actions import ACTIONS
from sundown.reconcile.request_verdict import left_alone
async def label(cluster, case):
    body = {"metadata": {"uid": case.spec.target.uid, "labels": {"example.com/labelled": "by-request"}}}
    await cluster.merge_patch(paths.namespace(case.spec.target.namespace), body)
    return True
ACTIONS["Label"] = ActionKind(
    action=LABEL, objections=(left_alone,), carry_out=label,
    under_way=Words("Labelling", 'a label is put on "{namespace}"'),
    done=Words("Labelled", 'namespace "{namespace}" has its label'),
)
"""
)
IN_THE_FRONTDESK = (
    AN_ACTION
    + """
from sundown.frontdesk.commands import parsing, requesting, table
from sundown.frontdesk.requests.request_kind import RequestKind, left_alone
from sundown.frontdesk.requests.table import REQUESTS
from sundown.reconcile.workload_changes import Change
def changes(meant):
    labels, space = len(meant.found.space.labels), meant.found.space
    return Change(f"{labels} labels -> {labels + 1}", space.uid, space.resource_version)
REQUESTS["Label"] = RequestKind(
    action=LABEL, verb="label", participle="labelled", right="suspend", objections=(left_alone,), changes=changes,
    asked="{env} will be labelled.", done=":label: {env} is labelled.", held="{env} is not labelled yet.",
)
table.COMMANDS["label"] = table.Command(
    "label", "label <env>", "Put a label on it.", "", ("label dev1",), parsing.one_env, requesting.request("Label"), right="suspend",
)
"""
)
LABELLED = "example.com/labelled"


@pytest.fixture
def operator(stage: Stage) -> Iterator[Operator]:
    """An operator with the row."""
    one = stage.fresh(with_rows=IN_THE_OPERATOR)
    one.start()
    yield one
    stage.clear()


@pytest.fixture
def env(env: Env) -> Iterator[Env]:
    """An env that ana may label, and bo may not."""
    env.schedule(ALWAYS_AWAKE)
    let_end(env, "ana@example.com", verb="patch")
    yield env
    forget(env)


@pytest.mark.usefixtures("operator")
def test_an_action_is_a_row_in_each_process(env: Env, counter: Counter, slack: Workspace) -> None:
    """I8: shown before, confirmed, asked for, carried out, told, and recorded with who asked and what came of it."""
    counter.fresh(slack, with_rows=IN_THE_FRONTDESK).start()
    ana = slack.act("ana")
    ana.command(f"label {env.name}")
    proposed = ana.wait_for_message(lambda message: env.name in message["text"] and message["blocks"], channel="#dev")
    assert "labels -&gt; " in shown(proposed)
    assert ana.click(proposed, "sundown.answer.confirm")["acked"]
    told = ana.wait_for_message(lambda message: f"*{env.name}* is labelled" in message["text"], channel="#dev")
    assert told["ts"] == proposed["ts"]
    assert told["metadata"]["event_payload"]["action"] == "label"
    assert env.labels()[LABELLED] == "by-request"
    (asked,) = asked_for(env)
    assert (asked["spec"]["action"], asked["spec"]["requestedBy"]) == ("Label", "ana@example.com")
    assert asked["metadata"]["name"].startswith(f"label-{env.name}")
    assert (asked["status"]["state"], asked["status"]["outcome"]) == ("Done", f'namespace "{env.name}" has its label')
    slack.act("bo").command(f"label {env.name}")
    refusal = slack.act("bo").wait_for_message(lambda message: "may not put a label" in message["text"], channel="#dev")
    assert "bo@example.com" in refusal["text"]
    assert len(asked_for(env)) == 1


@pytest.mark.usefixtures("operator")
def test_the_operator_asks_for_the_right_of_the_row_and_for_its_objections(env: Env) -> None:
    """S3, S4: whoever has written the request."""
    refused = request(env, action="Label", granted=False, requestedBy="bo@example.com").finished()
    assert (refused["state"], refused["conditions"][1]["reason"]) == ("Refused", "Forbidden")
    assert f'bo@example.com may not put a label on the namespace "{env.name}"' in refused["outcome"]
    assert '"patch" namespaces' in refused["outcome"]
    env.patch({"spec": {"paused": True}})
    refused = request(env, action="Label", granted=False).finished()
    assert (refused["state"], refused["conditions"][1]["reason"]) == ("Refused", "Paused")
    assert LABELLED not in env.labels()


def test_an_action_that_no_row_knows_is_refused_by_name(env: Env, stage: Stage) -> None:
    """The API server cannot know the table; whoever reads the outcome does."""
    stage.usual()
    refused = request(env, action="Label", granted=False).finished()
    assert (refused["state"], refused["conditions"][1]["reason"]) == ("Refused", "UnknownAction")
    assert (
        refused["outcome"]
        == 'this operator knows no action "Label"; it knows Delete, Scale, Restart, Stop, Reset, Edit'
    )
