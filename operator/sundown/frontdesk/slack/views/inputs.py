"""What people have filled in, out of what Slack sends when they submit a window."""

from __future__ import annotations

from typing import Any


def filled(view: dict[str, Any], name: str, *path: str) -> str:
    """What the input of that name holds; empty where it is not filled in, or is not what Slack would send.

    Source: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload - block and action have the same
    id in our windows.
    """
    found: object = view
    for step in ("state", "values", name, name, *path):
        found = found.get(step) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""
