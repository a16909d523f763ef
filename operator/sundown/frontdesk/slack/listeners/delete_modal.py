"""Deleting an env: the button, the window in which its name has to be typed, and the message that says what became of it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import ValidationError
from slack_bolt.async_app import AsyncAck, AsyncApp

from sundown.errors import SundownError
from sundown.frontdesk.people.people import SlackAway
from sundown.frontdesk.requests.deletions import MaybeAsked, News, Tell
from sundown.frontdesk.slack.transport.client import FAILURES, SlackApiError, away
from sundown.frontdesk.slack.transport.desk import SlackDesk
from sundown.frontdesk.slack.views import blocks
from sundown.frontdesk.slack.views.blocks import Block
from sundown.frontdesk.slack.views.inputs import filled
from sundown.model.action_request import Target
from sundown.model.cutting import clip

log = structlog.get_logger(__name__)

ACTION = CALLBACK = "sundown.delete"
NAME_BLOCK = "name"
_HISTORY = 200
_PROMPTLY = 1.5
"""Seconds that the answer to a window may take before it has to say that it will take longer: Slack waits for three."""
_NOBODY = frozenset({"user_not_found", "users_not_found", "user_disabled", "cannot_dm_bot", "is_archived"})
"""What Slack says when there is nobody any more who could be told."""


@dataclass(frozen=True, slots=True)
class Window:
    """What an open window is about, as it stands in its ``private_metadata``."""

    target: Target
    cluster: str

    def to_text(self) -> str:
        """At most 200 characters."""
        said = {"ns": self.target.namespace, "uid": self.target.uid, "cluster": self.cluster}
        return json.dumps(said, separators=(",", ":"))


def listen(app: AsyncApp, desk: SlackDesk) -> None:
    """Answer the button and the window, and tell people of the end."""

    @app.action(ACTION)
    async def clicked(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await ack()
        desk.work("delete-window", _clicked(desk, body, str(action.get("value") or "")))

    @app.view(CALLBACK)
    async def submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        window, typed = read_window(view), typed_name(view)
        if window is None:
            await ack(response_action="update", view=said("This window is broken; close it and begin anew."))
            return
        if typed != window.target.namespace:
            text = f"That is not its name. Type {window.target.namespace} to have it deleted."
            await ack(response_action="errors", errors={NAME_BLOCK: clip(text, 150)})
            return
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        user = str((body.get("user") or {}).get("id") or "")
        desk.work(
            "delete-request", _ask(desk, window, user=user, view_id=str(view.get("id") or ""), said_at_once=answer)
        )
        try:
            shown = await asyncio.wait_for(answer, _PROMPTLY)
        except TimeoutError:
            shown = f"Asking for {typed} to be deleted ..."
        await ack(response_action="update", view=said(shown))

    async def confirm(target: Target, trigger_id: str) -> None:
        await _open(desk, confirmation(Window(target, desk.settings.cluster_name)), trigger_id=trigger_id)

    desk.deletions.confirm = confirm
    desk.start_task("deletions", desk.deletions.run(teller(desk)))


async def _clicked(desk: SlackDesk, body: dict[str, Any], value: str) -> None:
    trigger_id, user = str(body.get("trigger_id") or ""), str((body.get("user") or {}).get("id") or "")
    try:
        meant = json.loads(value)
        namespace, cluster = str(meant["ns"]), str(meant["cluster"])
    except (ValueError, KeyError, TypeError):
        log.warning("button-unreadable", user=user, value=clip(value, 100))
        return
    try:
        if cluster != desk.settings.cluster_name:
            raise SlackAway(f'"{namespace}" belongs to another cluster, {cluster}, which has not been reached')
        await desk.deletions.begin(await desk.people.of(user), namespace, trigger=trigger_id)
    except SundownError as error:
        log.info("delete-refused", user=user, namespace=namespace, outcome=error.reason)
        await _refuse(desk, body, user=user, trigger_id=trigger_id, text=_sentence(error))


async def _ask(desk: SlackDesk, window: Window, *, user: str, view_id: str, said_at_once: asyncio.Future[str]) -> None:
    """Write the request down, and give the text to be ``said_at_once``; where nobody waits for it any more, put it into the window."""
    name = window.target.namespace
    try:
        person = await desk.people.of(user)
        await desk.deletions.ask(person, window.target, typed=name, token=view_id)
        answer = f"{name} will be deleted, and everything in it. I will write to you when it is done."
    except SundownError as error:
        log.info("delete-refused", user=user, namespace=name, outcome=error.reason)
        answer = _sentence(error) if isinstance(error, MaybeAsked) else f"{name} is not deleted: {_plainly(error)}"
    if not said_at_once.done():
        said_at_once.set_result(answer)
        return
    try:
        await desk.client.views_update(view_id=view_id, view=said(answer))
    except FAILURES as error:
        # The window was closed in the meantime; whoever asked is told when the request has an end.
        log.info("window-gone", user=user, error=str(away(error)))


async def _refuse(desk: SlackDesk, body: dict[str, Any], *, user: str, trigger_id: str, text: str) -> None:
    """Say no in a window, as that is what the click promised; where it is too late for one, where the click was."""
    try:
        await _open(desk, said(text), trigger_id=trigger_id)
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


# What the windows look like.


def confirmation(window: Window) -> Block:
    """The window that asks for the name."""
    name = window.target.namespace
    warning = (
        f"This deletes the namespace {blocks.code(name)} in the cluster {blocks.bold(window.cluster)}, and everything in it: "
        "workloads, volumes, secrets. What belongs to it in AWS is not deleted.\n*It is irreversible.* To put it to sleep for "
        "a while, suspend it instead."
    )
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": window.to_text(),
        "title": _plain("Delete for good?"),
        "submit": _plain("Delete for good"),
        "close": _plain("Keep it"),
        "blocks": [
            blocks.section(f":warning: {warning}"),
            {
                "type": "input",
                "block_id": NAME_BLOCK,
                "label": _plain(f"Type {name} to confirm"),
                "element": {"type": "plain_text_input", "action_id": NAME_BLOCK, "max_length": 100},
            },
        ],
    }


def said(text: str) -> Block:
    """A window that only says something."""
    section = {"type": "section", "text": {"type": "plain_text", "text": clip(text, blocks.MOST_SECTION)}}
    return {"type": "modal", "title": _plain("Delete"), "close": _plain("Close"), "blocks": [section]}


def read_window(view: dict[str, Any]) -> Window | None:
    """What a window is about; None where that cannot be read."""
    try:
        meant = json.loads(view.get("private_metadata") or "")
        return Window(Target(namespace=meant["ns"], uid=meant["uid"]), str(meant["cluster"]))
    except (ValueError, KeyError, TypeError, ValidationError):
        return None


def typed_name(view: dict[str, Any]) -> str:
    """What was typed. Spaces around it are a slip of the hand and no other name."""
    return filled(view, NAME_BLOCK, "value").strip()


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def _sentence(error: SundownError) -> str:
    text = _plainly(error)
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def _plainly(error: SundownError) -> str:
    """Without the marks of what is to be typed: a window shows its text as it is."""
    return str(error).replace("`", "")


# What people are told in the end.


def teller(desk: SlackDesk) -> Tell:
    """Writes to whoever asked. Raises SlackAway when that has to be tried again."""

    async def tell(news: News) -> None:
        key = f"{desk.settings.cluster_name}/{news.spec.target.namespace}/{news.asked.metadata.uid}"
        key += "" if news.asked.status.finished else "/held"
        try:
            opened = await desk.client.conversations_open(users=news.user)
            channel = str((opened.get("channel") or {}).get("id") or "")
            if news.begun and await _is_there(desk, channel, key=key, news=news):
                return
            await desk.client.chat_postMessage(channel=channel, **message(desk, news, key=key))
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


def message(desk: SlackDesk, news: News, *, key: str) -> dict[str, Any]:
    """The message that says how it ended, or why it does not (C7: with metadata)."""
    name, status = news.spec.target.namespace, news.asked.status
    if not status.finished:
        text = (
            f":hourglass: {blocks.bold(name)} is being deleted, but something holds it. You are told when it is gone."
        )
        text += "".join(f"\n• {blocks.escape(each)}" for each in status.held_by)
    elif status.state == "Done":
        text = f":wastebasket: {blocks.bold(name)} is deleted, and everything that was in it."
    else:
        text = f":warning: {blocks.bold(name)} is not deleted: {blocks.escape(status.outcome)}."
    record = f"You asked for it; the record is the ActionRequest {news.asked.metadata.name}."
    payload = {
        "namespace": name,
        "cluster": desk.settings.cluster_name,
        "action": "delete",
        "duration": "",
        "callback_url": desk.settings.callback_url,
        "key": key,
    }
    return {
        "text": blocks.cut(text, blocks.MOST_TEXT),
        "blocks": [blocks.section(text), blocks.context(blocks.escape(record))],
        "metadata": {"event_type": "sundown_notice", "event_payload": payload},
    }
