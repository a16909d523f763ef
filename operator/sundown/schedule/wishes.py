"""What a person asks for, as the override that brings it about. Every door (command line, Slack, REST API) asks here.

``at`` is the present in whole seconds, as Kubernetes writes instants; what is asked for counts from then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sundown.errors import NothingToDo, OutOfRange, Paused
from sundown.model.cutting import clip
from sundown.model.scalars import format_duration
from sundown.model.spec import EnvScheduleSpec, Override, Wanted
from sundown.schedule.decision import Decision, decide
from sundown.schedule.instants import FOREVER, later
from sundown.schedule.timetable import Circumstances, Timetable, zones_of
from sundown.schedule.windows import SEARCH, Stops

SHORTEST = timedelta(minutes=1)
LONGEST_PROLONGATION = timedelta(hours=24)
LONGEST_SNOOZE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks (an e-mail address or a user's name), by which door (``cli``, ``slack``), and what for."""

    by: str
    via: str
    reason: str | None = None


def start(spec: EnvScheduleSpec, circumstances: Circumstances, now: datetime, asker: Asker) -> Override:
    """Awake until the next scheduled shutdown; without an end where none is scheduled.

    Who starts what somebody keeps awake for longer has nothing end sooner: to take that back is another wish.

    Raises:
        Paused: the env is not in Sundown's hands.
    """
    at = _present(spec, circumstances, now)
    shutdown = _first(_unasked(spec, replace(circumstances, active_since=at), at), "Asleep")
    if shutdown is None and spec.stops_only:
        # An exception keeps the week from waking the env, and so from stopping it; the stop of the day still is one.
        stops = Stops(zones_of(spec, circumstances), spec.awake, spec.holidays)
        shutdown = stops.after(at, limit=later(at, SEARCH))
    decision = decide(spec, circumstances, at)
    if decision.state == "Awake" and shutdown is not None:
        shutdown = max(shutdown, decision.shutdown_at) if decision.shutdown_at is not None else None
    return _override("Awake", shutdown, at, asker)


def stop(spec: EnvScheduleSpec, circumstances: Circumstances, now: datetime, asker: Asker) -> Override:
    """Asleep until the next scheduled wake; without an end where none is scheduled.

    Raises:
        Paused: the env is not in Sundown's hands.
    """
    at = _present(spec, circumstances, now)
    circumstances = replace(circumstances, active_since=None)
    wakes = [_first(_unasked(spec, circumstances, at), "Awake")]
    if spec.spread:
        # Up already for working hours that are yet to begin, it wakes when they do.
        wakes.append(_first(_unasked(spec.model_copy(update={"spread": timedelta()}), circumstances, at), "Awake"))
    return _override("Asleep", min((wake for wake in wakes if wake is not None), default=None), at, asker)


def prolongate(
    spec: EnvScheduleSpec, circumstances: Circumstances, now: datetime, asker: Asker, *, span: timedelta
) -> Override:
    """Awake until the shutdown in force, or the present where the env is asleep, plus ``span`` (1 minute to 24 hours).

    Asked twice it adds twice; the daily reset ends it. A shutdown that comes after that (of a snooze for days, of a night shift)
    is put off all the same, and that lasts: dropped at the reset it would end sooner than it would have without the wish.

    Raises:
        OutOfRange: for any other span.
        NothingToDo: the env is awake and no shutdown awaits it.
        Paused: the env is not in Sundown's hands.
    """
    _check(span, LONGEST_PROLONGATION, "a prolongation")
    at = _present(spec, circumstances, now)
    decision = decide(spec, circumstances, at)
    shutdown = at if decision.state == "Asleep" else decision.shutdown_at
    if shutdown is None:
        raise NothingToDo("no shutdown awaits it, so there is none to put off")
    override = spec.override
    prolonged = decision.state == "Awake" and decision.why.reason == "Override"
    first = override if override is not None and prolonged and override.drop_at_reset else None
    if first is not None:
        # Where the schedule only stops, a later `at` would be a new start, good until the next day's stop.
        at = first.at or at
    drop = shutdown <= Timetable(spec, circumstances).reset_after(at)
    if first is not None and drop:
        # The shutdown in force may be the daily reset, which is not what this wish adds to.
        shutdown = max(shutdown, first.until or shutdown)
    return _override("Awake", later(shutdown, span), at, asker, drop=drop)


def snooze(
    spec: EnvScheduleSpec, circumstances: Circumstances, now: datetime, asker: Asker, *, span: timedelta
) -> Override:
    """Awake for ``span`` from now (1 minute to 30 days), whatever was asked for before.

    Raises:
        OutOfRange: for any other span.
        Paused: the env is not in Sundown's hands.
    """
    _check(span, LONGEST_SNOOZE, "a snooze")
    at = _present(spec, circumstances, now)
    return _override("Awake", later(at, span), at, asker)


def reset(spec: EnvScheduleSpec, circumstances: Circumstances, now: datetime) -> None:
    """No override any more: the schedule decides.

    Raises:
        NothingToDo: nobody has asked for anything.
        Paused: the env is not in Sundown's hands.
    """
    _present(spec, circumstances, now)
    if spec.override is None:
        raise NothingToDo("nobody has asked for anything, so its schedule is in force already")


def _present(spec: EnvScheduleSpec, circumstances: Circumstances, now: datetime) -> datetime:
    if spec.paused or circumstances.paused_by is not None:
        why = circumstances.paused_by or "spec.paused is true"
        how = "" if circumstances.paused_by else " (`edit` it with paused=false)"
        raise Paused(f"it is paused ({why}), so its schedule does nothing until that is changed{how}")
    return now.replace(microsecond=0)


def _check(span: timedelta, longest: timedelta, what: str) -> None:
    if not SHORTEST <= span <= longest:
        raise OutOfRange(f"{what} is between {format_duration(SHORTEST)} and {format_duration(longest)}")


def _unasked(spec: EnvScheduleSpec, circumstances: Circumstances, at: datetime) -> Decision:
    """The decision had nobody asked for anything."""
    return decide(spec.model_copy(update={"override": None}), circumstances, at)


def _first(decision: Decision, to: Wanted) -> datetime | None:
    return next((turn.at for turn in decision.upcoming if turn.to == to), None)


def _override(state: Wanted, until: datetime | None, at: datetime, asker: Asker, *, drop: bool = False) -> Override:
    return Override(
        state=state,
        until=None if until is None or until >= FOREVER else until.replace(microsecond=0),
        at=at,
        by=clip(asker.by, 256) or None,
        via=clip(asker.via, 64) or None,
        reason=clip(asker.reason or "", 256) or None,
        drop_at_reset=drop,
    )
