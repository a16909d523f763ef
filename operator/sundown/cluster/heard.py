"""What a watch of metadata tells of an object: enough to see that somebody has changed it, and nothing of its body."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from sundown.cluster.slim import texts

Place = tuple[str, str]
"""Annotations or labels, and the key."""

_NOTHING: Mapping[Place, str] = {}


class Heard(msgspec.Struct, frozen=True, gc=False):
    """The metadata of an object, as far as it is read; ``generation`` counts the changes of its spec, 0 where its kind has none.

    Many of them are kept while looks are under way, so nothing in it holds on to the line that it was read from.
    """

    namespace: str
    uid: str
    generation: int = 0
    creation_timestamp: str = ""
    said: Mapping[Place, str] = _NOTHING

    def value(self, where: str, key: str) -> str | None:
        """What an annotation or a label says that was asked for; None where there is no such."""
        return self.said.get((where, key))


class _Metadata(msgspec.Struct, rename="camel", gc=False):
    namespace: str
    uid: str
    generation: int = 0
    creation_timestamp: str = ""
    annotations: msgspec.Raw = msgspec.Raw()
    labels: msgspec.Raw = msgspec.Raw()

    def said(self, where: str) -> dict[str, str]:
        return texts(self.labels if where == "labels" else self.annotations) or {}


class _Object(msgspec.Struct, gc=False):
    metadata: _Metadata


_objects = msgspec.json.Decoder(_Object)


def heard(raw: msgspec.Raw, places: Collection[Place] = ()) -> Heard:
    """The metadata of an object that a watch told of, and what it says at these places.

    Raises:
        ValueError: for what is no object of a namespace.
    """
    found = _objects.decode(raw).metadata
    said = _NOTHING
    if places:
        there = {where: found.said(where) for where in {where for where, _ in places}}
        said = {(where, key): there[where][key] for where, key in places if key in there[where]}
    return Heard(found.namespace, found.uid, found.generation, found.creation_timestamp, said)
