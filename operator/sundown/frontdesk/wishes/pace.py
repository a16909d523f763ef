"""How much one person may ask for: a flood of theirs is answered once and then left alone, and everybody else is served."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cachetools import LRUCache

from sundown.errors import SundownError
from sundown.schedule.clock import Clock

_MOST_PEOPLE = 5_000
_SILENCE = timedelta(seconds=15)


class TooMuch(SundownError):
    """Somebody has asked for so much within a minute that the others come first."""

    reason = "TooMuch"

    def __init__(self, *, at_most: int) -> None:
        seconds = int(_SILENCE.total_seconds())
        super().__init__(
            f"you have asked for more than {at_most} things within a minute, and this one was not done: I listen to you "
            f"again in {seconds} seconds"
        )


@dataclass(slots=True)
class _Bucket:
    left: float
    seen: datetime
    silent_until: datetime | None = None


class Pace:
    """Lets each person have ``at_most`` things within a minute: all at once, or one after the other as time goes on."""

    def __init__(self, *, at_most: int, clock: Clock) -> None:
        self._at_most = at_most
        self._clock = clock
        self._people: LRUCache[str, _Bucket] = LRUCache(_MOST_PEOPLE)

    def admit(self, user: str) -> bool:
        """Whether something that somebody wants is done; where it is not, and they have not been told yet, they are to be told.

        Raises:
            TooMuch: it is not done, and for the first time since the last one that was.
        """
        now = self._clock.now()
        bucket = self._bucket(user, now)
        if bucket.silent_until is not None and now < bucket.silent_until <= now + _SILENCE:
            return False
        bucket.silent_until = None
        if bucket.left < 1:
            bucket.silent_until = now + _SILENCE
            raise TooMuch(at_most=self._at_most)
        bucket.left -= 1
        return True

    def _bucket(self, user: str, now: datetime) -> _Bucket:
        bucket = self._people.setdefault(user, _Bucket(self._at_most, now))
        passed = max((now - bucket.seen).total_seconds(), 0.0)
        bucket.left = min(bucket.left + passed * self._at_most / 60, float(self._at_most))
        bucket.seen = now
        return bucket
