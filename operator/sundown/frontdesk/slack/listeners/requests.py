"""What has to be confirmed: the buttons, and the window that asks; which there are is a table of ``requests``."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from sundown.errors import SundownError
from sundown.frontdesk.people.people import SlackAway
from sundown.frontdesk.requests.asking import MaybeAsked, Proposed
from sundown.frontdesk.requests.request_kind import RequestKind, in_words
from sundown.frontdesk.requests.table import REQUESTS
from sundown.frontdesk.requests.writing import Where
from sundown.frontdesk.slack.listeners.request_outcomes import teller
from sundown.frontdesk.slack.transport.client import FAILURES, away
from sundown.frontdesk.slack.transport.desk import SlackDesk
from sundown.frontdesk.slack.views import blocks
from sundown.frontdesk.slack.views.blocks import Block
from sundown.frontdesk.slack.views.requests import NAME_BLOCK, Window, confirmation, confirmed_name, read_window, said
from sundown.frontdesk.wishes.verbs import VERBS
from sundown.model.cutting import clip
from sundown.usecases.plain_words import in_plain_words

log = structlog.get_logger(__name__)

_PROMPTLY = 1.5
"""Seconds that the answer to a window may take before it has to say that it will take longer: Slack waits for three."""


def listen(app: AsyncApp, desk: SlackDesk) -> None:
    """Answer the buttons and the windows, and tell people of the end."""
    for verb in VERBS.values():
        if verb.request is not None:
            app.action(verb.action_id)(_button(desk, REQUESTS[verb.request]))
    for kind in REQUESTS.values():
        app.view(kind.action_id)(_window(desk, kind))

    async def confirm(proposed: Proposed, trigger_id: str) -> None:
        window = Window(proposed.wanted, desk.settings.cluster_name, proposed.where.channel)
        await _open(desk, confirmation(proposed.kind, proposed.proposal, window), trigger_id=trigger_id)

    desk.requests.confirm = confirm
    desk.start_task("request-outcomes", desk.outcomes.run(teller(desk)))


def _button(desk: SlackDesk, kind: RequestKind) -> Callable[..., Awaitable[None]]:
    async def clicked(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await ack()
        desk.work(f"{kind.verb}-window", _clicked(desk, kind, body, str(action.get("value") or "")))

    return clicked


def _window(desk: SlackDesk, kind: RequestKind) -> Callable[..., Awaitable[None]]:
    async def submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        window = read_window(view)
        if window is None:
            await ack(response_action="update", view=said(kind, "This window is broken; close it and begin anew."))
            return
        name = window.target.namespace
        if confirmed_name(view) != name:
            text = f"That is not its name. Type {name} to have it {kind.participle}."
            await ack(response_action="errors", errors={NAME_BLOCK: clip(text, 150)})
            return
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        user, view_id = str((body.get("user") or {}).get("id") or ""), str(view.get("id") or "")
        asking = _ask(desk, kind, window, user=user, view_id=view_id, said_at_once=answer)
        desk.work(f"{kind.verb}-request", asking)
        try:
            shown = await asyncio.wait_for(answer, _PROMPTLY)
        except TimeoutError:
            shown = f"Asking for {name} to be {kind.participle} ..."
        await ack(response_action="update", view=said(kind, shown))

    return submitted


async def _clicked(desk: SlackDesk, kind: RequestKind, body: dict[str, Any], value: str) -> None:
    trigger_id, user = str(body.get("trigger_id") or ""), str((body.get("user") or {}).get("id") or "")
    try:
        meant = json.loads(value)
        namespace, cluster = str(meant["ns"]), str(meant["cluster"])
    except (ValueError, KeyError, TypeError):
        log.warning("button-unreadable", user=user, value=clip(value, 100))
        return
    try:
        if cluster != desk.settings.cluster_name:
            raise SlackAway(f'"{namespace}" belongs to another cluster, {cluster}, which has not been reached').naming(
                namespace
            )
        where = Where(str((body.get("channel") or {}).get("id") or ""), user)
        await desk.requests.begin(await desk.people.of(user), kind, namespace, trigger=trigger_id, where=where)
    except SundownError as error:
        log.info("request-refused", user=user, namespace=namespace, action=kind.action.name, outcome=error.reason)
        await _refuse(desk, kind, body, user=user, text=_sentence(error))


async def _ask(
    desk: SlackDesk, kind: RequestKind, window: Window, *, user: str, view_id: str, said_at_once: asyncio.Future[str]
) -> None:
    """Write the request down, and give the text to be ``said_at_once``; where nobody waits for it any more, put it into the window."""
    name = window.target.namespace
    try:
        person = await desk.people.of(user)
        await desk.requests.ask(
            person, kind, window.wanted, where=Where(window.channel, user), confirmed=name, token=view_id
        )
        answer = in_words(kind.asked, window.wanted.parameters, env=name)
    except SundownError as error:
        log.info("request-refused", user=user, namespace=name, action=kind.action.name, outcome=error.reason)
        not_done = f"{kind.named(name, window.wanted.parameters)} is not {kind.participle}: {_plainly(error)}"
        answer = _sentence(error) if isinstance(error, MaybeAsked) else not_done
    if not said_at_once.done():
        said_at_once.set_result(answer)
        return
    try:
        await desk.client.views_update(view_id=view_id, view=said(kind, answer))
    except FAILURES as error:
        # The window was closed in the meantime; whoever asked is told when the request has an end.
        log.info("window-gone", user=user, error=str(away(error)))


async def _refuse(desk: SlackDesk, kind: RequestKind, body: dict[str, Any], *, user: str, text: str) -> None:
    """Say no in a window, as that is what the click promised; where it is too late for one, where the click was."""
    try:
        await _open(desk, said(kind, text), trigger_id=str(body.get("trigger_id") or ""))
    except SlackAway:
        channel = str((body.get("channel") or {}).get("id") or user)
        try:
            if channel == user:
                await desk.client.chat_postMessage(channel=user, text=blocks.escape(text))
            else:
                await desk.client.chat_postEphemeral(channel=channel, user=user, text=blocks.escape(text))
        except FAILURES as error:
            log.warning("reply-lost", user=user, error=str(away(error)))


async def _open(desk: SlackDesk, view: Block, *, trigger_id: str) -> None:
    try:
        await desk.client.views_open(trigger_id=trigger_id, view=view)
    except FAILURES as error:
        raise SlackAway(f"the window to confirm it in could not be opened; try again ({away(error)})") from error


def _sentence(error: SundownError) -> str:
    text = _plainly(error)
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def _plainly(error: SundownError) -> str:
    """Without the marks of what is to be typed: a window shows its text as it is."""
    return in_plain_words(error).replace("`", "")
