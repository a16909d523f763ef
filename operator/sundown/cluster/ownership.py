"""Who owns the few fields of a workload that Sundown writes, from its ``metadata.managedFields``.

Most of a workload's JSON is managedFields. Only the path to these fields is decoded, the rest is skipped.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec

from sundown.model.parts import Owner
from sundown.model.resources import ASLEEP_SINCE

REPLICAS = "replicas"
WHEN_SCALED = "whenScaled"
MARK = "mark"
"""The annotation that says in which sleep a workload was put to zero; read only of who owns the count too."""

FIELDS: dict[str, tuple[str, ...]] = {
    REPLICAS: ("f:spec", "f:replicas"),
    WHEN_SCALED: ("f:spec", "f:persistentVolumeClaimRetentionPolicy", "f:whenScaled"),
}
"""Where ``fieldsV1`` has them."""


class _Retention(msgspec.Struct, gc=False):
    when_scaled: dict[str, Any] | None = msgspec.field(name="f:whenScaled", default=None)


class _Spec(msgspec.Struct, gc=False):
    replicas: dict[str, Any] | None = msgspec.field(name="f:replicas", default=None)
    retention: _Retention | None = msgspec.field(name="f:persistentVolumeClaimRetentionPolicy", default=None)


class _Annotations(msgspec.Struct, gc=False):
    mark: dict[str, Any] | None = msgspec.field(name=f"f:{ASLEEP_SINCE}", default=None)


class _Metadata(msgspec.Struct, gc=False):
    annotations: _Annotations | None = msgspec.field(name="f:annotations", default=None)


class _Fields(msgspec.Struct, gc=False):
    metadata: _Metadata | None = msgspec.field(name="f:metadata", default=None)
    spec: _Spec | None = msgspec.field(name="f:spec", default=None)


class _Entry(msgspec.Struct, rename="camel", gc=False):
    """An entry of ``managedFields``, as far as it is read."""

    manager: str = ""
    operation: str = ""
    api_version: str = ""
    time: str | None = None
    subresource: str | None = None
    fields_v1: _Fields | None = msgspec.field(name="fieldsV1", default=None)


_entries = msgspec.json.Decoder(list[_Entry] | None)


def owners(wire: msgspec.Raw) -> tuple[Owner, ...] | None:
    """Who owns fields that Sundown writes, from the JSON of ``managedFields``; None where nobody owns anything at all."""
    entries = _entries.decode(wire) if wire else None
    if not entries:
        return None
    return tuple(owner for entry in entries if (owner := _owner(entry)) is not None)


def _owner(entry: _Entry) -> Owner | None:
    fields_v1 = entry.fields_v1
    spec = fields_v1.spec if fields_v1 is not None else None
    if fields_v1 is None or spec is None or entry.subresource == "status":
        return None
    counted = spec.replicas is not None
    retained = spec.retention is not None and spec.retention.when_scaled is not None
    if not counted and not retained:
        return None
    annotations = fields_v1.metadata.annotations if fields_v1.metadata is not None else None
    marked = counted and annotations is not None and annotations.mark is not None
    named = ((REPLICAS, counted), (WHEN_SCALED, retained), (MARK, marked))
    fields = frozenset(name for name, there in named if there)
    return _shared(entry.manager, entry.operation, fields, entry.api_version, entry.time or "", entry.subresource or "")


@lru_cache(maxsize=4096)
def _shared(
    manager: str, operation: str, fields: frozenset[str], api_version: str, time: str, subresource: str
) -> Owner:
    """Most workloads of a cluster are owned by the same few."""
    return Owner(manager, operation == "Apply", fields, api_version, time, subresource)
