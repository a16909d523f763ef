"""The zones of the people who own an env, as the annotation ``sundown.dev/owner-time-zones`` lists them."""

from __future__ import annotations

from sundown.model.cutting import clip, some_of
from sundown.model.scalars import zone

MOST_ZONES = 24
"""So many of the owners' zones count: each is asked at every step of a decision, and the day has no more hours."""

_LOOKED_AT = 100
"""An annotation has room for a hundred thousand entries, and each is looked for among files."""
_ECHO = 60
_NAMED = 3


def parse_owner_zones(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The zones of a comma-separated list that count, each once, in their order; and what of it is ignored, in words.

    What is repeated of an entry is cut to 60 characters.
    """
    known: dict[str, None] = {}
    ignored: dict[str, None] = {}
    entries = text.split(",", _LOOKED_AT)
    for entry in filter(None, map(str.strip, entries[:_LOOKED_AT])):
        try:
            zone(entry)
        except ValueError:
            ignored[f'no time zone "{clip(entry, _ECHO)}", it is ignored'] = None
        else:
            known[entry] = None
    zones = tuple(known)
    too_many = zones[MOST_ZONES:]
    if too_many:
        ignored[f"{MOST_ZONES} time zones count, ignored: {some_of(too_many, _NAMED)}"] = None
    if any(entry.strip() for entry in entries[_LOOKED_AT:]):
        ignored[f"{_LOOKED_AT} entries are looked at, the rest is ignored"] = None
    return zones[:MOST_ZONES], tuple(ignored)
