"""Who somebody is in Slack, and by that in the cluster: e-mail address, name, time zone, groups. Cached, because every click asks."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from sundown.errors import NotFound, SundownError
from sundown.model.addresses import folded, second_spelling
from sundown.schedule.clock import Clock

log = structlog.get_logger(__name__)

_EMAIL = re.compile(r"[^@\s:]+@[^@\s:]+")
_MOST = 10_000
_TRIES = 3


class UnknownPerson(SundownError):
    """Slack does not say, or not reliably, who this is; so the cluster cannot be asked what they may do."""

    reason = "UnknownPerson"


class SlackAway(SundownError):
    """Slack did not answer, or answered with an error."""

    reason = "SlackUnavailable"


@dataclass(frozen=True, slots=True)
class Profile:
    """A user of the workspace, as Slack tells. ``confirmed``: Slack has made sure that the e-mail address is theirs.

    ``foreign``: of another organisation, so that our workspace does not vouch for the address. ``guest``: of ours, in some
    channels only.
    """

    id: str
    email: str
    name: str
    time_zone: str
    confirmed: bool = True
    foreign: bool = False
    deleted: bool = False
    bot: bool = False
    guest: bool = False


@dataclass(frozen=True, slots=True)
class Login:
    """How the cluster itself knows somebody who came with a token of it: RBAC is asked about exactly this."""

    groups: tuple[str, ...] = ()
    uid: str = ""
    extra: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the cluster's RBAC knows by ``email``. ``time_zone`` is an IANA name, ``groups`` are Slack's handles.

    ``email`` is spelled as in their profile, and so they are called wherever it is written who did something. ``also`` is a
    second spelling that is theirs for sure; see ``People``.

    Who did not come by Slack has a ``login``; ``email`` and ``id`` are then what the cluster calls them, an address or not.
    """

    id: str
    email: str
    name: str
    time_zone: str
    groups: tuple[str, ...] = ()
    also: str | None = None
    guest: bool = False
    login: Login | None = None

    @property
    def spellings(self) -> tuple[str, ...]:
        """The names by which the cluster may know them, the profile's own first."""
        return (self.email,) if self.also is None else (self.email, self.also)


class Directory(Protocol):
    """Where people are looked up. Each raises SlackAway, and gives None or nothing where there is nobody."""

    async def user(self, user_id: str) -> Profile | None:
        """The user of that id."""
        ...

    async def user_by_email(self, email: str) -> Profile | None:
        """The user with that e-mail address."""
        ...

    async def groups(self) -> dict[str, frozenset[str]]:
        """The ids of the members of each user group, by its handle."""
        ...


@dataclass(slots=True)
class _Kept:
    profile: Profile | None
    until: datetime


@dataclass(slots=True)
class _Groups:
    members: dict[str, frozenset[str]] = field(default_factory=dict)
    until: datetime | None = None


class People:
    """Everybody who has been asked for lately. A ``chosen_zone``, by Slack id, counts more than the one of the profile.

    Kubernetes tells ``Ana@example.com`` from ``ana@example.com``, Slack does not. So the cluster is asked with the profile's
    own spelling, and besides with small letters only where that cannot give somebody the rights of another: all of it is
    printable ASCII, and Slack, asked whose address the small letters are, names the very same user.
    """

    def __init__(
        self,
        directory: Directory,
        *,
        clock: Clock,
        time_to_live: timedelta,
        chosen_zone: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        self._directory = directory
        self._chosen_zone = chosen_zone
        self._clock = clock
        self._time_to_live = time_to_live
        self._by_id: dict[str, _Kept] = {}
        self._by_email: dict[str, _Kept] = {}
        self._groups = _Groups()
        self._asking: dict[str, asyncio.Future[Profile | None]] = {}
        self._tasks: set[asyncio.Future[Profile | None]] = set()
        self._changes = self._group_changes = 0

    async def of(self, user_id: str) -> Person:
        """The person with that Slack id, as far as the cluster can know them.

        Raises:
            UnknownPerson: there is no reliable e-mail address.
            SlackAway: it could not be asked.
        """
        profile = await self._look_up(self._by_id, user_id, self._directory.user)
        if profile is None:
            raise UnknownPerson("Slack does not know who you are, so the cluster cannot tell what you may do")
        return await self._person(profile)

    async def by_email(self, email: str) -> Person:
        """The person with that e-mail address.

        Raises:
            NotFound: nobody in the workspace has it.
            UnknownPerson, SlackAway: as with ``of``.
        """
        wanted = email.strip()
        profile = await self._look_up(self._by_email, wanted, self._directory.user_by_email)
        if profile is None or profile.deleted:
            raise NotFound(f"nobody in this Slack workspace has the e-mail address {email}")
        return await self._person(profile)

    def changed(self, profile: Profile) -> None:
        """Slack says that somebody's profile has changed; what is being asked at this moment may be older."""
        self._changes += 1
        self._asking.clear()
        self._keep(self._by_id, profile.id, profile)
        address = folded(profile.email)
        for spelling, kept in tuple(self._by_email.items()):
            theirs = kept.profile is not None and kept.profile.id == profile.id
            if theirs or folded(spelling) == address:
                del self._by_email[spelling]

    async def close(self) -> None:
        """Ask Slack no more; who still waits for an answer is cancelled."""
        asking = list(self._tasks)
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    def groups_changed(self) -> None:
        """Slack says that the members of a user group have changed."""
        self._group_changes += 1
        self._groups.until = None

    async def _person(self, profile: Profile) -> Person:
        email = profile.email.strip()
        if profile.bot or profile.deleted:
            raise UnknownPerson("only people can ask for something, and this Slack account is none")
        if profile.foreign:
            raise UnknownPerson("you belong to another Slack workspace, which this cluster does not know")
        if not _EMAIL.fullmatch(email) or not email.isprintable():
            raise UnknownPerson(
                "your Slack profile has no e-mail address that I may see, and the cluster knows people by theirs: add it to "
                "your profile, or ask whoever runs the Slack app to grant it the scope users:read.email"
            )
        if not profile.confirmed:
            raise UnknownPerson("your e-mail address is not confirmed in Slack: confirm it there first")
        groups = await self._groups_of(profile.id)
        zone = self._chosen_zone(profile.id) or profile.time_zone
        also = await self._also(profile.id, email)
        return Person(
            id=profile.id, email=email, name=profile.name, time_zone=zone, groups=groups, also=also, guest=profile.guest
        )

    async def _also(self, user_id: str, email: str) -> str | None:
        """A second spelling of an address, if Slack says that it is the same user's."""
        plain = second_spelling(email)
        if plain is None:
            return None
        try:
            theirs = await self._look_up(self._by_email, plain, self._directory.user_by_email)
        except SlackAway as error:
            # As with groups: somebody may be refused, nobody is let in.
            log.warning("spelling-unknown", user=user_id, error=str(error))
            return None
        return plain if theirs is not None and theirs.id == user_id else None

    async def _groups_of(self, user_id: str) -> tuple[str, ...]:
        now = self._clock.now()
        if self._groups.until is None or self._groups.until <= now:
            try:
                changes = self._group_changes
                listed = await self._directory.groups()
                # An answer that is older than word of a change counts for this once.
                self._groups = _Groups(listed, now + self._time_to_live if changes == self._group_changes else None)
            except SlackAway as error:
                # Without them somebody may be refused, which they can be told; nobody is let in.
                log.warning("groups-unknown", error=str(error))
                self._groups = _Groups({}, now + self._time_to_live / 10)
        return tuple(sorted(handle for handle, members in self._groups.members.items() if user_id in members))

    async def _look_up(
        self, kept: dict[str, _Kept], key: str, ask: Callable[[str], Awaitable[Profile | None]]
    ) -> Profile | None:
        known = kept.get(key)
        if known is not None and known.until > self._clock.now():
            return known.profile
        for _ in range(_TRIES):
            changes = self._changes
            profile = await asyncio.shield(self._ask(key, ask))
            if changes == self._changes:
                self._keep(kept, key, profile)
                return profile
            # Somebody's profile changed meanwhile: the answer may be from before, and would be believed for minutes.
            known = kept.get(key)
            if known is not None and known.until > self._clock.now():
                return known.profile
        return profile

    def _ask(self, key: str, ask: Callable[[str], Awaitable[Profile | None]]) -> asyncio.Future[Profile | None]:
        """The answer that somebody waits for already, or a new question."""
        asking = self._asking.get(key)
        if asking is None:
            asking = self._asking[key] = asyncio.ensure_future(ask(key))
            self._tasks.add(asking)
            asking.add_done_callback(self._answered(key))
        return asking

    def _answered(self, key: str) -> Callable[[asyncio.Future[Profile | None]], None]:
        def forget(task: asyncio.Future[Profile | None]) -> None:
            self._tasks.discard(task)
            if self._asking.get(key) is task:
                del self._asking[key]

        return forget

    def _keep(self, kept: dict[str, _Kept], key: str, profile: Profile | None) -> None:
        if len(kept) >= _MOST:
            kept.pop(next(iter(kept)))
        # Somebody who was not there a moment ago may have been added since.
        life = self._time_to_live if profile is not None else self._time_to_live / 10
        kept.pop(key, None)
        kept[key] = _Kept(profile, self._clock.now() + life)
