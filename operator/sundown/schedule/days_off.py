"""Public holidays, and weekends on which people work by law, from the ``holidays`` library; names in English where it has them."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sundown.model.spec import Holidays


@dataclass(frozen=True, slots=True)
class _Year:
    """A year in one place: its holidays, the days of weekends on which people work by law, and the other days of the week."""

    days_off: Mapping[date, str]
    made_up: frozenset[date]
    working_week: tuple[int, ...]


@lru_cache(maxsize=1024)
def _year(country: str, subdivision: str | None, year: int) -> _Year:
    import holidays  # noqa: PLC0415 - loaded only where a schedule has holidays

    entity = getattr(holidays, country)
    english = next((name for name in entity.supported_languages if name.startswith("en")), None)
    with warnings.catch_warnings():
        # A country that has no dates for a year says so by a warning; to us such a year has no holidays.
        warnings.simplefilter("ignore")
        found = holidays.country_holidays(country, subdiv=subdivision, years=[year], language=english)
    return _Year(
        days_off=dict(found.items()),
        made_up=frozenset(day for day in found.weekend_workdays if day.year == year),
        working_week=tuple(weekday for weekday in range(7) if weekday not in found.weekend),
    )


def day_off(holidays: Holidays | None, day: date) -> str | None:
    """The name of the public holiday on that local date, observed ones included; None on any other day."""
    if holidays is None or stands_in_for(holidays, day):
        return None
    return _year(holidays.country, holidays.subdivision, day.year).days_off.get(day)


def stands_in_for(holidays: Holidays | None, day: date) -> tuple[int, ...]:
    """The days of the working week (0 is Monday) that a date counts as one of; none, unless it is a day of a weekend on which
    people work by law, and the schedule follows that."""
    if holidays is None or not holidays.working_weekends:
        return ()
    year = _year(holidays.country, holidays.subdivision, day.year)
    return year.working_week if day in year.made_up else ()
