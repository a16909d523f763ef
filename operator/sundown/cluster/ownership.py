"""Who owns the few fields of a workload that Sundown writes, from its ``metadata.managedFields``.

Most of a workload's JSON is managedFields. Only the path to these fields is decoded, the rest is skipped.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import msgspec

from sundown.model import managers
from sundown.model.parts import Owner
from sundown.model.resources import ASLEEP_SINCE

REPLICAS = "replicas"
WHEN_SCALED = "whenScaled"
MARK = "mark"
"""The annotation that says in which sleep a workload was put to zero."""

_OURS = "f:sundown.dev/"
_OF_WHO_MADE_IT = "f:kubernetes.io/metadata.name"
"""A namespace is made with it."""
ITSELF = "."
"""How an owner of a map has the map itself, beside what is in it."""

FIELDS: dict[str, tuple[str, ...]] = {
    REPLICAS: ("f:spec", "f:replicas"),
    WHEN_SCALED: ("f:spec", "f:persistentVolumeClaimRetentionPolicy", "f:whenScaled"),
}
"""Where ``fieldsV1`` has them."""


class _Retention(msgspec.Struct, gc=False):
    when_scaled: dict[str, Any] | None = msgspec.field(name="f:whenScaled", default=None)


class _Spec(msgspec.Struct, gc=False):
    replicas: dict[str, Any] | None = msgspec.field(name="f:replicas", default=None)
    selector: msgspec.Raw = msgspec.field(name="f:selector", default=msgspec.Raw())
    template: msgspec.Raw = msgspec.field(name="f:template", default=msgspec.Raw())
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
    """Who owns fields that Sundown writes, from the JSON of ``managedFields``; None where nobody owns anything at all.

    Whoever applies the object is among them, with whatever fields, and so is Sundown.
    """
    entries = _entries.decode(wire) if wire else None
    if not entries:
        return None
    return tuple(owner for entry in entries if (owner := _owner(entry)) is not None)


def _owner(entry: _Entry) -> Owner | None:
    if entry.subresource == "status":
        return None
    owned = entry.fields_v1
    fields = _fields(owned) if owned is not None else frozenset[str]()
    if not fields and entry.operation != "Apply" and entry.manager not in managers.OURS:
        return None
    shared = owned is not None and owned.spec is not None and bool(owned.spec.selector or owned.spec.template)
    return _shared(
        entry.manager,
        entry.operation,
        fields,
        entry.api_version,
        entry.time or "",
        entry.subresource or "",
        shared=shared and entry.manager in managers.OURS,
    )


def _fields(owned: _Fields) -> frozenset[str]:
    spec, metadata = owned.spec, owned.metadata
    retention = spec.retention if spec is not None else None
    annotations = metadata.annotations if metadata is not None else None
    named = (
        (REPLICAS, spec.replicas if spec is not None else None),
        (WHEN_SCALED, retention.when_scaled if retention is not None else None),
        (MARK, annotations.mark if annotations is not None else None),
    )
    return frozenset(name for name, there in named if there is not None)


@lru_cache(maxsize=4096)
def _shared(
    manager: str, operation: str, fields: frozenset[str], api_version: str, time: str, subresource: str, *, shared: bool
) -> Owner:
    """Most workloads of a cluster are owned by the same few."""
    return Owner(manager, operation == "Apply", fields, api_version, time, subresource, shared)


def without_ours(entries: Iterable[dict[str, Any]], *, fields: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Entries of ``managedFields`` less Sundown's, and less those that own nothing.

    Of who makes objects under a name of Sundown's, only Sundown's annotations and these ``fields`` are taken off.
    """
    kept: list[dict[str, Any]] = []
    for entry in entries:
        if not is_updated_by_us(entry):
            kept.append(entry)
        elif _is_of_a_namesake(entry):
            kept.append({**entry, "fieldsV1": _theirs(entry, fields)})
    return [entry for entry in kept if entry.get("fieldsV1")]


def _is_of_a_namesake(entry: dict[str, Any]) -> bool:
    """Whether it owns what Sundown never writes: somebody else has made the object, or changed it, under that name."""
    owned = entry.get("fieldsV1") or {}
    labels = (owned.get("f:metadata") or {}).get("f:labels") or {}
    return bool({"f:selector", "f:template"} & (owned.get("f:spec") or {}).keys()) or _OF_WHO_MADE_IT in labels


def _theirs(entry: dict[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    owned: dict[str, Any] = copy.deepcopy(entry["fieldsV1"])
    metadata = owned.get("f:metadata") or {}
    ours = [("f:metadata", kind, key) for kind, keys in metadata.items() for key in keys if key.startswith(_OURS)]
    for path in (*ours, *(FIELDS[name] for name in fields)):
        take(owned, path)
    return owned


def take(fields: dict[str, Any], path: tuple[str, ...]) -> None:
    """Take a field out, and what is empty without it."""
    step, rest = path[0], path[1:]
    if step not in fields:
        return
    if rest:
        take(fields[step], rest)
    if not rest or not fields[step].keys() - {ITSELF}:
        del fields[step]


def is_ours(entry: dict[str, Any]) -> bool:
    """Whether it has a name of Sundown's; its status beside it nobody applies."""
    return entry.get("manager") in managers.OURS and entry.get("subresource") != "status"


def is_updated_by_us(entry: dict[str, Any]) -> bool:
    """Whether Sundown has written to an object of somebody else's: it applies none."""
    return is_ours(entry) and entry.get("operation") != "Apply"


def let_go(metadata: dict[str, Any], *, applied: bool = False) -> dict[str, Any] | None:
    """The patch after which no field of an object is Sundown's, who may have ``applied`` it; None where none is."""
    entries = metadata.get("managedFields") or []
    kept = without_ours(entry for entry in entries if not (applied and is_ours(entry)))
    if kept == entries or not kept:
        return None  # an empty list is taken for no list at all
    return {"metadata": {"resourceVersion": metadata["resourceVersion"], "managedFields": kept}}


def is_applied(metadata: dict[str, Any], *, by_anybody: bool = True) -> bool:
    """Whether somebody applies an object server-side; where not ``by_anybody``, Sundown does so too."""
    entries = metadata.get("managedFields") or []
    return any(entry.get("operation") == "Apply" and (by_anybody or not is_ours(entry)) for entry in entries)
