"""What the app says, from the arguments of chat.* methods, of a response_url or of an ack: one way for all."""

import re
from collections.abc import Mapping
from typing import Any

from sundown_lab.slack import blockkit
from sundown_lab.slack.errors import Refused
from sundown_lab.slack.records import Channel, Json, Message
from sundown_lab.slack.team import Team

TEXT = 40_000
TEXT_OF_UPDATE = 4_000
ATTACHMENTS = 100


def attachments(value: object) -> list[Json]:
    """The attachments of a message, their blocks checked. Raises Refused: invalid_attachments, invalid_blocks."""
    found = blockkit.decoded(value, error="invalid_attachments")
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Refused("invalid_attachments")
    if len(found) > ATTACHMENTS:
        raise Refused("too_many_attachments")
    return [
        {**each, "blocks": blockkit.blocks_or_refuse(each["blocks"])} if "blocks" in each else each for each in found
    ]


def draft(team: Team, channel: Channel, given: Mapping[str, Any], *, ts: str) -> Message:
    """A message of the app's that is not shown yet.

    Raises:
        Refused: no_text, msg_too_long, thread_not_found, and what blocks and metadata are refused with.
    """
    text = "" if given.get("text") is None else str(given["text"])
    blocks = blockkit.blocks_or_refuse(given.get("blocks"))
    attached = attachments(given.get("attachments"))
    if not text.strip() and not blocks and not attached:
        raise Refused("no_text")
    if len(text) > TEXT:
        raise Refused("msg_too_long")
    thread_ts = str(given["thread_ts"]) if given.get("thread_ts") else None
    if thread_ts is not None:
        parent = channel.messages.get(thread_ts)
        if parent is None or parent.is_reply or parent.only_for is not None:
            raise Refused("thread_not_found")
    return Message(
        ts,
        channel.id,
        team.bot,
        text,
        blocks=blocks,
        attachments=attached,
        metadata=blockkit.metadata_or_refuse(given.get("metadata")),
        thread_ts=thread_ts,
        bot_id=team.bot_id,
        broadcast=str(given.get("reply_broadcast")).lower() in {"1", "true"},
    )


def answered(message: Message, channel: Channel) -> None:
    """Marks the message that a new one is an answer to as the beginning of a thread."""
    if message.is_reply and message.thread_ts in channel.messages:
        channel.messages[message.thread_ts].thread_ts = message.thread_ts


def rewrite(team: Team, message: Message, given: Mapping[str, Any], *, most: int = TEXT_OF_UPDATE) -> None:
    """Changes a message as chat.update does: what is left out stays, but a text alone takes the blocks away.

    Raises:
        Refused: no_text, msg_too_long, and what blocks and metadata are refused with.
    """
    has_text = given.get("text") is not None
    text = str(given["text"]) if has_text else message.text
    if has_text and len(text) > most:
        raise Refused("msg_too_long")
    if given.get("blocks") is not None:
        blocks = blockkit.blocks_or_refuse(given["blocks"])
    else:
        blocks = [] if has_text else message.blocks
    if given.get("attachments") is not None:
        attached = attachments(given["attachments"])
    else:
        attached = [] if has_text else message.attachments
    if not text.strip() and not blocks and not attached:
        raise Refused("no_text")
    metadata = message.metadata
    if given.get("metadata") is not None:
        metadata = blockkit.metadata_or_refuse(given["metadata"])
    message.text, message.blocks, message.attachments, message.metadata = text, blocks, attached, metadata
    message.edited = team.next_ts() if given.get("blocks") is None else message.edited
    message.errors.clear()
    message.state = {}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _linked(text: str) -> str:
    if text.startswith("<"):
        return text
    return f"<{_escaped(text)}>" if text.startswith("http") else f"<mailto:{text}|{text}>"


def typed(team: Team, text: str) -> str:
    """A text as Slack stores what a person types.

    ``@Sundown``, ``@ana``, ``#dev``, URLs and e-mail addresses become links in angle brackets; ``&``, ``<`` and ``>`` of their own are
    escaped (https://docs.slack.dev/messaging/formatting-message-text).
    """

    def link(found: re.Match[str]) -> str:
        sign, name = found[1], found[2].lower()
        if sign == "#":
            channel = next((c for c in team.channels.values() if c.kind == "channel" and c.name == name), None)
            return f"<#{channel.id}|{name}>" if channel is not None else found[0]
        user = next((u for u in team.users.values() if name in {u.name, u.real_name.lower()}), None)
        if user is not None:
            return f"<@{user.id}>"
        group = next((g for g in team.usergroups if g.handle == name), None)
        return f"<!subteam^{group.id}>" if group is not None else found[0]

    parts = re.split(r"(<(?:[@#!][^<>]+)>|https?://[^\s<>]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)", text)
    escaped = [_linked(part) if index % 2 else _escaped(part) for index, part in enumerate(parts)]
    return "".join(
        part if index % 2 else re.sub(r"(?<!\w)([@#])([A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]|[A-Za-z0-9])", link, part)
        for index, part in enumerate(escaped)
    )
