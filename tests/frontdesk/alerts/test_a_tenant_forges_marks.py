"""A tenant edits the annotations of their own env to reach the messages of another (S6), before a real API server."""

import json
from collections.abc import Callable

import pytest

from sundown.frontdesk.alerts.marks import MARKS
from sundown_lab.slack.remote import Workspace
from support.apiserver import eventually
from support.envs import Env
from support.frontdesk.reminded import announced, running, stopping
from support.frontdesks import Counter, Frontdesk
from support.operators import Operator, Stage

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("operator", "desk")]


@pytest.fixture
def operator(stage: Stage) -> Operator:
    """An operator that runs."""
    return stage.usual()


@pytest.fixture
def desk(counter: Counter, slack: Workspace) -> Frontdesk:
    """A frontdesk that runs."""
    one = counter.fresh(slack)
    one.start()
    return one


def annotate(env: Env, marks: str) -> None:
    """As somebody with the right to edit may."""
    env.api.merge(env.schedules("default"), {"metadata": {"annotations": {MARKS: marks}}})


def marks_of(env: Env) -> str:
    return str(env.api.get(env.schedules("default"))["metadata"].get("annotations", {}).get(MARKS, ""))


def message(slack: Workspace, channel: str, ts: str) -> str:
    found = next(each for each in slack.messages(channel) if each["ts"] == ts)
    return json.dumps([found["text"], found["blocks"]])


@pytest.mark.parametrize("copied", [False, True], ids=["written by hand", "copied"])
def test_the_message_of_another_env_stays_and_the_forgery_is_said(
    slack: Workspace, make_env: Callable[..., Env], *, copied: bool
) -> None:
    """S6, J6."""
    victim, tenant = running(make_env()), running(make_env(), owner=None)
    stopping(victim)
    stopping(tenant, spec={"notify": {"before": ["1h"], "channel": "#general"}}, hours=30)
    theirs = announced(slack, victim, "stops")
    eventually(lambda: theirs["ts"] in marks_of(victim), what="the message is remembered")
    before = message(slack, "#dev", theirs["ts"])
    mark = {
        "what": "stop",
        "to": theirs["channel"],
        "due": "2099-01-01T00:00:00Z",
        "channel": theirs["channel"],
        "ts": theirs["ts"],
        "at": "2026-01-01T00:00:00Z",
    }
    annotate(tenant, marks_of(victim) if copied else json.dumps({"messages": [mark]}))
    tenant.wish("Asleep")
    tenant.until("Asleep")
    said = f"annotation {MARKS} is not as Sundown has written it"
    eventually(lambda: said in tenant.condition("Ready")[2], what="it is said on the env")
    assert theirs["ts"] not in marks_of(tenant)
    assert message(slack, "#dev", theirs["ts"]) == before
