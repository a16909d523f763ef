"""Why an env is in its state: a word for machines and a sentence for people, which stays the same while the reason does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sundown.model.cutting import some_of
from sundown.model.scalars import DAYS, Day, format_local_time, format_time_of_day
from sundown.model.spec import DatedException, Holidays, Override, Window
from sundown.schedule.instants import FOREVER, wall_clock

T = TypeVar("T")

_SHOWN = 4
"""So many windows or zones are named; a schedule of fifty would fill the screen."""


@dataclass(frozen=True, slots=True)
class Why:
    """A reason such as ``Holiday``, its sentence, who asked for it where somebody did, and what pauses it where something does.

    ``unverified``: that it was they is only what somebody wrote.
    """

    reason: str
    text: str
    by: str | None = None
    paused_by: str | None = None
    unverified: bool = False


def paused(by: str) -> Why:
    return Why("Paused", f"paused: {by}", paused_by=by)


def overridden(override: Override, *, end: datetime, zone_name: str, unverified: bool = False) -> Why:
    """An override that ends at ``end``, told in the time of ``zone_name``."""
    text = override.state.lower()
    text += " until further notice" if end >= FOREVER else f" until {moment(end, zone_name)}"
    if override.by:
        text += f", asked for by {override.by}"
        if override.via:
            text += f" via {override.via}"
        if unverified:
            text += " (unverified)"
    if override.reason:
        text += f": {override.reason}"
    return Why("Override", text, by=override.by, unverified=unverified and bool(override.by))


def excepted(exception: DatedException, zone_name: str) -> Why:
    start, to = format_local_time(exception.start), format_local_time(exception.to)
    text = f"{exception.state.lower()} by exception from {start} to {to} {zone_name}"
    return Why("Exception", f"{text}: {exception.reason}" if exception.reason else text)


def on_holiday(name: str, holidays: Holidays) -> Why:
    return Why("Holiday", f"holiday in {_place(holidays)}: {name}")


def _place(holidays: Holidays) -> str:
    return f"{holidays.country}-{holidays.subdivision}" if holidays.subdivision else holidays.country


def inside(window: Window, zone_name: str) -> Why:
    return Why("Window", f"working hours {describe_window(window)} {zone_name}")


def inside_by_law(window: Window, zone_name: str, holidays: Holidays) -> Why:
    hours = inside(window, zone_name).text
    return Why("WorkingWeekend", f"{hours}, on a weekend that is a working day in {_place(holidays)}")


def outside(windows: Sequence[Window], zones: Sequence[str]) -> Why:
    regular = [window for window in windows if window.start is not None]
    return Why("OutsideWindows", f"outside working hours {_some(regular, describe_window)} {_some(zones)}")


def started(windows: Sequence[Window], zones: Sequence[str]) -> Why:
    return Why("Started", f"started, until the next stop: {_stops(windows)} {_some(zones)}")


def stopped(windows: Sequence[Window], zones: Sequence[str]) -> Why:
    return Why("Stopped", f"stopped by schedule ({_stops(windows)} {_some(zones)}), until somebody starts it")


NOT_STARTED = Why("NotStarted", "not started: the schedule only stops, somebody has to start it")
NO_WINDOWS = Why("NoWindows", "the schedule has no windows, somebody has to start it")


def moment(at: datetime, zone_name: str) -> str:
    """An instant as people say it: ``Mon 2026-11-23 21:00 Europe/Berlin``."""
    local = wall_clock(zone_name, at)
    return f"{DAYS[local.weekday()]} {format_local_time(local.replace(microsecond=0)).replace('T', ' ')} {zone_name}"


def describe_window(window: Window) -> str:
    """``Mon-Fri 08:00-18:00``, or ``Mon-Fri 18:00`` where it only stops."""
    hours = format_time_of_day(window.to)
    if window.start is not None:
        hours = f"{format_time_of_day(window.start)}-{hours}"
    return f"{_describe_days(window.days)} {hours}"


def _describe_days(days: Sequence[Day]) -> str:
    runs: list[list[Day]] = []
    for index, day in enumerate(DAYS):
        if day in days:
            if index and DAYS[index - 1] in days:
                runs[-1].append(day)
            else:
                runs.append([day])
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(run) for run in runs)


def _stops(windows: Sequence[Window]) -> str:
    return _some(windows, lambda window: f"{_describe_days(window.days)} {format_time_of_day(window.to)}")


def _some(things: Sequence[T], describe: Callable[[T], str] = str) -> str:
    return some_of([describe(thing) for thing in things], _SHOWN)
