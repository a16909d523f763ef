"""One call for many, in which one that is bad spoils it only for itself.

AWS refuses a whole call for one of its identifiers. So a refused call is made again for two halves, and so on, until it
is clear whose fault it was; where AWS names the culprit in its message, at once.
"""

from __future__ import annotations

import random
import re
from collections.abc import Awaitable, Callable, Sequence

from sundown.aws.errors import CloudDenied, CloudError, CloudThrottled, CloudUnreachable

_PERHAPS_ONE_ALONE = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
"""A policy with conditions on tags may forbid one thing and allow the next; expired credentials forbid everything."""

_ALIKE = 8
"""So many alone that failed in the same way, while nothing succeeded, speak for all."""

_WORD = re.compile(r"[\w-]+")


async def in_bulk(
    identifiers: Sequence[str], call: Callable[[Sequence[str]], Awaitable[object]]
) -> dict[str, CloudError]:
    """Make ``call`` for all that it can be made for, and say of the others why not.

    One bad among n costs 2 log n calls more, or one if AWS names it. An error that is about the caller and not about
    what was named (no answer, throttling, credentials) is not looked into; and where nothing succeeds at all, the rest
    is given up after a few.
    """
    failures: dict[str, CloudError] = {}
    pending = [tuple(identifiers)] if identifiers else []
    succeeded = False
    alone = 0
    while pending:
        group = pending.pop()
        try:
            await call(group)
            succeeded = True
            continue
        except CloudError as refused:
            error = refused
        if concerns_everything(error):
            failures.update(dict.fromkeys((*group, *_flat(pending)), error))
            break
        if len(group) == 1:
            failures[group[0]] = error
            alone += 1
            if not succeeded and pending and alone >= _ALIKE and len({_kind(each) for each in failures.values()}) == 1:
                given_up = type(error)(f"not tried, because {alone} others failed: {error}", code=error.code)
                failures.update(dict.fromkeys(_flat(pending), given_up))
                break
            continue
        named = _named(group, error)
        if len(named) == 1:
            failures[named[0]] = error
            alone += 1
        # Mixed, or eight in a row that have the same fault would be taken for all.
        pending.extend(_split(group, named) if named else _halves(random.sample(group, len(group))))
    return failures


def concerns_everything(error: CloudError) -> bool:
    """Whether the same call for other identifiers would fail in the same way."""
    if isinstance(error, CloudUnreachable | CloudThrottled):
        return True
    return isinstance(error, CloudDenied) and error.code not in _PERHAPS_ONE_ALONE


def _kind(error: CloudError) -> tuple[str, str]:
    return error.reason, error.code


def _named(group: tuple[str, ...], error: CloudError) -> tuple[str, ...]:
    """Those of the group that the message names, unless it names all: then nobody is singled out."""
    words = set(_WORD.findall(str(error)))
    named = tuple(each for each in group if each in words)
    return named if len(named) < len(group) else ()


def _split(group: tuple[str, ...], named: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The rest together; several that are named get a call each, so that each fails with a message of its own."""
    rest = tuple(each for each in group if each not in named)
    return [rest] if len(named) == 1 else [*((each,) for each in named), rest]


def _halves(group: Sequence[str]) -> list[tuple[str, ...]]:
    middle = len(group) // 2
    return [tuple(group[middle:]), tuple(group[:middle])]


def _flat(groups: list[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(each for group in groups for each in group)
