"""The kinds that the cluster's owner adds to the catalogue: rows in a ConfigMap of Sundown's own namespace.

It is read when a schedule names a kind that the catalogue does not have, and again a minute later at the earliest.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
import yaml

from sundown.cluster import paths
from sundown.cluster.client import Cluster
from sundown.cluster.errors import Denied, Missing
from sundown.errors import InvalidObject, Mistake
from sundown.model.base import parse
from sundown.model.cutting import clip
from sundown.model.spec import PatchRow
from sundown.sleepers.chosen_rows import objection, own_row
from sundown.sleepers.patch_kind import PatchKind

log = structlog.get_logger(__name__)

NAME = "sundown-kinds"
_FRESH = 60.0


@dataclass(frozen=True, slots=True)
class Added:
    """The rows by the kinds that schedules name, and what is wrong with those that cannot be."""

    rows: Mapping[str, PatchKind] = field(default_factory=dict)
    mistakes: tuple[Mistake, ...] = ()


NOTHING_ADDED = Added()


def read(data: Mapping[str, str]) -> Added:
    """The rows of a ConfigMap. One that cannot be is refused by the name of its entry; the others count. Pure."""
    rows: dict[str, PatchKind] = {}
    mistakes: list[Mistake] = []
    for name, text in sorted(data.items()):
        where = f"ConfigMap {NAME}: {name}"
        try:
            row = parse(PatchRow, _mapping(text))
        except InvalidObject as error:
            mistakes += (Mistake(where, str(mistake)) for mistake in error.mistakes)
            continue
        why = objection(row) if row.kind not in rows else f'there is a row for "{row.kind}" already'
        if why is None:
            rows[row.kind] = own_row(row)
        else:
            mistakes.append(Mistake(where, why))
    return Added(rows, tuple(mistakes))


def _mapping(text: str) -> Mapping[str, Any]:
    try:
        found = yaml.safe_load(text)
        foreign = next(_foreign(found), None)
    except (yaml.YAMLError, RecursionError, ValueError):
        found = foreign = None
    if not isinstance(found, dict):
        raise InvalidObject((Mistake("it", "must be YAML with apiVersion, kind and asleep"),))
    if foreign is not None:
        raise InvalidObject((Mistake("it", f"must be YAML that is JSON too, {foreign} is not: put it in quotes"),))
    return found


def _foreign(value: object) -> Iterator[str]:
    """What YAML knows and JSON does not: dates, bytes, sets, numbers without end, keys that are no text."""
    if isinstance(value, dict):
        yield from (f"the key {_shown(key)}" for key in value if not isinstance(key, str))
        for one in value.values():
            yield from _foreign(one)
    elif isinstance(value, list):
        for one in value:
            yield from _foreign(one)
    elif not (value is None or isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value))):
        yield _shown(value)


def _shown(value: object) -> str:
    return clip(str(value), 40)


class ClusterRows:
    """The ConfigMap as it was read last."""

    def __init__(self, cluster: Cluster, *, home: str) -> None:
        self._cluster = cluster
        self._path = paths.config_map(home, NAME)
        self._found = NOTHING_ADDED
        self._read_at: float | None = None

    async def added(self) -> Added:
        """What the cluster's owner added; nothing where there is no such ConfigMap, or it may not be read.

        Raises:
            ApiError: the API server cannot be asked.
        """
        if self._read_at is None or time.monotonic() - self._read_at > _FRESH:
            try:
                self._found = read((await self._cluster.get(self._path)).get("data") or {})
            except (Missing, Denied) as error:
                log.info("no-kinds-of-the-clusters-owner", error=str(error))
                self._found = NOTHING_ADDED
            self._read_at = time.monotonic()
        return self._found
