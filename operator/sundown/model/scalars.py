"""The small types that people write as text: times of day, durations, zones, instants, local times."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from typing import Annotated, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, Strict, StringConstraints

from sundown.model.cutting import clip

Day = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
DAYS: tuple[Day, ...] = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

MINUTES_A_DAY = 24 * 60

_TIME_OF_DAY = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])", re.ASCII)
_DURATION = re.compile(r"(?:([1-9][0-9]{0,3})d)?(?:([0-9]{1,5})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,7})s)?", re.ASCII)
_INSTANT = re.compile(r"[1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_LOCAL_TIME = re.compile(r"[1-9]\d{3}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", re.ASCII)


def parse_time_of_day(value: object) -> int:
    """Minutes since midnight of ``"08:00"``; ``"24:00"`` is the day's end (1440).

    Raises:
        ValueError: for anything else.
    """
    match = _TIME_OF_DAY.fullmatch(value) if isinstance(value, str) else None
    if match is not None:
        minutes = int(match[1]) * 60 + int(match[2])
        if minutes <= MINUTES_A_DAY:
            return minutes
    raise ValueError('must be a time of day such as "08:00" (00:00 to 24:00)')


def format_time_of_day(minutes: int) -> str:
    """``480`` as ``"08:00"``."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


TimeOfDay = Annotated[int, BeforeValidator(parse_time_of_day), PlainSerializer(format_time_of_day, return_type=str)]


def parse_duration(value: object) -> timedelta:
    """A span such as ``"90m"``, ``"1h30m"`` or ``"3d"``: days of 24 hours, hours, minutes, seconds, in that order.

    Raises:
        ValueError: for anything else.
    """
    if isinstance(value, timedelta):
        return value
    match = _DURATION.fullmatch(value) if isinstance(value, str) and value else None
    if match is None:
        raise ValueError('must be a duration such as "30m", "1h30m" or "1d"')
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def format_duration(span: timedelta) -> str:
    """The shortest way to write a span: ``1h30m``; ``0s`` for none."""
    rest = int(span.total_seconds())
    text = ""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")):
        count, rest = divmod(rest, size)
        if count:
            text += f"{count}{unit}"
    return text or "0s"


Duration = Annotated[timedelta, BeforeValidator(parse_duration), PlainSerializer(format_duration, return_type=str)]


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The IANA time zone of that name.

    Raises:
        ValueError: when the IANA database has no such zone.
    """
    foreign = name.startswith(("posix/", "right/")) or name in {"localtime", "posixrules"}
    try:
        if not foreign:
            return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # ZoneInfo says OSError for a folder such as "America"
        pass
    raise ValueError(f'no time zone "{clip(name, 61)}" in the IANA database; write it as in "Europe/Berlin" or "UTC"')


OWNER_ZONE = "owner"
"""``timeZone: owner``: the zones of the people who own the environment."""


def _known_zone(name: str) -> str:
    if name != OWNER_ZONE:
        zone(name)
    return name


TimeZoneName = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(_known_zone)]


def parse_instant(value: object) -> datetime:
    """An RFC 3339 timestamp as an aware UTC datetime.

    Raises:
        ValueError: for anything else, a timestamp without an offset among them.
    """
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise ValueError('must be a timestamp with an offset, such as "2026-11-23T21:00:00Z"')


def instant_or_none(text: str) -> datetime | None:
    """The same of a text that others wrote, None for what is no instant."""
    try:
        return parse_instant(text)
    except ValueError:
        return None


def format_instant(at: datetime) -> str:
    """An instant as Kubernetes writes it: UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


Instant = Annotated[datetime, BeforeValidator(parse_instant), PlainSerializer(format_instant, return_type=str)]


def parse_local_time(value: object) -> datetime:
    """A date and time on the wall clock of the environment's zone, as a naive datetime.

    Raises:
        ValueError: for anything else, a timestamp with an offset among them.
    """
    if isinstance(value, datetime) and value.tzinfo is None:
        return value
    if isinstance(value, str) and _LOCAL_TIME.fullmatch(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError('must be a local date and time without an offset, such as "2026-12-24T12:00"')


def format_local_time(at: datetime) -> str:
    """A local time as people write it, to the second only where there is one."""
    return at.isoformat(timespec="seconds" if at.second else "minutes")


LocalTime = Annotated[datetime, BeforeValidator(parse_local_time), PlainSerializer(format_local_time, return_type=str)]

_LABEL_KEY = r"^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$"
_LABEL_VALUE = r"^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$"

Text = Annotated[str, StringConstraints(max_length=256)]
NamePattern = Annotated[str, StringConstraints(min_length=1, max_length=253, pattern=r"^[a-z0-9.*?-]+$")]
LABEL_KEY_LENGTH = 317
LabelKey = Annotated[str, StringConstraints(min_length=1, max_length=LABEL_KEY_LENGTH, pattern=_LABEL_KEY)]
LabelValue = Annotated[str, StringConstraints(max_length=63, pattern=_LABEL_VALUE)]
Count = Annotated[int, Field(ge=0)]


Said = Annotated[str, AfterValidator(partial(clip, limit=1024))]
"""What the operator says in a status, cut to what the CRD takes: a long name must not make the API server refuse it."""
Told = Annotated[str, AfterValidator(partial(clip, limit=4096))]
"""A condition's message, which may list several mistakes."""
Person = Annotated[str, AfterValidator(partial(clip, limit=256))]
"""Who owns an env or asked for something, as an annotation or an override has it."""

Named = Annotated[str, AfterValidator(partial(clip, limit=256))]
"""What a cloud calls something."""

Flag = Annotated[bool, Strict()]
"""A real boolean: the API server takes no ``"yes"`` for one either."""

T = TypeVar("T")


def _distinct(values: tuple[T, ...]) -> tuple[T, ...]:
    for index, value in enumerate(values):
        if value in values[:index]:
            raise ValueError(f'"{value}" is given twice')
    return values


Distinct = AfterValidator(_distinct)
"""Put on a tuple that the CRD calls a set."""

ActionName = Annotated[str, StringConstraints(max_length=63, pattern=r"^[A-Z][A-Za-z0-9]*$")]
"""One that the operator does not know is refused in the status: a newer frontdesk must not need a newer CRD."""
