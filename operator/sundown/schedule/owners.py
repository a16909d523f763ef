"""The zones of the people who own an env, as the annotation ``sundown.dev/owner-time-zones`` lists them."""

from __future__ import annotations

from sundown.model.cutting import clip
from sundown.model.scalars import zone

_ECHO = 60


def parse_owner_zones(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The zones of a comma-separated list, and the entries that are none, cut to 60 characters; each once, in their order."""
    known: dict[str, None] = {}
    bad: dict[str, None] = {}
    for entry in (part.strip() for part in text.split(",")):
        if not entry:
            continue
        try:
            zone(entry)
        except ValueError:
            bad[clip(entry, _ECHO)] = None
        else:
            known[entry] = None
    return tuple(known), tuple(bad)
