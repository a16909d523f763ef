"""Asking for what cannot be undone: who may, what they confirm, and what is written down.

The frontdesk does nothing of it. It writes an ActionRequest, the operator looks at everything again and acts; ``outcomes``
has the person who asked told what became of it. What can be asked for is in ``table``.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog

from sundown.cluster import paths
from sundown.cluster.client import Cluster
from sundown.cluster.errors import Busy, Conflict, Unreachable
from sundown.errors import InvalidObject, NotFound, SundownError
from sundown.frontdesk.metrics import WISHES_TOTAL
from sundown.frontdesk.people.people import Person
from sundown.frontdesk.people.rights import Rights, groups_of
from sundown.frontdesk.requests.request_kind import Meant, Proposal, RequestKind
from sundown.frontdesk.requests.writing import Where, written
from sundown.frontdesk.wishes.actions import ClusterAway
from sundown.model import managers
from sundown.model.action_request import Asked, Seen, Target
from sundown.model.actions import Parameters
from sundown.reconcile.workload_changes import OfWorkload
from sundown.reconcile.workload_look import look
from sundown.schedule.clock import Clock
from sundown.settings import Settings
from sundown.usecases.doors import Door
from sundown.usecases.find import find
from sundown.usecases.proposals import Asker, Wanted, require_a_person
from sundown.usecases.requests import one

log = structlog.get_logger(__name__)


class NotPossible(SundownError):
    """What the operator would refuse, or what was not confirmed as it has to be."""

    reason = "NotPossible"


class NotUnderstood(NotPossible):
    """The action takes no such parameters."""


class OtherNow(SundownError):
    """The namespace was deleted, and made anew, since the person was asked."""

    reason = "NewerNamespace"


class MaybeAsked(SundownError):
    """The cluster was lost in the middle: nobody knows whether the request is there."""

    reason = "InDoubt"


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a person is asked to confirm."""

    kind: RequestKind
    wanted: Wanted
    proposal: Proposal
    where: Where


Confirm = Callable[[Proposed, str], Awaitable[None]]
"""Asks somebody whether they are sure, by the trigger of what they did. Raises SundownError when it cannot."""


class Requests:
    """The one path of everything that has to be confirmed. ``confirm`` is put in by whoever can ask people."""

    confirm: Confirm

    def __init__(self, cluster: Cluster, *, rights: Rights, clock: Clock, settings: Settings, door: Door) -> None:
        self._cluster = cluster
        self._rights = rights
        self._clock = clock
        self._home = settings.namespace
        self._door = door

    async def begin(
        self,
        person: Person,
        kind: RequestKind,
        namespace: str,
        *,
        trigger: str,
        where: Where,
        parameters: Mapping[str, str] | None = None,
    ) -> None:
        """Have the person confirm it, if they may; by the env as it is now, not as it was told of last.

        What has to be typed is asked for in a window; all else is proposed in a message, ``where`` they asked for it.

        Raises:
            NotAllowed: the person lacks the right.
            NotFound, NotPossible: there is no such env or workload, or the operator would refuse it.
            ClusterAway, ApiError: the cluster could not be asked.
            SundownError: they could not be asked.
        """
        given = parameters or {}
        meant, spelling = await self._look(person, kind, namespace, given)
        wish = wanted(kind, meant, given)
        if kind.proposal is not None:
            await self.confirm(Proposed(kind, wish, kind.proposal(meant), where), trigger)
            return
        try:
            await self._write(
                person, kind, wish, where=where, spelling=spelling, token=secrets.token_hex(8), sure=False
            )
        except (Unreachable, Busy) as error:
            raise ClusterAway.before_anything(namespace) from error

    async def propose(
        self, person: Person, kind: RequestKind, namespace: str, *, parameters: Mapping[str, str], token: str = ""
    ) -> Asked:
        """Write down what is to be confirmed by somebody who answers by name, with what would change; the request.

        The same ``token`` makes the same request.

        Raises:
            SundownError: as with ``begin``; or what was asked for with this token before has come to its end or is another.
        """
        facts = self._facts(person, kind, namespace=namespace, given=parameters)
        try:
            asked = await self._propose(person, kind, namespace, parameters=parameters, token=token)
        except SundownError as error:
            WISHES_TOTAL.labels(kind.verb, error.reason, self._door.via).inc()
            log.info("wish-refused", **facts, outcome=error.reason, error=str(error))
            raise
        WISHES_TOTAL.labels(kind.verb, "Done", self._door.via).inc()
        log.info("wish-written", **facts, outcome="Done")
        return asked

    async def ask(
        self, person: Person, kind: RequestKind, wish: Wanted, *, where: Where, confirmed: str, token: str
    ) -> None:
        """Write the request down. The same ``token`` makes the same request: a second click makes no second one.

        Raises:
            SundownError: as with ``begin``; or what was seen has changed by now.
        """
        facts = self._facts(person, kind, namespace=wish.target.namespace, given=wish.parameters)
        try:
            await self._ask(person, kind, wish, where=where, confirmed=confirmed, token=token)
        except SundownError as error:
            WISHES_TOTAL.labels(kind.verb, error.reason, self._door.via).inc()
            log.info("wish-refused", **facts, outcome=error.reason, error=str(error))
            raise
        WISHES_TOTAL.labels(kind.verb, "Done", self._door.via).inc()
        log.info("wish-written", **facts, outcome="Done")

    async def _propose(
        self, person: Person, kind: RequestKind, namespace: str, *, parameters: Mapping[str, str], token: str
    ) -> Asked:
        meant, spelling = await self._look(person, kind, namespace, parameters)
        require_a_person(spelling)
        wish, token = wanted(kind, meant, parameters), token or secrets.token_hex(8)
        try:
            name = await self._write(person, kind, wish, where=None, spelling=spelling, token=token, sure=False)
            return await one(self._cluster, self._home, name)
        except (Unreachable, Busy) as error:
            raise MaybeAsked(
                f"the cluster was lost while it was asked, so the request to {kind.verb} it may be there or not: nothing is "
                "done unless it is confirmed, and asking again does no harm"
            ) from error

    def _facts(self, person: Person, kind: RequestKind, *, namespace: str, given: Mapping[str, str]) -> dict[str, Any]:
        """For the log. What is given stands apart: who asks names it, and none of its names may take the place of one of these."""
        known = {"user": person.email, "command": kind.verb, "namespace": namespace, "door": self._door.via}
        return {**known, "parameters": dict(given)}

    async def _look(
        self, person: Person, kind: RequestKind, namespace: str, given: Mapping[str, str]
    ) -> tuple[Meant, str]:
        """What is meant, and the spelling of the person that has the right."""
        parameters = _read(kind, given)
        try:
            name = await self._rights.require_action(person, kind.right, kind.action, namespace, parameters=parameters)
            found = await find(self._cluster, namespace, door=self._door)
            subject = None
            if isinstance(parameters, OfWorkload):
                subject = await look(self._cluster, namespace, parameters)
        except (Unreachable, Busy) as error:
            raise ClusterAway.before_anything(namespace) from error
        return Meant(found, parameters, self._clock.now(), subject), name

    async def _ask(
        self, person: Person, kind: RequestKind, wish: Wanted, *, where: Where, confirmed: str, token: str
    ) -> None:
        name = wish.target.namespace
        if confirmed != name:
            raise NotPossible(f'nothing was asked for: "{name}" has to be typed letter by letter').naming(name)
        meant, spelling = await self._look(person, kind, name, wish.parameters)
        now = wanted(kind, meant, wish.parameters)
        if now.target.uid != wish.target.uid:
            raise OtherNow(f'"{name}" was deleted meanwhile, and there is a new one of that name').naming(name)
        if (now.seen is None) != (wish.seen is None) or (
            now.seen is not None and wish.seen is not None and _differ(now.seen, wish.seen)
        ):
            raise OtherNow(f"it has changed meanwhile: look again, and {kind.verb} it then")
        try:
            await self._write(person, kind, wish, where=where, spelling=spelling, token=token, sure=True)
        except (Unreachable, Busy) as error:
            raise MaybeAsked(
                f"the cluster was lost while it was asked to {kind.verb} {name}, so it may be {kind.participle} or not: you "
                "will be told if it is, and asking again does no harm"
            ).naming(name) from error

    async def _write(
        self,
        person: Person,
        kind: RequestKind,
        wish: Wanted,
        *,
        where: Where | None,
        spelling: str,
        token: str,
        sure: bool,
    ) -> str:
        """The name of the request; ``where`` is None where no message in Slack is to show it."""
        body = written(
            person,
            kind,
            wish,
            where=where,
            asker=Asker(spelling, tuple(groups_of(person)), self._door.via, self._clock.now()),
            token=token,
            sure=sure,
        )
        with suppress(Conflict):  # it has been asked for already
            await self._cluster.create(paths.action_requests(self._home), body, fieldManager=managers.FRONTDESK)
        return str(body["metadata"]["name"])


def wanted(kind: RequestKind, meant: Meant, given: Mapping[str, str]) -> Wanted:
    """What is asked for as it is now, unless the operator would refuse the request.

    Raises:
        NotPossible, NotFound: with the reason.
    """
    name, space = meant.found.namespace, meant.found.space
    quoted = f'"{name}"'
    why = next((text for objection in kind.objections if (text := objection(meant)) is not None), None)
    if why is not None:
        raise NotPossible(f"{kind.named(quoted, given)} cannot be {kind.participle} from here: {why}").naming(name)
    if space is None or not space.uid:
        raise NotFound(f'the namespace "{name}" cannot be seen, so nobody can say which one is meant').naming(name)
    target = Target(namespace=name, uid=space.uid)
    if kind.changes is None:
        return Wanted(target, given)
    change = kind.changes(meant)
    return Wanted(target, given, Seen(uid=change.uid, resource_version=change.resource_version, change=change.text))


def _read(kind: RequestKind, given: Mapping[str, str]) -> Parameters:
    try:
        return kind.action.read(given)
    except InvalidObject as error:
        mistakes = (f"{each.path.removeprefix('spec.parameters.')} {each.text}" for each in error.mistakes)
        raise NotUnderstood(f"to {kind.verb} it that way is not possible: {'; '.join(mistakes)}") from None


def _differ(now: Seen, then: Seen) -> bool:
    return (now.uid, now.change) != (then.uid, then.change)
