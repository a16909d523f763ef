"""From a person's wish to the patch of an EnvSchedule, the same for commands, buttons and whatever comes later."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import structlog

from sundown.cluster.client import Cluster
from sundown.cluster.errors import Busy, Unreachable
from sundown.errors import ChangedMeanwhile, SundownError
from sundown.frontdesk.envs.mirror import Board
from sundown.frontdesk.metrics import PROLONGED_SECONDS, WISHES_TOTAL
from sundown.frontdesk.people.people import Person
from sundown.frontdesk.people.rights import Rights
from sundown.frontdesk.wishes.click_load import Rush
from sundown.frontdesk.wishes.elsewhere import heard
from sundown.model.env import Known
from sundown.schedule.clock import Clock
from sundown.schedule.decision import decide
from sundown.usecases.doors import Door
from sundown.usecases.find import Found
from sundown.usecases.wish import WISHES, Answer, InDoubt, Request, Wish, ask

log = structlog.get_logger(__name__)

WAKE = "wake"
"""The right that whatever wakes an env takes, besides its own."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants of an env: ``verb`` is one of the wishes (start, stop, extend, snooze), ``span`` its length.

    ``channel`` is the Slack conversation in which they asked; empty where there was none. ``door`` is by which way they came, if
    not by Slack. ``version`` is that of the EnvSchedule that they have looked at, if it must still be that one.
    """

    person: Person
    verb: str
    namespace: str
    span: timedelta = timedelta()
    reason: str | None = None
    channel: str = ""
    door: Door | None = None
    version: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """A wish that has been written."""

    wanted: Wanted
    answer: Answer

    @property
    def wish(self) -> Wish:
        """The row of the wishes."""
        return WISHES[self.wanted.verb]


class ClusterAway(SundownError):
    """The API server could not be asked; the text says whether something may have been done all the same."""

    reason = "ApiServerUnreachable"

    @classmethod
    def before_anything(cls, namespace: str) -> ClusterAway:
        """The error to raise where it is certain that nothing has come of it."""
        return cls(
            f"the cluster does not answer at the moment, so nothing was done about {namespace}: try again in a minute"
        ).naming(namespace)


Listener = Callable[[Done], Awaitable[None]]


class Actions:
    """The one path of every wish. Append to ``carried_out`` to be told of each that was written."""

    def __init__(self, cluster: Cluster, *, board: Board, rights: Rights, clock: Clock, door: Door) -> None:
        self._cluster = cluster
        self._board = board
        self._rights = rights
        self._clock = clock
        self._door = door
        self.rush = Rush(clock)
        self.carried_out: list[Listener] = []
        board.replaced.append(_count_elsewhere)

    async def carry_out(self, wanted: Wanted) -> Done:
        """Ask the cluster whether the person may, and write the wish.

        Raises:
            NotAllowed: the person has no right to it.
            SundownError: there is no such env, it is refused, or the cluster cannot be asked; nothing has been written
                then, unless the text says that it may have been.
        """
        self.rush.somebody_came()
        door = wanted.door or self._door
        try:
            done = await self._carry_out(wanted, door)
        except SundownError as error:
            WISHES_TOTAL.labels(wanted.verb, error.reason, door.via).inc()
            log.info("wish-refused", **_facts(wanted, door), outcome=error.reason, error=str(error))
            raise
        WISHES_TOTAL.labels(wanted.verb, "Done", door.via).inc()
        if wanted.verb == "extend":
            PROLONGED_SECONDS.labels(door.via).inc(wanted.span.total_seconds())
        log.info("wish-written", **_facts(wanted, door), outcome="Done")
        for listener in tuple(self.carried_out):
            try:
                await listener(done)
            except Exception:
                log.exception("listener-failed", **_facts(wanted, door))
        return done

    async def _carry_out(self, wanted: Wanted, door: Door) -> Done:
        request = Request(WISHES[wanted.verb], span=wanted.span, reason=wanted.reason)
        right = request.wish.right

        async def permit(found: Found, now: datetime) -> None:
            if wanted.version and found.known.metadata.resource_version != wanted.version:
                raise ChangedMeanwhile(
                    f'"{wanted.namespace}" has changed since you looked at it, so nothing was done: look at it again'
                ).naming(wanted.namespace)
            if right != WAKE and brings(request.wish, found, now) == "Awake" and sleeps(found, now):
                await self._rights.require(wanted.person, WAKE, wanted.namespace)

        try:
            await self._rights.require(wanted.person, right, wanted.namespace)
            answer = await ask(
                self._cluster,
                wanted.namespace,
                request,
                by=wanted.person.email,
                clock=self._clock,
                door=door,
                # What somebody has looked at may be newer than what the watches have brought.
                known=self._board.env(wanted.namespace) if not wanted.version else None,
                permit=permit,
            )
        except InDoubt as error:
            raise ClusterAway(
                f"the cluster was lost while it was asked to {wanted.verb} {wanted.namespace}, so it may be done or not: "
                f"`{door.program} why {wanted.namespace}` tells, and asking again does no harm"
                + (" but adds the time twice if it was done" if wanted.verb == "extend" else "")
            ).naming(wanted.namespace) from error
        except (Unreachable, Busy) as error:
            raise ClusterAway.before_anything(wanted.namespace) from error
        self._board.written(answer.written)
        return Done(wanted, answer)


def sleeps(found: Found, now: datetime) -> bool:
    """Whether an env is down, or about to be: by what was decided or by what the operator says; in doubt it is."""
    state = decide(found.spec, found.circumstances(), now).state
    return state == "Asleep" or found.known.status.state in {"Asleep", "FallingAsleep"}


def _count_elsewhere(before: Known, after: Known) -> None:
    wish = heard(before, after)
    if wish is not None:
        WISHES_TOTAL.labels(wish.verb, "Done", wish.door).inc()
        PROLONGED_SECONDS.labels(wish.door).inc(wish.seconds)


def brings(wish: Wish, found: Found, now: datetime) -> Literal["Awake", "Asleep", "Paused"]:
    """The state that a wish brings; of one that takes others back what the schedule says."""
    unasked = found.spec.model_copy(update={"override": None})
    return wish.wanted or decide(unasked, found.circumstances(), now).state


def _facts(wanted: Wanted, door: Door) -> dict[str, str]:
    return {"user": wanted.person.email, "command": wanted.verb, "namespace": wanted.namespace, "door": door.via}
