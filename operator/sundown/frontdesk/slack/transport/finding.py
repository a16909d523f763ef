"""Looks for a message of ours that may have been posted before the frontdesk ended last, by the key in its metadata."""

from __future__ import annotations

from datetime import datetime

from sundown.frontdesk.slack.transport.desk import SlackDesk

_HISTORY = 200


async def message_of(desk: SlackDesk, channel: str, *, key: str, since: datetime | None) -> str | None:
    """The ``ts`` of the message with that key, None where there is none among the newest."""
    oldest = str(int(since.timestamp())) if since is not None else "0"
    found = await desk.client.conversations_history(
        channel=channel, oldest=oldest, include_all_metadata=True, limit=_HISTORY
    )
    for one in found.get("messages") or ():
        if ((one.get("metadata") or {}).get("event_payload") or {}).get("key") == key:
            return str(one.get("ts"))
    return None
