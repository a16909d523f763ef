"""Writes to whoever asked for something what became of it."""

from __future__ import annotations

import structlog

from sundown.frontdesk.requests.outcomes import News, Tell
from sundown.frontdesk.slack.transport.client import FAILURES, SlackApiError, away
from sundown.frontdesk.slack.transport.desk import SlackDesk
from sundown.frontdesk.slack.views.requests import outcome

log = structlog.get_logger(__name__)

_HISTORY = 200
_NOBODY = frozenset({"user_not_found", "users_not_found", "user_disabled", "cannot_dm_bot", "is_archived"})
"""What Slack says when there is nobody any more who could be told."""


def teller(desk: SlackDesk) -> Tell:
    """Writes to whoever asked. Raises SlackAway when that has to be tried again."""

    async def tell(news: News) -> None:
        key = f"{desk.settings.cluster_name}/{news.spec.target.namespace}/{news.asked.metadata.uid}"
        key += "" if news.asked.status.finished else "/held"
        made = outcome(news, cluster=desk.settings.cluster_name, callback_url=desk.settings.callback_url, key=key)
        try:
            opened = await desk.client.conversations_open(users=news.user)
            channel = str((opened.get("channel") or {}).get("id") or "")
            if news.begun and await _is_there(desk, channel, key=key, news=news):
                return
            await desk.client.chat_postMessage(channel=channel, **made)
        except SlackApiError as error:
            if error.response.get("error") not in _NOBODY:
                raise away(error) from error
            log.warning("nobody-to-tell", user=news.user, request=news.asked.key, error=error.response.get("error"))
        except FAILURES as error:
            raise away(error) from error

    return tell


async def _is_there(desk: SlackDesk, channel: str, *, key: str, news: News) -> bool:
    """Whether the message was written before the frontdesk ended last."""
    finished = news.asked.status.finished_at
    oldest = str(int(finished.timestamp()) - 60) if finished is not None else "0"
    found = await desk.client.conversations_history(
        channel=channel, oldest=oldest, include_all_metadata=True, limit=_HISTORY
    )
    payloads = ((one.get("metadata") or {}).get("event_payload") or {} for one in found.get("messages") or ())
    return any(payload.get("key") == key for payload in payloads)
