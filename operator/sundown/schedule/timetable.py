"""The order of what decides: paused, override, exception, holiday, windows; each as of one instant and until when it holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Literal
from zlib import crc32

from sundown.model.scalars import OWNER_ZONE
from sundown.model.spec import DatedException, EnvScheduleSpec
from sundown.schedule import reasons
from sundown.schedule.instants import BEGINNING, FOREVER, day_after, instant, instant_of_day, later, wall_clock
from sundown.schedule.reasons import Why
from sundown.schedule.windows import SEARCH, Span, Stops, ZoneWeek


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a decision depends on beyond the spec."""

    active_since: datetime | None = None
    """When the schedule became active; a schedule that only stops counts as started then."""
    zones: tuple[str, ...] = ()
    """The owners' zones, for ``timeZone: owner``."""
    fallback_zone: str = "UTC"
    """The zone for ``timeZone: owner`` where no owner's is known."""
    paused_by: str | None = None
    """What pauses the env from outside its spec, as a text: ``namespace label scheduler=disabled``."""
    env: str = ""
    """The name of the env, on which hangs by how much of ``spec.spread`` it wakes early."""
    unverified: bool = False
    """Whether nothing in the cluster sees to it that who asked for an override is who they say."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the env is at one instant, and an instant before which it will not change."""

    state: Literal["Awake", "Asleep", "Paused"]
    why: Callable[[], Why]
    """Asked only where the state changes: in a year most verdicts do not."""
    until: datetime
    dated: bool = False
    """Whether ``until`` is a date that somebody wrote, rather than the week's next turn."""


class Timetable:
    """One spec in its circumstances, made ready to be asked about many instants."""

    def __init__(self, spec: EnvScheduleSpec, circumstances: Circumstances) -> None:
        self.zones = zones_of(spec, circumstances)
        self._spec = spec
        self._paused_by = "spec.paused is true" if spec.paused else circumstances.paused_by
        self._unverified = circumstances.unverified
        self._zones = tuple(_Zone(name, spec, early=early(spec.spread, circumstances.env)) for name in self.zones)
        self._stops = Stops(self.zones, spec.awake, spec.holidays)
        override = spec.override
        starts = {circumstances.active_since}
        if override is not None and override.state == "Awake":
            starts.add(override.at)
        self._starts = sorted(start for start in starts if start is not None) if spec.stops_only else []
        self._stop_after: dict[datetime, datetime] = {}

    def verdict(self, at: datetime) -> Verdict:
        """What the env is at ``at``."""
        if self._paused_by is not None:
            return Verdict("Paused", partial(reasons.paused, self._paused_by), FOREVER)
        override = self._spec.override
        if override is None:
            return self._scheduled(at)
        start, end = override.at or BEGINNING, self.override_end
        if start <= at < end:
            named = partial(reasons.overridden, zone_name=self.zones[0], unverified=self._unverified)
            why = partial(named, override, end=end)
            return Verdict(override.state, why, end, dated=True)
        verdict = self._scheduled(at)
        return replace(verdict, until=start, dated=False) if at < start < min(end, verdict.until) else verdict

    @cached_property
    def override_end(self) -> datetime:
        """When the override ends or has ended, at the calendar's end where it does not or where there is none."""
        override = self._spec.override
        if override is None:
            return FOREVER
        end = override.until or FOREVER
        if override.drop_at_reset and override.at is not None:
            end = min(end, self.reset_after(override.at))
        return end

    def reset_after(self, at: datetime) -> datetime:
        """The first daily reset after ``at``."""
        today = wall_clock(self.zones[0], at).date()
        resets = (instant_of_day(self.zones[0], day_after(today, d), self._spec.daily_reset) for d in range(-2, 4))
        return next((reset for reset in resets if reset > at), FOREVER)

    def _scheduled(self, at: datetime) -> Verdict:
        """The verdict of the zones together: awake while any of them is."""
        verdicts = [self._in_zone(zone, at) for zone in self._zones]
        awake = [verdict for verdict in verdicts if verdict.state == "Awake"]
        if awake:
            return max(awake, key=lambda verdict: verdict.until)
        soonest = min(verdicts, key=lambda verdict: verdict.until)
        return Verdict("Asleep", verdicts[0].why, soonest.until, dated=all(verdict.dated for verdict in verdicts))

    def _in_zone(self, zone: _Zone, at: datetime) -> Verdict:
        exception, change = zone.exception(at)
        if exception is not None:
            return Verdict(exception.state, partial(reasons.excepted, exception, zone.name), change, dated=True)
        span = zone.week.around(at)
        if span is not None:
            until = FOREVER if zone.week.unbroken else span.end
            return Verdict("Awake", partial(self._inside, span, zone.name), min(until, change))
        if self._spec.stops_only:
            return self._on_request(zone, at, change)
        return Verdict("Asleep", partial(self._off, zone, at), min(zone.week.next_start(at), change))

    def _on_request(self, zone: _Zone, at: datetime, change: datetime) -> Verdict:
        """Outside the regular windows of a schedule that has stop-only ones: awake if it was started and not stopped."""
        start = max((start for start in self._starts if start <= at), default=None)
        stop = None if start is None else self._first_stop(start, at)
        if stop is not None and at < stop:
            return Verdict("Awake", partial(reasons.started, self._spec.awake, self.zones), min(stop, change))
        next_start = min((start for start in self._starts if start > at), default=FOREVER)
        why = partial(self._off, zone, at, started=start is not None)
        return Verdict("Asleep", why, min(next_start, zone.week.next_start(at), change))

    def _first_stop(self, start: datetime, at: datetime) -> datetime:
        """The first stop after ``start``, or else an instant after ``at`` up to which there is none."""
        if start not in self._stop_after:
            limit = later(at, SEARCH)
            stop = self._stops.after(start, limit=limit)
            if stop is None:
                return limit
            self._stop_after[start] = stop
        return self._stop_after[start]

    def _inside(self, span: Span, zone_name: str) -> Why:
        holidays = self._spec.holidays
        if span.by_law and holidays is not None:
            return reasons.inside_by_law(span.window, zone_name, holidays)
        return reasons.inside(span.window, zone_name)

    def _off(self, zone: _Zone, at: datetime, *, started: bool = False) -> Why:
        """Why it is asleep by the week."""
        holiday = zone.week.taken(at)
        if holiday is not None and self._spec.holidays is not None:
            return reasons.on_holiday(holiday, self._spec.holidays)
        if not self._spec.awake:
            return reasons.NO_WINDOWS
        if not self._spec.stops_only:
            return reasons.outside(self._spec.awake, self.zones)
        return reasons.stopped(self._spec.awake, self.zones) if started else reasons.NOT_STARTED


class _Zone:
    """The windows and exceptions as one zone's wall clock meets them."""

    def __init__(self, name: str, spec: EnvScheduleSpec, *, early: timedelta) -> None:
        self.name = name
        self.week = ZoneWeek(name, spec.awake, spec.holidays, early=early)
        self._exceptions = [(instant(name, each.start), instant(name, each.to), each) for each in spec.exceptions]

    def exception(self, at: datetime) -> tuple[DatedException | None, datetime]:
        """The exception in force at ``at``, and until when there is no other."""
        change = FOREVER
        for start, end, exception in reversed(self._exceptions):
            if start <= at < end:
                return exception, min(end, change)
            if start > at:
                change = min(change, start)
        return None, change


def early(spread: timedelta, env: str) -> timedelta:
    """By how much an env wakes before its windows begin: whole minutes, the same ones every day, 0 where nothing is spread."""
    minutes = int(spread / timedelta(minutes=1))
    return timedelta(minutes=crc32(env.encode()) % (minutes + 1)) if minutes else timedelta()


def zones_of(spec: EnvScheduleSpec, circumstances: Circumstances) -> tuple[str, ...]:
    """The zones by which a schedule is judged; the first is the one in which times are shown."""
    if spec.time_zone != OWNER_ZONE:
        return (spec.time_zone,)
    return tuple(dict.fromkeys(circumstances.zones)) or (circumstances.fallback_zone,)
