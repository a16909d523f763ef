"""What the other rooms ask: the state of an env at an instant, its next turns, and how long it sleeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Literal

from sundown.model.spec import EnvScheduleSpec, Wanted
from sundown.schedule.instants import FOREVER
from sundown.schedule.reasons import Why
from sundown.schedule.timetable import Circumstances, Timetable
from sundown.schedule.windows import SEARCH

__all__ = ["Circumstances", "Decision", "Turn", "Why", "asleep_time", "decide", "turns"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One transition: at ``at`` (UTC) the env turns to ``to``."""

    at: datetime
    to: Wanted
    why: Why


@dataclass(frozen=True, slots=True)
class Decision:
    """What an env should be now, why, and what comes next."""

    state: Literal["Awake", "Asleep", "Paused"]
    why: Why
    until: datetime | None
    """When the state changes next; None where no change is in sight."""
    upcoming: tuple[Turn, ...]
    """The next two turns, fewer where no more are in sight."""

    @property
    def shutdown_at(self) -> datetime | None:
        """When the env falls asleep next; None where no shutdown is in sight."""
        return next((turn.at for turn in self.upcoming if turn.to == "Asleep"), None)


def decide(spec: EnvScheduleSpec, circumstances: Circumstances, now: datetime) -> Decision:
    """What the env should be at ``now`` (aware).

    Turns are in sight up to two years of weeks from now; the time for which an override or an exception holds is not
    counted, so the end of one is in sight however far off it is.
    """
    timetable = Timetable(spec, circumstances)
    verdict = timetable.verdict(now)
    upcoming = tuple(islice(_walk(timetable, now, FOREVER, patience=SEARCH), 2))
    return Decision(verdict.state, verdict.why(), upcoming[0].at if upcoming else None, upcoming)


def turns(spec: EnvScheduleSpec, circumstances: Circumstances, *, start: datetime, until: datetime) -> Iterator[Turn]:
    """The transitions after ``start`` up to and including ``until`` (both aware), in order. A paused env has none."""
    return _walk(Timetable(spec, circumstances), start, until)


def asleep_time(spec: EnvScheduleSpec, circumstances: Circumstances, *, start: datetime, until: datetime) -> timedelta:
    """How much of the time from ``start`` up to ``until`` (both aware) the env sleeps."""
    timetable = Timetable(spec, circumstances)
    total = timedelta()
    since = start if timetable.verdict(start).state == "Asleep" else None
    for turn in _walk(timetable, start, until):
        if since is not None:
            total += turn.at - since
        since = turn.at if turn.to == "Asleep" else None
    return total if since is None else total + max(until - since, timedelta())


def _walk(timetable: Timetable, start: datetime, until: datetime, patience: timedelta | None = None) -> Iterator[Turn]:
    """From verdict to verdict; ``patience`` is how much of the week's own time is looked through."""
    at, verdict = start, timetable.verdict(start)
    while verdict.until <= until and verdict.until < FOREVER:
        if patience is not None and not verdict.dated:
            patience -= verdict.until - at
            if patience < timedelta():
                return
        at = verdict.until
        following = timetable.verdict(at)
        if following.state not in {verdict.state, "Paused"}:
            yield Turn(at, following.state, following.why())
        verdict = following
