"""Writes to whoever asked for something what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from sundown.frontdesk.requests.outcomes import News, Tell
from sundown.frontdesk.slack.transport.client import FAILURES, SlackApiError, away
from sundown.frontdesk.slack.transport.desk import SlackDesk
from sundown.frontdesk.slack.transport.finding import message_of
from sundown.frontdesk.slack.views.requests import outcome

log = structlog.get_logger(__name__)

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
            if news.begun and await message_of(desk, channel, key=key, since=_since(news)) is not None:
                return
            await desk.client.chat_postMessage(channel=channel, **made)
        except SlackApiError as error:
            if error.response.get("error") not in _NOBODY:
                raise away(error) from error
            log.warning("nobody-to-tell", user=news.user, request=news.asked.key, error=error.response.get("error"))
        except FAILURES as error:
            raise away(error) from error

    return tell


def _since(news: News) -> datetime | None:
    """When it was written at the earliest, if it was written before the frontdesk ended last."""
    finished = news.asked.status.finished_at
    return finished - timedelta(minutes=1) if finished is not None else None
