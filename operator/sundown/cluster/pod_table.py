"""The pods of a namespace as the API server itself prints them: what ``kubectl get pods`` shows, and nothing more of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from sundown.cluster import paths
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError
from sundown.model.pods import PodLine

MOST_PODS = 500


class _Read(msgspec.Struct, rename="camel", gc=False):
    """Base of what is read: camelCase on the wire, other fields skipped."""


class _Column(_Read):
    name: str


class _Row(_Read):
    cells: list[Any]


class _Metadata(_Read):
    remaining: int | None = msgspec.field(name="remainingItemCount", default=None)


class _Table(_Read):
    columns: list[_Column] = msgspec.field(name="columnDefinitions")
    rows: list[_Row]
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)


@dataclass(frozen=True, slots=True)
class PodTable:
    """``left_out`` is how many there are more."""

    lines: tuple[PodLine, ...]
    left_out: int = 0


async def pods_of(cluster: Cluster, namespace: str, *, most: int = MOST_PODS) -> PodTable:
    """The pods of a namespace.

    Raises:
        ApiError: they cannot be listed.
    """
    path = paths.pods(namespace)
    asked = await cluster.table(path, limit=str(most), includeObject="None")
    try:
        return read_table(asked)
    except msgspec.ValidationError as error:
        raise ApiError(f"GET {path}: the answer is no table: {error}", status=200) from error


def read_table(raw: dict[str, Any]) -> PodTable:
    """A table as the API server sends it.

    Raises:
        msgspec.ValidationError: it is none.
    """
    table = msgspec.convert(raw, _Table)
    names = [column.name for column in table.columns]
    return PodTable(tuple(_line(names, row.cells) for row in table.rows), table.metadata.remaining or 0)


def _line(names: list[str], cells: list[Any]) -> PodLine:
    found = {name: str(cell) for name, cell in zip(names, cells, strict=False) if cell is not None}
    return PodLine(
        name=found.get("Name", ""),
        ready=found.get("Ready", ""),
        status=found.get("Status", ""),
        restarts=found.get("Restarts", ""),
        age=found.get("Age", ""),
        node=found.get("Node", "").replace("<none>", ""),
    )
