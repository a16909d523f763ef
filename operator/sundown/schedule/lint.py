"""What the API server takes and nobody can have meant (doubts), and what is harmless and worth saying (notes)."""

from __future__ import annotations

from datetime import datetime
from itertools import chain

from sundown.errors import Mistake
from sundown.model.scalars import DAYS, MINUTES_A_DAY, format_instant, format_local_time
from sundown.model.spec import EnvScheduleSpec
from sundown.schedule.instants import instant
from sundown.schedule.reasons import describe_window
from sundown.schedule.timetable import Circumstances, Timetable
from sundown.schedule.windows import WEEK, WeekSpan, week_spans


def doubts(spec: EnvScheduleSpec, *, prefix: str = "spec") -> tuple[Mistake, ...]:
    """Windows that overlap, each with the path of the later one and the first day on which they do.

    Such windows are judged as one; that they overlap is most often a slip in a day or an hour.
    """
    spans = week_spans(spec.awake)
    next_week = [WeekSpan(span.start + WEEK, span.end + WEEK, span.index) for span in spans]
    found: dict[tuple[int, int], Mistake] = {}
    for position, span in enumerate(spans, start=1):
        for other in chain(spans[position:], next_week):
            if other.start >= span.end:
                break
            first, second = sorted((span.index, other.index))
            day = DAYS[other.start % WEEK // MINUTES_A_DAY]
            text = f"overlaps {prefix}.awake[{first}] ({describe_window(spec.awake[first])}) on {day}"
            found.setdefault((second, first), Mistake(f"{prefix}.awake[{second}]", text))
    return tuple(found[pair] for pair in sorted(found))


def notes(
    spec: EnvScheduleSpec, circumstances: Circumstances, now: datetime, *, prefix: str = "spec"
) -> tuple[Mistake, ...]:
    """What is harmless: an override or an exception that is over at ``now``, an exception that a later one covers, times
    that nobody says the zone of.
    """
    timetable = Timetable(spec, circumstances)
    found = []
    given = spec.model_fields_set
    if "time_zone" not in given and (spec.awake or spec.exceptions or "daily_reset" in given):
        text = f'is not given: its times are those of {spec.time_zone}; write the zone that is meant, as in "Europe/Berlin"'
        found.append(Mistake(f"{prefix}.timeZone", text))
    if timetable.override_end <= now:
        found.append(
            Mistake(f"{prefix}.override", f"is over since {format_instant(timetable.override_end)}: it changes nothing")
        )
    for index, exception in enumerate(spec.exceptions):
        path = f"{prefix}.exceptions[{index}]"
        if max(instant(zone_name, exception.to) for zone_name in timetable.zones) <= now:
            found.append(Mistake(path, f"is over since {format_local_time(exception.to)}: it changes nothing"))
        for later_index, other in enumerate(spec.exceptions[index + 1 :], start=index + 1):
            if other.start <= exception.start and exception.to <= other.to:
                text = (
                    f"is covered by {prefix}.exceptions[{later_index}], which counts as the later: it changes nothing"
                )
                found.append(Mistake(path, text))
                break
    return tuple(found)
