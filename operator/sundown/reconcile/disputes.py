"""Who takes back, again and again, what Sundown writes beside the workloads: marks of a namespace, the status of a schedule.

It is written less and less often then, as a workload is that is fought for. It is remembered in memory alone. Pure but for
the bookkeeping.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from sundown.reconcile.fights import FORGOTTEN, Round

K = TypeVar("K")


def told_of(what: str, by: str) -> str:
    """A fight in words: ``what`` somebody does against it."""
    return f"{what} again and again by {by}: stop that; it is tried less and less often"


class Disputes(Generic[K]):
    """Keeps how often each thing was written without having been wanted otherwise meanwhile."""

    def __init__(self) -> None:
        self._rounds: dict[K, Round] = {}

    def written(self, key: K, *, now: datetime) -> bool:
        """Count a write; whether nobody has been named yet with whom there is a fight now."""
        before = self._rounds.get(key)
        if before is None or now - before.last >= FORGOTTEN:
            self._rounds[key] = Round("Remember", 1, now)
        else:
            self._rounds[key] = replace(before, writes=before.writes + 1, last=now)
        one = self._rounds[key]
        return one.is_fight and one.by is None

    def pause(self, key: K, *, now: datetime) -> timedelta:
        """How long it has to wait for its next write; nothing where there is no fight."""
        one = self._rounds.get(key)
        return max(one.due - now, timedelta()) if one is not None and one.is_fight else timedelta()

    def settle(self, key: K, *, now: datetime) -> None:
        """Make peace over what stands as it was written, once that has lasted."""
        one = self._rounds.get(key)
        if one is not None and now >= (one.due if one.is_fight else one.last + FORGOTTEN):
            del self._rounds[key]

    def name(self, key: K, by: str) -> None:
        """Remember who takes it back."""
        if key in self._rounds:
            self._rounds[key] = replace(self._rounds[key], by=by)

    def by(self, key: K) -> str | None:
        """Who takes it back again and again, None where nobody does."""
        one = self._rounds.get(key)
        return one.by if one is not None and one.is_fight else None

    def forget(self, key: K) -> None:
        """It is gone, or wanted otherwise."""
        self._rounds.pop(key, None)
