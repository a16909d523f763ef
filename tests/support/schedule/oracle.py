"""A second opinion on schedules, written the other way round: it lives through the minutes, one after the other.

It never asks when a local time happens. It looks at the wall clocks each minute, and since a time that was skipped counts
at the end of the gap and one that is repeated counts only once, it reads them by a *ratchet*: the latest time that a
clock has shown so far. A ratchet jumps over a gap and stands still while an hour is repeated. It shares no code with
``sundown.schedule`` and reads the object as written, not the models.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import holidays as library

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WARM_UP = DAY
NAMES = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


class Oracle:
    """One env's life; all its times have to be whole minutes."""

    def __init__(self, spec: Mapping[str, Any], *, zones: list[str], active_since: datetime | None) -> None:
        self.zones = [ZoneInfo(name) for name in zones]
        self.ratchets = [datetime(2000, 1, 1)] * len(zones)  # noqa: DTZ001 - a time on a wall clock
        self.active_since = active_since
        self.started = False
        self.windows = spec.get("awake", [])
        self.stop_only = any("from" not in window for window in self.windows)
        self.exceptions = [
            (_local(row["from"]), _local(row["to"]), row["state"]) for row in reversed(spec.get("exceptions", []))
        ]
        free = spec.get("holidays")
        self.free = library.country_holidays(free["country"], subdiv=free.get("subdivision")) if free else None
        self.works_on_weekends = bool(free and free.get("workingWeekends", True))
        self.override = spec.get("override", {})
        self.override_made = _instant(self.override.get("at"))
        self.override_until = _instant(self.override.get("until"))
        self.override_over = not self.override
        self.reset = _minutes(spec.get("dailyReset", "06:00"))
        self.days: dict[date, list[tuple[datetime | None, datetime]]] = {}

    def live(self, start: datetime, until: datetime) -> Iterator[tuple[datetime, str]]:
        """The state at ``start``, then each change after it up to ``until``."""
        moments = [start, self.active_since, self.override_made]
        now = min(moment for moment in moments if moment is not None) - WARM_UP
        shown = None
        while now <= until:
            state = self.tick(now)
            if now >= start and state != shown:
                yield now, state
                shown = state
            now += MINUTE

    def tick(self, now: datetime) -> str:
        """Let one minute come, and say what the env is in it."""
        before = list(self.ratchets)
        for index, zone in enumerate(self.zones):
            self.ratchets[index] = max(self.ratchets[index], now.astimezone(zone).replace(tzinfo=None))
        if self.stop_happens(min(before), min(self.ratchets)):
            self.started = False
        if now == self.active_since or (now == self.override_made and self.override["state"] == "Awake"):
            self.started = True
        if self.override_ends(now, before[0], self.ratchets[0]):
            self.override_over = True
        if not self.override_over and (self.override_made is None or self.override_made <= now):
            return str(self.override["state"])
        return "Awake" if any(self.zone_says_awake(clock) for clock in self.ratchets) else "Asleep"

    def override_ends(self, now: datetime, before: datetime, clock: datetime) -> bool:
        """An override ends at its time, or when the first zone's clock comes past the daily reset after it was made."""
        if self.override_until is not None and now >= self.override_until:
            return True
        if not self.override.get("dropAtReset") or self.override_made is None or now <= self.override_made:
            return False
        return any(before < _midnight(day) + self.reset <= clock for day in (clock.date() - DAY, clock.date()))

    def stop_happens(self, before: datetime, clock: datetime) -> bool:
        """Whether the last of the clocks has just come past the end of a window."""
        return any(before < end <= clock for _, end in self.spans(clock))

    def zone_says_awake(self, clock: datetime) -> bool:
        """What the exceptions and windows say by one clock."""
        for start, end, state in self.exceptions:
            if start <= clock < end:
                return bool(state == "Awake")
        if any(start is not None and start <= clock < end for start, end in self.spans(clock)):
            return True
        return self.stop_only and self.started

    def spans(self, clock: datetime) -> Iterator[tuple[datetime | None, datetime]]:
        """The windows of yesterday and today by one clock; those without a beginning only stop."""
        today = clock.date()
        for day in (today - DAY, today):
            if day not in self.days:
                self.days[day] = [_span(day, window) for window in self.windows_on(day)]
            yield from self.days[day]

    def windows_on(self, day: date) -> list[Mapping[str, Any]]:
        """The windows of a date; a weekend day on which people work by law has those of a working day beside its own."""
        own = [window for window in self.windows if NAMES[day.weekday()] in window["days"]]
        if self.free is None:
            return own
        if self.works_on_weekends and self.free.is_weekend(day) and self.free.is_working_day(day):
            for name in NAMES[:5]:  # no country whose weekend is another one has such days
                usual = [window for window in self.windows if name in window["days"]]
                if usual:
                    return own + [window for window in usual if window not in own]
            return own
        return [] if day in self.free else own


def _span(day: date, window: Mapping[str, Any]) -> tuple[datetime | None, datetime]:
    end = _midnight(day) + _minutes(window["to"])
    if "from" not in window:
        return None, end
    start = _midnight(day) + _minutes(window["from"])
    return start, end + DAY if end <= start else end


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a time on a wall clock


def _minutes(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def _local(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - a time on a wall clock


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
