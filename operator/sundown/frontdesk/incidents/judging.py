"""What becomes of incidents by what is seen now. Pure: nothing but what was remembered, what is seen, and the time.

Level, not edge: the same look twice changes nothing, so what was seen before a restart needs no case of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sundown.frontdesk.incidents.incident import Ended, Incident
from sundown.frontdesk.incidents.kinds import AlertKind
from sundown.frontdesk.incidents.sights import Sight, View


@dataclass(frozen=True, slots=True)
class Around:
    """What has to be known besides. What happened before ``since`` is no news.

    ``quiet`` says why nothing new is told now, ``quiet_until`` when that ends by itself, ``asleep`` whether all that is open
    is over with it. ``to`` is the channel of what opens, ``wanted`` whether it is wanted at all.
    """

    since: datetime
    quiet: str = ""
    quiet_until: datetime | None = None
    asleep: bool = False
    to: str = ""
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """The incidents about a thing that are to be remembered, those to be forgotten, and when to look again.

    ``suppressed`` are parts that would have opened, with why they did not.
    """

    kept: tuple[Incident, ...] = ()
    forgotten: tuple[Incident, ...] = ()
    look_at: datetime | None = None
    suppressed: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Draft:
    kept: list[Incident]
    forgotten: list[Incident]
    looks: list[datetime]
    suppressed: list[tuple[str, str]]


def judge(
    row: AlertKind, place: tuple[str, str], before: Iterable[Incident], view: View, around: Around, *, now: datetime
) -> Verdict:
    """Judge all that is remembered and seen of one thing, by its namespace and name."""
    draft = _Draft([], [], [], [(part, "node") for part in sorted(view.inhibited)])
    known = {one.part: one for one in before}
    for part in sorted({*known, *view.sights}):
        incident, sight = known.get(part), view.sights.get(part)
        if incident is None:
            assert sight is not None
            _new(draft, row, place, sight, around, now=now)
        elif incident.ended:
            continue
        elif not around.wanted:
            _end(draft, incident, "off", now=now)
        elif incident.pending:
            _pending(draft, incident, sight, around, now=now)
        elif row.told_once:
            _told_once(draft, row, incident, now=now)
        else:
            _open(draft, row, incident, sight, view, around, now=now)
    return Verdict(tuple(draft.kept), tuple(draft.forgotten), min(draft.looks, default=None), tuple(draft.suppressed))


def _new(draft: _Draft, row: AlertKind, place: tuple[str, str], sight: Sight, around: Around, *, now: datetime) -> None:
    if not around.wanted or sight.count < row.least:
        return
    news = _news(row, sight, since=around.since, now=now)
    if row.news_for is not None and not news:
        return
    why = "asleep" if around.asleep else around.quiet
    if why and not row.told_once:
        draft.suppressed.append((sight.part, why))
        _look(draft, around.quiet_until)
        return
    if sight.ripe_at is not None and sight.ripe_at > now:
        draft.looks.append(sight.ripe_at)
        return
    opened = Incident(
        kind=row.name,
        namespace=place[0],
        name=place[1],
        part=sight.part,
        opened_at=_second(now),
        latest=max(news, default=_second(now)),
        count=len(news) if news else sight.count,
        pending=bool(why) or sight.held,
        facts=dict(sight.facts),
        to=around.to,
    )
    if why:
        _look(draft, around.quiet_until)
    draft.kept.append(opened)
    # What has only happened is over by itself; when, the next look says.
    draft.looks.append(now + _SOON)


def _pending(draft: _Draft, incident: Incident, sight: Sight | None, around: Around, *, now: datetime) -> None:
    if sight is None:
        draft.forgotten.append(incident)
    elif around.asleep or around.quiet:
        _look(draft, around.quiet_until)
    elif not sight.held:
        changes = {"pending": False, "opened_at": _second(now), "facts": dict(sight.facts), "to": around.to}
        draft.kept.append(incident.model_copy(update=changes))


def _told_once(draft: _Draft, row: AlertKind, incident: Incident, *, now: datetime) -> None:
    """It is remembered for as long as it would be news."""
    assert row.news_for is not None
    forgotten_at = max(incident.latest + row.news_for, incident.opened_at + _SETTLED)
    if now < forgotten_at or (incident.ts is None and not incident.digest):
        _look(draft, max(forgotten_at, now + _SETTLED))
    else:
        draft.forgotten.append(incident)


def _open(
    draft: _Draft,
    row: AlertKind,
    incident: Incident,
    sight: Sight | None,
    view: View,
    around: Around,
    *,
    now: datetime,
) -> None:
    if around.asleep:
        _end(draft, incident, "asleep", now=now)
        return
    news = _news(row, sight, since=incident.latest, now=now) if sight is not None else ()
    changes: dict[str, object] = {}
    if sight is not None and (row.news_for is None or news):
        count = incident.count + len(news) if news else max(incident.count, sight.count)
        changes = {"count": count, "facts": dict(sight.facts), "latest": max(news, default=incident.latest)}
    latest = max(news, default=incident.latest)
    ill = sight is not None and row.news_for is None
    if ill or not (view.gone or view.well):
        _keep(draft, incident, {**changes, "well_since": None})
        return
    since = _second(now) if news else incident.well_since or _second(now)
    over_at = since + (row.gone_after if view.gone else row.closes_after)
    if row.news_for is not None:
        # Nothing that happened may still be news when it is forgotten, or it would be told again.
        over_at = max(over_at, latest + max(row.news_for, row.closes_after))
    if now >= over_at:
        _end(draft, incident, "gone" if view.gone else "recovered", now=now)
    else:
        _keep(draft, incident, {**changes, "well_since": since})
        draft.looks.append(over_at)


def _news(row: AlertKind, sight: Sight, *, since: datetime, now: datetime) -> tuple[datetime, ...]:
    """What has happened since then and is not old."""
    if row.news_for is None:
        return ()
    return tuple(at for at in sight.times if at > since and now - at < row.news_for)


def _keep(draft: _Draft, incident: Incident, changes: dict[str, object]) -> None:
    changed = incident.model_copy(update=changes)
    if changed != incident:
        draft.kept.append(changed)


def _end(draft: _Draft, incident: Incident, how: Ended, *, now: datetime) -> None:
    if incident.pending or (incident.said_at is None and not incident.digest):
        # Nobody has been told of it.
        draft.forgotten.append(incident)
    else:
        draft.kept.append(incident.model_copy(update={"ended": how, "ended_at": _second(now)}))


def _look(draft: _Draft, at: datetime | None) -> None:
    if at is not None:
        draft.looks.append(at)


def _second(now: datetime) -> datetime:
    return now.replace(microsecond=0)


_SETTLED = timedelta(seconds=30)
_SOON = timedelta(seconds=1)
