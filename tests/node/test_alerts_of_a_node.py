"""A real container that crashes, and one that wants more memory than it may have: what kubelet says of them, in Slack (I1, I2)."""

import pytest

from sundown_lab.slack.remote import Workspace
from support.alerting import Begin, alerted, attachment, fields
from support.envs import Env, manifest
from support.nodes import Node, really

pytestmark = pytest.mark.node

CRASH = "echo connecting with password=hunter2; echo cannot connect; exit 1"
GREED = "echo eating; tail /dev/zero"


def doing(env: Env, name: str, command: str) -> None:
    """A Deployment whose one container does this."""
    wanted = really(manifest("Deployment", name, 1))
    wanted["spec"]["template"]["spec"]["containers"][0]["command"] = ["sh", "-c", command]
    env.api.create(env.collection("Deployment"), wanted)


@pytest.mark.usefixtures("node")
def test_a_real_crash_loop_with_its_last_words_and_its_end(begin: Begin, slack: Workspace, env: Env) -> None:
    """I1 I2 I3"""
    begin(env.name)
    doing(env, "web", CRASH)
    told = alerted(slack, "Deployment/web", env.name, "crashes again", within=120)
    assert attachment(told)["color"] == "#FF0000"
    assert int(fields(told)["Restarts"]) >= 3
    lines = slack.wait_for_message(lambda each: each.get("thread_ts") == told["ts"] != each["ts"], channel="#dev")
    assert "connecting with password=***" in lines["text"]
    assert "cannot connect" in lines["text"]
    calm = really(manifest("Deployment", "web", 1))["spec"]["template"]["spec"]["containers"]
    env.edit("web", {"spec": {"template": {"spec": {"containers": calm}}}})
    over = alerted(slack, "OK", env.name, "runs again", within=60)
    assert over["ts"] == told["ts"]


def test_a_real_container_that_is_killed_for_its_memory(begin: Begin, slack: Workspace, env: Env, node: Node) -> None:
    """I1"""
    begin(env.name)
    doing(env, "api", GREED)
    told = alerted(slack, "Deployment/api", env.name, "was killed", within=90)
    assert attachment(told)["color"] == "#FFA500"
    assert fields(told)["Container"] == "main"
