"""What a command is: a row of the table, or of the part of it that a room of commands brings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sundown.frontdesk.commands.parsing import Asked
from sundown.frontdesk.commands.reply import Place, Reply
from sundown.frontdesk.context import Desk
from sundown.frontdesk.people.people import Person
from sundown.frontdesk.people.rights import GRANTED
from sundown.model.actions import Right

Handle = Callable[[Desk, Person, Asked, Place], Awaitable[Reply]]


class Parse(Protocol):
    """Reads the words after the verb; raises Mistyped."""

    def __call__(self, words: Sequence[str], *, verb: str) -> Asked: ...


@dataclass(frozen=True, slots=True)
class Command:
    """A row. ``usage`` and ``examples`` follow the name of the slash command. ``verb`` is one word or two.

    ``right`` is the verb on EnvSchedules, or on what ``on`` names, that ``require_right`` asks the cluster about before
    ``handle`` is called: in the env that was named, in all of them where none was. ``looks_by_itself`` where none was named:
    what comes back is only what the person may see. ``of_own_env`` where none was named: the person's own is meant. ``own_right`` is one of the cluster's own that
    the person has to have besides, as for kubectl; ``proposed_by`` are those of which ``handle`` asks for the one that what is meant takes.
    ``handle`` is None for help alone, which is made from the table and takes no right.
    """

    verb: str
    usage: str
    summary: str
    details: str
    examples: tuple[str, ...]
    parse: Parse
    handle: Handle | None
    right: str | None = None
    on: str = "envschedules"
    looks_by_itself: bool = False
    of_own_env: bool = False
    own_right: Right | None = None
    proposed_by: tuple[Right, ...] = ()
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.handle is None) != (self.right is None):
            raise ValueError(f"{self.verb}: who may do that?")
        if self.right is not None and self.right not in GRANTED[self.on].verbs:
            raise ValueError(f"{self.verb}: nobody can be granted {self.right} on {self.on}")
