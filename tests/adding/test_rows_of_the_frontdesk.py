"""A button and a command that only these tests know: one row each, and they work from Slack to the workloads (docs/adding.md)."""

import html

import pytest

from sundown_lab.slack.remote import Workspace
from support.apiserver import eventually
from support.envs import Env
from support.frontdesk.granted import grant
from support.frontdesk.reminded import announced, running, stopping
from support.frontdesk.saying import answer_to, words
from support.frontdesks import Counter
from support.operators import Operator, Stage

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("operator")]

A_BUTTON = """
from sundown.frontdesk.wishes import verbs
verbs.VERBS["nap"] = verbs.Verb(
    "nap", "Take a nap", frozenset({"reminder", "home awake"}), wish="stop",
    late=verbs.VERBS["suspend"].late, told="{env} naps, {by} said so.", undone_by="resume",
)
"""
A_COMMAND = """
from sundown.frontdesk.commands import table, parsing
from sundown.frontdesk.commands.reply import Reply
async def count(desk, person, asked, place):
    return Reply(title=(f"{asked.env.namespace} was counted for {person.email}",))
for verb, right in (("count", "suspend"), ("sign", "approve")):
    table.COMMANDS[verb] = table.Command(
        verb, f"{verb} <env>", "Count the parts.", "Every one.", (f"{verb} dev1",), parsing.one_env, count, right=right,
    )
"""
A_COMMAND_OF_ONES_OWN = (
    A_COMMAND
    + """
from sundown.model.actions import Right
table.COMMANDS["peek"] = table.Command(
    "peek", "peek [<env>]", "Look into it.", "Deeply.", ("peek dev1",), parsing.maybe_env, count, right="get",
    of_own_env=True, own_right=Right("list", "configmaps"),
)
"""
)


@pytest.fixture
def operator(stage: Stage) -> Operator:
    """An operator that runs."""
    return stage.usual()


def test_a_button_is_a_row(counter: Counter, slack: Workspace, env: Env) -> None:
    """Shown under the reminder, carried out by a click, refused when it comes too late."""
    counter.fresh(slack, with_rows=A_BUTTON).start()
    running(env)
    stopping(env)
    reminder = announced(slack, env, "stops")
    slack.act("bo").click(reminder, "sundown.nap")
    env.until("Asleep")
    assert env.replicas("web") == 0
    announced(slack, env, "is asleep", "bo@example.com suspended it")


def test_a_command_is_a_row_and_its_right_is_asked_for(counter: Counter, slack: Workspace, env: Env) -> None:
    """S15: who lacks the right is told so by the dispatcher, and the row has no line about it."""
    counter.fresh(slack, with_rows=A_COMMAND).start()
    running(env)
    stopping(env)
    assert f"{env.name} was counted for ana@example.com" in words(answer_to(slack.act("ana"), f"count {env.name}"))
    assert "count <env>" in html.unescape(words(answer_to(slack.act("ana"), "help count")))
    refused = words(answer_to(slack.act("ana"), f"sign {env.name}"))
    assert "may not approve" in refused
    assert "was counted" not in refused


def test_a_command_may_take_a_right_of_the_clusters_own_and_mean_the_persons_env(
    counter: Counter, slack: Workspace, env: Env
) -> None:
    """J2: both by the row alone."""
    counter.fresh(slack, with_rows=A_COMMAND_OF_ONES_OWN).start()
    running(env, owner="ana@example.com")
    stopping(env)
    assert 'the right to "list" configmaps' in words(answer_to(slack.act("ana"), f"peek {env.name}"))
    grant(env, "ana@example.com", [("list", "", "configmaps")])
    assert f"{env.name} was counted for ana@example.com" in words(answer_to(slack.act("ana"), f"peek {env.name}"))
    eventually(
        lambda: f"{env.name} was counted" in words(answer_to(slack.act("ana"), "peek")), what="it is known to be hers"
    )
    assert 'the right to "list" configmaps' in words(answer_to(slack.act("bo"), f"peek {env.name}"))
