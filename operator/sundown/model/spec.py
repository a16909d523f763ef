"""The spec of an EnvSchedule, field for field as in ``crds/envschedules.yaml``."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, ValidationInfo, field_validator, model_validator

from sundown.model.base import Model
from sundown.model.scalars import (
    MINUTES_A_DAY,
    Day,
    Distinct,
    Duration,
    Flag,
    Instant,
    LabelKey,
    LabelValue,
    LocalTime,
    NamePattern,
    Text,
    TimeOfDay,
    TimeZoneName,
)

Wanted = Literal["Awake", "Asleep"]
"""What a schedule can ask for."""

Kind = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9]*$", max_length=63)]
"""A kind of workload that Sundown puts to sleep by itself. Which there are the sleepers' table says, and nobody else."""


MOST_PATCH = 4096
"""The most bytes that a merge patch of ``workloads.patches`` may have as JSON."""

_MOST_OF_A_PART: dict[type, int] = {str: 1024, list: 64, dict: 64}


class Window(Model):
    """A weekly window in local time: awake from ``from`` to ``to`` on each of ``days``.

    The window belongs to the day on which it starts; with ``to`` not after ``from`` it ends on the next day.
    Without ``from`` it only stops: see ``sundown.schedule``.
    """

    days: Annotated[tuple[Day, ...], Field(min_length=1, max_length=7), Distinct]
    start: TimeOfDay | None = Field(default=None, alias="from")
    to: TimeOfDay

    @field_validator("start")
    @classmethod
    def _starts_within_the_day(cls, start: int | None) -> int | None:
        if start == MINUTES_A_DAY:
            raise ValueError('from "24:00" is the next day\'s "00:00": write that day instead')
        return start

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if self.start is not None and self.start == self.to:
            raise ValueError('a window of zero length: from equals to; a whole day is from "00:00" to "24:00"')
        return self


class Holidays(Model):
    """Whose public holidays are days off: an ISO 3166-1 country, and a subdivision as the ``holidays`` library names it.

    ``working_weekends``: a day of a weekend on which people work there by law, to make up for a day off, counts as one.
    """

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    subdivision: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None
    working_weekends: Flag = True

    @field_validator("country")
    @classmethod
    def _is_a_country(cls, country: str) -> str:
        if _subdivisions(country) is None:
            raise ValueError(f'no holidays are known for the country "{country}"')
        return country

    @field_validator("subdivision")
    @classmethod
    def _is_a_part_of_it(cls, subdivision: str | None, info: ValidationInfo) -> str | None:
        country = info.data.get("country", "")
        known = _subdivisions(country)
        if subdivision is not None and known is not None and subdivision not in known:
            some = ", ".join(known[:20]) or "none"
            raise ValueError(f'no subdivision "{subdivision}" of {country} is known; known are: {some}')
        return subdivision


def _subdivisions(country: str) -> tuple[str, ...] | None:
    """The codes of a country's subdivisions, then their names; None where no holidays of it are known."""
    import holidays  # noqa: PLC0415 - loaded only where a schedule has holidays

    entity = getattr(holidays, country, None)
    return None if entity is None else (*entity.subdivisions, *entity.subdivisions_aliases)


class DatedException(Model):
    """From one local date and time up to, not including, another the env is in ``state``, whatever the week says."""

    start: LocalTime = Field(alias="from")
    to: LocalTime
    state: Wanted
    reason: Text | None = None

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if self.to <= self.start:
            raise ValueError("to must be later than from")
        return self


class Override(Model):
    """What a person asked for until some instant; it wins over exceptions, holidays and windows."""

    state: Wanted
    until: Instant | None = None
    at: Instant | None = None
    by: Text | None = None
    via: Annotated[str, StringConstraints(max_length=64)] | None = None
    reason: Text | None = None
    drop_at_reset: Flag = False

    @model_validator(mode="after")
    def _reset_needs_a_beginning(self) -> Self:
        if self.drop_at_reset and self.at is None:
            raise ValueError("dropAtReset needs at: it ends an override that was made before the daily reset")
        return self


class Notify(Model):
    """Who is told before a shutdown, and how long before."""

    before: Annotated[tuple[Duration, ...], Field(max_length=10)] = (
        timedelta(hours=1),
        timedelta(minutes=30),
        timedelta(minutes=15),
    )
    channel: Annotated[str, StringConstraints(max_length=81)] | None = None
    owner: Flag = True


class Selection(Model):
    """Workloads by kind, name (``*`` and ``?`` allowed) and label.

    As ``include`` a workload has to match each list that is given; as ``exclude`` one match of any list is enough.
    """

    kinds: Annotated[tuple[Kind, ...], Field(max_length=64), Distinct] = ()
    names: Annotated[tuple[NamePattern, ...], Field(max_length=100), Distinct] = ()
    labels: Annotated[dict[LabelKey, LabelValue], Field(max_length=32)] = Field(default_factory=dict)


class PatchRow(Model):
    """A kind that sleeps by a JSON merge patch."""

    api_version: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    kind: Annotated[str, StringConstraints(min_length=1, max_length=63)]
    asleep: Annotated[dict[str, Any], Field(min_length=1, max_length=16)]

    @field_validator("asleep")
    @classmethod
    def _is_short(cls, patch: dict[str, Any]) -> dict[str, Any]:
        # How deep a patch goes a CRD cannot say, and so not how long it is in all.
        size = len(json.dumps(patch, separators=(",", ":"), ensure_ascii=False).encode())
        if size > MOST_PATCH:
            raise ValueError(f"has {size:,} bytes as JSON; a patch may have {MOST_PATCH:,}")
        for key, value in patch.items():
            most = _MOST_OF_A_PART.get(type(value))
            if most is not None and len(value) > most:
                raise ValueError(f'has too much in "{key[:60]}"')
        return patch


class Workloads(Model):
    """What sleeps: everything of ``kinds`` that is included and not excluded."""

    kinds: Annotated[tuple[Kind, ...], Field(max_length=64), Distinct] = ("Deployment", "StatefulSet")
    include: Selection = Selection()
    exclude: Selection = Selection()
    patches: Annotated[tuple[PatchRow, ...], Field(max_length=16)] = ()

    @field_validator("patches")
    @classmethod
    def _one_row_a_kind(cls, rows: tuple[PatchRow, ...]) -> tuple[PatchRow, ...]:
        kinds = [(row.api_version, row.kind) for row in rows]
        for index, kind in enumerate(kinds):
            if kind in kinds[:index]:
                raise ValueError(f'"{kind[1]}" of {kind[0]} is given twice')
        return rows


class Waves(Model):
    """How long each wave of a transition may take before the env counts as degraded and the next one begins."""

    timeout: Duration = timedelta(minutes=10)

    @field_validator("timeout")
    @classmethod
    def _is_sensible(cls, timeout: timedelta) -> timedelta:
        if not timedelta(seconds=1) <= timeout <= timedelta(hours=24):
            raise ValueError("must be between 1s and 24h")
        return timeout


class Aws(Model):
    """Whether tagged AWS instances sleep with the env."""

    enabled: Flag = True


class EnvScheduleSpec(Model):
    """When an environment is awake, and what of it sleeps."""

    time_zone: TimeZoneName = "UTC"
    awake: Annotated[tuple[Window, ...], Field(max_length=50)] = ()
    holidays: Holidays | None = None
    exceptions: Annotated[tuple[DatedException, ...], Field(max_length=100)] = ()
    daily_reset: TimeOfDay = 6 * 60
    paused: Flag = False
    dry_run: Flag = False
    override: Override | None = None
    notify: Notify = Notify()
    workloads: Workloads = Workloads()
    waves: Waves = Waves()
    spread: Duration = timedelta()
    aws: Aws = Aws()
    allow_delete: Flag = False

    @field_validator("spread")
    @classmethod
    def _spreads_within_reason(cls, spread: timedelta) -> timedelta:
        if spread and not timedelta(minutes=1) <= spread <= timedelta(hours=4):
            raise ValueError("must be between 1m and 4h")
        return spread

    @property
    def stops_only(self) -> bool:
        """Whether some window has no ``from``: then people start the env on request."""
        return any(window.start is None for window in self.awake)
