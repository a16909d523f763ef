"""Who is told about an env: the channel that its schedule names, and its owners, each by a direct message."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import structlog

from sundown.asking.finding import Found
from sundown.errors import NotFound
from sundown.frontdesk.notice import Place
from sundown.frontdesk.patience import Refusal, SlackTrouble
from sundown.frontdesk.people import Person, SlackAway, UnknownPerson
from sundown.frontdesk.preferences import Preferences
from sundown.model.cutting import clip
from sundown.model.resources import OWNER
from sundown.model.scalars import zone
from sundown.schedule.clock import Clock

log = structlog.get_logger(__name__)

MOST_OWNERS = 20
_SEPARATORS = re.compile(r"[,;\s]+")
_USER = re.compile(r"<@([UW][A-Z0-9]{2,20})(?:\|[^>]*)?>|([UW][A-Z0-9]{6,20})")
_GROUP = re.compile(r"<!subteam\^(S[A-Z0-9]{2,20})(?:\|[^>]*)?>|(S[A-Z0-9]{6,20})")
_CHANNEL = re.compile(r"[CDG][A-Z0-9]{6,20}")
_KEPT = timedelta(minutes=10)


class Switchboard(Protocol):
    """Who can be reached, and how. Each raises SlackTrouble."""

    async def conversation_with(self, user: str) -> str:
        """The conversation of the app with a person."""
        ...

    async def channels(self) -> dict[str, str]:
        """The ids of channels, by name."""
        ...

    async def members_of(self, group: str) -> tuple[str, ...]:
        """The people in a user group, by its id."""
        ...


class Register(Protocol):
    """Who people are, as ``people.People`` knows. Each raises SlackAway, UnknownPerson or NotFound."""

    async def of(self, user_id: str) -> Person:
        """The person with that Slack id."""
        ...

    async def by_email(self, email: str) -> Person:
        """The person with that e-mail address."""
        ...


class Handles(Protocol):
    """The user groups by their handles. Raises SlackAway."""

    async def groups(self) -> dict[str, frozenset[str]]:
        """The ids of the members of each."""
        ...


@dataclass(frozen=True, slots=True)
class Reached:
    """Who was found. ``unsure``: somebody could not be asked for just now, so there may be more."""

    places: tuple[Place, ...]
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Owners:
    """The people who own an env, in the order in which they are named."""

    people: tuple[Person, ...]
    unsure: bool = False


class Recipients:
    """Finds the people and conversations behind names. What cannot be found is said once in the log."""

    def __init__(
        self,
        *,
        people: Register,
        groups: Handles,
        switchboard: Switchboard,
        preferences: Callable[[str], Preferences],
        clock: Clock,
        default_channel: str,
    ) -> None:
        self._people = people
        self._groups = groups
        self._switchboard = switchboard
        self._preferences = preferences
        self._clock = clock
        self._default_channel = default_channel
        self._said: set[tuple[str, str]] = set()
        self._conversations: dict[str, str] = {}
        self._channels: dict[str, str] = {}
        self._channels_until: datetime | None = None
        self._members: dict[str, tuple[datetime, tuple[str, ...]]] = {}

    def channel_name(self, found: Found) -> str:
        """The channel of an env as people write it; empty where it has none."""
        named = found.known.schedule.spec.notify.channel if found.known.schedule is not None else None
        return (named or self._default_channel).strip()

    async def of(self, found: Found) -> Reached:
        """Everybody who is to be told about an env."""
        places: dict[str, Place] = {}
        unsure = False
        name = self.channel_name(found)
        try:
            channel = await self._channel(name)
        except SlackTrouble as trouble:
            unsure = True
            self._say_once(name, f"channels cannot be listed: {trouble}")
        else:
            if channel:
                places[channel] = Place(to=channel, channel=channel)
        if found.known.schedule is not None and found.known.schedule.spec.notify.owner:
            owners = await self.owners(found)
            unsure = unsure or owners.unsure
            for person in owners.people:
                try:
                    places[person.id] = await self._person(person)
                except SlackTrouble as trouble:
                    unsure = unsure or not isinstance(trouble, Refusal)
                    self._say_once(person.id, f"no conversation with {person.email}: {trouble}")
        return Reached(tuple(places.values()), unsure)

    async def owners(self, found: Found) -> Owners:
        """The owners: the people and groups in the schedule's annotation ``sundown.dev/owner``, else in the namespace's."""
        named = found.known.metadata.annotations.get(OWNER) or (found.space.owner if found.space is not None else None)
        people: dict[str, Person] = {}
        unsure = False
        for name in _SEPARATORS.split(named or "")[: MOST_OWNERS * 2]:
            try:
                for person in await self._named(name) if name else ():
                    people.setdefault(person.id, person)
            except (SlackAway, SlackTrouble) as error:
                unsure = unsure or not isinstance(error, Refusal)
                self._say_once(name, str(error))
            except (NotFound, UnknownPerson) as error:
                self._say_once(name, str(error))
        return Owners(tuple(people.values())[:MOST_OWNERS], unsure)

    def forget(self) -> None:
        """Somebody's profile or a group has changed."""
        self._members.clear()

    async def direct(self, person: Person) -> str:
        """The conversation with a person.

        Raises:
            SlackTrouble: there is none.
        """
        if person.id not in self._conversations:
            self._conversations[person.id] = await self._switchboard.conversation_with(person.id)
        return self._conversations[person.id]

    async def _named(self, name: str) -> list[Person]:
        user, group = _USER.fullmatch(name), _GROUP.fullmatch(name)
        if user is not None:
            return [await self._people.of(user[1] or user[2])]
        if group is not None:
            return await self._all(await self._members_of(group[1] or group[2]))
        if name.startswith("@"):
            handles = await self._groups.groups()
            if name[1:] not in handles:
                raise NotFound(f"no user group {clip(name, 60)}")
            return await self._all(tuple(sorted(handles[name[1:]])))
        return [await self._people.by_email(name)]

    async def _all(self, ids: tuple[str, ...]) -> list[Person]:
        found: list[Person] = []
        for user in ids[:MOST_OWNERS]:
            try:
                found.append(await self._people.of(user))
            except UnknownPerson as error:
                self._say_once(user, str(error))
        return found

    async def _members_of(self, group: str) -> tuple[str, ...]:
        now = self._clock.now()
        known = self._members.get(group)
        if known is None or known[0] <= now:
            known = now + _KEPT, await self._switchboard.members_of(group)
            self._members[group] = known
        return known[1]

    async def _person(self, person: Person) -> Place:
        likes = self._preferences(person.id)
        name = likes.time_zone or person.time_zone or "UTC"
        local = _zone(name)
        quiet = likes.quiet_hours.until(self._clock.now(), zone=local) if likes.quiet_hours is not None else None
        return Place(
            to=person.id,
            channel=await self.direct(person),
            person=True,
            time_zone=local.key,
            quiet_until=quiet,
            snooze=likes.default_snooze,
        )

    async def _channel(self, name: str) -> str:
        """The id of a channel; empty where there is none of that name, or the app cannot see it."""
        if not name or _CHANNEL.fullmatch(name):
            return name
        plain = name.removeprefix("#")
        now = self._clock.now()
        if plain not in self._channels and (self._channels_until is None or self._channels_until <= now):
            self._channels = await self._switchboard.channels()
            self._channels_until = now + _KEPT / 10
        found = self._channels.get(plain, "")
        if not found:
            self._say_once(name, "there is no such channel, or the app is not in it")
        return found

    def _say_once(self, name: str, text: str) -> None:
        if (name, text) not in self._said:
            if len(self._said) > 1000:
                self._said.clear()
            self._said.add((name, text))
            log.warning("nobody-to-tell", name=clip(name, 100), reason=text)


def _zone(name: str) -> ZoneInfo:
    try:
        return zone(name)
    except ValueError:
        return zone("UTC")
