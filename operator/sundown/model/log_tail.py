"""The end of a container's log as people are shown it: text, no more than fits, secrets masked. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sundown.model.cutting import MORE
from sundown.model.masking import mask

MOST_LINES = 50
MOST_CHARACTERS = 3000

_COLOURS = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)|[ -/]*[0-~])")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
_LOST = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]")
_REDRAWN = re.compile(r"^[^\n]*\r(?=[^\n])", re.MULTILINE)
_MOST_LOST = 0.1
_SPARE = 5
"""Times the characters that are shown are looked at, for the beginning of a secret may stand before them."""


@dataclass(frozen=True, slots=True)
class LogTail:
    """``text`` is None for what is no text at all, empty where nothing was written. ``is_cut``: its first line begins earlier,
    or lines before it did not fit."""

    text: str | None
    is_cut: bool = False


def log_tail(raw: bytes, *, lines: int = MOST_LINES, characters: int = MOST_CHARACTERS) -> LogTail:
    """The last lines of a log, in at most so many characters."""
    looked_at = raw[-4 * _SPARE * characters :]
    decoded = looked_at.decode(errors="replace")
    if len(looked_at) < len(raw):
        decoded = decoded.lstrip("\ufffd")
    if len(_LOST.findall(decoded)) > _MOST_LOST * len(decoded):
        return LogTail(None)
    # What comes in colours has them between a name and its value, where nobody would look for a secret.
    plain = _COLOURS.sub("", decoded).replace("\r\n", "\n")
    plain = _UNPRINTABLE.sub("", _REDRAWN.sub("", plain).replace("\r", ""))
    masked = mask(plain[-_SPARE * characters :])
    kept = masked.strip("\n").split("\n")[-lines:]
    text = "\n".join(line.rstrip() for line in kept)
    if len(text) <= characters:
        return LogTail(text)
    end = text[1 - characters :]
    _, newline, whole_lines = end.partition("\n")
    return LogTail(
        whole_lines if newline and len(whole_lines) > len(end) // 2 else MORE + end.lstrip("\n"), is_cut=True
    )
