"""What a watch tells of this process's own writes, recognised by the version that the API server gave each of them.

Kopf keeps a queue and a task for each object of which an event comes, which costs more than all that Sundown does with the
event. Of a transition two events in three are such echoes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cachetools import FIFOCache

Heard = Callable[[str, dict[str, Any]], None]
"""Takes the type of an event and the object."""

Made = Callable[[str, str], None]
"""Is told the kind of an object and the version that a write of ours has made of it."""

_MOST = 4096
"""So many writes may be on their way back; what comes later than that goes the usual way."""


def unheard(_kind: str, _version: str) -> None:
    """Where nothing comes back."""


class Echoes:
    """``heard`` takes them in at once, by kind. What others wrote before may come after them then, and is older.

    Two kinds may have the same versions, where the API server keeps them in an etcd each.
    """

    def __init__(self, heard: Mapping[str, Heard]) -> None:
        self._heard = heard
        self._versions: FIFOCache[tuple[str, str], None] = FIFOCache(_MOST)

    def made(self, kind: str, version: str) -> None:
        """A write of ours has made this version of an object."""
        self._versions[kind, version] = None

    def take(self, event: str, found: dict[str, Any]) -> bool:
        """Take in an event of this type and object if it tells of a write of ours; whether it did."""
        written = found.get("kind", ""), found["metadata"].get("resourceVersion", "")
        if event != "MODIFIED" or written not in self._versions:
            return False
        del self._versions[written]
        self._heard[written[0]](event, found)
        return True
