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

_ALIKE, _DENIED_ALIKE = 8, 3
"""So many alone that failed in the same way, while nothing succeeded, speak for all: the more so where it is a right that
is missing, for then every visit of every env asks for it in vain."""

_NAMED = 3
"""After so many that were named one by one, while nothing succeeded, it is likely all that fail, and halving is faster."""

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
        error = await _refusal(call, group)
        if error is None:
            succeeded = True
        elif concerns_everything(error):
            failures.update(dict.fromkeys((*group, *_flat(pending)), error))
            break
        elif len(group) == 1:
            failures[group[0]] = error
            alone += 1
            if not succeeded and alone >= _enough(error) and len({_kind(each) for each in failures.values()}) == 1:
                given_up = type(error)(f"not tried, because {len(failures)} others failed: {error}", code=error.code)
                failures.update(dict.fromkeys(_flat(pending), given_up))
                break
        else:
            named = _named(group, error)
            if len(named) == 1:
                failures[named[0]] = error
            hopeful = succeeded or len(failures) < _NAMED
            pending.extend(_parts(group, named, together=bool(named) and hopeful))
    return failures


async def _refusal(call: Callable[[Sequence[str]], Awaitable[object]], group: Sequence[str]) -> CloudError | None:
    try:
        await call(group)
    except CloudError as error:
        return error
    return None


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


def _parts(group: tuple[str, ...], named: tuple[str, ...], *, together: bool) -> list[tuple[str, ...]]:
    """What to try next, the last first. Several that are named get a call each, so that each has a message of its own."""
    singles = [(each,) for each in named] if len(named) > 1 else []
    rest = [each for each in group if each not in named]
    if together or len(rest) == 1:
        return [*singles, tuple(rest)]
    # Mixed, for those that were made together fail together, and would be taken for all.
    random.shuffle(rest)
    middle = len(rest) // 2
    return [*singles, tuple(rest[middle:]), tuple(rest[:middle])]


def _enough(error: CloudError) -> int:
    return _DENIED_ALIKE if isinstance(error, CloudDenied) else _ALIKE


def _flat(groups: list[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(each for group in groups for each in group)
