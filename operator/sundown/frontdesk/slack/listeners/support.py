"""Reminds the owners of support pods of their end, in a conversation of their own."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from slack_bolt.async_app import AsyncApp

from sundown.errors import NotFound
from sundown.frontdesk.alerts.confines import Confines
from sundown.frontdesk.people.people import UnknownPerson
from sundown.frontdesk.slack.transport.client import FAILURES, SlackApiError, away
from sundown.frontdesk.slack.transport.desk import SlackDesk
from sundown.frontdesk.slack.transport.finding import message_of
from sundown.frontdesk.slack.views.support import corrected, reminder
from sundown.frontdesk.support.reminding import BEFORE, Told
from sundown.model.scalars import format_instant
from sundown.model.support_pod import Wanted

log = structlog.get_logger(__name__)

_NOBODY = frozenset({"user_not_found", "users_not_found", "user_disabled", "cannot_dm_bot"})
_GONE = frozenset(
    {"message_not_found", "channel_not_found", "cant_update_message", "edit_window_closed", "is_archived"}
)
_EARLIER = BEFORE + timedelta(minutes=1)


def listen(app: AsyncApp, desk: SlackDesk) -> None:
    """The buttons are rows of the table of buttons; here is only who is told."""
    for name, work in desk.ends.works(SlackVoice(desk)):
        desk.start_task(name, work)


class SlackVoice:
    """Says it. Raises SlackAway when that has to be tried again."""

    def __init__(self, desk: SlackDesk) -> None:
        self._desk = desk
        self._confines = Confines(owner_domains=desk.settings.owner_domains)

    async def remind(self, one: Wanted, end: datetime, *, begun: bool) -> tuple[str, str]:
        """Write to its owner; where that message is, nowhere if there is nobody to write to."""
        desk = self._desk
        if "@" not in one.owner or not self._confines.lets_own(one.owner):
            return "", ""
        try:
            person = await desk.people.by_email(one.owner)
        except (NotFound, UnknownPerson) as error:
            log.info("nobody-to-remind", name=one.name, owner=one.owner, error=str(error))
            return "", ""
        settings, key = desk.settings, self._key(one, end)
        made = reminder(one, end, cluster=settings.cluster_name, callback_url=settings.callback_url, key=key)
        try:
            opened = await desk.client.conversations_open(users=person.id)
            channel = str((opened.get("channel") or {}).get("id") or "")
            if begun:
                found = await message_of(desk, channel, key=key, since=end - _EARLIER)
                if found is not None:
                    return channel, found
            posted = await desk.client.chat_postMessage(channel=channel, unfurl_links=False, **made)
            return channel, str(posted.get("ts") or "")
        except SlackApiError as error:
            if error.response.get("error") not in _NOBODY:
                raise away(error) from error
            return "", ""
        except FAILURES as error:
            raise away(error) from error

    async def trace(self, one: Wanted, end: datetime) -> Told:
        """The message about that end, if it was posted."""
        desk = self._desk
        try:
            person = await desk.people.by_email(one.owner)
        except (NotFound, UnknownPerson):
            return Told()
        try:
            opened = await desk.client.conversations_open(users=person.id)
            channel = str((opened.get("channel") or {}).get("id") or "")
            found = await message_of(desk, channel, key=self._key(one, end), since=end - _EARLIER)
        except SlackApiError as error:
            if error.response.get("error") not in _NOBODY:
                raise away(error) from error
            return Told()
        except FAILURES as error:
            raise away(error) from error
        return Told(channel=channel, ts=found or "")

    def _key(self, one: Wanted, end: datetime) -> str:
        return f"{self._desk.settings.cluster_name}/{one.metadata.namespace}/{one.metadata.uid}/{format_instant(end)}"

    async def correct(self, one: Wanted, told: Told, end: datetime | None) -> None:
        """Put other words in the place of the reminder."""
        try:
            await self._desk.client.chat_update(channel=told.channel, ts=told.ts, **corrected(one, end))
        except SlackApiError as error:
            if error.response.get("error") not in _GONE:
                raise away(error) from error
        except FAILURES as error:
            raise away(error) from error
