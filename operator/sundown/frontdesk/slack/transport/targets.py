"""What Slack delivers, whatever its kind: which cluster it is about, and where the person who did it can be answered."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

from sundown.frontdesk.commands.parsing import Mistyped
from sundown.frontdesk.commands.reply import Place
from sundown.frontdesk.commands.table import parse
from sundown.usecases.requests import Word

CHECK_MARKS = frozenset({"white_check_mark", "heavy_check_mark", "ballot_box_with_check"})
_LONGEST_WORD = 40
_SAID = (None, "", "thread_broadcast")
"""What Slack calls a message that somebody has just written, in a thread and perhaps in its channel too."""
_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^>]*)?>")


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody answers to a message: a word in its thread, or a check mark on it, which says no word."""

    channel: str
    ts: str
    user: str
    word: Word | None


def answer_in(event: dict[str, Any]) -> Given | None:
    """The answer that an event is, if it may be one: most reactions are none, and most of what is written in threads."""
    user = _text(event, "user")
    if event.get("type") == "reaction_added":
        item = _object(event, "item")
        marked = _text(event, "reaction") in CHECK_MARKS
        return Given(_text(item, "channel"), _text(item, "ts"), user, None) if marked else None
    text, thread = _text(event, "text"), _text(event, "thread_ts")
    if event.get("type") != "message" or event.get("bot_id") or event.get("subtype") not in _SAID:
        return None
    if not thread or len(text) > _LONGEST_WORD:
        return None
    word: Word | None = next((each for each in get_args(Word) if each == text.strip(" `*_.!").lower()), None)
    return Given(_text(event, "channel"), thread, user, word) if word is not None else None


def cluster_of(body: dict[str, Any]) -> str:
    """The cluster that is named in a command or mention, carried by a button or window, or said by the message it is in.

    Empty where none is.
    """
    for text in (_text(body, "text") if "command" in body else "", words_of_mention(_object(body, "event"))):
        if text:
            try:
                return parse(text)[1].env.cluster
            except Mistyped:
                return ""
    return next((name for found in _carried(body) if isinstance(name := found.get("cluster"), str) and name), "")


def place_of(body: dict[str, Any]) -> Place:
    """Where the person who did it can be answered."""
    event, message = _object(body, "event"), _object(body, "message")
    user = _object(body, "user").get("id") or body.get("user_id") or event.get("user")
    channel = _object(body, "channel").get("id") or body.get("channel_id") or event.get("channel")
    return Place(
        channel=str(channel or user or ""),
        user=str(user or ""),
        thread=_text(event, "thread_ts") or _text(event, "ts") or _text(message, "thread_ts"),
        beneath=_text(event, "thread_ts"),
        response_url=_text(body, "response_url"),
        trigger_id=_text(body, "trigger_id"),
    )


def words_of_mention(event: dict[str, Any]) -> str:
    """What somebody said to the app, without its name."""
    return _MENTION.sub(" ", _text(event, "text"), count=1) if event.get("type") == "app_mention" else ""


def _carried(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    actions = body.get("actions")
    for action in actions if isinstance(actions, list) else ():
        if isinstance(action, dict):
            yield _json(action.get("value"))
            yield _json(_object(action, "selected_option").get("value"))
    yield _json(_object(body, "view").get("private_metadata"))
    yield _object(_object(_object(body, "message"), "metadata"), "event_payload")


def _json(text: object) -> dict[str, Any]:
    try:
        found = json.loads(text) if isinstance(text, str) and text.startswith("{") else None
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _object(body: dict[str, Any], name: str) -> dict[str, Any]:
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def _text(body: dict[str, Any], name: str) -> str:
    """A field of Slack's; what is no text is as good as nothing."""
    found = body.get(name)
    return found if isinstance(found, str) else ""
