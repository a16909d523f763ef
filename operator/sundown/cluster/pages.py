"""What a page of a list is, whether it was taken apart as plain JSON or read from its bytes into the form that is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol, TypeVar

import msgspec
import orjson

T_co = TypeVar("T_co", covariant=True)


class Page(Protocol[T_co]):
    """One page of a list; ``token`` asks for the next one, and is empty on the last."""

    @property
    def items(self) -> Iterable[T_co]: ...

    @property
    def token(self) -> str: ...


class RawPage:
    """A page of plain JSON.

    Raises:
        ValueError: for what is no list.
    """

    def __init__(self, answer: bytes) -> None:
        page = json_object(answer)
        if "items" not in page:
            # Read as an empty list, an error that comes with a 200 would say that everything is gone.
            raise ValueError(str(page.get("message") or "no items"))
        self.items: list[dict[str, Any]] = page["items"] or []
        self.token: str = page.get("metadata", {}).get("continue") or ""


class _Metadata(msgspec.Struct, rename="camel", omit_defaults=True, gc=False):
    name: str
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    generation: int = 0
    creation_timestamp: str | None = None
    deletion_timestamp: str | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None


class _Object(msgspec.Struct, omit_defaults=True):
    metadata: _Metadata
    spec: dict[str, Any] | None = None
    status: dict[str, Any] | None = None


class _ListMetadata(msgspec.Struct):
    token: str = msgspec.field(name="continue", default="")


class _List(msgspec.Struct):
    metadata: _ListMetadata
    items: list[_Object] | None


_lists = msgspec.json.Decoder(_List)


class SlimPage:
    """A page of plain JSON of objects with spec and status, without managedFields: half of each, and nobody reads it.

    Raises:
        ValueError: for what is no list.
    """

    def __init__(self, answer: bytes) -> None:
        page = _lists.decode(answer)
        self._objects = page.items or []
        self.token: str = page.metadata.token

    @property
    def items(self) -> Iterator[dict[str, Any]]:
        """The objects, each made when it is its turn."""
        return (msgspec.to_builtins(found) for found in self._objects)


def json_object(answer: bytes) -> dict[str, Any]:
    """Bytes as the JSON object that they have to be.

    Raises:
        ValueError: for anything else.
    """
    parsed = orjson.loads(answer)
    if isinstance(parsed, dict):
        return parsed
    raise ValueError("not an object")
