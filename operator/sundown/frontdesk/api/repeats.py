"""Requests that come twice, because an answer was lost on its way: with the same ``Idempotency-Key`` the same answer again.

What is kept is bounded, for each person and for all of them, and is gone with the process.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus

from cachetools import LRUCache, TTLCache

from sundown.frontdesk.api.problems import BadHeader, OtherRequest, StillAtIt
from sundown.schedule.clock import Clock

KEPT = timedelta(hours=24)
_MOST_PEOPLE = 200
_MOST_OF_ONE = 200
_MOST_BYTES_OF_ONE = 64 * 2**10
"""As they are kept, which is packed: a list of a thousand results has a tenth of its size then."""
_KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)
_PASSING = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.REQUEST_TIMEOUT})
"""Answers that another attempt may turn into others."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as it was sent."""

    status: int
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A request, and its answer with the body packed; None while there is none."""

    fingerprint: bytes
    answer: Answered | None = None

    @property
    def size(self) -> int:
        """What it takes of the room, so that there are neither too many nor too much; the largest fits alone."""
        size = len(self.answer.body) if self.answer is not None else 0
        return min(max(size, _MOST_BYTES_OF_ONE // _MOST_OF_ONE), _MOST_BYTES_OF_ONE)


Shelf = TTLCache[str, _Kept, datetime]


class Repeats:
    """The keys of the last day."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._people: LRUCache[str, Shelf] = LRUCache(_MOST_PEOPLE)

    def begin(self, who: str, key: str, said: bytes) -> Answered | None:
        """The answer that this request has had; None where it is the first of its key, and is to be carried out now.

        Raises:
            BadHeader: the key is none.
            OtherRequest: the key was used for something else.
            StillAtIt: it is being carried out.
        """
        if not _KEY.fullmatch(key):
            raise BadHeader("the header Idempotency-Key takes 1 to 255 printable characters without spaces")
        fingerprint = hashlib.sha256(said).digest()
        shelf = self._people.setdefault(who, self._shelf())
        kept = shelf.get(key)
        if kept is None:
            shelf[key] = _Kept(fingerprint)
            return None
        if kept.fingerprint != fingerprint:
            raise OtherRequest(
                "this Idempotency-Key was used for another request within the last 24 hours: take a new one"
            )
        if kept.answer is None:
            raise StillAtIt("the same request is being carried out at this moment: ask again in a second")
        return replace(kept.answer, body=zlib.decompress(kept.answer.body))

    def end(self, who: str, key: str, answer: Answered | None) -> None:
        """Keep the answer; one that may be another next time, or none at all, leaves the key free."""
        shelf = self._people.get(who)
        kept = shelf.get(key) if shelf is not None else None
        if shelf is None or kept is None:
            return
        if answer is None or answer.status in _PASSING:
            del shelf[key]
            return
        shelf[key] = replace(kept, answer=replace(answer, body=zlib.compress(answer.body)))

    def _shelf(self) -> Shelf:
        return TTLCache(_MOST_BYTES_OF_ONE, ttl=KEPT, timer=self._clock.now, getsizeof=lambda kept: kept.size)
