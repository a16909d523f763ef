"""A part as an item of the DynamoDB table, and back.

The key is the ARN, and ``part`` the whole of it as JSON; ``namespace`` and ``state`` stand beside it for people who look
for them. ``observed`` (milliseconds since 1970) is when AWS was asked, ``expires`` (seconds since 1970, as "Using time to
live (TTL) in DynamoDB" wants it) when the item is not to be believed any more, ``schema`` what a reader has to know to
understand it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError

from sundown.errors import SundownError
from sundown.model.base import mistakes_of
from sundown.model.cloud import CloudPart

Item = dict[str, dict[str, Any]]

KEY, OBSERVED, EXPIRES = "arn", "observed", "expires"
LIFETIME = timedelta(hours=24)
"""So long an item counts after it was written last."""

_SCHEMA = 2
_OF_THE_MOMENT = {"unreachable", "not_before", "recalled"}
"""Says how things are for one operator now, and nothing of the part."""

_PARTS = TypeAdapter(CloudPart)


class Unreadable(SundownError):
    """An item that another version, or somebody by hand, has written."""

    reason = "Unreadable"


def item_of(part: CloudPart, *, observed: datetime) -> Item:
    """The item of a part that was described at ``observed``."""
    text = _PARTS.dump_json(part, exclude=_OF_THE_MOMENT, exclude_defaults=True).decode()
    return {
        KEY: {"S": part.arn},
        "namespace": {"S": part.namespace},
        "state": {"S": part.state},
        "part": {"S": text},
        "schema": {"N": str(_SCHEMA)},
        OBSERVED: {"N": str(milliseconds(observed))},
        EXPIRES: {"N": str(int((observed + LIFETIME).timestamp()))},
    }


def part_of(item: Mapping[str, Mapping[str, Any]]) -> CloudPart:
    """The part that an item stands for.

    Raises:
        Unreadable: for an item of another schema, or without what a part has to have.
    """
    schema = number(item, "schema")
    if schema != _SCHEMA:
        raise Unreadable(f"its schema is {schema} instead of {_SCHEMA}")
    try:
        part = _PARTS.validate_json(str(item.get("part", {}).get("S", "")))
    except ValidationError as error:
        raise Unreadable("; ".join(str(mistake) for mistake in mistakes_of(error))) from None
    if part.arn != item.get(KEY, {}).get("S"):
        raise Unreadable(f"it holds {part.arn}")
    if part.stopped_at is not None and part.stopped_at.tzinfo is None:
        raise Unreadable("stopped_at: must have an offset")
    return part


def number(item: Mapping[str, Mapping[str, Any]], name: str) -> int:
    """A whole number in an item; 0 where there is none."""
    text = str(item.get(name, {}).get("N", ""))
    return int(text) if text.isascii() and text.isdecimal() else 0


def milliseconds(at: datetime) -> int:
    """An instant in milliseconds since 1970."""
    return round(at.timestamp() * 1000)
