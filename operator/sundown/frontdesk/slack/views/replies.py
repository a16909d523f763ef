"""Replies as Slack shows them."""

from __future__ import annotations

from sundown.frontdesk.commands.reply import Bold, Code, Line, Link, Piece, Reply
from sundown.frontdesk.slack.views import blocks
from sundown.frontdesk.slack.views.blocks import Block
from sundown.frontdesk.wishes.verbs import VERBS


def render(reply: Reply, *, cluster: str) -> tuple[str, list[Block]]:
    """The text for notifications, and the blocks; ``cluster`` is what the buttons say they belong to."""
    title = mrkdwn(reply.title)
    shown = f":warning: {title}" if reply.trouble else title
    made = [blocks.section(shown), *blocks.sections(mrkdwn(line) for line in reply.lines)]
    if reply.buttons:
        made.append(
            blocks.actions([blocks.verb_button(VERBS[one.do], one.namespace, cluster=cluster) for one in reply.buttons])
        )
    return blocks.cut(title, blocks.MOST_TEXT), made


def mrkdwn(line: Line) -> str:
    """A line in Slack's markup."""
    text = "".join(_piece(piece) for piece in ([line] if isinstance(line, str) else line))
    return f"›{text.removeprefix('&gt;')}" if text.startswith("&gt;") else text  # it would become a quotation


def _piece(piece: Piece) -> str:
    match piece:
        case Bold(text):
            return blocks.bold(text)
        case Code(text):
            return blocks.code(text)
        case Link(url, text):
            return blocks.link(url, text)
        case _:
            return blocks.escape(piece)
