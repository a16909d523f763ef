"""Where incidents are remembered: in one ConfigMap of Sundown's own namespace, which nobody else writes."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from pydantic import ValidationError

from sundown.cluster import paths
from sundown.cluster.client import Cluster
from sundown.frontdesk.incidents.incident import Book, Written
from sundown.model import managers
from sundown.model.base import mistakes_of

log = structlog.get_logger(__name__)

NAME = "sundown-incidents"
_ENTRY = "incidents"


class Store:
    """Reads and writes it whole; by the version that was read, so that of two frontdesks one hears of the other."""

    def __init__(self, cluster: Cluster, *, namespace: str) -> None:
        self._cluster = cluster
        self._namespace = namespace
        self._version = ""

    async def read(self, *, now: datetime) -> Book:
        """What is remembered; where nothing is, that somebody has begun to look.

        Raises:
            Missing: there is no such ConfigMap.
            ApiError: it cannot be read.
        """
        found = await self._cluster.get(paths.config_map(self._namespace, NAME))
        self._version = str(found["metadata"]["resourceVersion"])
        text = str((found.get("data") or {}).get(_ENTRY) or "")
        if text:
            try:
                return Book.of(Written.model_validate_json(text))
            except ValidationError as error:
                # Nobody but us writes here. Whoever did has made us forget; what is wrong still will be told once more.
                log.error("incidents-unreadable", config_map=NAME, error=str(mistakes_of(error)[0]))
        # The cluster tells times in whole seconds, and what happens within this one is news.
        return Book(began=now.replace(microsecond=0) - timedelta(seconds=1))

    async def write(self, book: Book) -> None:
        """Remember it.

        Raises:
            Conflict: somebody else has written since; read it again.
            ApiError: it cannot be written.
        """
        path = paths.config_map(self._namespace, NAME)
        body = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": NAME, "namespace": self._namespace, "resourceVersion": self._version},
            "data": {_ENTRY: book.written().model_dump_json(exclude_defaults=True)},
        }
        written = await self._cluster.apply(path, body, manager=managers.FRONTDESK, force=True)
        self._version = str(written["metadata"]["resourceVersion"])
