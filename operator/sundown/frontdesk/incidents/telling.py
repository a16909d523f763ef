"""What has to be said about incidents, and written again, so that people see what is so. Pure.

As with notices, each look compares what Slack was given with what people should see now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2s
from typing import Literal

from sundown.frontdesk.alerts.courier import Came
from sundown.frontdesk.alerts.plan import GRACE
from sundown.frontdesk.incidents.incident import Book, Digest, Incident, Told, members
from sundown.frontdesk.incidents.kinds import AlertKind
from sundown.frontdesk.incidents.storm import newest

_PACE = timedelta(seconds=5)
"""A digest is written again this often at most."""

Do = Literal["post", "update", "close", "find", "logs"]


@dataclass(frozen=True, slots=True)
class Alert:
    """What one message is to show of an incident."""

    row: AlertKind
    incident: Incident

    @property
    def shown(self) -> str:
        """Changes when the message has to be written again; not with every pod that comes or goes."""
        incident = self.incident
        return f"{incident.ended or 'open'}/{self.row.level(incident.count)}"


@dataclass(frozen=True, slots=True)
class Summary:
    """What one message is to show of many: how many are open of each kind, and for how many there is no room."""

    digest: Digest
    still: Mapping[str, int]
    rows: Mapping[str, AlertKind]
    more: int = 0

    @property
    def shown(self) -> str:
        """As with an alert."""
        said = (sorted(self.digest.total.items()), sorted(self.still.items()), self.digest.namespaces, self.more)
        return f"{self.digest.ended or 'open'}/{blake2s(repr(said).encode(), digest_size=6).hexdigest()}"


Message = Alert | Summary


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing to do. ``begun``: it was to be done before, so it may have been done."""

    do: Do
    told: Incident | Digest
    message: Message
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Tellings:
    """All that is to be done now, what is told for good, and when to look again."""

    steps: tuple[Telling, ...] = ()
    done: tuple[Incident | Digest, ...] = ()
    look_at: datetime | None = None


def tellings(book: Book, rows: Mapping[str, AlertKind], *, now: datetime, more: int = 0) -> Tellings:
    """What is to be said now."""
    steps: list[Telling] = []
    done: list[Incident | Digest] = []
    looks: list[datetime] = []
    for incident in book.incidents.values():
        row = rows.get(incident.kind)
        if row is None or (incident.digest and incident.ended):
            done.append(incident)
        elif not incident.digest and not incident.pending:
            _of_one(steps, done, looks, incident, Alert(row, incident), now=now)
    last = newest(book)
    for digest in book.digests.values():
        still = Counter(one.kind for one in members(book, digest.id))
        summary = Summary(digest, still, rows, more if digest.id == last else 0)
        _of_one(steps, done, looks, digest, summary, now=now)
    return Tellings(tuple(steps), tuple(done), min(looks, default=None))


def _of_one(
    steps: list[Telling],
    done: list[Incident | Digest],
    looks: list[datetime],
    told: Incident | Digest,
    message: Message,
    *,
    now: datetime,
) -> None:
    if told.said_at is None:
        if told.ended:
            done.append(told)
        else:
            steps.append(Telling("post", told, message))
    elif told.ts is None:
        ready = told.said_at + GRACE
        if now < ready:
            looks.append(ready)
        else:
            steps.append(Telling("find" if told.ended else "post", told, message, begun=True))
    elif told.ended:
        steps.append(Telling("close", told, message))
    else:
        if isinstance(told, Incident) and told.logs:
            steps.append(Telling("logs", told, message))
        if told.shown != message.shown:
            again = told.said_at + _PACE if isinstance(told, Digest) else now
            if again <= now:
                steps.append(Telling("update", told, message))
            else:
                looks.append(again)


def meant(step: Telling, *, channel: str, now: datetime) -> Incident | Digest:
    """What is to be remembered of a message before it is posted."""
    changes: dict[str, object] = {
        "channel": channel,
        "said_at": now.replace(microsecond=0),
        "shown": step.message.shown,
    }
    if isinstance(step.message, Alert) and step.message.row.logs:
        changes["logs"] = "wanted"
    return _changed(step.told, changes)


def settled(book: Book, step: Telling, result: Came, *, now: datetime) -> tuple[Book, Incident | Digest | None]:
    """What is to be remembered after a step, and what is told for good by it."""
    told = _now(book, step.told)
    if told is None or result.unknown:
        return book, None
    after = _missed(told, step) if result.missed else _came(told, step, ts=result.ts, now=now)
    return (book.put(after), None) if after is not None else (book.drop(told), told)


def _now(book: Book, told: Incident | Digest) -> Incident | Digest | None:
    return book.digests.get(told.id) if isinstance(told, Digest) else book.incidents.get(told.key)


def _missed(told: Incident | Digest, step: Telling) -> Incident | Digest | None:
    """Nothing was done, or there is nothing any more to do it with."""
    if step.do == "post":
        return _changed(told, {"said_at": None, "shown": ""})
    if step.do == "logs":
        return told
    return None if told.ended else _changed(told, {"shown": step.message.shown})


def _came(told: Incident | Digest, step: Telling, *, ts: str | None, now: datetime) -> Incident | Digest | None:
    match step.do:
        case "post":
            return _changed(told, {"ts": ts})
        case "find":
            return _changed(told, {"ts": ts}) if ts is not None else None
        case "close":
            return None
        case "logs":
            return _changed(told, {"logs": ""})
        case "update":
            at = {"said_at": now.replace(microsecond=0)} if isinstance(told, Digest) else {}
            return _changed(told, {"shown": step.message.shown, **at})


def name(told: Told) -> str:
    """The name of a message, unique over the incidents of a cluster."""
    if isinstance(told, Digest):
        return f"digest/{told.id}"
    assert isinstance(told, Incident)
    opened = told.opened_at.strftime("%Y%m%dT%H%M%S")
    return f"{told.kind}/{told.namespace}/{told.name}/{told.part}/{opened}"


def _changed(told: Incident | Digest, changes: Mapping[str, object]) -> Incident | Digest:
    return told.model_copy(update=dict(changes))
