"""What a person wishes for an env, put into its EnvSchedule: the wishes as a table, and the one write that each is."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sundown.cluster import paths, reading
from sundown.cluster.applying import part_of_env_schedule
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Conflict, Missing, Unreachable
from sundown.errors import NothingToDo, SundownError
from sundown.model.env import Known
from sundown.model.spec import EnvScheduleSpec, Override, Wanted
from sundown.reconcile.env_reset import RESET, as_lasting, cuts_short
from sundown.reconcile.env_stop import STOP
from sundown.schedule import wishes
from sundown.schedule.clock import Clock
from sundown.schedule.decision import Circumstances, Decision, decide
from sundown.schedule.wishes import Asker
from sundown.usecases.doors import COMMAND_LINE, Door
from sundown.usecases.find import Found, find, plainly

_TRIES = 12

Permit = Callable[[Found, datetime], Awaitable[None]]
Make = Callable[[EnvScheduleSpec, Circumstances, datetime, Asker, timedelta], Override | None]
"""Gives the override that a wish is, None where it is that there be none."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A verb that people know: what it says of itself, which state it brings, and how its override is made.

    ``wanted`` is None where the state that comes is whatever the schedule says.
    ``right`` is the verb on EnvSchedules that whoever asks in Slack needs; kubectl's users need the one to patch them. ``action`` is
    the one of an ActionRequest that it is proposed as where it takes two people; empty for what is then refused.
    """

    verb: str
    summary: str
    text: str
    wanted: Wanted | None
    make: Make
    right: str
    takes_span: bool = False
    action: str = ""
    examples: tuple[str, ...] = ()


WISHES: dict[str, Wish] = {
    wish.verb: wish
    for wish in (
        Wish(
            "start",
            "Wake environments until their next scheduled shutdown.",
            "Where no shutdown is scheduled they stay awake until somebody stops them; what is kept awake for longer stays so.",
            "Awake",
            lambda spec, circumstances, now, asker, _: wishes.start(spec, circumstances, now, asker),
            right="wake",
            examples=("sundown start dev1", "sundown start dev1 dev2 --wait --reason 'release test'"),
        ),
        Wish(
            "stop",
            "Put environments to sleep until their next scheduled start.",
            "Where no start is scheduled they sleep until somebody starts them.",
            "Asleep",
            lambda spec, circumstances, now, asker, _: wishes.stop(spec, circumstances, now, asker),
            right="suspend",
            action=STOP.name,
            examples=("sundown stop dev1", "sundown stop dev1 --dry-run"),
        ),
        Wish(
            "extend",
            "Put off the shutdown of an environment.",
            "SPAN is added to the shutdown in force, so that asking twice adds twice; one that is asleep is woken for that long. "
            "Between 1 minute and 24 hours; the daily reset ends it.",
            "Awake",
            lambda spec, circumstances, now, asker, span: wishes.prolongate(spec, circumstances, now, asker, span=span),
            right="extend",
            takes_span=True,
            examples=("sundown extend dev1 2h", "sundown extend dev1 2      # hours", "sundown extend dev1 dev2 1h30m"),
        ),
        Wish(
            "snooze",
            "Keep an environment awake for a time from now.",
            "SPAN counts from now and takes the place of whatever was asked for before. Between 1 minute and 30 days.",
            "Awake",
            lambda spec, circumstances, now, asker, span: wishes.snooze(spec, circumstances, now, asker, span=span),
            right="snooze",
            takes_span=True,
            examples=("sundown snooze dev1 3h", "sundown snooze dev1 3d --reason 'trade fair'"),
        ),
        Wish(
            "reset",
            "Give environments back to their schedule.",
            "Takes back whatever was asked for, a prolongation say, so that it sleeps and wakes when its schedule says so.",
            None,
            lambda spec, circumstances, now, _asker, _span: wishes.reset(spec, circumstances, now),
            right="suspend",
            action=RESET.name,
            examples=("sundown reset dev1",),
        ),
    )
}


class TakesTwo(SundownError):
    """A wish that somebody else has to approve here: it has to be proposed."""

    reason = "NeedsApproval"


class CutsShort(SundownError):
    """A wish that would have an env sleep sooner than somebody else wants, by a way that cannot be proposed."""

    reason = "NeedsApproval"


class InDoubt(Unreachable):
    """The API server was lost while it was writing, so that nobody knows whether it did."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A wish that was written: the schedule with it, and what it brings about."""

    namespace: str
    written: Known
    override: Override | None
    decision: Decision
    asked_at: datetime
    changes_nothing: bool
    """Whether the schedule is a dry run, so that no workload will follow."""

    @property
    def name(self) -> str:
        """Of the schedule."""
        return self.written.metadata.name

    @property
    def generation(self) -> int:
        """Of the schedule with the wish."""
        return self.written.metadata.generation


@dataclass(frozen=True, slots=True)
class Request:
    """A wish with all that was said to it."""

    wish: Wish
    span: timedelta = timedelta()
    reason: str | None = None
    dry_run: bool = False


async def ask(
    cluster: Cluster,
    namespace: str,
    request: Request,
    *,
    by: str,
    clock: Clock,
    door: Door = COMMAND_LINE,
    known: Found | None = None,
    permit: Permit | None = None,
) -> Answer:
    """Write the wish; when somebody else wrote since the schedule was read, think again from what stands there now.

    ``known`` saves the first look where somebody watches the env anyway; what is stale of it ends as a conflict.
    ``permit`` is asked about the env as it was read for the write, and raises where this person may not.

    Raises:
        SundownError: when it is refused, by the rules of wishes or by the cluster; the text names neither path nor verb.
    """
    wish = request.wish
    asker = Asker(by=by, via=door.via, reason=request.reason)
    for attempt in range(_TRIES):
        found = known if known is not None and attempt == 0 else await find(cluster, namespace, door=door)
        refuse(found, wish)
        now = clock.now()
        if permit is not None:
            await permit(found, now)
        make = wish.make if found.known.schedule is not None else _wake_for_a_day
        override = make(found.spec, found.circumstances(), now, asker, request.span)
        if STOP.name in (found.known.status.needs_approval or ()):
            override = as_lasting(found.known, override)
            _require_one(found, wish, override)
        try:
            written = await _write(cluster, found, override, door=door, dry_run=request.dry_run)
        except (Conflict, Missing) as error:
            if isinstance(error, Missing) and not (known is not None and attempt == 0):
                raise plainly(error, wish=wish.verb, env=namespace, door=door) from error
            await asyncio.sleep(random.uniform(0.01, 0.05 * (attempt + 1)))  # noqa: S311 - no secret
            continue
        except Unreachable as error:
            text = f"{error}; it may have been done all the same: `{door.program} why {namespace}` tells"
            raise InDoubt(text) from error
        except ApiError as error:
            raise plainly(error, wish=wish.verb, env=namespace, door=door) from error
        spec = found.spec.model_copy(update={"override": override})
        return Answer(
            namespace=namespace,
            written=reading.env_schedule(written),
            override=override,
            decision=decide(spec, found.circumstances(), now),
            asked_at=now,
            changes_nothing=spec.dry_run,
        )
    raise Conflict(f"others changed it {_TRIES} times in a row while it was being written; try again", status=409)


async def _write(
    cluster: Cluster, found: Found, override: Override | None, *, door: Door, dry_run: bool
) -> dict[str, Any]:
    metadata = found.known.metadata
    path, params = paths.env_schedule(found.namespace, metadata.name), {"dryRun": "All"} if dry_run else {}
    if override is not None:
        body = manifest(found, override, door=door)
        return await cluster.apply(path, body, manager=door.manager, force=True, **params)
    # To apply nothing would leave what others have applied.
    identity = {"uid": metadata.uid, "resourceVersion": metadata.resource_version}
    gone = {"metadata": identity, "spec": {"override": None}}
    return await cluster.merge_patch(path, gone, whole=True, fieldManager=door.manager, **params)


def manifest(found: Found, override: Override, *, door: Door) -> dict[str, Any]:
    """What is applied: the override, what the door vouches for it with, and nothing else, to the very object that was read."""
    metadata = found.known.metadata
    vouched = door.vouch(metadata, override) if door.vouch is not None else None
    return part_of_env_schedule(metadata, spec={"override": override.to_json()}, annotations=vouched)


def refuse(found: Found, wish: Wish) -> None:
    """Say no where the operator would do nothing with a wish.

    Raises:
        NothingToDo: with the operator's reason.
    """
    if found.trouble is None or (wish.verb == "start" and found.wakes_all_the_same):
        return
    raise NothingToDo(f"{found.trouble}; start wakes it all the same" if found.wakes_all_the_same else found.trouble)


def _require_one(found: Found, wish: Wish, override: Override | None) -> None:
    """Return where nobody else has to agree, though it takes two people to stop it.

    Raises:
        TakesTwo, CutsShort: somebody has.
    """
    if wish.wanted == "Asleep" or (wish.action and cuts_short(found.known, override)):
        raise TakesTwo(f'to {wish.verb} "{found.namespace}" takes a second person, who approves it').naming(
            found.namespace
        )
    if cuts_short(found.known, override):
        raise CutsShort(
            f'somebody has asked for "{found.namespace}" to stay awake for longer than that, and to have it sleep sooner takes a '
            "second person: reset asks for one"
        ).naming(found.namespace)


def _wake_for_a_day(
    spec: EnvScheduleSpec, circumstances: Circumstances, now: datetime, asker: Asker, _: timedelta
) -> Override:
    """Where nobody knows when the next shutdown is; long enough to mend the schedule, and no longer should it be forgotten."""
    return wishes.snooze(spec, circumstances, now, asker, span=timedelta(days=1))


def in_a_sentence(error: SundownError, namespace: str, text: str = "") -> str:
    """What went wrong, in its own words or others, with the name of the env in front where those do not have it."""
    said = text or str(error)
    return said if error.names == namespace else f"{namespace}: {said}"
