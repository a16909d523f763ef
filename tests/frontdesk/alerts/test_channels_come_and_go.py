"""X2: the channel of a schedule is the one that has its name now; one that nobody can be told in is said on the env."""

from collections.abc import Callable

import pytest

from sundown_lab.slack.remote import Workspace
from support.apiserver import eventually
from support.envs import Env
from support.frontdesk.reminded import all_about, announced, running, stopping
from support.frontdesk.saying import answer_to, words
from support.frontdesks import Counter, Frontdesk
from support.operators import Operator, Stage

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("operator", "desk")]

UNREACHED = "sundown.dev/unreached"


@pytest.fixture
def operator(stage: Stage) -> Operator:
    """An operator that runs."""
    return stage.usual()


@pytest.fixture
def desk(counter: Counter, slack: Workspace) -> Frontdesk:
    """A frontdesk of these tests' own: what it has learnt of channels is no use to others."""
    one = counter.fresh(slack)
    one.start()
    return one


def said_on(env: Env) -> str:
    """What the operator says of an env that is well."""
    status, _, message = env.condition("Ready")
    return message if status == "True" else ""


def until_said(env: Env, text: str) -> None:
    eventually(lambda: text in said_on(env), what=f"{env.name} says {text!r}")


def test_a_new_channel_of_the_old_name_is_told_from_then_on(slack: Workspace, env: Env) -> None:
    running(env)
    stopping(env)
    old = announced(slack, env, "stops")["channel"]
    ana = slack.act("ana")
    ana.do("rename", channel="#dev", name="dev-old")
    ana.do("archive", channel="#dev-old")
    until_said(env, "channel #dev was renamed to #dev-old and archived")
    ana.do("create", name="dev")
    new = announced(slack, env, "stops", channel="#dev")
    assert new["channel"] != old
    eventually(lambda: "Slack" not in said_on(env), what="nothing is said any more")
    assert len(all_about(slack, env, channel="#dev")) == 1


def test_a_channel_that_is_archived_is_said_where_people_look(slack: Workspace, env: Env) -> None:
    running(env, owner=None)
    stopping(env)
    announced(slack, env, "stops")
    slack.act("ana").do("archive", channel="#dev")
    until_said(env, "channel #dev is archived")
    assert env.api.get(env.schedules("default"))["metadata"]["annotations"][UNREACHED] == "channel #dev is archived"
    told = answer_to(slack.act("bo"), f"why {env.name}", channel="#general")
    assert "channel #dev is archived" in words(told)
    slack.act("ana").do("unarchive", channel="#dev")
    eventually(lambda: "Slack" not in said_on(env), what="it is not said any more")


@pytest.mark.parametrize("what", ["remove", "archive"])
def test_a_channel_named_by_its_id_is_told_of_when_it_refuses(slack: Workspace, env: Env, what: str) -> None:
    running(env, owner=None)
    (channel,) = [each["id"] for each in slack.state()["channels"] if each["name"] == "dev"]
    slack.act("ana").do(what, channel="#dev")
    stopping(env, spec={"notify": {"before": ["1h"], "channel": channel, "owner": False}})
    until_said(env, f"channel {channel} is ")


def test_a_private_channel_is_told_once_the_app_is_invited(slack: Workspace, env: Env) -> None:
    ana = slack.act("ana")
    ana.do("create", name="secret", private=True)
    running(env, owner=None)
    stopping(env, spec={"notify": {"before": ["1h"], "channel": "#secret", "owner": False}})
    until_said(env, "channel #secret is not there, or it is private")
    ana.do("invite", channel="#secret")
    announced(slack, env, "stops", channel="#secret")


def test_owners_who_have_left_are_named_and_the_others_told(slack: Workspace, env: Env) -> None:
    slack.act("bo").do("deactivate")
    slack.act("ana").do("disable_group", handle="platform")
    running(env, owner="bo@example.com, @platform, dina@example.com")
    stopping(env, spec={"notify": {"before": ["1h"], "owner": True}})
    announced(slack, env, "stops", channel="@dina")
    until_said(env, "owner bo@example.com: nobody in this Slack workspace has the e-mail address")
    until_said(env, "there is no user group @platform, or it is disabled")


def test_a_conversation_that_somebody_closed_is_opened_again(
    slack: Workspace, make_env: Callable[..., Env], env: Env
) -> None:
    running(env)
    stopping(env)
    announced(slack, env, "stops", channel="@ana")
    slack.act("ana").do("close_conversation")
    other = running(make_env())
    stopping(other)
    announced(slack, other, "stops", channel="@ana")
