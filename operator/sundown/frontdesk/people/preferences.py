"""What people prefer in Slack: their zone, their usual snooze, their quiet hours. Kept in one ConfigMap, an entry a person."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import datetime, timedelta, tzinfo
from typing import Annotated

import structlog
from pydantic import AfterValidator, Field

from sundown.backoff import Backoff
from sundown.cluster import paths
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Conflict, Missing
from sundown.errors import InvalidObject, OutOfRange, SundownError
from sundown.model import managers
from sundown.model.base import parse
from sundown.model.resources import Lenient
from sundown.model.scalars import MINUTES_A_DAY, OWNER_ZONE, Duration, TimeOfDay, TimeZoneName
from sundown.once import Once

log = structlog.get_logger(__name__)

NAME = "sundown-preferences"
SHORTEST_SNOOZE, LONGEST_SNOOZE = timedelta(minutes=15), timedelta(days=7)

_MOST_PEOPLE = 4_000
"""With some 200 characters each they stay below the 1 MiB that a ConfigMap may have."""
_LONGEST_ENTRY = 1_000
_TRIES = 8
_RELOADED_EVERY = 300.0
_AGAIN = Backoff(0.5, longest=30.0)


class FullBook(SundownError):
    """So many people have preferences that there is no room for those of another."""

    reason = "TooMany"


def _real_zone(name: str) -> str:
    if name == OWNER_ZONE:
        raise ValueError('must be a time zone such as "Europe/Berlin"')
    return name


def _snooze(span: timedelta) -> timedelta:
    if not SHORTEST_SNOOZE <= span <= LONGEST_SNOOZE:
        raise ValueError("must be between 15m and 7d")
    return span


class QuietHours(Lenient):
    """From when to when somebody wants no personal messages, in minutes of their local day; it may pass midnight."""

    from_: Annotated[TimeOfDay, Field(alias="from")]
    to: TimeOfDay

    def until(self, now: datetime, *, zone: tzinfo) -> datetime | None:
        """When the quiet that there is at ``now`` ends (UTC, as ``now``); None where there is none.

        The same hour on both sides means no quiet at all, for a whole day of it is a mistake more often than a wish.
        """
        local = now.astimezone(zone)
        minute = local.hour * 60 + local.minute
        since, length = (minute - self.from_) % MINUTES_A_DAY, (self.to - self.from_) % MINUTES_A_DAY
        if since >= length:
            return None
        # On the wall clock: a night with a clock change is an hour shorter or longer, and ends at the same local time.
        wall = local.replace(second=0, microsecond=0, tzinfo=None, fold=0) + timedelta(minutes=length - since)
        end = wall.replace(tzinfo=zone)
        return (end if end > now else end.replace(fold=1)).astimezone(now.tzinfo)


class Preferences(Lenient):
    """What one person prefers; None where they have said nothing."""

    time_zone: Annotated[TimeZoneName, AfterValidator(_real_zone)] | None = None
    default_snooze: Annotated[Duration, AfterValidator(_snooze)] | None = None
    quiet_hours: QuietHours | None = None


NONE = Preferences()


class PreferenceBook:
    """The preferences of everybody. ``run`` keeps what is known in step with the ConfigMap; ``of`` never waits."""

    def __init__(self, cluster: Cluster, *, namespace: str) -> None:
        self._cluster = cluster
        self._namespace = namespace
        self._known: dict[str, Preferences] = {}
        self._complained = Once(at_most=_MOST_PEOPLE)
        self._version = ""
        self._saving = asyncio.Lock()

    def of(self, user_id: str) -> Preferences:
        """The preferences of the person with that Slack id."""
        return self._known.get(user_id, NONE)

    async def run(self) -> None:
        """Read what there is, now and again, until cancelled."""
        failures = 0
        while True:
            try:
                await self.load()
                failures, pause = 0, _RELOADED_EVERY
            except ApiError as error:
                failures += 1
                pause = _AGAIN.after(failures)
                log.warning("preferences-unread", error=str(error), wait_seconds=pause)
            await asyncio.sleep(pause)

    async def load(self) -> None:
        """Read all entries; one that is malformed is as if it were not there, and said once in the log.

        Raises:
            ApiError: the ConfigMap could not be read.
        """
        try:
            raw = await self._cluster.get(paths.config_map(self._namespace, NAME))
        except Missing:
            raw = {}
        self._version = (raw.get("metadata") or {}).get("resourceVersion", "")
        known: dict[str, Preferences] = {}
        for user_id, text in list((raw.get("data") or {}).items())[:_MOST_PEOPLE]:
            try:
                known[user_id] = _read(text)
            except ValueError as error:
                if self._complained.is_new((user_id, text)):
                    log.warning("preferences-malformed", user=user_id, error=str(error)[:200])
        self._known = known

    async def save(self, user_id: str, preferences: Preferences) -> None:
        """Write what a person prefers from now on.

        Raises:
            FullBook: there is no room for another person.
            ApiError: it could not be written; what was there before counts.
        """
        async with self._saving:
            await self._save(user_id, preferences)

    async def _save(self, user_id: str, preferences: Preferences) -> None:
        for attempt in range(_TRIES):
            await self._load_what_is_there()
            everybody = {**self._known, user_id: preferences}
            if preferences == NONE:
                del everybody[user_id]
            if len(everybody) > max(_MOST_PEOPLE, len(self._known)):
                raise FullBook("there is no room for the preferences of more people; tell whoever runs Sundown")
            try:
                await self._apply(everybody, version=self._version)
            except Conflict:
                await asyncio.sleep(0.05 * attempt)
            else:
                self._known = everybody
                return
        raise Conflict(f"others changed the preferences {_TRIES} times in a row; try again", status=409)

    async def _load_what_is_there(self) -> None:
        """Read all entries, of a ConfigMap that is there: one that an apply would make has no version to go by."""
        await self.load()
        if self._version:
            return
        empty = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": NAME, "namespace": self._namespace}}
        with suppress(Conflict):
            await self._cluster.create(paths.config_maps(self._namespace), empty, fieldManager=managers.FRONTDESK)
        await self.load()

    async def _apply(self, everybody: dict[str, Preferences], *, version: str) -> None:
        """All entries at once: what an apply leaves out it takes away. By their version, so that nobody's are lost."""
        body = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": NAME, "namespace": self._namespace, "resourceVersion": version},
            "data": {user_id: json.dumps(one.to_json(), sort_keys=True) for user_id, one in everybody.items()},
        }
        path = paths.config_map(self._namespace, NAME)
        await self._cluster.apply(path, body, manager=managers.FRONTDESK, force=True)


def _read(text: str) -> Preferences:
    """Raises ValueError for anything that is no entry."""
    if len(text) > _LONGEST_ENTRY:
        raise ValueError(f"{len(text)} characters are too many")
    raw = json.loads(text)
    if not isinstance(raw, dict):
        raise ValueError("must be an object")  # noqa: TRY004 - the caller tells no kinds of mistakes apart
    try:
        return parse(Preferences, raw)
    except InvalidObject as error:
        raise ValueError(str(error)) from None


def preferred(**said: object) -> Preferences:
    """Preferences from what a person has chosen, without what they left out.

    Raises:
        OutOfRange: a value is none that can be.
    """
    try:
        return parse(Preferences, {name: value for name, value in said.items() if value})
    except InvalidObject as error:
        raise OutOfRange(str(error)) from None
