"""What Sundown has to know to wake a part: the id of the sleep, and the second place in which each record stands.

The first place is on the part itself, where its owner's tools may undo, replace or strip it. The second is the status of
the EnvSchedule, which nobody's write to a workload reaches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, ClassVar

import orjson
from pydantic import ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from sundown.model.scalars import instant_or_none

MOST_RECORDS = 5_000
"""So many stand in a status: what is more is remembered on the workload alone, and said."""
MOST_BYTES = 900_000
"""So large are they together at most: etcd takes no object of more than 1.5 MiB."""
HIGHEST_COUNT = 999_999_999
PLANNED = "planned"
"""What the second place says of what is to be put to sleep, until that has been done, or the record has been seen on it.

Of what sleeps without one somebody else made that. It is said of whatever does not say itself who made it: parts in the cloud,
whose tags are there before they are stopped, and the kinds that sleep by a patch, which carry the record from the same
write on.
"""

_KEYS = 100
"""What the names of the fields take, with quotes and commas; texts in texts have their quotes escaped."""
_LONGEST = 5_000

_LONGEST_ID = 27
_LONGEST_MARK = 128
_SLEEP = r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{6}Z$"

SleepId = Annotated[str, StringConstraints(max_length=_LONGEST_ID, pattern=_SLEEP)]
"""The moment at which a sleep began, to the microsecond and in UTC; compared as text."""


def sleep_id(at: datetime) -> str:
    """The id of a sleep that begins now."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def is_sleep_id(text: str) -> bool:
    """Whether a text can be one; annotations are open to everybody."""
    return sleep_began(text) is not None


def sleep_began(text: str) -> datetime | None:
    """When the sleep of this id began, None for what is no id: digits in their places need not be a moment."""
    return _began(text) if len(text) <= _LONGEST_ID else None


@lru_cache(maxsize=1024)
def _began(text: str) -> datetime | None:
    return instant_or_none(text) if re.fullmatch(_SLEEP, text, re.ASCII) is not None else None


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands on a workload beside its record: of which sleep it is, which record of that sleep, and for which object."""

    sleep: str
    edition: int
    uid: str

    def __str__(self) -> str:
        """As it is written; the first record of a sleep has no number."""
        return f"{self.sleep}/{self.edition}/{self.uid}" if self.edition else f"{self.sleep}/{self.uid}"


def read_mark(text: str | None) -> Mark | None:
    """The mark that a text is, None for one that Sundown would not write; annotations are open to everybody."""
    if text is None:
        return None
    return _known_mark(text) if len(text) <= _LONGEST_MARK else _mark(text)


def _mark(text: str) -> Mark | None:
    sleep, _, rest = text.partition("/")
    edition, numbered, uid = rest.rpartition("/")
    number = read_count(edition) if numbered else 0
    if number is None or not uid or not is_sleep_id(sleep):
        return None
    mark = Mark(sleep, number, uid)
    return mark if str(mark) == text else None


_known_mark = lru_cache(maxsize=1024)(_mark)
"""A look reads the mark of a workload several times; of long ones, which nobody writes in earnest, none is kept."""


@dataclass(frozen=True, slots=True)
class Record:
    """How one part is woken. Of these there are ten thousand in a cluster, so it is no pydantic model.

    ``restore`` is a JSON merge patch for a workload, ``running`` for a part in the cloud, whose ``uid`` is its ARN and
    ``name`` its identifier; ``PLANNED`` says what it says. ``taken_from`` (JSON) is whose Apply entries owned the fields that
    Sundown writes. ``edition`` is which record of this sleep it is, None for the first: older ones come back with whatever
    has kept a copy of them. ``generation`` is the workload's when it was seen at zero with a record on it that may be gone by now:
    an older one than this, or one beside a zero that Sundown had not written. It goes when the workload wakes.
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
    edition: Annotated[int, Field(ge=1, le=HIGHEST_COUNT)] | None = None
    generation: Annotated[int, Field(ge=1)] | None = None

    @property
    def was_seen(self) -> bool:
        """Whether it is known to sleep by this record, whoever wrote its zero: no plan says so, nor what has woken since."""
        return self.generation is not None


def that_fit(records: tuple[Record, ...]) -> tuple[Record, ...]:
    """As many of them, from the first, as a status has room for."""
    if len(records) * _LONGEST <= MOST_BYTES:
        return records
    room = MOST_BYTES
    for count, one in enumerate(records[:MOST_RECORDS]):
        room -= (
            len(one.kind) + len(one.name) + len(one.uid) + 2 * len(one.restore) + 2 * len(one.taken_from or "") + _KEYS
        )
        if room < 0:
            return records[:count]
    return records[:MOST_RECORDS]


@dataclass(frozen=True, slots=True)
class Restoring:
    """What wakes a workload: its count, and a JSON merge patch (as text) of all else, None where there is nothing else."""

    replicas: int
    rest: str | None = None

    def __str__(self) -> str:
        """Both as one JSON merge patch."""
        return _whole(self.replicas, self.rest)


def read_restoring(text: str) -> Restoring | None:
    """What ``str(restoring)`` was made of; None for a text that is no such patch."""
    return _parts_of(text)


def read_count(text: str | None) -> int | None:
    """A count as it stands in an annotation, None where it cannot be read."""
    # Of very many digits Python makes no number.
    if text is not None and text.isascii() and text.isdecimal() and len(text) <= len(str(HIGHEST_COUNT)):
        return int(text)
    return None


def compact(patch: dict[str, Any]) -> str:
    """A patch as it is written down: the same patch is always the same text."""
    return orjson.dumps(patch, option=orjson.OPT_SORT_KEYS).decode()


def read_patch(text: str) -> dict[str, Any] | None:
    """A patch that was written down, None where it is none."""
    try:
        patch = orjson.loads(text)
    except ValueError:
        return None
    return patch if isinstance(patch, dict) else None


@lru_cache(maxsize=1024)
def _whole(replicas: int, rest: str | None) -> str:
    patch = (read_patch(rest) if rest is not None else None) or {}
    return compact({**patch, "spec": {**patch.get("spec", {}), "replicas": replicas}})


@lru_cache(maxsize=1024)
def _parts_of(text: str) -> Restoring | None:
    patch = read_patch(text)
    spec = patch.pop("spec", None) if patch is not None else None
    if patch is None or not isinstance(spec, dict):
        return None
    replicas = spec.pop("replicas", None)
    if type(replicas) is not int or not 0 <= replicas <= HIGHEST_COUNT:
        return None
    rest = {**patch, **({"spec": spec} if spec else {})}
    return Restoring(replicas, compact(rest) if rest else None)
