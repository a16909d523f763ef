"""The whole of ``schedule`` against an oracle that lives through the minutes, over all zones and the years 2015 to 2040."""

import itertools

from hypothesis import given

from sundown.model.base import parse
from sundown.model.spec import EnvScheduleSpec
from sundown.schedule.decision import Circumstances, asleep_time, decide, turns
from support.effort import examples
from support.schedule.judged import judged, lived
from support.schedule.lives import Life, lives


@examples(40, 5000)
@given(lives())
def test_any_schedule_in_any_zone_is_judged_as_it_is_lived(life: Life) -> None:
    """A7, A13, A17: windows, stops, holidays, exceptions, overrides and the daily reset, alone and mixed."""
    assert judged(life) == lived(life)


@examples(15, 2000)
@given(lives(most_zones=4))
def test_a_team_that_spans_zones_is_judged_as_it_is_lived(life: Life) -> None:
    """B3: awake while any of the owners works."""
    assert judged(life) == lived(life)


@examples(40, 5000)
@given(lives())
def test_a_decision_tells_the_same_turns_as_the_walk(life: Life) -> None:
    spec, circumstances = parse(EnvScheduleSpec, life.spec), Circumstances(active_since=life.active_since)
    decision = decide(spec, circumstances, life.start)
    walked = list(turns(spec, circumstances, start=life.start, until=life.until))[:2]
    assert list(decision.upcoming[: len(walked)]) == walked
    assert decision.until == (decision.upcoming[0].at if decision.upcoming else None)


@examples(40, 5000)
@given(lives())
def test_the_time_asleep_is_the_sum_of_the_minutes_asleep(life: Life) -> None:
    """G8: what a dry run would save."""
    spec, circumstances = parse(EnvScheduleSpec, life.spec), Circumstances(active_since=life.active_since)
    asleep = 0.0
    changes = [*judged(life), (life.until, "")]
    for (start, state), (end, _) in itertools.pairwise(changes):
        asleep += (end - start).total_seconds() if state == "Asleep" else 0
    assert asleep_time(spec, circumstances, start=life.start, until=life.until).total_seconds() == asleep
