"""What a page of a list is, and one that is taken apart as plain JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

import orjson

from sundown.cluster.body import Body
from sundown.cluster.slim import SlimPage

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
METADATA_ALONE = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
ABOUT_OBJECTS = frozenset({"ADDED", "MODIFIED", "DELETED"})
"""The types of a watch's events that bring an object."""

_VERSION = re.compile(rb'"resourceVersion":"([^"\\]*)"')
_TOKEN = re.compile(rb'"continue":"([^"\\]*)"')
_NAME = re.compile(rb'"name":"([^"\\]*)"')
_NAMESPACE = re.compile(rb'"namespace":"([^"\\]*)"')


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

    def __init__(self, answer: Body) -> None:
        page = json_object(answer)
        if "items" not in page:
            # Read as an empty list, an error that comes with a 200 would say that everything is gone.
            raise ValueError(str(page.get("message") or "no items"))
        self.items: list[dict[str, Any]] = page["items"] or []
        self.token: str = page.get("metadata", {}).get("continue") or ""


class ReadPage(Page[T_co]):
    """A page of slim objects, each of them read at once: as JSON there is never more than one."""

    def __init__(self, answer: Body, read: Callable[[dict[str, Any]], T_co]) -> None:
        page = SlimPage(answer)
        self._items = [read(one) for one in page.items]
        self._token = page.token

    @property
    def items(self) -> Iterable[T_co]:
        """What was read."""
        return self._items

    @property
    def token(self) -> str:
        """Asks for the next page."""
        return self._token


class PassedBy:
    """What a page of one object that is too large begins with, asked for as metadata only: who it is, and what comes next."""

    def __init__(self, head: Body) -> None:
        listed, _, first = bytes(head).partition(b'"items":[')
        self.token = _first(_TOKEN, listed)
        self.resource_version = _first(_VERSION, listed)
        self.name = "/".join(filter(None, (_first(_NAMESPACE, first), _first(_NAME, first)))) or "an object"


def _first(pattern: re.Pattern[bytes], text: bytes) -> str:
    found = pattern.search(text)
    return found[1].decode(errors="replace") if found else ""


def json_object(answer: Body) -> dict[str, Any]:
    """Bytes as the JSON object that they have to be.

    Raises:
        ValueError: for anything else.
    """
    parsed = orjson.loads(answer)
    if isinstance(parsed, dict):
        return parsed
    raise ValueError("not an object")
