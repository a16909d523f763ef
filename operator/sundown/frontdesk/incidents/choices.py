"""Which alerts are wanted, where, and who is told: what the settings choose, and what the environment a thing stands in says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from sundown.errors import SundownError
from sundown.frontdesk.alerts.confines import NONE, Confines
from sundown.frontdesk.envs.mirror import Board
from sundown.frontdesk.incidents.judging import Around
from sundown.frontdesk.incidents.kinds import AlertKind
from sundown.frontdesk.settings import FrontdeskSettings
from sundown.usecases.find import Found

EVERY = "*"


class NoSuchAlert(SundownError):
    """The settings name a kind of alert that there is none of."""

    reason = "BadSettings"


@dataclass(frozen=True, slots=True)
class Choices:
    """The kinds that are on, by name; the namespaces of each; and which are told to the channel of the environment."""

    rows: Mapping[str, AlertKind]
    namespaces: Mapping[str, tuple[str, ...]]
    to_owners: frozenset[str]
    confines: Confines = NONE

    @classmethod
    def of(cls, settings: FrontdeskSettings, rows: Mapping[str, AlertKind]) -> Choices:
        """What the settings choose.

        Raises:
            NoSuchAlert: they name a kind that is none.
        """
        for variable, named in (
            ("SUNDOWN_ALERTS_OFF", settings.alerts_off),
            ("SUNDOWN_ALERTS_NAMESPACES", settings.alerts_namespaces),
            ("SUNDOWN_ALERTS_TO_OWNERS", settings.alerts_to_owners),
        ):
            if unknown := sorted(set(named) - {EVERY} - rows.keys()):
                there = ", ".join(sorted(rows))
                raise NoSuchAlert(f'{variable}: there is no alert "{unknown[0]}"; there are {there}')
        off = set(rows) if EVERY in settings.alerts_off else set(settings.alerts_off)
        to_owners = frozenset(rows) if EVERY in settings.alerts_to_owners else frozenset(settings.alerts_to_owners)
        return cls(
            {name: _sooner(row, settings.alerts_close_after) for name, row in rows.items() if name not in off},
            settings.alerts_namespaces,
            to_owners,
            Confines(channels=settings.slack_channels),
        )

    def around(self, row: AlertKind, namespace: str, board: Board, *, began: datetime, now: datetime) -> Around:
        """What has to be known besides of a thing in a namespace; of one that is in none, that it is always awake."""
        globs = self.namespaces.get(row.name, self.namespaces.get(EVERY, ()))
        wanted = not namespace or not globs or any(fnmatchcase(namespace, glob) for glob in globs)
        found = board.env(namespace) if namespace else None
        if found is None:
            return Around(began, wanted=wanted)
        to = self._channel(found) if row.name in self.to_owners else ""
        status = found.known.status
        since = began
        if status.state == "Awake" and status.since is not None:
            # What happened while it woke is over.
            since = max(began, status.since)
        quiet, until = _quiet(found, now=now)
        return Around(since, quiet=quiet, quiet_until=until, asleep=status.state == "Asleep", to=to, wanted=wanted)

    def _channel(self, found: Found) -> str:
        """The channel that its schedule names, if it may name it: by what is written, for nobody has asked Slack yet."""
        schedule = found.known.schedule
        named = (schedule.spec.notify.channel or "").strip() if schedule is not None else ""
        bare = named.removeprefix("#")
        return named if bare and self.confines.lets_name(bare, id_=bare, namespace=found.namespace) else ""


def _sooner(row: AlertKind, at_most: timedelta) -> AlertKind:
    """The same, and over when all was well for so long at most."""
    return replace(row, closes_after=min(row.closes_after, at_most), gone_after=min(row.gone_after, at_most))


def _quiet(found: Found, *, now: datetime) -> tuple[str, datetime | None]:
    """While an environment falls asleep or wakes, pods come and go. What does not come up in time is told after that."""
    status = found.known.status
    if status.state == "FallingAsleep":
        return "falling asleep", None
    if status.state == "Waking" and status.since is not None:
        until = status.since + found.spec.waves.timeout
        return ("waking", until) if now < until else ("", None)
    return "", None
