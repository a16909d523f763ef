"""The weekly windows in one zone as spans of instants, day by day, and the stops of several zones together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sundown.model.scalars import DAYS, MINUTES_A_DAY
from sundown.model.spec import Holidays, Window
from sundown.schedule.days_off import day_off, stands_in_for
from sundown.schedule.instants import FOREVER, day_after, instant_of_day, later, wall_clock

SEARCH = timedelta(days=731)
"""How far ahead the week is searched for something that holidays may have taken away: two years."""

WEEK = len(DAYS) * MINUTES_A_DAY


@dataclass(frozen=True, slots=True)
class Span:
    """One occurrence of a window: awake from ``start`` up to, not including, ``end``.

    ``by_law``: on a day of a weekend that the window does not name, because people work on it by law.
    """

    start: datetime
    end: datetime
    window: Window
    by_law: bool = False


@dataclass(frozen=True, slots=True)
class WeekSpan:
    """A window on one of its days, in minutes from Monday 00:00; the end may lie beyond the week's end."""

    start: int
    end: int
    index: int
    """Which of the spec's windows it is."""


def end_minutes(window: Window) -> int:
    """When the window ends, in minutes from the midnight with which its day begins."""
    passes_midnight = window.start is not None and window.to <= window.start
    return window.to + MINUTES_A_DAY if passes_midnight else window.to


def week_spans(windows: Sequence[Window]) -> list[WeekSpan]:
    """The regular windows laid out over the week, in the order in which they start."""
    spans = [
        WeekSpan(
            DAYS.index(day) * MINUTES_A_DAY + window.start, DAYS.index(day) * MINUTES_A_DAY + end_minutes(window), index
        )
        for index, window in enumerate(windows)
        if window.start is not None
        for day in window.days
    ]
    return sorted(spans, key=lambda span: (span.start, span.index))


def fills_the_week(windows: Sequence[Window]) -> bool:
    """Whether the windows leave no minute of the week out."""
    spans = week_spans(windows)
    reached = max((span.end - WEEK for span in spans), default=0)
    for span in spans:
        if span.start > max(reached, 0):
            return False
        reached = max(reached, span.end)
    return reached >= WEEK


class Dates:
    """Which windows start on which date."""

    def __init__(self, windows: Sequence[Window], holidays: Holidays | None) -> None:
        self._holidays = holidays
        self._rows = tuple(tuple(w for w in windows if day in w.days) for day in DAYS)

    def on(self, day: date) -> tuple[Window, ...]:
        """Those that count: none on a holiday."""
        return () if day_off(self._holidays, day) else self.planned(day)

    def planned(self, day: date) -> tuple[Window, ...]:
        """The same if there were no holidays."""
        return self._rows[day.weekday()] + self.by_law(day)

    def by_law(self, day: date) -> tuple[Window, ...]:
        """Those that do not name its day of the week: on a weekend on which people work by law they work as on the first
        day of the working week that has windows."""
        usual = next((self._rows[each] for each in stands_in_for(self._holidays, day) if self._rows[each]), ())
        return tuple(window for window in usual if window not in self._rows[day.weekday()])


class ZoneWeek:
    """The regular windows as the wall clock of one zone meets them; each begins ``early`` by so much."""

    def __init__(
        self, zone_name: str, windows: Sequence[Window], holidays: Holidays | None, *, early: timedelta = timedelta()
    ) -> None:
        self.zone_name = zone_name
        self._early = early
        self.unbroken = holidays is None and fills_the_week(windows)
        """Whether there is no instant outside the windows."""
        self._holidays = holidays
        self._dates = Dates(windows, holidays)
        self._regular = any(window.start is not None for window in windows)
        self._known: dict[date, tuple[Span, ...]] = {}

    def around(self, at: datetime) -> Span | None:
        """Of the spans that ``at`` is in, the one that ends last."""
        today = wall_clock(self.zone_name, at).date()
        # Tomorrow's too: a clock that is put back over midnight shows today again after tomorrow has begun.
        days = (day_after(today, -1), today, day_after(today))
        there = [span for day in days for span in self._spans(day) if span.start <= at < span.end]
        return max(there, key=lambda span: span.end, default=None)

    def next_start(self, at: datetime) -> datetime:
        """The first start of a span after ``at``, or the instant up to which there is none."""
        if not self._regular:
            return FOREVER
        today = wall_clock(self.zone_name, at).date()
        for ahead in range(SEARCH.days + 2):
            starts = [span.start for span in self._spans(day_after(today, ahead)) if span.start > at]
            if starts:
                return min(starts)
        return later(at, SEARCH)

    def taken(self, at: datetime) -> str | None:
        """The holiday because of which nobody works at ``at``: it took today's windows, or the one that ``at`` would be in."""
        if self._holidays is None:
            return None
        today = wall_clock(self.zone_name, at).date()
        name = day_off(self._holidays, today)
        if name is not None and any(window.start is not None for window in self._dates.planned(today)):
            return name
        yesterday = day_after(today, -1)
        lost = any(span.start <= at < span.end for span in self._laid_out(yesterday))
        return day_off(self._holidays, yesterday) if lost else None

    def _spans(self, day: date) -> tuple[Span, ...]:
        return () if day_off(self._holidays, day) else self._laid_out(day)

    def _laid_out(self, day: date) -> tuple[Span, ...]:
        spans = self._known.get(day)
        if spans is None:
            found = []
            by_law = self._dates.by_law(day)
            for window in self._dates.planned(day):
                if window.start is None:
                    continue
                start = instant_of_day(self.zone_name, day, window.start)
                end = instant_of_day(self.zone_name, day, end_minutes(window))
                if start < end:
                    found.append(Span(later(start, -self._early), end, window, by_law=window in by_law))
            spans = self._known[day] = tuple(found)
        return spans


class Stops:
    """The instants at which the windows of several zones stop the env, those of windows without ``from`` among them."""

    def __init__(self, zones: Sequence[str], windows: Sequence[Window], holidays: Holidays | None) -> None:
        self._zones = zones
        self._dates = Dates(windows, holidays)

    def after(self, at: datetime, *, limit: datetime) -> datetime | None:
        """The first stop after ``at``; None where none is found up to ``limit``."""
        first = day_after(min(wall_clock(zone_name, at).date() for zone_name in self._zones), -2)
        for ahead in range((limit - at).days + 6):
            day = day_after(first, ahead)
            if any(stop > at for stop in self._on(day)):
                # A window that passes midnight can stop after one of the next day, but not of the day after that.
                return min(stop for stop in (*self._on(day), *self._on(day_after(day))) if stop > at)
        return None

    def _on(self, day: date) -> list[datetime]:
        return [
            max(instant_of_day(zone_name, day, end_minutes(window)) for zone_name in self._zones)
            for window in self._dates.on(day)
        ]
