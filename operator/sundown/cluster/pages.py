"""What a page of a list is, whether it was taken apart as plain JSON or read from its bytes into the form that is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

import orjson

T_co = TypeVar("T_co", covariant=True)


class Page(Protocol[T_co]):
    """One page of a list; ``token`` asks for the next one, and is empty on the last."""

    @property
    def items(self) -> Sequence[T_co]: ...

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


def json_object(answer: bytes) -> dict[str, Any]:
    """Bytes as the JSON object that they have to be.

    Raises:
        ValueError: for anything else.
    """
    parsed = orjson.loads(answer)
    if isinstance(parsed, dict):
        return parsed
    raise ValueError("not an object")
