"""Texts cut to what somebody takes. Pure.

Who counts what: a CRD's ``maxLength``, CEL's ``size()``, Slack and the tags of AWS count characters; the fields of an Event, a
label, an annotation and a ConfigMap are counted in bytes of UTF-8, of which an emoji has four.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

MORE = "…"
_LONGEST_SIGN = 32
"""So many code points are taken for one sign at most, or a text of nothing but accents would lose all of itself."""
_JOINER = "\N{ZERO WIDTH JOINER}"
_SKIN = range(0x1F3FB, 0x1F400)


def clip(text: str, limit: int) -> str:
    """``text`` in at most ``limit`` characters."""
    if len(text) <= limit:
        return text
    return text[: _seam(text, limit - len(MORE))] + MORE if limit > 0 else ""


def some_of(texts: Sequence[str], most: int, *, apart: str = ", ") -> str:
    """The first of them and how many there are besides: ``web, api and 3 more``."""
    left = len(texts) - most
    return f"{apart.join(texts[:most])} and {left} more" if left > 0 else apart.join(texts)


def first_of(texts: Sequence[str], most: int) -> list[str]:
    """The same as lines of their own, the last of which is ``and 3 more``."""
    left = len(texts) - most
    return [*texts[:most], f"and {left} more"] if left > 0 else list(texts)


def clip_bytes(text: str, limit: int, *, more: str = MORE) -> str:
    """``text`` in at most ``limit`` bytes of UTF-8, with ``more`` at its end where something is missing.

    Half of a surrogate pair, which UTF-8 cannot hold, becomes a question mark.
    """
    whole = text.encode(errors="replace")
    if len(whole) <= limit:
        return whole.decode()
    room = limit - len(more.encode())
    if room < 0:
        return ""
    kept, text = whole[:room].decode(errors="ignore"), whole.decode()
    return text[: _seam(text, len(kept))] + more


def _seam(text: str, end: int) -> int:
    """The last place up to ``end`` that is not inside of what people see as one sign."""
    for place in range(max(end, 0), max(end - _LONGEST_SIGN, 0), -1):
        if not _joined(text[place], to=text[place - 1]):
            return place
    return 0 if 0 <= end < _LONGEST_SIGN else max(end, 0)


def _joined(sign: str, *, to: str) -> bool:
    """Whether a code point belongs to the one before it: an accent, a variant, a colour of skin, a member of a family."""
    return unicodedata.category(sign).startswith("M") or _JOINER in {sign, to} or ord(sign) in _SKIN
