"""Public holidays, from the ``holidays`` library, with their names in English where it knows them."""

from __future__ import annotations

import warnings
from datetime import date
from functools import lru_cache

from sundown.model.spec import Holidays


@lru_cache(maxsize=1024)
def _year(country: str, subdivision: str | None, year: int) -> dict[date, str]:
    import holidays  # noqa: PLC0415 - loaded only where a schedule has holidays

    entity = getattr(holidays, country)
    english = next((name for name in entity.supported_languages if name.startswith("en")), None)
    with warnings.catch_warnings():
        # A country that has no dates for a year says so by a warning; to us such a year has no holidays.
        warnings.simplefilter("ignore")
        found = holidays.country_holidays(country, subdiv=subdivision, years=[year], language=english)
    return dict(found.items())


def day_off(holidays: Holidays | None, day: date) -> str | None:
    """The name of the public holiday on that local date, observed ones included; None on any other day."""
    if holidays is None:
        return None
    return _year(holidays.country, holidays.subdivision, day.year).get(day)
