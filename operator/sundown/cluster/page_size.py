"""How many objects a page of a list may have: as many as are wanted, and fewer where they are large."""

from __future__ import annotations

from sundown.cluster.bodies import MOST_BYTES


class PageSize:
    """The limit of the next page of one list. It halves when a page was too large, and grows again behind that place."""

    def __init__(self, most: int, *, first: int | None = None, most_bytes: int = MOST_BYTES) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._cut = False
        self.now = min(first or most, most)

    def halve(self) -> None:
        """A page of ``now`` objects was too large."""
        self._cut = True
        self.now = max(1, self.now // 2)

    def fitted(self, size: int) -> None:
        """A page of so many bytes was not. Twice as many objects must fit too, or the limit would go up and down."""
        if not self._cut:
            self.now = self._most
        elif size <= self._most_bytes // 4:
            self.now = min(self._most, self.now * 2)
            self._cut = self.now < self._most
