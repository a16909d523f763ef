"""The reminder that a support pod ends, and what takes its place."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sundown.frontdesk.slack.views import blocks
from sundown.frontdesk.wishes.verbs import shown
from sundown.model.support_pod import Wanted


def reminder(one: Wanted, end: datetime, *, cluster: str, callback_url: str, key: str) -> dict[str, Any]:
    """That it ends soon, with what can be done about it (C7: with metadata)."""
    when = blocks.when(end, f"{end:%Y-%m-%d %H:%M} UTC")
    text = f":hourglass_flowing_sand: Your support pod {blocks.bold(one.name)} is stopped {when}, and what is in it is lost."
    buttons = [blocks.verb_button(verb, one.name, cluster=cluster) for verb in shown("support")]
    payload = {
        "namespace": one.metadata.namespace,
        "cluster": cluster,
        "action": "support",
        "duration": "",
        "callback_url": callback_url,
        "key": key,
    }
    return {
        "text": f"Your support pod {one.name} is stopped soon.",
        "blocks": [blocks.section(text), blocks.actions(buttons)],
        "metadata": {"event_type": "sundown_notice", "event_payload": payload},
    }


def corrected(one: Wanted, end: datetime | None) -> dict[str, Any]:
    """That it ends later, or has ended; nothing to click."""
    if end is None:
        text = f":white_circle: Your support pod {blocks.bold(one.name)} is stopped."
    else:
        when = blocks.when(end, f"{end:%Y-%m-%d %H:%M} UTC")
        text = f":alarm_clock: Your support pod {blocks.bold(one.name)} was extended, and lives until {when}."
    return {"text": f"Your support pod {one.name}", "blocks": [blocks.section(text)]}
