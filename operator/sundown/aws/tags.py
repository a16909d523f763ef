"""The tags that Sundown reads and writes in AWS."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

WAVE = "sundown:wave"
EXCLUDE = "sundown:exclude"
CLUSTER = "sundown:cluster"
"""Which Sundown a thing is for, where several look at one account; it is that one's SUNDOWN_CLUSTER_NAME."""

PREVIOUS_STATE = "sundown:previous-state"
STOPPED_AT = "sundown:stopped-at"
HOLDER = "sundown:holder"
RECORD = (PREVIOUS_STATE, STOPPED_AT, HOLDER)
"""Written before anything is stopped, taken off after it runs again."""

ENABLED = "enabled"

_BETWEEN_NAMES = re.compile(r"[\s,;:/+|&@=]+")
_NAMESPACE = re.compile(r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")


def as_mapping(tags: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """AWS's list of Key and Value as a mapping."""
    return {str(tag["Key"]): str(tag.get("Value", "")) for tag in tags}


def claimed(value: str) -> tuple[str, ...]:
    """The namespaces that a namespace tag names: one as it should be, several by mistake, none where it names none."""
    names = tuple(dict.fromkeys(name for name in _BETWEEN_NAMES.split(value) if name))
    return names if all(_NAMESPACE.match(name) for name in names) else ()


def record(*, holder: str, now: datetime) -> dict[str, str]:
    """The tags that remember that Sundown stopped a thing that was running; ``holder`` is ``<cluster>/<namespace>``."""
    at = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {PREVIOUS_STATE: "running", STOPPED_AT: at, HOLDER: holder}


def moment(value: str | None) -> datetime | None:
    """When a tag says that it was (UTC); None where it says nothing that can be read."""
    try:
        at = datetime.fromisoformat(value) if value else None
    except ValueError:
        return None
    return at.astimezone(UTC) if at is not None and at.tzinfo is not None else None
