"""What the other rooms ask: the state of an env at an instant, its next turns, and how long it sleeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Literal

from sundown.model.spec import EnvScheduleSpec, Wanted
from sundown.schedule.instants import FOREVER, later
from sundown.schedule.reasons import Why
from sundown.schedule.timetable import Circumstances, Timetable
from sundown.schedule.windows import SEARCH

__all__ = ["Circumstances", "Decision", "Turn", "Why", "asleep_time", "decide", "is_as_decided", "turns"]


_STEPS = 3_000
"""So many verdicts are looked through, shared by the zones, for each asks all of them: two years of one zone with two windows a
day. Where somebody works at every hour, or by fifty windows a day, a search to its end would keep all other envs waiting."""
_LEAST_STEPS = 100

CLOCKS_APART = timedelta(minutes=10)
"""How far the clock of a laptop may be ahead of the operator's."""


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
    counted, so the end of one is in sight however far off it is. Where somebody works at every hour it may be weeks. What was
    asked for a moment from now counts as asked for now.
    """
    timetable = Timetable(_asked_by_now(spec, now), circumstances)
    verdict = timetable.verdict(now)
    ahead = islice(_walk(timetable, now, FOREVER, patience=SEARCH), max(_LEAST_STEPS, _STEPS // len(timetable.zones)))
    upcoming = tuple(islice(filter(None, ahead), 2))
    return Decision(verdict.state, verdict.why(), upcoming[0].at if upcoming else None, upcoming)


def is_as_decided(decision: Decision, spec: EnvScheduleSpec, circumstances: Circumstances, now: datetime) -> bool:
    """Whether the same has to be said at another moment: the reason changes where the state does not, so that nothing is due."""
    verdict = Timetable(_asked_by_now(spec, now), circumstances).verdict(now)
    return (verdict.state, verdict.why()) == (decision.state, decision.why)


def _asked_by_now(spec: EnvScheduleSpec, now: datetime) -> EnvScheduleSpec:
    """A wish that some program stamped by its own clock does not wait until ours has caught up.

    One without ``via`` was written by hand, and its time is meant.
    """
    override = spec.override
    if override is None or override.at is None or override.via is None:
        return spec
    if not now < override.at <= later(now, CLOCKS_APART):
        return spec
    return spec.model_copy(update={"override": override.model_copy(update={"at": now})})


def turns(spec: EnvScheduleSpec, circumstances: Circumstances, *, start: datetime, until: datetime) -> Iterator[Turn]:
    """The transitions after ``start`` up to and including ``until`` (both aware), in order. A paused env has none."""
    return filter(None, _walk(Timetable(spec, circumstances), start, until))


def asleep_time(spec: EnvScheduleSpec, circumstances: Circumstances, *, start: datetime, until: datetime) -> timedelta:
    """How much of the time from ``start`` up to ``until`` (both aware) the env sleeps."""
    timetable = Timetable(spec, circumstances)
    total = timedelta()
    since = start if timetable.verdict(start).state == "Asleep" else None
    for turn in filter(None, _walk(timetable, start, until)):
        if since is not None:
            total += turn.at - since
        since = turn.at if turn.to == "Asleep" else None
    return total if since is None else total + max(until - since, timedelta())


def _walk(
    timetable: Timetable, start: datetime, until: datetime, patience: timedelta | None = None
) -> Iterator[Turn | None]:
    """From verdict to verdict: each turn, and None where a verdict is followed by another of the same state.

    ``patience`` is how much of the week's own time is looked through.
    """
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
        else:
            yield None
        verdict = following
