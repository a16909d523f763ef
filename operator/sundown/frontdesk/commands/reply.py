"""What is said to somebody, before it has the form of any messenger: plain types that the commands make and ``slack`` draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bold:
    """Text that stands out."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Text to be typed as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A web address, and what is shown for it."""

    url: str
    text: str


Piece = str | Bold | Code | Link
Line = Sequence[Piece]
"""The pieces of one line. Plain strings are shown letter by letter, whatever they contain."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a reply: what it does (see ``verbs``) to which env."""

    do: str
    namespace: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. ``public``: others in the conversation may want to know, for something was changed.

    ``lines`` stand below the ``title``; where there are too many, the last say how many more there are. ``block`` is text
    of several lines in a typewriter's letters, below them; what does not fit into one message of it comes in the next.
    ``private``: for the one who asked alone, wherever they asked.
    """

    title: Line
    lines: tuple[Line, ...] = ()
    buttons: tuple[Button, ...] = ()
    block: str = ""
    public: bool = False
    private: bool = False
    trouble: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody asked, and so is answered: ids of Slack, and for commands the address for answers, good for 30 minutes.

    ``trigger_id`` opens a modal within three seconds; empty where there is none. ``thread`` is the one that is answered in,
    ``beneath`` the one that they asked in, if there was one.
    """

    channel: str
    user: str
    thread: str = ""
    beneath: str = ""
    response_url: str = ""
    trigger_id: str = ""
