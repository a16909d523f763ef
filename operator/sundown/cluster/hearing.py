"""How well places are heard that are only watched: since when nothing of them can have been missed, and how much there is.

Whoever lists what is heard all the same asks for nothing new, unless a watch is down, or hangs without saying so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_SILENT_FOR = 150.0
"""Seconds. The API server gives a sign of life every minute, once it has something to count them from."""
_BY_ONE = {"ADDED": 1, "DELETED": -1}


def seconds() -> float:
    """The running loop's seconds, which never go back: what is heard, listed and kept is told apart by them."""
    return asyncio.get_running_loop().time()


@dataclass(slots=True)
class _Hearing:
    since: float
    last: float | None
    objects: int = 0


class Hearings:
    """What is known of each place."""

    def __init__(self, *, now: Callable[[], float] = seconds) -> None:
        self._now = now
        self._places: dict[str, _Hearing] = {}

    def begun(self, place: str, *, afresh: bool) -> None:
        """A watch has begun: with all that there is, or where another had ended."""
        hearing = self._places.get(place)
        if afresh or hearing is None:
            self._places[place] = _Hearing(since=self._now(), last=self._now())
        else:
            hearing.last = self._now()

    def line(self, place: str, kind: str, *, readable: bool) -> None:
        """It has told something, in the API server's word for it."""
        hearing = self._places[place]
        hearing.last = self._now()
        hearing.objects += _BY_ONE.get(kind, 0)
        if not readable:
            hearing.since = self._now()

    def interrupted(self, place: str) -> None:
        """It is down. The next may go on where it was."""
        hearing = self._places.get(place)
        if hearing is not None:
            hearing.last = None

    def ended(self, place: str) -> None:
        """Nobody listens any more."""
        self._places.pop(place, None)

    def has(self, places: Iterable[str]) -> bool:
        """Whether somebody listens at all of them, or tries to."""
        return all(place in self._places for place in places)

    def since(self, places: Iterable[str]) -> float | None:
        """Since when all that happened at them has been told, or will be in a moment; None where nobody can rely on that now."""
        found = [self._relied_on(place) for place in places]
        return max((one.since for one in found if one is not None), default=None) if None not in found else None

    def objects(self, places: Iterable[str]) -> int | None:
        """How many objects they have together; None where nobody knows."""
        found = [self._relied_on(place) for place in places]
        return sum(one.objects for one in found if one is not None) if None not in found else None

    def _relied_on(self, place: str) -> _Hearing | None:
        hearing = self._places.get(place)
        if hearing is None or hearing.last is None or self._now() - hearing.last > _SILENT_FOR:
            return None
        return hearing
