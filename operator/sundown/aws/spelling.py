"""What a word was most likely meant to be: for people who wrote ``Scheduler=Enabled``, or letters that only look alike."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

_ALIKE = 0.84
"""So much of two words has to agree: a letter too many, too few, or two that changed places; ``disabled`` is no ``enabled``."""
_SHORTEST = 6
"""Letters of a word that may be misspelt; of shorter ones too many are like each other."""

_LOOK_ALIKES = str.maketrans(
    "авеіјкмнорсѕтухԁԛԝһӏ" + "αεικνορτυχ" + "ıłøđ",
    "abeijkmhopcstyxdqwhl" + "aeikvoptux" + "ilod",
)
"""Cyrillic, Greek and Latin letters that look like those of ASCII, in small letters."""


def clean(text: str) -> str:
    """Without what nobody sees: blanks around it, and signs that have no width."""
    seen = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    return " ".join(seen.split())


def plain(text: str) -> str:
    """The same in small letters of ASCII, as far as its letters only look like those."""
    folded = unicodedata.normalize("NFKD", clean(unicodedata.normalize("NFKC", text)).casefold())
    return "".join(sign for sign in folded if not unicodedata.combining(sign)).translate(_LOOK_ALIKES)


@lru_cache(maxsize=8192)
def is_like(text: str, word: str) -> bool:
    """Whether it is the word, or misses it by letter case, blanks, signs between, a plural, letters alike, or a slip."""
    (ours, prefixed), (theirs, also) = _without_prefix(_letters(word)), _without_prefix(_letters(text))
    if prefixed and not also:
        return False
    if theirs in {ours, f"{ours}s"}:
        return True
    return len(ours) >= _SHORTEST and SequenceMatcher(None, ours, theirs).ratio() >= _ALIKE


def _without_prefix(letters: str) -> tuple[str, bool]:
    """Without Sundown's own name before it, and whether that was there: ``cluster`` is anybody's, ``Sundown-Cluster`` ours."""
    rest = letters.removeprefix("sundowndev").removeprefix("sundown")
    return rest, rest != letters


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", plain(text))
