"""Envs that are about to be stopped, and the messages that say so."""

import copy
import json
import urllib.request
from collections.abc import Callable
from typing import Any

from sundown_lab.slack.remote import Workspace
from support.apiserver import Json, eventually
from support.envs import Env, instant
from support.frontdesk.saying import words

MARKS = "sundown.dev/slack"


def running(env: Env, *, owner: str | None = "ana@example.com", replicas: int = 1) -> Env:
    """An env whose pods run, with an owner and no schedule yet."""
    if owner is not None:
        env.annotate(email=owner)
    env.add("web", replicas)
    eventually(
        lambda: env.workload("web").get("status", {}).get("readyReplicas") == replicas or None,
        what=f"the pods of {env.name} are ready",
    )
    return env


def stopping(env: Env, *, before: tuple[str, ...] = ("1h",), spec: Json | None = None, **later: float) -> str:
    """Give it a schedule by which it stops so much later, announced in #dev; the instant at which it stops."""
    until = instant(**(later or {"minutes": 30}))
    said: Json = {"state": "Awake", "until": until, "by": "dina@example.com", "via": "kubectl"}
    notify = {"before": list(before), "channel": "#dev"}
    env.schedule({"awake": [], "override": said, "notify": notify, **(spec or {})})
    return until


def about(env: Env, *said: str) -> Callable[[Json], bool]:
    """Whether a message is about the env, which others may name further down, and says all of this."""
    return lambda message: env.name in _title(message) and all(text in words(message) for text in said)


def _title(message: Json) -> str:
    return words(message).partition("\n")[0]


def announced(slack: Workspace, env: Env, *said: str, channel: str = "#dev") -> Json:
    """The message about the env in a channel, once there is one that says this."""
    return slack.wait_for_message(about(env, *said), channel=channel)


def all_about(slack: Workspace, env: Env, *, channel: str = "#dev") -> list[Json]:
    """Every message about the env in a channel."""
    return [message for message in slack.messages(channel) if about(env)(message)]


def marks(env: Env) -> str:
    """What the frontdesk remembers of the env."""
    metadata: dict[str, Any] = env.api.get(env.schedules("default"))["metadata"]
    return str(metadata.get("annotations", {}).get(MARKS, ""))


def asked(env: Env) -> Json:
    """What the env's schedule says that somebody asked for."""
    found: Json = env.api.get(env.schedules("default"))["spec"].get("override", {})
    return found


def button(message: Json, label: str) -> str:
    """The action id of the button with that label."""
    for block in message["blocks"]:
        for element in block.get("elements", []):
            if element.get("type") == "button" and element["text"]["text"] == label:
                return str(element["action_id"])
    raise AssertionError(f"no button {label!r} in: {words(message)}")


def left_behind(slack: Workspace, message: Json, *, value: str | None = None) -> Json:
    """The message once more, with the same buttons or ones that carry ``value``, as somebody sees it whose Slack is behind."""
    blocks = copy.deepcopy(message["blocks"])
    for block in blocks:
        for element in block.get("elements", []):
            if value is not None and element.get("type") == "button":
                element["value"] = value
    environment = slack.environment
    request = urllib.request.Request(
        environment["SLACK_API_URL"].rstrip("/") + "/chat.postMessage",
        data=json.dumps({"channel": "#dev", "text": "left behind", "blocks": blocks}).encode(),
        headers={
            "Authorization": f"Bearer {environment['SLACK_BOT_TOKEN']}",
            "Content-Type": "application/json; charset=utf-8",
        },
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        answer = json.load(response)
    assert answer["ok"], answer
    return next(one for one in slack.messages("#dev") if one["ts"] == answer["ts"])
