"""The Slack app that people are told to make is the one that the frontdesk speaks through."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from sundown.frontdesk import slack
from sundown.frontdesk.settings import FrontdeskSettings
from sundown.frontdesk.slack.listeners.channels import CHANNELS

ROOT = Path(__file__).parents[2]
SOURCES = "\n".join(path.read_text() for path in Path(slack.__file__).parent.rglob("*.py"))
# https://docs.slack.dev/reference/methods: the scope of a bot that each method takes.
SCOPES = {
    "chat.postMessage": {"chat:write", "chat:write.public"},
    "chat.update": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "conversations.history": {"channels:history", "groups:history", "im:history"},
    "conversations.replies": {"channels:history", "groups:history", "im:history"},
    "conversations.list": {"channels:read", "groups:read"},
    "conversations.open": {"im:write"},
    "usergroups.list": {"usergroups:read"},
    "usergroups.users.list": {"usergroups:read"},
    "users.info": {"users:read"},
    "users.lookupByEmail": {"users:read.email"},
}
FREE = {"auth.teams.list", "auth.test", "views.open", "views.publish", "views.update"}
ALWAYS = {"commands", "app_mentions:read", "reactions:read"}
MESSAGES = {"message.channels", "message.groups", "message.im"}
"""Under which names Slack is asked for messages; their scopes are those of the history."""


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "slack-app-manifest.yaml").read_text())
    return found


def called() -> set[str]:
    """The Web API methods that the frontdesk's sources call, by their names or as methods of the client."""
    family = "auth|chat|conversations|usergroups|users|views"
    named = set(re.findall(rf'"((?:{family})\.[a-zA-Z.]+)"', SOURCES))
    methods = {name.replace("_", ".") for name in re.findall(rf"\.((?:{family})_[a-zA-Z_]+)\(", SOURCES)}
    return named | methods


def test_it_has_the_command_that_the_frontdesk_answers_by_default(manifest: dict[str, Any]) -> None:
    (command,) = manifest["features"]["slash_commands"]
    assert command["command"] == FrontdeskSettings.model_fields["slack_command"].default


def test_it_subscribes_to_what_the_frontdesk_hears_and_to_nothing_else(manifest: dict[str, Any]) -> None:
    heard = set(re.findall(r'app\.event\("(\w+)"\)', SOURCES)) | set(re.findall(r'"(subteam_\w+)"', SOURCES)) | CHANNELS
    heard = heard - {"message"} | MESSAGES
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == heard


def test_it_asks_for_the_scopes_of_what_the_frontdesk_calls_and_for_no_others(manifest: dict[str, Any]) -> None:
    """J3"""
    calls = called()
    assert calls >= {"chat.postMessage", "users.lookupByEmail", "views.publish"}
    needed = set().union(*(SCOPES[method] for method in calls - FREE)) | ALWAYS
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == needed
