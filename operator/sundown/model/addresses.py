"""E-mail addresses as names of people: when two of them mean the same person. Pure."""

from __future__ import annotations

import string

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def folded(name: str) -> str:
    """The one form in which names of people are compared: small letters for capital ones of ASCII, all else as it is.

    ``str.lower`` would make the k of U+212A, the sign for kelvin, and so somebody else of a name that only looks alike.
    """
    return name.strip().translate(_LOWER)


def same_person(one: str | None, other: str | None) -> bool:
    """Whether two names mean the same person, however they are spelled; nobody is the same as nobody."""
    return one is not None and other is not None and folded(one) == folded(other)


def second_spelling(address: str) -> str | None:
    """The address in small letters, where it has others and consists of printable characters of ASCII only."""
    plain = folded(address)
    return plain if plain != address and plain.isascii() and plain.isprintable() else None
