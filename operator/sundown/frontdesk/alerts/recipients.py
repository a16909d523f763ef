"""Who is told about an env: the channel that its schedule names, and its owners, each by a direct message."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import structlog
from cachetools import TTLCache

from sundown.errors import NotFound
from sundown.frontdesk.alerts.channel_backoff import Refusal, SlackTrouble
from sundown.frontdesk.alerts.confines import NONE, Confines
from sundown.frontdesk.alerts.notice import Place
from sundown.frontdesk.alerts.unreached import channel_trouble, person_trouble
from sundown.frontdesk.people.people import Person, SlackAway, UnknownPerson
from sundown.frontdesk.people.preferences import Preferences
from sundown.model.cutting import clip
from sundown.model.resources import OWNER
from sundown.model.scalars import zone
from sundown.once import Once
from sundown.schedule.clock import Clock
from sundown.usecases.find import Found

log = structlog.get_logger(__name__)

MOST_OWNERS = 20
_SEPARATORS = re.compile(r"[,;\s]+")
_USER = re.compile(r"<@([UW][A-Z0-9]{2,20})(?:\|[^>]*)?>|([UW][A-Z0-9]{6,20})")
_GROUP = re.compile(r"<!subteam\^(S[A-Z0-9]{2,20})(?:\|[^>]*)?>|(S[A-Z0-9]{6,20})")
_CHANNEL = re.compile(r"[CDG][A-Z0-9]{6,20}")
_KEPT = timedelta(minutes=10)
_MOST_GROUPS = 1000
_FRESH, _SOON = timedelta(minutes=3), timedelta(minutes=1)
"""For so long a channel is believed to be the one of its name, and not to be there: channels are renamed and made anew."""


class Switchboard(Protocol):
    """Who can be reached, and how. Each raises SlackTrouble."""

    async def conversation_with(self, user: str) -> str:
        """The conversation of the app with a person."""
        ...

    async def channels(self) -> dict[str, str]:
        """The ids of channels in use, by name."""
        ...

    async def fates(self) -> dict[str, str]:
        """What has become of channels that are not in use under their name, by that name, in words."""
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
    """Who was found. ``unsure``: somebody could not be asked for just now, so there may be more.

    ``troubles`` say in words who is named and cannot be told.
    """

    places: tuple[Place, ...]
    unsure: bool = False
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Owners:
    """The people who own an env, in the order in which they are named."""

    people: tuple[Person, ...]
    unsure: bool = False
    troubles: tuple[str, ...] = ()


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
        confines: Confines = NONE,
    ) -> None:
        self._people = people
        self._groups = groups
        self._switchboard = switchboard
        self._preferences = preferences
        self._clock = clock
        self._default_channel = default_channel
        self._confines = confines
        self._said = Once(at_most=1000)
        self._conversations: dict[str, str] = {}
        self._channels: dict[str, str] = {}
        self._fates: dict[str, str] = {}
        self._fates_until: datetime | None = None
        self._doubted = False
        self._listed_at: datetime | None = None
        self._listing = asyncio.Lock()
        self._members: TTLCache[str, tuple[str, ...], datetime] = TTLCache(_MOST_GROUPS, ttl=_KEPT, timer=clock.now)

    def channel_name(self, found: Found) -> str:
        """The channel of an env as people write it; empty where it has none."""
        named = found.known.schedule.spec.notify.channel if found.known.schedule is not None else None
        return (named or self._default_channel).strip()

    async def of(self, found: Found) -> Reached:
        """Everybody who is to be told about an env."""
        there = await self.channel(found)
        places = {place.to: place for place in there.places}
        unsure, troubles = there.unsure, list(there.troubles)
        if found.known.schedule is not None and found.known.schedule.spec.notify.owner:
            owners = await self.owners(found)
            unsure = unsure or owners.unsure
            troubles += owners.troubles
            for person in owners.people:
                try:
                    places[person.id] = await self._person(person)
                except SlackTrouble as trouble:
                    unsure = unsure or not isinstance(trouble, Refusal)
                    troubles += [person_trouble(person.email, trouble.code)] if isinstance(trouble, Refusal) else []
                    self._say_once(person.id, f"no conversation with {person.email}: {trouble}")
        return Reached(tuple(places.values()), unsure, tuple(troubles))

    async def channel(self, found: Found) -> Reached:
        """The channel of an env, where it has one."""
        name = self.channel_name(found)
        if not name:
            return Reached(())
        bare = name.removeprefix("#")
        try:
            channel, fate = await self._channel(bare)
        except SlackTrouble as trouble:
            self._say_once(name, f"channels cannot be listed: {trouble}")
            refused = (f"channels cannot be listed, {trouble}",) if isinstance(trouble, Refusal) else ()
            return Reached((), unsure=True, troubles=refused)
        shown = name if bare == channel or _CHANNEL.fullmatch(name) else f"#{bare}"
        if channel and not self._may_name(found, channel):
            self._say_once(name, f"{found.namespace} may not name it")
            return Reached((), troubles=(f"channel {clip(shown, 90)} {_NOT_ALLOWED}",))
        if channel:
            return Reached((Place(to=channel, channel=channel, name=shown),))
        self._say_once(name, fate or "there is no such channel, or the app is not in it")
        return Reached(
            (), troubles=(f"channel {clip(shown, 90)} {fate}" if fate else channel_trouble(shown, _MISSING),)
        )

    async def channel_id(self, name: str) -> str:
        """The id of a channel in which the app is, by its name; empty where there is none, or none can be asked for."""
        bare = name.strip().removeprefix("#")
        try:
            channel, fate = await self._channel(bare)
        except SlackTrouble as trouble:
            self._say_once(name, f"channels cannot be listed: {trouble}")
            return ""
        if not channel:
            self._say_once(name, fate or "there is no such channel, or the app is not in it")
        return channel

    async def owners(self, found: Found) -> Owners:
        """The owners: the people and groups in the schedule's annotation ``sundown.dev/owner``, else in the namespace's."""
        named = found.known.metadata.annotations.get(OWNER) or (found.space.owner if found.space is not None else None)
        people: dict[str, Person] = {}
        unsure = False
        troubles: list[str] = []
        for name in _SEPARATORS.split(named or "")[: MOST_OWNERS * 2]:
            try:
                for person in await self._named(name) if name else ():
                    if self._confines.lets_own(person.email):
                        people.setdefault(person.id, person)
                    else:
                        troubles.append(f"owner {clip(name, 90)}: {_FOREIGN}")
                        self._say_once(name, _FOREIGN)
            except (SlackAway, SlackTrouble) as error:
                unsure = unsure or not isinstance(error, Refusal)
                troubles += [_owner_trouble(name, error)] if isinstance(error, Refusal) else []
                self._say_once(name, str(error))
            except (NotFound, UnknownPerson) as error:
                troubles.append(_owner_trouble(name, error))
                self._say_once(name, str(error))
        return Owners(tuple(people.values())[:MOST_OWNERS], unsure, tuple(troubles))

    def forget(self) -> None:
        """Somebody's profile or a group has changed."""
        self._members.clear()

    def forget_channels(self) -> None:
        """A channel was renamed, archived, made, deleted, or the app was taken into one."""
        self._listed_at = self._fates_until = None

    def refused(self, place: Place, code: str) -> str:
        """Slack does not let us speak in a place, which may not be what it was: why, in words."""
        if place.person:
            self._conversations.pop(place.to, None)
            return person_trouble(place.name, code)
        self._doubted = True
        return channel_trouble(place.name, code)

    async def direct(self, person: Person) -> str:
        """The conversation with a person.

        Raises:
            SlackTrouble: there is none.
        """
        if person.id not in self._conversations:
            self._conversations[person.id] = await self._switchboard.conversation_with(person.id)
        return self._conversations[person.id]

    def _may_name(self, found: Found, channel: str) -> bool:
        """Whether an env may have this channel told; the one of the settings is told of any."""
        schedule = found.known.schedule
        if schedule is None or not schedule.spec.notify.channel:
            return True
        name = next((name for name, id_ in self._channels.items() if id_ == channel), channel)
        return self._confines.lets_name(name, id_=channel, namespace=found.namespace)

    async def _named(self, name: str) -> list[Person]:
        user, group = _USER.fullmatch(name), _GROUP.fullmatch(name)
        if user is not None:
            return [await self._people.of(user[1] or user[2])]
        if group is not None:
            return await self._all(await self._members_of(group[1] or group[2]))
        if name.startswith("@"):
            handles = await self._groups.groups()
            if name[1:] not in handles:
                raise NotFound(f"there is no user group {clip(name, 60)}, or it is disabled")
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
        known = self._members.get(group)
        if known is None:
            known = self._members[group] = await self._switchboard.members_of(group)
        return known

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
            name=person.email,
        )

    async def _channel(self, name: str) -> tuple[str, str]:
        """The id of a channel by its name or id; where there is none that the app is in, what has become of it."""
        async with self._listing:
            known = self._id_of(name)
            now, life = self._clock.now(), _FRESH if known and not self._doubted else _SOON
            if self._listed_at is None or self._listed_at + life <= now:
                await self._list(now, wanted=name)
            if known := self._id_of(name):
                return known, ""
            if _CHANNEL.fullmatch(name):
                return "", _NO_SUCH_ID
            if self._fates_until is None or self._fates_until <= now:
                # All that ever was, which may be many pages.
                self._fates, self._fates_until = await self._switchboard.fates(), now + _KEPT
            return "", self._fates.get(name, "")

    def _id_of(self, name: str) -> str:
        """Of a channel that the app is in; an id is taken for one only there, or anybody could be written to by theirs."""
        return self._channels.get(name) or (name if name in self._channels.values() else "")

    async def _list(self, now: datetime, *, wanted: str) -> None:
        try:
            self._channels = await self._switchboard.channels()
        except SlackTrouble:
            if not self._id_of(wanted):
                raise
            # The one of a moment ago is better than none.
            self._doubted = True
        else:
            self._doubted = False
        self._listed_at = now

    def _say_once(self, name: str, text: str) -> None:
        if self._said.is_new((name, text)):
            log.warning("nobody-to-tell", name=clip(name, 100), reason=text)


_MISSING = "channel_not_found"
_NO_SUCH_ID = "is not there, it is archived, or the app is not in it: invite the app, or name another"
_NOT_ALLOWED = "is none that this environment may name: SUNDOWN_SLACK_CHANNELS says which"
_FOREIGN = "the address is of no domain that owners may have: SUNDOWN_OWNER_DOMAINS says which"


def _owner_trouble(name: str, error: Exception) -> str:
    if isinstance(error, Refusal):
        gone = error.code in {"no_such_subteam", "subteam_not_found"}
        return f"owner {clip(name, 90)}: {'there is no such user group, or it is disabled' if gone else error}"
    return f"owner {clip(name, 90)}: {error}"


def _zone(name: str) -> ZoneInfo:
    try:
        return zone(name)
    except ValueError:
        return zone("UTC")
