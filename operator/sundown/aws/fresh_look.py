"""What AWS says of certain parts now: described by their identifiers, as many as a call takes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from sundown.aws.account_regions import Place
from sundown.aws.bisect import in_bulk
from sundown.aws.describing import Context
from sundown.aws.errors import CloudError, CloudGone
from sundown.aws.kind_calls import VERBS
from sundown.aws.stores import Calls, learn
from sundown.model.cloud import CloudKind, CloudPart

T = TypeVar("T")


@dataclass(slots=True)
class Looked:
    """What was found and, for each that was not, why; both by identifier."""

    parts: dict[str, CloudPart] = field(default_factory=dict)
    failures: dict[str, CloudError] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Looking:
    """Describes parts; ``context`` is what one has to know beside AWS's answers to read them."""

    calls: Calls
    context: Context

    async def at(self, place: Place, kind: CloudKind, identifiers: Iterable[str]) -> Looked:
        """Describe these; one that is gone, or that AWS will say nothing of, is among the failures."""
        verbs, looked = VERBS[kind], Looked()

        async def describe(group: Sequence[str]) -> None:
            answer = await self.calls.call(place, verbs.service, verbs.describe, **verbs.wanted(group))
            if kind == "EC2Instance":
                await learn(self.calls, place, (answer,), self.context.stores)
            looked.parts.update((part.identifier, part) for part in verbs.read(answer, place, self.context))

        wanted = list(dict.fromkeys(identifiers))
        for failures in await asyncio.gather(*(in_bulk(chunk, describe) for chunk in chunks(wanted, verbs.most))):
            looked.failures.update(failures)
        for each in wanted:
            if each not in looked.parts and each not in looked.failures:
                looked.failures[each] = CloudGone(f"{each} does not exist any more in {place}")
        return looked


def chunks(things: Iterable[T], most: int) -> Iterable[list[T]]:
    """These in lists of at most so many."""
    rest = iter(things)
    while chunk := list(islice(rest, most)):
        yield chunk
