"""A part as an item of the DynamoDB table, and back: an attribute for each field that says something.

The key is the ARN. ``observed`` (milliseconds since 1970) is when AWS was asked, ``expires`` (seconds since 1970, as
"Using time to live (TTL) in DynamoDB" wants it) when the item is nobody's truth any more, ``schema`` what a reader has to
know to understand it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
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

_SCHEMA = 1
_OF_THE_MOMENT = frozenset({"unreachable"})
"""Fields that say how things are for one operator now, and nothing about the part."""

_PARTS = TypeAdapter(CloudPart)


class Unreadable(SundownError):
    """An item that another version, or somebody by hand, has written."""

    reason = "Unreadable"


def item_of(part: CloudPart, *, observed: datetime) -> Item:
    """The item of a part that was described at ``observed``."""
    item: Item = {
        "schema": {"N": str(_SCHEMA)},
        OBSERVED: {"N": str(milliseconds(observed))},
        EXPIRES: {"N": str(int((observed + LIFETIME).timestamp()))},
    }
    for field in fields(CloudPart):
        value = getattr(part, field.name)
        if field.name not in _OF_THE_MOMENT and (field.default is MISSING or value != field.default):
            item[field.name] = _attribute(value)
    return item


def part_of(item: Mapping[str, Mapping[str, Any]]) -> CloudPart:
    """The part that an item stands for.

    Raises:
        Unreadable: for an item of another schema, or without what a part has to have.
    """
    schema = number(item, "schema")
    if schema != _SCHEMA:
        raise Unreadable(f"schema {schema} instead of {_SCHEMA}")
    known = {field.name for field in fields(CloudPart)} - _OF_THE_MOMENT
    plain = {name: _plain(attribute) for name, attribute in item.items() if name in known}
    try:
        part = _PARTS.validate_python(plain)
    except ValidationError as error:
        raise Unreadable("; ".join(str(mistake) for mistake in mistakes_of(error))) from None
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


def _attribute(value: object) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int | float):
        return {"N": repr(value)}
    return {"S": value.isoformat() if isinstance(value, datetime) else str(value)}


def _plain(attribute: Mapping[str, Any]) -> object:
    return float(attribute["N"]) if "N" in attribute else attribute.get("S", attribute.get("BOOL"))
