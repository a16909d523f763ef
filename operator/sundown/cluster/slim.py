"""Objects of the API server with only what Sundown reads: no managedFields, no foreign annotations, no spec without end.

Whoever may write an object may put a megabyte and a half into it, and as many objects as they like beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nsmallest
from itertools import chain
from typing import Any

import msgspec
import orjson

from sundown.cluster.body import Body
from sundown.cluster.claims import is_taken_over, may_be_generated
from sundown.model.resources import GROUP, OWNER_EMAIL

MOST_SPEC = 32 * 2**10
"""The largest spec of an object of ours that is read, in bytes of JSON."""
OVERSIZE = "$oversize"
"""Stands for the spec of one that is larger; no CRD has a field of that name."""

TAKEN_OVER = "$takenOver"
"""Stands in the metadata of one that Sundown has made, and that has become somebody's; who owns it is not kept."""

MOST_LABELS = 8 * 2**10
"""So many characters of labels are kept of one object, and 64 labels."""

_MOST_TEXTS = 64
_OUR_PREFIX = f"{GROUP}/"
_MOST_ANNOTATIONS = 16 * 2**10


class _Identity(msgspec.Struct, rename="camel", omit_defaults=True, gc=False):
    name: str
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    generation: int = 0
    creation_timestamp: str | None = None
    deletion_timestamp: str | None = None


class _Tags(msgspec.Struct, gc=False):
    labels: msgspec.Raw = msgspec.Raw()
    annotations: msgspec.Raw = msgspec.Raw()
    finalizers: msgspec.Raw = msgspec.Raw()
    managed_fields: msgspec.Raw = msgspec.field(name="managedFields", default=msgspec.Raw())


class _Cut(msgspec.Struct, omit_defaults=True, gc=False):
    """What is read of a spec that is too large: what people need to wake the env all the same."""

    override: msgspec.Raw = msgspec.Raw()
    paused: bool = False


class _Object(msgspec.Struct, gc=False):
    metadata: msgspec.Raw
    api_version: str = msgspec.field(name="apiVersion", default="")
    kind: str = ""
    spec: msgspec.Raw = msgspec.Raw()
    status: msgspec.Raw = msgspec.Raw()


class _ListMetadata(msgspec.Struct, omit_defaults=True, rename="camel", gc=False):
    token: str = msgspec.field(name="continue", default="")
    resource_version: str = ""


class _List(msgspec.Struct, gc=False):
    metadata: _ListMetadata
    # No default: an error that comes with a 200 has no items, and is not an empty list.
    items: list[msgspec.Raw] | None
    api_version: str = msgspec.field(name="apiVersion", default="")
    kind: str = ""


_identities = msgspec.json.Decoder(_Identity)
_tags = msgspec.json.Decoder(_Tags)
_objects = msgspec.json.Decoder(_Object)
_lists = msgspec.json.Decoder(_List)
_texts = msgspec.json.Decoder(dict[str, str] | None)


def slim(wire: Body | msgspec.Raw | memoryview) -> dict[str, Any]:
    """One object from its JSON, as plain JSON of what is left of it.

    Raises:
        ValueError: for what is no object of the API server.
    """
    found = _objects.decode(wire)
    size = len(memoryview(found.spec))
    spec = None
    if size:
        spec = orjson.loads(memoryview(found.spec)) if size <= MOST_SPEC else _cut(found.spec, size)
    plain: dict[str, Any] = {"metadata": _metadata(found.metadata, spec)}
    if found.kind:
        plain |= {"apiVersion": found.api_version, "kind": found.kind}
    if size:
        plain["spec"] = spec
    if found.status:
        plain["status"] = orjson.loads(memoryview(found.status))
    return plain


class SlimPage:
    """A page of such objects, each made when it is its turn.

    Raises:
        ValueError: for what is no list.
    """

    def __init__(self, answer: Body) -> None:
        self._list = _lists.decode(answer)
        self.token = self._list.metadata.token

    @property
    def items(self) -> Iterator[dict[str, Any]]:
        """The objects."""
        return (slim(one) for one in self._list.items or ())

    def to_json(self) -> bytes:
        """The same list again, as the API server would have written it."""
        return msgspec.json.encode(
            {
                "apiVersion": self._list.api_version,
                "kind": self._list.kind,
                "metadata": self._list.metadata,
                "items": list(self.items),
            }
        )


def _metadata(wire: msgspec.Raw, spec: object) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(_identities.decode(wire))
    tags = _tags.decode(wire)
    labels, annotations = texts(tags.labels), texts(tags.annotations)
    if isinstance(spec, dict) and may_be_generated(plain["name"], labels or {}, annotations or {}):
        plain[TAKEN_OVER] = is_taken_over(
            plain["name"],
            labels=labels or {},
            annotations=annotations or {},
            managed_fields=tags.managed_fields,
            spec=spec,
        )
    if labels is not None:
        plain["labels"] = bounded(labels)
    if annotations is not None:
        plain["annotations"] = bounded(_ours(annotations), at_most=_MOST_ANNOTATIONS)
    if tags.finalizers and "deletionTimestamp" in plain:
        plain["finalizers"] = msgspec.json.decode(tags.finalizers, type=list[str])[:_MOST_TEXTS]
    return plain


def _cut(spec: msgspec.Raw, size: int) -> dict[str, Any]:
    """What salvage asks for, and how large the whole is."""
    plain: dict[str, Any] = {OVERSIZE: size}
    try:
        cut = msgspec.json.decode(spec, type=_Cut)
    except msgspec.ValidationError:
        return plain
    if cut.override and len(memoryview(cut.override)) <= MOST_SPEC // 4:
        plain["override"] = orjson.loads(memoryview(cut.override))
    return {**plain, "paused": cut.paused}


def texts(wire: msgspec.Raw) -> dict[str, str] | None:
    """Labels or annotations from their JSON."""
    return _texts.decode(wire) if wire else None


def bounded(texts: dict[str, str] | None, *, at_most: int = MOST_LABELS) -> dict[str, str] | None:
    """As many of them as have room, ours and short ones first: how many labels an object has nobody limits."""
    if texts is None or (len(texts) <= _MOST_TEXTS and sum(map(len, chain(texts, texts.values()))) <= at_most):
        return texts
    ours = (key for key in texts if key.startswith(_OUR_PREFIX))
    kept: dict[str, str] = {}
    room = at_most
    for key in chain(nsmallest(_MOST_TEXTS, ours, key=len), nsmallest(_MOST_TEXTS, texts, key=len)):
        size = len(key) + len(texts[key])
        if key not in kept and size <= room and len(kept) < _MOST_TEXTS:
            kept[key] = texts[key]
            room -= size
    return kept


def _ours(annotations: dict[str, str]) -> dict[str, str]:
    """What is for Sundown: the rest is other tools' and may be 256 KiB."""
    return {key: text for key, text in annotations.items() if key == OWNER_EMAIL or key.startswith(_OUR_PREFIX)}
