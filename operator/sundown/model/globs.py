"""Names by patterns in which ``*`` stands for any characters and ``?`` for one."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

_KEPT = 256


def matches(name: str, pattern: str) -> bool:
    """Whether the whole name is as the pattern says.

    Tenants write these patterns. A regular expression takes milliseconds to compile and kilobytes to keep, and
    ``fnmatch`` keeps 32,768 of them; here a name is gone through once, whatever the pattern.
    """
    if "*" not in pattern and "?" not in pattern:
        return name == pattern
    takes, any_one, stars, end = _laid_out(pattern)
    # Bit n of the states: the first n places of the pattern are filled by what has been read of the name.
    states = 1
    for character in name:
        states = ((states & takes.get(character, any_one)) << 1) | (states & stars)
        if not states:
            return False
    return bool(states >> end & 1)


@lru_cache(maxsize=_KEPT)
def _laid_out(pattern: str) -> tuple[dict[str, int], int, int, int]:
    """The places that each character fills, those that any does, those before which a ``*`` stands, and how many there are."""
    places = pattern.replace("*", "")
    stars = at = any_one = 0
    for character in pattern:
        if character == "*":
            stars |= 1 << at
        else:
            any_one |= (character == "?") << at
            at += 1
    takes: defaultdict[str, int] = defaultdict(lambda: any_one)
    for at, character in enumerate(places):
        if character != "?":
            takes[character] |= 1 << at
    return dict(takes), any_one, stars, len(places)
