"""Lengths of time as people type them."""

from __future__ import annotations

import re
from datetime import timedelta

from sundown.model.cutting import clip
from sundown.model.scalars import parse_duration

_ECHO = 60


def parse_span(text: str) -> timedelta:
    """``2h``, ``90m``, ``1h30m``, ``3d``; a bare number is hours.

    Raises:
        ValueError: for anything else; the text says how it is written.
    """
    plain = re.sub(r"\s+", "", text).lower()
    try:
        return parse_duration(f"{plain}h" if re.fullmatch(r"[0-9]{1,5}", plain, re.ASCII) else plain)
    except ValueError:
        raise ValueError(f'"{clip(text, _ECHO)}" is no length of time; write it as in 30m, 2h, 1h30m or 3d') from None
