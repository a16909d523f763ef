"""Which kinds a cluster serves, by the API server's own directory: one request, and only when somebody asks for such a kind."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from sundown.cluster.client import Cluster
from sundown.cluster.hearing import seconds

log = structlog.get_logger(__name__)

_DIRECTORY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
FRESH = timedelta(minutes=5)
_ABSENT_AGAIN = 30.0
"""Seconds until the directory is read again because somebody waits for a kind whose CRD may have come."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind as the API server serves it, in one of its versions."""

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool


def read_directory(answer: dict[str, Any]) -> tuple[Resource, ...]:
    """What is in a directory, of each kind the versions that the API server prefers first.

    Of a group whose own API server does not answer the versions say that they are stale: what they had is there still.
    """
    return tuple(
        Resource(
            group=group.get("metadata", {}).get("name", ""),
            version=version["version"],
            kind=(one.get("responseKind") or {}).get("kind", ""),
            plural=one["resource"],
            namespaced=one.get("scope") == "Namespaced",
        )
        for group in answer.get("items") or ()
        for version in group.get("versions") or ()
        for one in version.get("resources") or ()
    )


class Served:
    """The directory as it was read last. Read when it is asked about, and again when it is old or a kind is not in it."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._found: dict[tuple[str, str], tuple[Resource, ...]] = {}
        self._read_at: float | None = None
        self._lacking = False
        self._reading = asyncio.Lock()

    async def of(
        self, kinds: Iterable[tuple[str, str]], *, fresh: timedelta = FRESH
    ) -> dict[tuple[str, str], tuple[Resource, ...]]:
        """The versions in which kinds (group and kind) are served, the preferred one first; nothing for what is not.

        Where all of them are there, what was read is believed for as long as it is ``fresh``.

        Raises:
            ApiError: the API server cannot be asked.
        """
        asked = tuple(kinds)
        async with self._reading:
            if self._is_due(asked, fresh=fresh.total_seconds()):
                # Kinds of the core group have a directory of their own.
                await self._read(("/apis", "/api") if any(not group for group, _ in asked) else ("/apis",))
        return {one: self._found.get(one, ()) for one in asked}

    def forget(self, *, before: float) -> None:
        """Read it again at the next question, if it was read before: something was not there where it says."""
        if self._read_at is not None and self._read_at <= before:
            self._read_at = None

    def lacks_a_version(self) -> None:
        """Read it again as soon as for a kind that is absent: one that is there has no version that somebody can use."""
        self._lacking = True

    def _is_due(self, asked: tuple[tuple[str, str], ...], *, fresh: float) -> bool:
        if self._read_at is None:
            return bool(asked)
        age = seconds() - self._read_at
        complete = not self._lacking and all(one in self._found for one in asked)
        return age > (fresh if complete else _ABSENT_AGAIN)

    async def _read(self, paths: tuple[str, ...]) -> None:
        found: dict[tuple[str, str], tuple[Resource, ...]] = {}
        for path in paths:
            for one in read_directory(await self._cluster.directory(path, _DIRECTORY)):
                found[one.group, one.kind] = (*found.get((one.group, one.kind), ()), one)
        self._found, self._read_at, self._lacking = found, seconds(), False
