"""Answers to requests: buttons of their messages, check marks on them, and words in their threads."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, get_args

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from sundown.errors import SundownError
from sundown.frontdesk.requests.live import Live, Show, Shown
from sundown.frontdesk.slack.transport.client import FAILURES, SlackApiError, away
from sundown.frontdesk.slack.transport.desk import SlackDesk
from sundown.frontdesk.slack.transport.targets import answer_in
from sundown.frontdesk.slack.views import blocks
from sundown.frontdesk.slack.views.live import PREFIX, key_of, message
from sundown.model.cutting import clip
from sundown.usecases.requests import Word

log = structlog.get_logger(__name__)

_HISTORY = 200
_ELSEWHERE = frozenset({"channel_not_found", "not_in_channel", "is_archived", "restricted_action", "no_permission"})
"""What Slack says where the app may not write: then whoever asked is written to."""


def listen(app: AsyncApp, desk: SlackDesk) -> None:
    """Answer all three, and bring the messages up to date."""
    for word in get_args(Word):
        app.action(f"{PREFIX}{word}")(_button(desk, word))

    async def answered(ack: AsyncAck, event: dict[str, Any]) -> None:
        await ack()
        given = answer_in(event)
        if given is None or given.user == desk.identity.user:
            return
        name = desk.live.request_at(given.channel, given.ts)
        if name is not None:
            desk.work("answer", _answer(desk, name, given.word, user=given.user, channel=given.channel))

    app.event("reaction_added")(answered)
    app.event("message")(answered)

    async def where(namespace: str) -> str:
        return await desk.channel_of(namespace)

    desk.start_task("request-messages", desk.live.run(shower(desk), where))


def _button(desk: SlackDesk, word: Word) -> Callable[..., Awaitable[None]]:
    async def clicked(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await ack()
        user = str((body.get("user") or {}).get("id") or "")
        channel = str((body.get("channel") or {}).get("id") or "")
        try:
            name = str(json.loads(str(action.get("value") or ""))["areq"])
        except (ValueError, KeyError, TypeError):
            log.warning("button-unreadable", user=user, value=clip(str(action.get("value")), 100))
            return
        desk.work("answer", _answer(desk, name, word, user=user, channel=channel))

    return clicked


async def _answer(desk: SlackDesk, name: str, word: Word | None, *, user: str, channel: str) -> None:
    try:
        await desk.answers.give(await desk.people.of(user), name, word)
    except SundownError as error:
        text = f":warning: {blocks.escape(clip(str(error), 1000))}"
        try:
            await desk.client.chat_postEphemeral(channel=channel or user, user=user, text=text)
        except FAILURES as failure:
            log.warning("reply-lost", user=user, error=str(away(failure)))


def shower(desk: SlackDesk) -> Show:
    """Posts and updates the messages. Raises SlackAway when that has to be tried again."""

    async def show(shown: Shown) -> Live:
        made = message(shown, cluster=desk.settings.cluster_name, callback_url=desk.settings.callback_url)
        live = shown.live
        try:
            channel, ts = await _shown_at(desk, shown, (live.channel, live.ts), made)
        except SlackApiError as error:
            if error.response.get("error") not in _ELSEWHERE or live.ts or not live.user:
                raise away(error) from error
            channel, ts = await _to_who_asked(desk, shown, made)
        except FAILURES as error:
            raise away(error) from error
        live = live.model_copy(update={"channel": channel, "ts": ts})
        return await _shown_elsewhere(desk, replace(shown, live=live), made) if live.elsewhere else live

    return show


async def _shown_elsewhere(desk: SlackDesk, shown: Shown, made: dict[str, Any]) -> Live:
    """In the channel of the env too. Where that fails, what stands in the other place is not lost for it."""
    live = shown.live
    try:
        channel, ts = await _shown_at(desk, shown, (live.elsewhere, live.elsewhere_ts), made)
    except SlackApiError as error:
        if error.response.get("error") in _ELSEWHERE:
            log.warning("nobody-to-tell", request=shown.asked.key, channel=live.elsewhere, reason=str(away(error)))
            return live.model_copy(update={"elsewhere": "", "elsewhere_ts": ""})
        failure = away(error)
    except FAILURES as error:
        failure = away(error)
    else:
        return live.model_copy(update={"elsewhere": channel, "elsewhere_ts": ts})
    if live.elsewhere_ts:
        raise failure
    log.info("message-behind", request=shown.asked.key, error=str(failure))
    return live


async def _shown_at(desk: SlackDesk, shown: Shown, place: tuple[str, str], made: dict[str, Any]) -> tuple[str, str]:
    channel, ts = place
    there = place if ts else await _found(desk, shown, channel) if shown.begun else None
    return await _posted(desk, channel, made) if there is None else await _updated(desk, there, made)


async def _posted(desk: SlackDesk, channel: str, made: dict[str, Any]) -> tuple[str, str]:
    posted = await desk.client.chat_postMessage(channel=channel, **made)
    return str(posted.get("channel") or channel), str(posted.get("ts") or "")


async def _updated(desk: SlackDesk, there: tuple[str, str], made: dict[str, Any]) -> tuple[str, str]:
    """One that was posted just before the frontdesk ended too, which shows what was so then."""
    await desk.client.chat_update(channel=there[0], ts=there[1], **made)
    return there


async def _to_who_asked(desk: SlackDesk, shown: Shown, made: dict[str, Any]) -> tuple[str, str]:
    try:
        opened = await desk.client.conversations_open(users=shown.live.user)
        return await _posted(desk, str((opened.get("channel") or {}).get("id") or ""), made)
    except FAILURES as error:
        raise away(error) from error


async def _found(desk: SlackDesk, shown: Shown, channel: str) -> tuple[str, str] | None:
    """The message that was posted before the frontdesk ended last, if it was."""
    oldest = str(int(shown.spec.requested_at.timestamp()) - 60)
    found = await desk.client.conversations_history(
        channel=channel, oldest=oldest, include_all_metadata=True, limit=_HISTORY
    )
    for one in found.get("messages") or ():
        if ((one.get("metadata") or {}).get("event_payload") or {}).get("key") == key_of(shown):
            return channel, str(one.get("ts") or "")
    return None
