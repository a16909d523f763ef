"""What Sundown has to know to wake a part: the id of the sleep, and the second place in which each record stands.

The first place is on the part itself, where its owner's tools may undo, replace or strip it. The second is the status of
the EnvSchedule, which nobody's write to a workload reaches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, ClassVar

from pydantic import ConfigDict, StringConstraints
from pydantic.alias_generators import to_camel

MOST_RECORDS = 5_000
"""So many stand in a status: what is more is remembered on the workload alone, and said."""

_SLEEP = r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{6}Z$"

SleepId = Annotated[str, StringConstraints(max_length=27, pattern=_SLEEP)]
"""The moment at which a sleep began, to the microsecond and in UTC; compared as text."""


def sleep_id(at: datetime) -> str:
    """The id of a sleep that begins now."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def is_sleep_id(text: str) -> bool:
    """Whether a text can be one; annotations are open to everybody."""
    return re.fullmatch(_SLEEP, text, re.ASCII) is not None


@dataclass(frozen=True, slots=True)
class Record:
    """How one part is woken. Of these there are ten thousand in a cluster, so it is no pydantic model.

    ``restore`` is a JSON merge patch for a workload, ``running`` for a part in the cloud, whose ``uid`` is its ARN and
    ``name`` its identifier. ``taken_from`` (JSON) is whose Apply entries owned the fields that Sundown writes.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        extra="ignore",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )

    kind: Annotated[str, StringConstraints(max_length=64)]
    name: Annotated[str, StringConstraints(max_length=256)]
    uid: Annotated[str, StringConstraints(max_length=512)]
    restore: Annotated[str, StringConstraints(max_length=1024)]
    taken_from: Annotated[str, StringConstraints(max_length=1024)] | None = None
