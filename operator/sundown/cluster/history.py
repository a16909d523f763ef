"""Whether the API server still tells the history that was seen before, or one to which etcd was restored from a backup.

A listing that was begun after an object had been seen shows it as it was then, or newer. One that shows it older is of
another history: whatever is remembered of the first may be wrong in it, and what "late" events say is the truth.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import NoReturn

import structlog

from sundown.model.env import Known, Namespace

log = structlog.get_logger(__name__)

Version = tuple[str, str]
"""The uid of an object and its resourceVersion."""


def versions(namespaces: Iterable[Namespace], schedules: Iterable[Known]) -> Iterator[Version]:
    """Those of all of them."""
    yield from ((one.uid, one.resource_version) for one in namespaces)
    yield from ((one.metadata.uid, one.metadata.resource_version) for one in schedules)


_ANOTHER_HISTORY = 3
"""The exit code, to tell it from other ends."""


class AnotherHistory(Exception):
    """What is remembered is of a history that is no more."""


class Versions:
    """What was known when a listing was begun."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def begin(self, known: Iterable[Version]) -> None:
        """A listing is begun now."""
        self._known = {uid: version for uid, version in known if uid}

    def compare(self, listed: Iterable[Version]) -> None:
        """Compare with what it says.

        Raises:
            AnotherHistory: where it shows an object older than it was known to be before.
        """
        known, self._known = self._known, {}
        for uid, version in listed:
            before = known.get(uid)
            if before is not None and older(version, before):
                raise AnotherHistory(f"an object was seen with resourceVersion {before}, and is at {version} now")


def older(one: str, other: str) -> bool:
    """Whether a resourceVersion is older than another; they are numbers (KEP-5504), or nothing is known."""
    return one.isdecimal() and other.isdecimal() and int(one) < int(other)


def end_at_once(why: AnotherHistory) -> NoReturn:
    """End the process with nothing written any more: its memory, and what waits to be sent, is of another history."""
    log.critical(
        "another-history",
        error=str(why),
        meaning="etcd seems to have been restored from a backup; this process ends, and the next one begins afresh",
    )
    os._exit(_ANOTHER_HISTORY)
