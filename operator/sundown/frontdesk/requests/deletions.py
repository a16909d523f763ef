"""Asking for an env to be deleted: who may, what is written down, and who has to be told what became of it.

The frontdesk deletes nothing. It writes an ActionRequest, the operator looks at everything again and acts, and what it says
of the request is told to the person who asked, once, whatever ends in between.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, Any

import structlog
from pydantic import StringConstraints, ValidationError

from sundown.cluster import paths, reading
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Busy, Conflict, Missing, Unreachable
from sundown.errors import NotFound, SundownError
from sundown.frontdesk.metrics import WISHES_TOTAL
from sundown.frontdesk.people.people import Person
from sundown.frontdesk.people.rights import Rights, groups_of
from sundown.frontdesk.wishes.actions import ClusterAway
from sundown.model import managers
from sundown.model.action_request import MOST_GROUPS, ActionRequestSpec, Asked, RequestState, Target
from sundown.model.addresses import folded
from sundown.model.resources import API_VERSION, GROUP, Lenient
from sundown.schedule.clock import Clock
from sundown.settings import Settings
from sundown.usecases.doors import Door
from sundown.usecases.find import Found, find, settings

log = structlog.get_logger(__name__)

LIFETIME = timedelta(minutes=15)
"""So long the operator may be away; what it finds later is not what the person had before their eyes."""
TELLING = f"{GROUP}/slack"
"""Annotation of a request that was made in Slack: who asked, and what they have been told."""

_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0


class NotDeletable(SundownError):
    """An env that nobody may delete from here."""

    reason = "NotDeletable"


class OtherNow(SundownError):
    """The namespace was deleted, and made anew, since the person was asked."""

    reason = "NewerNamespace"


class MaybeAsked(SundownError):
    """The cluster was lost in the middle: nobody knows whether the request is there."""

    reason = "InDoubt"


class Told(Lenient):
    """Which Slack user asked; ``about`` is the state they are being told of, ``told`` the one that they have been told."""

    user: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    about: RequestState | None = None
    told: RequestState | None = None


@dataclass(frozen=True, slots=True)
class News:
    """A request that is finished, or does not get there, and that somebody waits for. ``begun``: they were about to be told before, so perhaps they have been."""

    asked: Asked
    user: str
    begun: bool

    @property
    def spec(self) -> ActionRequestSpec:
        """What was asked for; a request that we made can be read."""
        assert self.asked.spec is not None
        return self.asked.spec


Tell = Callable[[News], Awaitable[None]]
"""Tells somebody. Raises SundownError when that has to be tried again."""
Confirm = Callable[[Target, str], Awaitable[None]]
"""Asks somebody whether they are sure, by the trigger of what they did. Raises SundownError when it cannot."""


class Deletions:
    """The one path of every wish to delete. ``confirm`` is put in by whoever can ask people."""

    confirm: Confirm

    def __init__(self, cluster: Cluster, *, rights: Rights, clock: Clock, settings: Settings, door: Door) -> None:
        self._cluster = cluster
        self._rights = rights
        self._clock = clock
        self._home = settings.namespace
        self._door = door
        self._news: dict[str, Asked] = {}
        self._settled: set[tuple[str, RequestState | None]] = set()
        self._some = asyncio.Event()

    async def look(self, person: Person, namespace: str) -> Target:
        """The env that the person means, if they may delete it; as it is now, not as it was told of last.

        Raises:
            NotAllowed: the person lacks the right.
            NotFound, NotDeletable: there is no such env, or its schedule forbids it.
            ClusterAway, ApiError: the cluster could not be asked.
        """
        target, _ = await self._look(person, namespace)
        return target

    async def _look(self, person: Person, namespace: str) -> tuple[Target, str]:
        """The env, and the spelling of the person that has the right."""
        try:
            name = await self._rights.require_deletion(person, namespace)
            found = await find(self._cluster, namespace, door=self._door)
        except (Unreachable, Busy) as error:
            raise ClusterAway.before_anything(namespace) from error
        refuse(found)
        assert found.space is not None
        return Target(namespace=namespace, uid=found.space.uid), name

    async def begin(self, person: Person, namespace: str, *, trigger: str) -> None:
        """Have the person confirm it, if they may.

        Raises:
            SundownError: as with ``look``; or they could not be asked.
        """
        await self.confirm(await self.look(person, namespace), trigger)

    async def ask(self, person: Person, target: Target, *, typed: str, token: str) -> None:
        """Write the request down. The same ``token`` makes the same request: a second click makes no second one.

        Raises:
            SundownError: as with ``look``; or the namespace is another one by now.
        """
        facts = {"user": person.email, "command": "delete", "namespace": target.namespace}
        try:
            await self._ask(person, target, typed=typed, token=token)
        except SundownError as error:
            WISHES_TOTAL.labels("delete", error.reason).inc()
            log.info("wish-refused", **facts, outcome=error.reason, error=str(error))
            raise
        WISHES_TOTAL.labels("delete", "Done").inc()
        log.info("wish-written", **facts, outcome="Done")

    async def _ask(self, person: Person, target: Target, *, typed: str, token: str) -> None:
        name = target.namespace
        if typed != name:
            raise NotDeletable(f'nothing was asked for: "{name}" has to be typed letter by letter')
        now, spelling = await self._look(person, name)
        if now.uid != target.uid:
            raise OtherNow(f'"{name}" was deleted meanwhile, and there is a new one of that name')
        try:
            await self._write(person, target, spelling=spelling, typed=typed, token=token)
        except (Unreachable, Busy) as error:
            raise MaybeAsked(
                f"the cluster was lost while it was asked to delete {name}, so it may be deleted or not: you will be told if it "
                "is, and asking again does no harm"
            ) from error

    async def _write(self, person: Person, target: Target, *, spelling: str, typed: str, token: str) -> None:
        now = self._clock.now().replace(microsecond=0)
        spec = ActionRequestSpec(
            action="Delete",
            target=target,
            requested_by=spelling,
            groups=tuple(groups_of(person)[:MOST_GROUPS]),
            via=self._door.via,
            requested_at=now,
            expires_at=now + LIFETIME,
            confirmation=typed,
        )
        body = {
            "apiVersion": API_VERSION,
            "kind": "ActionRequest",
            "metadata": {
                "name": name_of(target, person=folded(person.email), token=token),
                "annotations": {TELLING: Told(user=person.id).model_dump_json(exclude_none=True)},
            },
            "spec": spec.to_json(),
        }
        with suppress(Conflict):  # it has been asked for already
            await self._cluster.create(paths.action_requests(self._home), body, fieldManager=managers.FRONTDESK)

    # What the operator says of it.

    def event(self, kind: str | None, raw: dict[str, Any]) -> None:
        """A request came, changed or went."""
        asked = reading.action_request(raw)
        told = _told(asked)
        if kind == "DELETED" or told is None or asked.metadata.namespace != self._home:
            self._news.pop(asked.key, None)
        elif asked.spec is not None and asked.status.worth_telling and told.told != asked.status.state:
            self._put(asked)

    def _put(self, asked: Asked) -> None:
        if (asked.metadata.uid, asked.status.state) not in self._settled:
            self._news[asked.key] = asked
            self._some.set()

    async def run(self, tell: Tell) -> None:
        """Have everybody told who waits to hear, until cancelled. What cannot be told now is told later.

        First it is written that somebody is about to be told, then they are, then that is written.
        """
        wait = _FIRST_WAIT
        while True:
            await self._some.wait()
            self._some.clear()
            failed = [key for key in tuple(self._news) if not await self._tell(key, tell)]
            wait = min(wait * 2, _LONGEST_WAIT) if failed else _FIRST_WAIT
            if failed:
                await asyncio.sleep(wait)
                self._some.set()

    async def _tell(self, key: str, tell: Tell) -> bool:
        asked = self._news.get(key)
        told = _told(asked) if asked is not None else None
        if asked is None or told is None:
            return True
        state = asked.status.state
        try:
            if told.about != state:
                asked = await self._mark(asked, told.model_copy(update={"about": state}))
            await tell(News(asked, told.user, begun=told.about == state))
            await self._mark(asked, told.model_copy(update={"about": None, "told": state}))
            self._settled.add((asked.metadata.uid, state))
        except Missing:
            self._news.pop(key, None)
        except (SundownError, ApiError) as error:
            log.warning("outcome-untold", request=key, error=str(error))
            return False
        else:
            self._news.pop(key, None)
        return True

    async def _mark(self, asked: Asked, told: Told) -> Asked:
        metadata = asked.metadata
        body = {
            "apiVersion": API_VERSION,
            "kind": "ActionRequest",
            "metadata": {
                "name": metadata.name,
                "namespace": metadata.namespace,
                "uid": metadata.uid,
                "resourceVersion": metadata.resource_version,
                "annotations": {TELLING: told.model_dump_json(exclude_none=True)},
            },
        }
        path = paths.action_request(metadata.namespace, metadata.name)
        written = await self._cluster.apply(path, body, manager=managers.FRONTDESK_MARKS, force=True)
        return replace(asked, metadata=reading.metadata(written))


def refuse(found: Found) -> None:
    """Say no where the operator would refuse the request.

    Raises:
        NotDeletable, NotFound: with the reason.
    """
    name = found.namespace
    if found.trouble is not None:
        raise NotDeletable(found.trouble)
    if found.space is None or not found.space.uid:
        raise NotFound(f'the namespace "{name}" cannot be seen, so nobody can say which one is meant')
    schedule = found.known.metadata.name
    key = (found.rules or settings()).scheduler_label
    # The label counts at once, though the operator may not have seen it yet.
    disabled = f"namespace label {key}=disabled" if found.space.labels.get(key) == "disabled" else None
    if disabled or found.paused_by is not None or found.spec.paused:
        why = disabled or found.paused_by or f'its EnvSchedule "{schedule}" says paused: true'
        raise NotDeletable(f'"{name}" cannot be deleted from here: it is left alone ({why})')
    if not found.spec.allow_delete:
        raise NotDeletable(
            f'"{name}" cannot be deleted from here: its EnvSchedule "{schedule}" does not say allowDelete: true'
        )
    if found.spec.dry_run:
        raise NotDeletable(f'"{name}" cannot be deleted from here: its EnvSchedule "{schedule}" says dryRun: true')


def name_of(target: Target, *, person: str, token: str) -> str:
    """The name of a request: the same for the same wish of the same person, and none that Kubernetes would refuse."""
    digest = hashlib.sha256("\n".join((target.uid, person, token)).encode()).hexdigest()[:12]
    return f"delete-{target.namespace[:40].rstrip('-')}-{digest}"


def _told(asked: Asked) -> Told | None:
    text = asked.metadata.annotations.get(TELLING, "")
    if not text or len(text) > 1_000:
        return None
    try:
        return Told.model_validate_json(text)
    except ValidationError:
        log.warning("annotation-unreadable", request=asked.key, annotation=TELLING)
        return None
