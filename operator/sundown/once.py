"""What is done or said once, however often it comes again: bounded, for what comes is made up by others."""

from __future__ import annotations

from collections.abc import Hashable

from cachetools import FIFOCache


class Once:
    """Remembers the latest ``at_most`` things."""

    def __init__(self, *, at_most: int) -> None:
        self._seen: FIFOCache[Hashable, None] = FIFOCache(at_most)

    def is_new(self, thing: Hashable) -> bool:
        """Whether this is the first time."""
        if thing in self._seen:
            return False
        self._seen[thing] = None
        return True
