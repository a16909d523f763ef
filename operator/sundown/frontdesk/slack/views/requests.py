"""The windows in which people confirm what cannot be undone, and the message that says what became of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from sundown.frontdesk.requests.outcomes import News
from sundown.frontdesk.requests.request_kind import Proposal, RequestKind, in_words
from sundown.frontdesk.slack.views import blocks
from sundown.frontdesk.slack.views.blocks import Block
from sundown.frontdesk.slack.views.inputs import filled
from sundown.model.action_request import Seen, Target
from sundown.model.cutting import clip
from sundown.usecases.proposals import Wanted

NAME_BLOCK = "name"
_MOST_TITLE = 24


@dataclass(frozen=True, slots=True)
class Window:
    """What an open window is about, as it stands in its ``private_metadata``."""

    wanted: Wanted
    cluster: str
    channel: str = ""

    @property
    def target(self) -> Target:
        """The namespace that is meant."""
        return self.wanted.target

    def to_text(self) -> str:
        """Less than the 3,000 characters that Slack takes, with as many parameters as there can be."""
        said: dict[str, Any] = {"ns": self.target.namespace, "uid": self.target.uid, "cluster": self.cluster}
        if self.channel:
            said["ch"] = self.channel
        if self.wanted.parameters:
            said["with"] = dict(self.wanted.parameters)
        if self.wanted.seen is not None:
            said["seen"] = self.wanted.seen.to_json()
        return json.dumps(said, separators=(",", ":"), ensure_ascii=False)


def confirmation(kind: RequestKind, proposal: Proposal, window: Window) -> Block:
    """The window that says what will be done, and asks for the name."""
    name = window.target.namespace
    text = in_words(
        proposal.text,
        {key: blocks.escape(value) for key, value in window.wanted.parameters.items()},
        env=blocks.code(name),
        cluster=blocks.bold(window.cluster),
        change=blocks.escape(window.wanted.seen.change) if window.wanted.seen is not None else "",
    )
    typing = {
        "type": "input",
        "block_id": NAME_BLOCK,
        "label": _plain(f"Type {name} to confirm"),
        "element": {"type": "plain_text_input", "action_id": NAME_BLOCK, "max_length": 100},
    }
    return {
        "type": "modal",
        "callback_id": kind.action_id,
        "private_metadata": window.to_text(),
        "title": _title(proposal.title),
        "submit": _title(proposal.confirm),
        "close": _title(proposal.keep),
        "blocks": [blocks.section(text), typing],
    }


def said(kind: RequestKind, text: str) -> Block:
    """A window that only says something."""
    section = {"type": "section", "text": {"type": "plain_text", "text": clip(text, blocks.MOST_SECTION)}}
    return {"type": "modal", "title": _title(kind.verb.capitalize()), "close": _plain("Close"), "blocks": [section]}


def read_window(view: dict[str, Any]) -> Window | None:
    """What a window is about; None where that cannot be read."""
    try:
        meant = json.loads(view.get("private_metadata") or "")
        target = Target(namespace=meant["ns"], uid=meant["uid"])
        given = meant.get("with") or {}
        if not all(isinstance(part, str) for pair in given.items() for part in pair):
            return None
        seen = Seen.model_validate(meant["seen"]) if "seen" in meant else None
        return Window(Wanted(target, given, seen), str(meant["cluster"]), str(meant.get("ch") or ""))
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError):
        return None


def confirmed_name(view: dict[str, Any]) -> str:
    """What was typed. Spaces around it are a slip of the hand and no other name."""
    return filled(view, NAME_BLOCK, "value").strip()


def outcome(news: News, *, cluster: str, callback_url: str, key: str) -> dict[str, Any]:
    """The message that says how it ended, or why it does not (C7: with metadata)."""
    kind, name, status = news.kind, news.spec.target.namespace, news.asked.status
    env, given = blocks.bold(name), {key: blocks.escape(value) for key, value in news.spec.parameters.items()}
    became = blocks.escape(status.outcome)
    if not status.finished:
        text = in_words(kind.held, given, env=env, outcome=became) + "".join(
            f"\n• {blocks.escape(each)}" for each in status.held_by
        )
    elif status.state == "Done":
        text = in_words(kind.done, given, env=env, outcome=became)
    else:
        text = f":warning: {kind.named(env, given)} is not {kind.participle}: {became}."
    record = f"You asked for it; the record is the ActionRequest {news.asked.metadata.name}."
    payload = {
        "namespace": name,
        "cluster": cluster,
        "action": kind.verb,
        "duration": "",
        "callback_url": callback_url,
        "key": key,
    }
    return {
        "text": blocks.cut(text, blocks.MOST_TEXT),
        "blocks": [blocks.section(text), blocks.context(blocks.escape(record))],
        "metadata": {"event_type": "sundown_notice", "event_payload": payload},
    }


def _title(text: str) -> Block:
    return _plain(clip(text, _MOST_TITLE))


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}
