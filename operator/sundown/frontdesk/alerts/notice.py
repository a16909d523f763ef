"""What a message about an env says and to whom, and the steps that bring it about: plain, immutable, free of Slack's form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2s
from typing import Literal

from sundown.frontdesk.alerts.marks import Mark, Waiting
from sundown.frontdesk.envs.snapshot import Standing
from sundown.model.scalars import format_duration

_A_FEW = 8

Says = Literal["stop", "moved", "asleep", "waking", "awake", "ready", "paused", "idle", "elsewhere", "gone"]
"""What a message says: it will stop; it stops at another time; it sleeps; it wakes; it is awake (the same message, at its
end); it is awake (a message of its own, to who asked); it is paused; nothing runs; others are told instead; it is deleted."""


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody to be told: a person's or channel's id, the conversation with them, their zone (IANA) and habits.

    ``name`` is what people call them.
    """

    to: str
    channel: str
    person: bool = False
    time_zone: str | None = None
    quiet_until: datetime | None = None
    snooze: timedelta | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Others:
    """The other envs of a channel: which stop by then too, and which somebody has prolonged, until when and who (B7)."""

    stopping: tuple[str, ...] = ()
    prolonged: tuple[tuple[str, datetime, str], ...] = ()

    @property
    def facts(self) -> object:
        """What a message is written again for; of a crowd it is only brought up to date with the next notice."""
        return (self.stopping, self.prolonged) if len(self.stopping) + len(self.prolonged) <= _A_FEW else None


NOBODY = Others()


def others(me: str, neighbours: Iterable[Standing], *, by: datetime, now: datetime) -> Others:
    """What to say of the other envs of a channel in the notice of a shutdown at ``by``."""
    running = [one for one in neighbours if one.namespace != me and one.runs and one.silent is None]
    known = sorted((one.namespace, one.shutdown_at, one) for one in running if one.shutdown_at is not None)
    return Others(
        stopping=tuple(name for name, at, _ in known if now < at <= by),
        prolonged=tuple(
            (name, at, (one.asked.by if one.asked is not None else None) or "")
            for name, at, one in known
            if one.prolonged and at > by
        ),
    )


@dataclass(frozen=True, slots=True)
class Notice:
    """What one message is to show. ``next_at`` is when it will be brought up again, ``asker`` the Slack id of who waits for it."""

    says: Says
    standing: Standing
    place: Place
    due: datetime
    next_at: datetime | None = None
    before: timedelta | None = None
    asker: str | None = None
    asked_at: datetime | None = None
    others: Others = NOBODY

    @property
    def digest(self) -> str:
        """Changes when the message has to be written again; not with every pod that comes or goes."""
        standing, asked = self.standing, self.standing.asked
        facts = (
            self.says,
            None if self.before is None else format_duration(self.before),
            standing.state if self.says != "stop" else None,
            # It may have said something else in between, of which nobody knows any more.
            standing.since if standing.state in {"Awake", "Asleep"} else None,
            standing.shutdown_at if self.says != "awake" else None,
            standing.wakes_at if self.says == "asleep" else None,
            standing.prolonged,
            standing.owner,
            standing.allow_delete if self.says == "stop" else None,
            (asked.state, asked.by, asked.at, asked.until) if asked is not None else None,
            *(["doubted"] if standing.doubted else []),
            self.others.facts,
        )
        return f"{self.says}/{blake2s(repr(facts).encode(), digest_size=6).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Post:
    """A message that is not there. ``begun``: it was to be posted before, so it may be there after all."""

    mark: Mark
    notice: Notice
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Update:
    """A message that is to show something else; afterwards it is remembered as ``mark``."""

    mark: Mark
    notice: Notice


@dataclass(frozen=True, slots=True)
class Close:
    """A message that is written for the last time, without anything to click, and forgotten."""

    mark: Mark
    notice: Notice


@dataclass(frozen=True, slots=True)
class Find:
    """A message that is not wanted any more and may be there or not: to be looked for, and remembered only if it is."""

    mark: Mark


@dataclass(frozen=True, slots=True)
class Drop:
    """A mark of which there is nothing more to say."""

    mark: Mark


@dataclass(frozen=True, slots=True)
class Forget:
    """Somebody who waits in vain."""

    waiting: Waiting


Step = Post | Update | Close | Find | Drop | Forget


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to be done now, and when to look again though nothing changes."""

    steps: tuple[Step, ...] = ()
    look_at: datetime | None = None
