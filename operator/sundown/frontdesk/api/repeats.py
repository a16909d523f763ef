"""Requests that come twice, because an answer was lost on its way: with the same ``Idempotency-Key`` the same answer again.

What is kept is bounded, for each person and for all of them, and is gone with the process.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus

from sundown.frontdesk.api.problems import BadHeader, OtherRequest, StillAtIt
from sundown.schedule.clock import Clock

KEPT = timedelta(hours=24)
_MOST_PEOPLE = 500
_MOST_OF_ONE = 200
_MOST_BYTES_OF_ONE = 512 * 2**10
_KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)
_PASSING = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.REQUEST_TIMEOUT})
"""Answers that another attempt may turn into others."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as it was sent."""

    status: int
    body: bytes
    headers: dict[str, str]


@dataclass(slots=True)
class _Kept:
    fingerprint: bytes
    until: datetime
    answer: Answered | None = None


@dataclass(slots=True)
class _Shelf:
    """What is kept of one person, the oldest in front."""

    keys: OrderedDict[str, _Kept] = field(default_factory=OrderedDict)

    @property
    def size(self) -> int:
        return sum(len(one.answer.body) for one in self.keys.values() if one.answer is not None)

    def make_room(self, now: datetime) -> None:
        for key in [key for key, one in self.keys.items() if one.until <= now]:
            del self.keys[key]
        while len(self.keys) > _MOST_OF_ONE or self.size > _MOST_BYTES_OF_ONE:
            self.keys.popitem(last=False)


class Repeats:
    """The keys of the last day."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._people: OrderedDict[str, _Shelf] = OrderedDict()

    def begin(self, who: str, key: str, said: bytes) -> Answered | None:
        """The answer that this request has had; None where it is the first of its key, and is to be carried out now.

        Raises:
            BadHeader: the key is none.
            OtherRequest: the key was used for something else.
            StillAtIt: it is being carried out.
        """
        if not _KEY.fullmatch(key):
            raise BadHeader("the header Idempotency-Key takes 1 to 255 printable characters without spaces")
        now, fingerprint = self._clock.now(), hashlib.sha256(said).digest()
        shelf = self._people.setdefault(who, _Shelf())
        self._people.move_to_end(who)
        while len(self._people) > _MOST_PEOPLE:
            self._people.popitem(last=False)
        kept = shelf.keys.get(key)
        if kept is None or kept.until <= now:
            shelf.keys[key] = _Kept(fingerprint, now + KEPT)
            shelf.keys.move_to_end(key)
            shelf.make_room(now)
            return None
        if kept.fingerprint != fingerprint:
            raise OtherRequest(
                "this Idempotency-Key was used for another request within the last 24 hours: take a new one"
            )
        if kept.answer is None:
            raise StillAtIt("the same request is being carried out at this moment: ask again in a second")
        return kept.answer

    def end(self, who: str, key: str, answer: Answered | None) -> None:
        """Keep the answer; one that may be another next time, or none at all, leaves the key free."""
        shelf = self._people.get(who)
        kept = shelf.keys.get(key) if shelf is not None else None
        if shelf is None or kept is None:
            return
        if answer is None or answer.status in _PASSING:
            del shelf.keys[key]
            return
        kept.answer = answer
        shelf.make_room(self._clock.now())
