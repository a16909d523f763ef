"""E-mail addresses as names of people: when two of them mean the same person. Pure."""

from __future__ import annotations

import re
import string

_PREFIX = re.compile(r".*[:#/]", re.DOTALL)
"""What clusters put before the names that an identity provider gives them."""
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


def mailbox(login: str) -> str | None:
    """The e-mail address in the name of an account, such as ``oidc:Ana@Example.com``; None where it has none.

    One human may have two logins, and has one address.
    """
    address = folded(_PREFIX.sub("", login))
    name, at, host = address.rpartition("@")
    return address if at and name and host else None
