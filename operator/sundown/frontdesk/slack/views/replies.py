"""Replies as Slack shows them."""

from __future__ import annotations

from sundown.frontdesk.commands.reply import Bold, Code, Line, Link, Piece, Reply
from sundown.frontdesk.slack.views import blocks
from sundown.frontdesk.slack.views.blocks import Block
from sundown.frontdesk.wishes.verbs import VERBS

MOST_MESSAGES = 4
"""Of one answer: an address for answers is good for five."""
_PARAGRAPHS = 4
"""Of one message: Slack refuses blocks of more than 13,200 characters together."""


def render(reply: Reply, *, cluster: str) -> tuple[str, list[Block]]:
    """The text for notifications, and the blocks, of the first message; ``cluster`` is what the buttons say they belong to."""
    return messages(reply, cluster=cluster)[0]


def messages(reply: Reply, *, cluster: str) -> list[tuple[str, list[Block]]]:
    """The same of all messages that the answer takes: more than one where its block is long."""
    title = mrkdwn(reply.title)
    shown = f":warning: {title}" if reply.trouble else title
    first = [blocks.section(shown), *blocks.sections(mrkdwn(line) for line in reply.lines)]
    paragraphs = blocks.preformatted(reply.block)
    begun = max(_PARAGRAPHS - len(first) + 1, 1)
    first += [blocks.section(each) for each in paragraphs[:begun]]
    if reply.buttons:
        first.append(
            blocks.actions([blocks.verb_button(VERBS[one.do], one.namespace, cluster=cluster) for one in reply.buttons])
        )
    text = blocks.cut(title, blocks.MOST_TEXT)
    return [(text, first), *((text, made) for made in _continued(paragraphs[begun:]))]


def mrkdwn(line: Line) -> str:
    """A line in Slack's markup."""
    text = "".join(_piece(piece) for piece in ([line] if isinstance(line, str) else line))
    return f"›{text.removeprefix('&gt;')}" if text.startswith("&gt;") else text  # it would become a quotation


def _continued(paragraphs: list[str]) -> list[list[Block]]:
    most = _PARAGRAPHS * (MOST_MESSAGES - 1)
    kept, left = paragraphs[:most], sum(each.count("\n") - 1 for each in paragraphs[most:])
    made = [
        [blocks.section(each) for each in kept[begin : begin + _PARAGRAPHS]]
        for begin in range(0, len(kept), _PARAGRAPHS)
    ]
    if left:
        made[-1].append(blocks.context(f"and {left} more lines"))
    return made


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
