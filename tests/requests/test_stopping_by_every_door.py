"""Where to stop an env takes two people it is proposed by Slack and the API, and done once approved (I6 I7).

The command line has its test in tests/cli.
"""

import json

import pytest

from sundown_lab.cluster import Cluster
from sundown_lab.slack.remote import Workspace
from support.apiserver import Api, eventually
from support.envs import Env
from support.frontdesk.callers import program
from support.frontdesk.saying import answer_to
from support.frontdesks import Frontdesk
from support.stopping import ANA, BO, the_request

pytestmark = pytest.mark.lab


def test_the_namespace_says_so_for_what_is_made_there_anew(guarded: Env) -> None:
    """Fault B7: a new EnvSchedule has no status by which the guard could tell."""

    def said() -> object:
        return guarded.api.get(guarded.path)["metadata"].get("annotations", {}).get("sundown.dev/needs-approval")

    eventually(lambda: said() == "Stop", what="it takes two people")
    guarded.label(**{"sundown.dev/guarded": None})
    eventually(lambda: said() is None, what="it takes one again")


def test_by_slack(slack: Workspace, frontdesk: Frontdesk, guarded: Env) -> None:
    """C7 I8: and the schedule says who asked, and who agreed."""
    said = answer_to(slack.act("ana"), f"stop {guarded.name}")
    assert "confirm what is proposed" in json.dumps(said["blocks"])
    message = slack.act("ana").wait_for_message(
        lambda one: guarded.name in one["text"] and bool(one["metadata"]), channel="#dev"
    )
    asked = the_request(guarded)
    assert asked.until("Pending")
    slack.act("ana").click(message, "sundown.answer.confirm")
    eventually(lambda: "somebody else" in asked.status().get("outcome", ""), what="it waits for somebody else")
    assert guarded.replicas("web") == 2
    slack.act("bo").click(message, "sundown.answer.approve")
    assert asked.finished()["state"] == "Done"
    guarded.until("Asleep", name="theirs")
    override = guarded.api.get(guarded.schedules("theirs"))["spec"]["override"]
    assert (override["by"], override["via"], override["reason"]) == (ANA, "slack", f"approved by {BO}")


def test_taking_back_what_keeps_it_awake_by_slack(slack: Workspace, frontdesk: Frontdesk, guarded: Env) -> None:
    """I7: to reset it is to stop it, where somebody keeps it awake that its schedule does not."""
    guarded.patch({"spec": {"awake": [], "override": {"state": "Awake"}}}, name="theirs")
    guarded.until("Awake", name="theirs")
    eventually(
        lambda: (
            "confirm what is proposed" in json.dumps(answer_to(slack.act("ana"), f"reset {guarded.name}")["blocks"])
        ),
        what="the frontdesk has heard that somebody keeps it awake",
    )
    message = slack.act("ana").wait_for_message(
        lambda one: "Awake -&gt; Asleep until somebody starts it" in one["text"] and bool(one["metadata"]),
        channel="#dev",
    )
    asked = the_request(guarded)
    slack.act("ana").click(message, "sundown.answer.confirm")
    eventually(lambda: "somebody else" in asked.status().get("outcome", ""), what="it waits for somebody else")
    assert guarded.replicas("web") == 2
    slack.act("bo").click(message, "sundown.answer.approve")
    assert asked.finished()["state"] == "Done"
    guarded.until("Asleep", name="theirs")
    assert "override" not in guarded.api.get(guarded.schedules("theirs"))["spec"]


def test_by_the_api(
    control_plane: Cluster, api: Api, slack: Workspace, frontdesk: Frontdesk, namespace: str, guarded: Env
) -> None:
    """F2 I7: and who may approve it finds it in the channel of the env."""
    guarded.patch({"spec": {"notify": {"channel": "#dev"}}}, name="theirs")
    guarded.until("Awake", name="theirs")
    door = program(control_plane, api, frontdesk, namespace)
    proposed = door.ask("POST", f"/api/v1/envs/{guarded.name}/stop", {}, token="token-of-ana")
    assert (proposed.status, proposed.body["outcome"]) == (202, "Proposed")
    where = f"/api/v1/requests/{proposed.body['request']}"
    said = door.ask("POST", f"{where}/confirm", {"confirmation": guarded.name}, token="token-of-ana")
    assert said.status == 200, said.body
    asked = slack.act("bo").wait_for_message(
        lambda one: guarded.name in one["text"] and "has to approve" in one["text"], channel="#dev"
    )
    slack.act("bo").click(asked, "sundown.answer.approve")
    told = slack.act("ana").wait_for_message(
        lambda one: guarded.name in one["text"] and "is put to sleep" in one["text"], channel="#dev"
    )
    assert told["ts"] == asked["ts"]
    guarded.until("Asleep", name="theirs")
    assert guarded.api.get(guarded.schedules("theirs"))["spec"]["override"]["via"] == "api"


def test_changing_when_it_sleeps_by_slack(slack: Workspace, frontdesk: Frontdesk, guarded: Env) -> None:
    """I6 I7: in the words of a person, and done once somebody else has agreed to what they were shown."""
    said = answer_to(slack.act("ana"), f"edit {guarded.name} awake=none timeZone=Asia/Tokyo")
    assert "confirm what is proposed" in json.dumps(said["blocks"])
    message = slack.act("ana").wait_for_message(
        lambda one: guarded.name in one["text"] and "Asia/Tokyo" in one["text"] and bool(one["metadata"]),
        channel="#dev",
    )
    asked = the_request(guarded)
    slack.act("ana").click(message, "sundown.answer.confirm")
    eventually(lambda: "somebody else" in asked.status().get("outcome", ""), what="it waits for somebody else")
    assert guarded.api.get(guarded.schedules("theirs"))["spec"]["awake"]
    slack.act("bo").click(message, "sundown.answer.approve")
    assert asked.finished()["state"] == "Done"
    spec = guarded.api.get(guarded.schedules("theirs"))["spec"]
    assert (spec.get("awake"), spec["timeZone"]) == (None, "Asia/Tokyo")
    guarded.until("Asleep", name="theirs")


def test_changing_when_it_sleeps_by_the_api(
    control_plane: Cluster, api: Api, frontdesk: Frontdesk, namespace: str, guarded: Env
) -> None:
    """I6 I7: the schedule says something else once somebody else has agreed to what they were shown."""
    door = program(control_plane, api, frontdesk, namespace)
    body = {"action": "Edit", "parameters": {"awake": "[]"}}
    proposed = door.ask("POST", f"/api/v1/envs/{guarded.name}/requests", body, token="token-of-ana")
    assert proposed.status == 201, proposed.body
    assert proposed.body["change"].startswith("awake: [{")
    where = f"/api/v1/requests/{proposed.body['name']}"
    for token, word, said in (("ana", "confirm", {"confirmation": guarded.name}), ("bo", "approve", {})):
        answered = door.ask("POST", f"{where}/{word}", said, token=f"token-of-{token}")
        assert answered.status == 200, answered.body
    eventually(
        lambda: not guarded.api.get(guarded.schedules("theirs"))["spec"].get("awake"), what="the schedule is changed"
    )
    guarded.until("Asleep", name="theirs")
