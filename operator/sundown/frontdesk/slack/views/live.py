"""The message of a request in a channel: what would change, who wants it, what is waited for, and what came of it."""

from __future__ import annotations

import json
from typing import Any

from sundown.frontdesk.requests.live import Shown, waits_for
from sundown.frontdesk.requests.request_kind import in_words
from sundown.frontdesk.slack.views import blocks
from sundown.frontdesk.slack.views.blocks import Block
from sundown.model.scalars import format_instant
from sundown.usecases.requests import Word

PREFIX = "sundown.answer."
"""Of the action ids of the buttons, before the word that is said."""

_LABELS: dict[Word, str] = {"confirm": "Confirm", "approve": "Approve", "reject": "Reject", "withdraw": "Withdraw"}
_SAYS: dict[Word | None, tuple[Word, ...]] = {
    "confirm": ("confirm", "withdraw"),
    "approve": ("approve", "reject", "withdraw"),
    None: (),
}


def message(shown: Shown, *, cluster: str, callback_url: str) -> dict[str, Any]:
    """All of it, with metadata by which it is found again (C7)."""
    spec, waits = shown.spec, waits_for(shown.asked)
    text = _text(shown, waits)
    payload = {
        "namespace": spec.target.namespace,
        "cluster": cluster,
        "action": shown.kind.verb,
        "duration": "",
        "callback_url": callback_url,
        "key": key_of(shown),
    }
    words = _SAYS[waits] if _by_slack(shown) else tuple(word for word in _SAYS[waits] if word != "approve")
    buttons = [_button(word, shown, cluster=cluster) for word in words]
    drawn = [blocks.section(text), blocks.context(_small(shown, waits))]
    return {
        "text": blocks.cut(text, blocks.MOST_TEXT),
        "blocks": [*drawn, *([blocks.actions(buttons)] if buttons else [])],
        "metadata": {"event_type": "sundown_notice", "event_payload": payload},
    }


def key_of(shown: Shown) -> str:
    """By which its message is known."""
    return f"request/{shown.asked.metadata.uid}"


def _text(shown: Shown, waits: Word | None) -> str:
    spec, status, kind = shown.spec, shown.asked.status, shown.kind
    given = {key: blocks.escape(value) for key, value in spec.parameters.items()}
    thing, by = kind.named(blocks.bold(spec.target.namespace), given), blocks.bold(spec.requested_by)
    change = f": {blocks.bold(spec.change)}" if spec.change else ""
    outcome = blocks.escape(status.outcome)
    if status.state == "Done":
        return in_words(kind.done, given, env=blocks.bold(spec.target.namespace), outcome=outcome)
    if status.finished:
        return f":warning: {thing} is not {kind.participle}: {outcome}."
    if waits == "confirm":
        return f":question: {by} wants to {kind.verb} {thing}{change}. Nothing is done before that is confirmed."
    if waits == "approve":
        return f":raised_hand: {by} wants to {kind.verb} {thing}{change}. Somebody else has to approve that."
    return f":hourglass_flowing_sand: {thing} is to be {kind.participle}{change}."


def _small(shown: Shown, waits: Word | None) -> str:
    spec = shown.spec
    parts = [
        f"ActionRequest {blocks.escape(shown.asked.metadata.name)}",
        f"asked for by {blocks.escape(spec.requested_by)}",
    ]
    if spec.approval is not None and spec.approval.by is not None:
        parts.append(f"approved by {blocks.escape(spec.approval.by)}")
    until = spec.confirm_until if waits == "confirm" else spec.expires_at
    if waits is not None:
        parts.append(f"until {blocks.when(until, format_instant(until))}")
    if waits == "confirm":
        parts.append("a :white_check_mark: or `confirm` in the thread does it too")
    if waits == "approve":
        ways = "" if _by_slack(shown) else ", and not in Slack"
        parts.append(f"`sundown approve areq/{shown.asked.metadata.name}` does it too{ways}")
    return " · ".join(parts)


def _by_slack(shown: Shown) -> bool:
    ways = shown.asked.status.approve_via
    return not ways or "slack" in ways


def _button(word: Word, shown: Shown, *, cluster: str) -> Block:
    carried = {"ns": shown.spec.target.namespace, "cluster": cluster, "areq": shown.asked.metadata.name}
    return blocks.button(
        _LABELS[word],
        action_id=f"{PREFIX}{word}",
        value=json.dumps(carried, separators=(",", ":")),
        style="primary" if word in {"confirm", "approve"} else "danger" if word == "reject" else None,
    )
