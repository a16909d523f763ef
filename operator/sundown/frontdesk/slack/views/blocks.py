"""Block Kit within Slack's limits (https://docs.slack.dev/reference/block-kit/blocks), with nothing in it that people's names could say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from sundown.frontdesk.wishes.verbs import Verb
from sundown.model.cutting import MORE, clip
from sundown.model.scalars import format_duration, format_instant

Block = dict[str, Any]

MOST_SECTION = 3000
MOST_BUTTON_TEXT = 75
MOST_VALUE = 2000
MOST_BLOCKS = 50
MOST_ELEMENTS = 25
MOST_TEXT = 3500
_MOST_FENCED = MOST_SECTION - 100

_MARKS = str.maketrans({"*": "∗", "_": "＿", "~": "∼", "`": "ˋ"})
_FORMATTING = re.compile(r"(?<![A-Za-z0-9])[*_~`]+|[*_~`]+(?![A-Za-z0-9])")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def escape(text: str) -> str:
    """Text as it is, on one line: no mention, link, formatting or turned writing direction comes of it.

    Source: https://docs.slack.dev/messaging/formatting-message-text#escaping. Slack has no escape for its formatting marks, so
    those that would format something are replaced by letters that look like them.
    """
    plain = _UNPRINTABLE.sub(" ", text)
    plain = _FORMATTING.sub(lambda found: found[0].translate(_MARKS), plain)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def bold(text: str) -> str:
    """Text that stands out."""
    return f"*{escape(text.replace('*', '∗'))}*" if text.strip() else ""


def code(text: str) -> str:
    """Text in a typewriter's letters."""
    plain = _UNPRINTABLE.sub(" ", text).replace("`", "ˋ")
    return f"`{plain.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}`" if text.strip() else ""


def preformatted(text: str) -> list[str]:
    """Lines in a typewriter's letters, each of them as it is, in as many paragraphs as they need."""
    paragraphs: list[str] = []
    length = MOST_SECTION  # so that the first line begins a paragraph
    for line in _in_typewriter(text):
        if length + len(line) + 1 > _MOST_FENCED:
            paragraphs.append(line)
            length = len(line)
        else:
            paragraphs[-1] += f"\n{line}"
            length += len(line) + 1
    return [f"```\n{each}\n```" for each in paragraphs]


def _in_typewriter(text: str) -> Iterator[str]:
    for line in text.splitlines():
        plain = _UNPRINTABLE.sub(" ", line.replace("\t", "    ")).replace("`", "ˋ")
        # Escaped, one letter can become five.
        for begin in range(0, max(len(plain), 1), _MOST_FENCED // 5):
            piece = plain[begin : begin + _MOST_FENCED // 5]
            yield piece.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def link(url: str, text: str) -> str:
    """A link to a web address."""
    target = url.replace("&", "&amp;").replace("<", "%3C").replace(">", "%3E").replace("|", "%7C").replace(" ", "%20")
    return f"<{target}|{escape(text.replace('|', '¦'))}>"


def when(at: datetime, fallback: str) -> str:
    """An instant, which Slack shows to everybody in their own time zone; ``fallback`` where it cannot."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{escape(fallback)}>"


def cut(text: str, limit: int) -> str:
    """Escaped text in at most ``limit`` characters, and no mention, date, link or ``&amp;`` of which half is missing."""
    kept = clip(text, limit)
    if kept == text:
        return text
    for begin, end in (("<", ">"), ("&", ";")):
        opened = kept.rfind(begin)
        if opened >= 0 and end not in kept[opened:]:
            kept = kept[:opened] + MORE
    return kept


def section(text: str) -> Block:
    """A paragraph in mrkdwn that has been escaped; cut to Slack's limit."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": cut(text, MOST_SECTION), "verbatim": True}}


def context(text: str) -> Block:
    """A line in small grey letters."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": cut(text, MOST_SECTION), "verbatim": True}]}


def sections(lines: Iterable[str], *, most: int = 4) -> list[Block]:
    """Lines in as few paragraphs as they fit in, ``most`` at most; then how many more there are.

    Slack refuses messages whose blocks are too long together (``msg_blocks_too_long``), and does not say how long that is.
    """
    paragraphs: list[list[str]] = [[]]
    length = left = 0
    for line in (cut(each, MOST_SECTION // 2) for each in lines):
        if length + len(line) + 1 > MOST_SECTION - 100 and not left:
            if len(paragraphs) < most:
                paragraphs.append([])
                length = 0
            else:
                left = 1
                continue
        if left:
            left += 1
            continue
        paragraphs[-1].append(line)
        length += len(line) + 1
    if left:
        paragraphs[-1].append(f"and {left} more")
    return [section("\n".join(paragraph)) for paragraph in paragraphs if paragraph]


def value(
    do: str, *, namespace: str, cluster: str, span: timedelta | None = None, shutdown: datetime | None = None
) -> str:
    """What a button carries: which env of which cluster, what to do, for how long, about which shutdown."""
    said = {"ns": namespace, "cluster": cluster, "do": do}
    if span is not None:
        said["span"] = format_duration(span)
    if shutdown is not None:
        said["for"] = format_instant(shutdown)
    return json.dumps(said, separators=(",", ":"))


def button(text: str, *, action_id: str, value: str, style: Literal["primary", "danger"] | None = None) -> Block:
    """A button."""
    label = {"type": "plain_text", "text": clip(text, MOST_BUTTON_TEXT), "emoji": True}
    made: Block = {"type": "button", "text": label, "action_id": action_id, "value": clip(value, MOST_VALUE)}
    return {**made, "style": style} if style is not None else made


def verb_button(verb: Verb, namespace: str, *, cluster: str) -> Block:
    """The button of a row of the table that takes no span."""
    carried = value(verb.do, namespace=namespace, cluster=cluster)
    return button(verb.label, action_id=verb.action_id, value=carried, style=verb.style)


def actions(elements: Sequence[Block], *, block_id: str | None = None) -> Block:
    """A row of buttons and selects."""
    made: Block = {"type": "actions", "elements": list(elements[:MOST_ELEMENTS])}
    return {**made, "block_id": block_id} if block_id is not None else made
