"""Help, made from the table; and what is said when something could not be done."""

from __future__ import annotations

from sundown.cluster.errors import ApiError
from sundown.errors import InvalidObject, SundownError
from sundown.frontdesk.commands.command import Command
from sundown.frontdesk.commands.parsing import Mistyped
from sundown.frontdesk.commands.reply import Bold, Code, Line, Reply
from sundown.frontdesk.commands.table import COMMANDS, members_of, row_of
from sundown.usecases.plain_words import in_plain_words

OUR_FAULT = (
    "something went wrong inside Sundown, and whoever runs it can see what in its log; `status` tells what stands"
)


def overview(program: str) -> Reply:
    """All commands, a line each."""
    lines = tuple(_in_a_line(row, program) for row in COMMANDS.values())
    more: Line = ("More about one of them: ", Code(f"{program} help extend"))
    return Reply(title=(Bold("I put environments to sleep and wake them."), " You can ask for:"), lines=(*lines, more))


def about(topic: str, program: str) -> Reply:
    """All about one command.

    Raises:
        Mistyped: there is no such command.
    """
    named = topic.removeprefix("/")
    row, members = row_of(named), members_of(named)
    if members:
        return Reply(
            title=(Bold(f"{named}: "), "you can ask for"), lines=tuple(_in_a_line(one, program) for one in members)
        )
    if row is None:
        known = ", ".join(COMMANDS)
        raise Mistyped(f'there is no command "{topic[:60]}"; there are {known}', verb="help")
    return Reply(title=(Bold(row.summary),), lines=tuple(_explained(row, program)))


def sorry(error: SundownError, program: str, *, env: str = "") -> Reply:
    """What went wrong, and what to do: after a mistake in typing with how it is written. ``env`` is the one that was meant."""
    if isinstance(error, InvalidObject):
        text = f"{env}: its EnvSchedule has mistakes, which its owner has to mend first: {error}"
        return Reply(title=_sentence(text), trouble=True)
    if isinstance(error, ApiError):
        return Reply(title=_sentence(in_plain_words(error)), trouble=True)
    row = row_of(error.verb) if isinstance(error, Mistyped) else None
    lines: list[Line] = []
    if row is not None:
        lines += [("Write it as ", Code(f"{program} {row.usage}"), ", say ", Code(f"{program} {row.examples[0]}"))]
    elif isinstance(error, Mistyped):
        lines += [("What there is: ", Code(f"{program} help"), ". For example: ", Code(f"{program} status dev1"))]
    text = str(error)
    if env and error.names != env and row is None:
        return Reply(title=(Bold(env), ": ", *_sentence(text, capital=False)), lines=tuple(lines), trouble=True)
    return Reply(title=_sentence(text), lines=tuple(lines), trouble=True)


def broken() -> Reply:
    """What is said when the fault is ours."""
    return Reply(title=_sentence(OUR_FAULT), trouble=True)


def _in_a_line(row: Command, program: str) -> Line:
    return Code(f"{program} {row.usage}"), f"  {row.summary}"


def _explained(row: Command, program: str) -> list[Line]:
    lines: list[Line] = [(Code(f"{program} {row.usage}"),), (row.details,)]
    lines += [("For example ", Code(f"{program} {example}")) for example in row.examples]
    if row.aliases:
        lines.append((f"Also: {', '.join(row.aliases)}.",))
    if row.right is not None:
        where = "in that namespace" if row.on == "envschedules" else "in the namespace of support pods"
        rights = (row.own_right,) if row.own_right is not None else row.proposed_by
        own = f", and, as for kubectl, the right to {' or '.join(map(str, rights))}" if rights else ""
        lines.append(("It takes the right to ", Code(row.right), f" {row.on}.sundown.dev {where}{own}."))
    return lines


def _sentence(text: str, *, capital: bool = True) -> Line:
    """With a capital and a full stop; what stands between backquotes is to be typed."""
    said = text[:1].upper() + text[1:] if capital else text
    said = said if said.endswith((".", "!", "?")) else f"{said}."
    parts = said.split("`")
    if len(parts) % 2 == 0:  # one of them is part of a name
        return (said,)
    return tuple(Code(part) if index % 2 else part for index, part in enumerate(parts) if part)
