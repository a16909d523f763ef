"""What a watch of metadata tells of an object: enough to see that somebody has changed it, and nothing of its body."""

from __future__ import annotations

import msgspec

from sundown.cluster.slim import texts


class Heard(msgspec.Struct, rename="camel", frozen=True, gc=False):
    """The metadata of an object, as far as it is read; ``generation`` counts the changes of its spec, 0 where its kind has none."""

    namespace: str
    uid: str
    generation: int = 0
    creation_timestamp: str = ""
    annotations: msgspec.Raw = msgspec.Raw()
    labels: msgspec.Raw = msgspec.Raw()

    def value(self, where: str, key: str) -> str | None:
        """What an annotation or a label says (``where`` is ``annotations`` or ``labels``); None where there is no such."""
        return (texts(self.labels if where == "labels" else self.annotations) or {}).get(key)


class _Object(msgspec.Struct, gc=False):
    metadata: Heard


_objects = msgspec.json.Decoder(_Object)


def heard(raw: msgspec.Raw) -> Heard:
    """The metadata of an object that a watch told of.

    Raises:
        ValueError: for what is no object of a namespace.
    """
    return _objects.decode(raw).metadata
