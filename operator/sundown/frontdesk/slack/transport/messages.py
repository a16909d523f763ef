"""Notices brought to Slack: posted, updated, found again; and which conversation belongs to whom.

Nothing is asked twice here. A call that was lost may have been heard, so whoever wanted it looks before they ask again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import aiohttp

from sundown.frontdesk.alerts.channel_backoff import Busy, Refusal, Silent
from sundown.frontdesk.alerts.notice import Notice
from sundown.frontdesk.slack.transport.client import AsyncWebClient, SlackApiError, quiet
from sundown.frontdesk.slack.views.notices import Counts, render
from sundown.model.scalars import format_duration

NOT_A_MEMBER = "does not have the app in it: invite it"
EVENT_TYPE = "sundown_notice"

_PATIENCE = 5.0
"""Seconds that a call may take; with what goes before it less than ``notices.GRACE``, after which others look for it."""
_COUNTING = 1.5
_PAGES = 10
_PAGE = 200
_READING = frozenset({"conversations.history", "conversations.replies", "conversations.list", "usergroups.users.list"})
_PASSING = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"})

Counting = Callable[[str], Awaitable[Counts | None]]
"""What runs in a namespace, by kind; None where that is not to be known."""


class Messages:
    """The app's own messages. ``team`` is the workspace whose channels and groups are meant, None where there is but one.

    ``bot`` is who has written them, None while nobody knows: other apps may put our metadata on messages of theirs.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        cluster_name: str,
        callback_url: str,
        counting: Counting,
        team: Callable[[], str | None] = lambda: None,
        bot: Callable[[], str | None] = lambda: None,
    ) -> None:
        # The desk's client asks again by itself; this one never does.
        self._client = AsyncWebClient(
            token=client.token,
            base_url=client.base_url,
            session=client.session,
            logger=quiet("notices"),
            retry_handlers=[],
        )
        self._client.proxy = client.proxy
        self._cluster_name = cluster_name
        self._callback_url = callback_url
        self._counting = counting
        self._team = team
        self._bot = bot

    async def post(self, notice: Notice, *, key: str) -> str:
        """Post a notice, and give the message's ``ts``.

        Raises:
            SlackTrouble: it was not posted, or (Silent) nobody knows.
        """
        content = await self._content(notice, key)
        try:
            return await self.say(notice.place.channel, content)
        except Refusal as refusal:
            if refusal.code != "channel_not_found" or not notice.place.person:
                raise
            # A conversation with a person may have to be opened again before anything can be said in it.
            if await self.conversation_with(notice.place.to) != notice.place.channel:
                raise
            return await self.say(notice.place.channel, content)

    async def say(self, channel: str, content: dict[str, Any]) -> str:
        """Post a message with this content, and give its ``ts``.

        Raises:
            SlackTrouble: it was not posted, or (Silent) nobody knows.
        """
        answer = await self._call("chat.postMessage", {"channel": channel, "unfurl_links": False, **content})
        return str(answer.get("ts") or "")

    async def rewrite(self, channel: str, content: dict[str, Any], *, ts: str) -> None:
        """Put this content in the place of what a message says.

        Raises:
            SlackTrouble: it may say the old things still.
        """
        await self._call("chat.update", {"channel": await self._conversation(channel), "ts": ts, **content})

    async def update(self, notice: Notice, *, ts: str, key: str) -> None:
        """Put a notice in the place of what a message says.

        Raises:
            SlackTrouble: it may say the old things still.
        """
        await self.rewrite(notice.place.channel, await self._content(notice, key), ts=ts)

    async def find(self, channel: str, *, key: str, what: str, since: datetime, under: str = "") -> str | None:
        """The ``ts`` of the newest message of ours with that key that says ``what``, not older than ``since``.

        With ``under`` it is looked for in the thread of that message.

        Raises:
            SlackTrouble: it cannot be looked for.
        """
        asked: dict[str, Any] = {
            "channel": await self._conversation(channel),
            "include_all_metadata": True,
            "limit": _PAGE,
            "oldest": f"{since.timestamp():.6f}",
            **({"ts": under} if under else {}),
        }
        for _ in range(_PAGES):
            answer = await self._call("conversations.replies" if under else "conversations.history", asked)
            for message in answer.get("messages") or ():
                if self._key_and_action(message) == (key, what):
                    return str(message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
            asked["cursor"] = cursor
        return None

    async def stands(self, channel: str, *, ts: str, key: str) -> bool:
        """Whether the message at that place is one of ours, with that key.

        Raises:
            SlackTrouble: it cannot be looked at.
        """
        asked = {
            "channel": await self._conversation(channel),
            "include_all_metadata": True,
            "inclusive": True,
            "oldest": ts,
            "latest": ts,
            "limit": 1,
        }
        answer = await self._call("conversations.history", asked)
        there = answer.get("messages") or ()
        return any(str(each.get("ts")) == ts and self._key_and_action(each)[0] == key for each in there)

    def _key_and_action(self, message: dict[str, Any]) -> tuple[str, str]:
        """What a message of ours says of itself; nothing of one that is not."""
        metadata, bot = message.get("metadata") or {}, self._bot()
        if metadata.get("event_type") != EVENT_TYPE or (bot is not None and message.get("bot_id") != bot):
            return "", ""
        payload = metadata.get("event_payload") or {}
        return str(payload.get("key") or ""), str(payload.get("action") or "")

    async def say_aside(
        self, *, channel: str, user: str, text: str, blocks: list[dict[str, Any]] | None = None
    ) -> None:
        """Tell one person something that only they see, where they are; as a direct message where that is not possible.

        Raises:
            SlackTrouble: neither worked.
        """
        said: dict[str, Any] = {"text": text, **({"blocks": blocks} if blocks else {})}
        if channel:
            try:
                await self._call("chat.postEphemeral", {"channel": channel, "user": user, **said})
            except Refusal:
                pass
            else:
                return
        await self._call("chat.postMessage", {"channel": user, "unfurl_links": False, **said})

    async def retire(self, *, channel: str, ts: str, text: str, blocks: list[dict[str, Any]]) -> None:
        """Put other words in the place of a message that nobody looks after any more.

        Raises:
            SlackTrouble: it says the old things still.
        """
        await self._call("chat.update", {"channel": channel, "ts": ts, "text": text, "blocks": blocks})

    async def conversation_with(self, user: str) -> str:
        """The conversation of the app with a person.

        Raises:
            SlackTrouble: there is none.
        """
        answer = await self._call("conversations.open", {"users": user})
        return str((answer.get("channel") or {}).get("id") or "")

    async def _conversation(self, channel: str) -> str:
        """Slack takes a person for a conversation where something is said, but not where it is read or changed."""
        return await self.conversation_with(channel) if channel.startswith(("U", "W")) else channel

    async def channels(self) -> dict[str, str]:
        """The ids of the channels in use that the app is a member of, by name.

        Raises:
            SlackTrouble: they cannot be listed.
        """
        listed = await self._channels(archived=False)
        ours = (each for each in listed if each.get("is_member") and not each.get("is_archived"))
        return {str(each.get("name")): str(each["id"]) for each in ours}

    async def fates(self) -> dict[str, str]:
        """What has become of channels that are not in use under their name any more, by that name, in words.

        Raises:
            SlackTrouble: they cannot be listed.
        """
        listed = await self._channels(archived=True)
        fates: dict[str, str] = {}
        for each in listed:
            name, archived = str(each.get("name")), bool(each.get("is_archived"))
            before = each.get("previous_names")
            for former in before if isinstance(before, list) else ():
                fates.setdefault(str(former), f"was renamed to #{name}{' and archived' if archived else ''}")
        fates |= {str(each.get("name")): NOT_A_MEMBER for each in listed if not each.get("is_member")}
        return fates | {str(each.get("name")): "is archived" for each in listed if each.get("is_archived")}

    async def _channels(self, *, archived: bool) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        asked: dict[str, Any] = {
            "types": "public_channel,private_channel",
            "exclude_archived": not archived,
            "limit": 1000,
            **self._of_team(),
        }
        for _ in range(_PAGES * 5):
            answer = await self._call("conversations.list", asked)
            found += answer.get("channels") or ()
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
            asked["cursor"] = cursor
        return found

    async def members_of(self, group: str) -> tuple[str, ...]:
        """The people in a user group, by its id (``S...``).

        Raises:
            SlackTrouble: they cannot be listed.
        """
        answer = await self._call("usergroups.users.list", {"usergroup": group, **self._of_team()})
        return tuple(str(user) for user in answer.get("users") or ())

    def _of_team(self) -> dict[str, str]:
        """Which workspace is meant, which Slack wants to know of an app that is installed for a whole organisation."""
        team = self._team()
        return {"team_id": team} if team is not None else {}

    async def _content(self, notice: Notice, key: str) -> dict[str, Any]:
        counts = await self._count(notice.standing.namespace) if notice.says == "stop" else None
        text, blocks = render(notice, cluster=self._cluster_name, counts=counts)
        payload = {
            "namespace": notice.standing.namespace,
            "cluster": self._cluster_name,
            "action": notice.says,
            "duration": format_duration(notice.before) if notice.before is not None else "",
            "callback_url": self._callback_url,
            "key": key,
        }
        return {"text": text, "blocks": blocks, "metadata": {"event_type": EVENT_TYPE, "event_payload": payload}}

    async def _count(self, namespace: str) -> Counts | None:
        """What runs there, if that can be known soon: no reminder waits for it."""
        try:
            async with asyncio.timeout(_COUNTING):
                return await self._counting(namespace)
        except TimeoutError:
            return None

    async def _call(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        try:
            async with asyncio.timeout(_PATIENCE):
                if method in _READING:
                    plain = {name: _plain(value) for name, value in arguments.items()}
                    answer = await self._client.api_call(method, http_verb="GET", params=plain)
                else:
                    answer = await self._client.api_call(method, json=arguments)
        except SlackApiError as error:
            raise _trouble(error) from error
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise Silent(f"Slack does not answer: {str(error) or type(error).__name__}") from error
        return answer.data if isinstance(answer.data, dict) else {}


def _plain(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def _trouble(error: SlackApiError) -> Busy | Refusal | Silent:
    """What an error of Slack means for whoever asked."""
    response = error.response
    status = getattr(response, "status_code", 0)
    headers = {str(name).lower(): value for name, value in (getattr(response, "headers", None) or {}).items()}
    if status == 429:
        waits = str(headers.get("retry-after", ""))
        return Busy("Slack asks for patience", retry_after=float(waits) if waits.isdecimal() else 1.0)
    code = response.get("error") if hasattr(response, "get") else None
    if status >= 500 or not code or code in _PASSING:
        return Silent(f"Slack has trouble of its own: {code or status}")
    if code in {"ratelimited", "rate_limited"}:
        return Busy("Slack asks for patience", retry_after=1.0)
    return Refusal(str(code))
