"""Which messages there should be about an env, and what has to be done so that there are. Pure.

Level, not edge: each look compares what Slack was given (the marks) with what people should see now. So a notice that was
missed is not repeated, a shutdown that moved takes its notices along, and a look after a crash is a look like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sundown.frontdesk.alerts.marks import Mark, Marks, Waiting
from sundown.frontdesk.alerts.notice import (
    NOBODY,
    Close,
    Drop,
    Find,
    Forget,
    Notice,
    Others,
    Place,
    Plan,
    Post,
    Says,
    Step,
    Update,
)
from sundown.frontdesk.envs.snapshot import Standing

GRACE = timedelta(seconds=12)
"""How long a message that was meant to be posted may be on its way; whoever finds its mark waits for so long before looking."""

LATEST = timedelta(seconds=5)
"""How long after its mark a message may be sent at the latest; sending takes less than the rest of ``GRACE``."""

ASKED_LOST = timedelta(minutes=2)
"""A wish to wake that has not reached the schedule by then was lost on its way: nobody waits for it any more."""


@dataclass(slots=True)
class _Draft:
    steps: list[Step] = field(default_factory=list)
    looks: list[datetime] = field(default_factory=list)


OLD_NEWS = timedelta(hours=1)
"""Nobody is told any more that an env has woken when it was so long ago."""


def applies(standing: Standing, *, now: datetime) -> bool:
    """Whether a notice of its coming shutdown is due, so that it has to be known whom to tell."""
    return _stage(standing, now=now, others=NOBODY).before is not None


def overlooked(standing: Standing, marks: Marks, *, now: datetime) -> bool:
    """Whether somebody asked in Slack for it to wake, and nothing is remembered of it: a frontdesk ended in between."""
    asked = standing.asked
    if asked is None or asked.at is None or asked.state != "Awake" or asked.via != "slack" or not asked.by:
        return False
    if any(one.at >= asked.at for one in marks.waiting) or (marks.heard is not None and marks.heard >= asked.at):
        return False
    if standing.state == "Waking":
        return True
    awake = standing.certain and standing.state == "Awake" and standing.since is not None
    return awake and standing.since is not None and asked.at <= standing.since >= now - OLD_NEWS


def plan(
    standing: Standing,
    marks: Marks,
    places: Sequence[Place],
    *,
    now: datetime,
    unsure: bool = False,
    others: Others = NOBODY,
) -> Plan:
    """Compare what is there with what should be. ``unsure``: there may be more places, so none is taken for lost."""
    draft = _Draft()
    by_id = {place.to: place for place in places}
    stage = _stage(standing, now=now, others=others)
    if stage.next_at is not None:
        draft.looks.append(stage.next_at)
    for mark in marks.messages:
        if mark.ts is None:
            _begun(draft, mark, standing, stage, by_id.get(mark.to), now=now)
        elif mark.what in {"stop", "moved"}:
            _shutdown(draft, mark, standing, stage, by_id.get(mark.to), now=now, unsure=unsure)
        elif mark.what == "asleep":
            _asleep(draft, mark, standing, by_id.get(mark.to))
        else:
            draft.steps.append(Drop(mark))
    if stage.before is not None and standing.shutdown_at is not None and now < standing.shutdown_at:
        _missing(draft, standing, marks, stage, places, now=now)
    for waiting in marks.waiting:
        _waiting(draft, waiting, standing, marks, now=now)
    return Plan(tuple(draft.steps), min(draft.looks, default=None))


def closing(standing: Standing, marks: Marks) -> Plan:
    """What to do with the messages of an env that is deleted; ``standing`` is where it stood last."""
    told = (mark for mark in marks.messages if mark.ts is not None and mark.what in {"stop", "asleep"})
    return Plan(tuple(Close(mark, _notice("gone", standing, mark, None)) for mark in told))


@dataclass(frozen=True, slots=True)
class _Stage:
    """Which notice of the coming shutdown applies: how long before it, and when the next is due."""

    before: timedelta | None = None
    next_at: datetime | None = None
    others: Others = NOBODY


def _stage(standing: Standing, *, now: datetime, others: Others) -> _Stage:
    """The newest notice whose time has come; older ones that nobody was there to give are not given late.

    Who chose the shutdown has answered the notices that were due until then. The last notice is given all the same: no
    shutdown comes without one.
    """
    shutdown = standing.shutdown_at
    if shutdown is None or standing.silent is not None or not standing.runs or not standing.before:
        return _Stage()
    ahead = sorted(set(standing.before), reverse=True)
    answered = standing.answered_at
    if answered is not None:
        ahead = [before for before in ahead if shutdown - before > answered] or ahead[-1:]
    given = [before for before in ahead if shutdown - before <= now]
    coming = [shutdown - before for before in ahead if shutdown - before > now]
    return _Stage(before=given[-1] if given else None, next_at=min(coming, default=None), others=others)


def _wanted(mark: Mark, standing: Standing, stage: _Stage) -> bool:
    return stage.before is not None and mark.due == standing.shutdown_at


def _begun(draft: _Draft, mark: Mark, standing: Standing, stage: _Stage, place: Place | None, *, now: datetime) -> None:
    """A message that may be there or not."""
    ready = mark.at + GRACE
    if now < ready:
        draft.looks.append(ready)
    elif mark.what == "awake":
        draft.steps.append(Find(mark))
    elif place is not None and _wanted(mark, standing, stage) and standing.shutdown_at is not None:
        if now >= standing.shutdown_at:
            draft.steps.append(Find(mark))
        else:
            notice = _stop(standing, stage, place)
            again = mark.model_copy(update={"at": _second(now), "shown": notice.digest, "what": "stop"})
            draft.steps.append(Post(again, notice, begun=True))
    else:
        draft.steps.append(Find(mark))


def _shutdown(
    draft: _Draft,
    mark: Mark,
    standing: Standing,
    stage: _Stage,
    place: Place | None,
    *,
    now: datetime,
    unsure: bool,
) -> None:
    """A message of a shutdown, coming or not."""
    # Of one without ``shown`` nobody knows what it says: it was to be written again when a frontdesk ended.
    harmless = mark.what == "moved" and mark.shown
    if standing.wakeable:
        if harmless:
            draft.steps.append(Drop(mark))
        else:
            _show(draft, mark, _notice("asleep", standing, mark, place), what="asleep")
        return
    if place is None and unsure:
        return
    if place is not None and _wanted(mark, standing, stage):
        _show(draft, mark, _stop(standing, stage, place), what="stop")
        return
    if harmless:
        # It is kept for as long as its shutdown may come back: there is never a second message of the same one.
        if now >= mark.due:
            draft.steps.append(Drop(mark))
        else:
            draft.looks.append(mark.due)
        return
    says = _instead(mark, standing, place)
    notice = _notice(says, standing, mark, place, next_at=stage.next_at)
    if now >= mark.due:
        draft.steps.append(Close(mark, notice))
    else:
        _show(draft, mark, notice, what="moved")


def _instead(mark: Mark, standing: Standing, place: Place | None) -> Says:
    """What is true in the place of a shutdown that is not announced any more."""
    if standing.state == "Paused" or standing.silent is not None:
        return "paused"
    if not standing.runs:
        return "idle"
    return "elsewhere" if place is None or standing.shutdown_at == mark.due else "moved"


def _asleep(draft: _Draft, mark: Mark, standing: Standing, place: Place | None) -> None:
    """The message with the way to wake it."""
    if standing.wakeable:
        _show(draft, mark, _notice("asleep", standing, mark, place), what="asleep")
    elif standing.state == "Paused" or (standing.silent is not None and not standing.wakes_all_the_same):
        draft.steps.append(Close(mark, _notice("paused", standing, mark, place)))
    elif standing.state == "Waking" or not standing.certain:
        _show(draft, mark, _notice("waking", standing, mark, place), what="asleep")
    else:
        draft.steps.append(Close(mark, _notice("awake", standing, mark, place)))


def _missing(
    draft: _Draft,
    standing: Standing,
    marks: Marks,
    stage: _Stage,
    places: Iterable[Place],
    *,
    now: datetime,
) -> None:
    """Messages of the coming shutdown that nobody has thought of yet."""
    shutdown = standing.shutdown_at
    assert shutdown is not None
    for place in places:
        if place.quiet_until is not None and place.quiet_until > now:
            draft.looks.append(place.quiet_until)
            continue
        notice = _stop(standing, stage, place)
        mark = Mark(what="stop", to=place.to, due=shutdown, channel=place.channel, shown=notice.digest, at=_second(now))
        if marks.of(mark) is None:
            draft.steps.append(Post(mark, notice))


def _waiting(draft: _Draft, waiting: Waiting, standing: Standing, marks: Marks, *, now: datetime) -> None:
    """Somebody who wants to know when it is awake."""
    lost = waiting.at + ASKED_LOST
    if standing.since is not None and now - max(standing.since, waiting.at) > OLD_NEWS:
        draft.steps.append(Forget(waiting))
    elif standing.certain and standing.state == "Awake" and _heard(waiting, standing):
        mark = Mark(what="awake", to=waiting.to, due=waiting.at, channel=waiting.to, at=_second(now))
        begun = marks.of(mark)
        if begun is None:
            place = Place(to=waiting.to, channel=waiting.to)
            draft.steps.append(Post(mark, _notice("ready", standing, mark, place, waiting=waiting)))
    elif standing.state in {"Waking", "FallingAsleep"} or not standing.certain or now < lost:
        draft.looks.append(max(lost, now + GRACE))
    else:
        draft.steps.append(Forget(waiting))


def _heard(waiting: Waiting, standing: Standing) -> bool:
    """Whether the schedule as the operator has seen it holds what they asked for, or has been awake only since then."""
    asked = standing.asked
    if asked is not None and asked.state == "Awake" and asked.at is not None and asked.at >= waiting.at:
        return True
    return standing.since is not None and standing.since >= waiting.at


def _show(draft: _Draft, mark: Mark, notice: Notice, *, what: Literal["stop", "moved", "asleep"]) -> None:
    if mark.what != what or mark.shown != notice.digest:
        draft.steps.append(Update(mark.model_copy(update={"what": what, "shown": notice.digest}), notice))


def _stop(standing: Standing, stage: _Stage, place: Place) -> Notice:
    assert standing.shutdown_at is not None
    return Notice(
        "stop",
        standing,
        place,
        standing.shutdown_at,
        next_at=stage.next_at,
        before=stage.before,
        others=NOBODY if place.person else stage.others,
    )


def _notice(
    says: Says,
    standing: Standing,
    mark: Mark,
    place: Place | None,
    *,
    next_at: datetime | None = None,
    waiting: Waiting | None = None,
) -> Notice:
    return Notice(
        says,
        standing,
        place or Place(to=mark.to, channel=mark.channel),
        mark.due,
        next_at=next_at,
        asker=waiting.by if waiting is not None else None,
        asked_at=waiting.at if waiting is not None else None,
    )


def _second(at: datetime) -> datetime:
    """As the annotation holds instants: rounded up, so that nobody looks too early."""
    return at.replace(microsecond=0) + (timedelta(seconds=1) if at.microsecond else timedelta())
