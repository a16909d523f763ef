"""Stops and starts what is in AWS. The wishes of all envs within a moment become one call for each place and kind.

What is needed to start a thing again is on the thing, as tags, before it is stopped. So whatever moment the operator dies
at, what carries the record was stopped by Sundown or runs still, and the next plan knows what to do with either.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Protocol

import structlog

from sundown.aws.account_regions import Place, place_of
from sundown.aws.bisect import in_bulk
from sundown.aws.errors import CloudBusy, CloudDenied, CloudError, CloudFull, CloudGone
from sundown.aws.fresh_look import Looking, chunks
from sundown.aws.kind_calls import VERBS, Arguments, Verbs
from sundown.aws.tags import ENABLED, PREVIOUS_STATE, RECORD, record
from sundown.errors import SundownError
from sundown.model.cloud import CloudKind, CloudPart
from sundown.model.parts import Action, Step
from sundown.schedule.clock import Clock

log = structlog.get_logger(__name__)

Again = Callable[[CloudPart], Step | None]

_GATHERED, _LONGEST_GATHERED = 0.05, 0.5
"""Seconds after which nobody is waited for any more: since the last wish came, and since the first."""

_PAUSES = (0.5, 1.0, 2.0)
"""Seconds between tries at what AWS cannot do at the moment. Longer than that a visit does not wait: it comes again."""


class Memory(Protocol):
    """What keeps what is known of parts, see ``sundown.aws.inventory.Inventory``."""

    def put(self, parts: Iterable[CloudPart]) -> None:
        """Take these as they were just described."""
        ...

    def get(self, arn: str) -> CloudPart | None:
        """One as it is known, with what only this process knows of it; None where it is not kept."""
        ...

    def drop(self, arns: Iterable[str]) -> None:
        """Forget what does not exist any more."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class _Wish:
    """One step that somebody waits for. ``done`` gets the number of changes, or why there is none."""

    part: CloudPart
    again: Again
    done: asyncio.Future[int]

    def settle(self, outcome: int | SundownError) -> None:
        if self.done.done():  # whoever wished has gone
            return
        if isinstance(outcome, int):
            self.done.set_result(outcome)
        else:
            self.done.set_exception(outcome)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A wish with its part as it was described just now."""

    wish: _Wish
    part: CloudPart


class Acting:
    """Carries out steps; see ``sundown.reconcile.clouds.Clouds`` for what its caller sees."""

    def __init__(
        self, looking: Looking, memory: Memory, *, places: Sequence[Place], cluster_name: str, clock: Clock
    ) -> None:
        self._looking = looking
        self._memory = memory
        self._places = places
        self._cluster_name = cluster_name
        self._clock = clock
        self._waiting: dict[tuple[Place, CloudKind], list[_Wish]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def carry_out(self, step: Step, again: Again) -> int:
        """Do with the step's part what ``again`` says of it as it is now, and say how many changes were made (0 or 1).

        Returns when AWS has accepted it.

        Raises:
            CloudError: when it was not accepted. After CloudBusy another try may help.
            TypeError: when the step is not about a part in the cloud.
        """
        part = step.part
        if not isinstance(part, CloudPart):
            raise TypeError(f"{part.title} is not in the cloud")
        place = place_of(part, self._places)
        if place is None:
            raise CloudError(f"region {part.region} of account {part.account} is not looked at any more")
        wish = _Wish(part, again, asyncio.get_running_loop().create_future())
        key = (place, part.kind)
        if key in self._waiting:
            self._waiting[key].append(wish)
        else:
            self._waiting[key] = [wish]
            task = asyncio.create_task(self._gather(place, part.kind), name=f"aws {part.kind} {place}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await wish.done

    async def close(self) -> None:
        """End what is under way, wherever it is: that is no worse than being killed."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _gather(self, place: Place, kind: CloudKind) -> None:
        came, waited = 0, 0.0
        while len(self._waiting[place, kind]) > came and waited < _LONGEST_GATHERED:
            came = len(self._waiting[place, kind])
            await asyncio.sleep(_GATHERED)
            waited += _GATHERED
        # One CreateTags is for one holder, so the wishes of an env are not spread over several calls.
        wishes = sorted(self._waiting.pop((place, kind)), key=lambda wish: wish.part.namespace)
        try:
            await asyncio.gather(*(self._carry_out(place, kind, chunk) for chunk in chunks(wishes, VERBS[kind].most)))
        except Exception as error:
            log.exception("cloud-failed", place=str(place), kind=kind)
            for wish in wishes:
                wish.settle(CloudError(f"a bug: {error!r}"))
        finally:
            for wish in wishes:
                wish.done.cancel()

    async def _carry_out(self, place: Place, kind: CloudKind, wishes: list[_Wish]) -> None:
        """Try, and with those that AWS cannot do now try again from the start: they may have changed meanwhile."""
        for pause in _PAUSES:
            refused = await self._try(place, kind, wishes)
            wishes = [wish for wish, error in refused.items() if _passes(error)]
            _settle({wish: error for wish, error in refused.items() if wish not in wishes})
            if not wishes:
                return
            await asyncio.sleep(pause * random.uniform(0.75, 1.25))  # noqa: S311
        _settle(await self._try(place, kind, wishes))

    async def _try(self, place: Place, kind: CloudKind, wishes: list[_Wish]) -> dict[_Wish, CloudError]:
        """Settle what can be settled, and answer with the rest and why."""
        looked = await self._looking.at(place, kind, (wish.part.identifier for wish in wishes))
        self._memory.put(looked.parts.values())
        chosen: dict[Action, list[_Chosen]] = {"Sleep": [], "Wake": [], "Forget": [], "Remember": []}
        refused: dict[_Wish, CloudError] = {}
        for wish in wishes:
            found = looked.parts.get(wish.part.identifier)
            if found is None:
                refused[wish] = looked.failures[wish.part.identifier]
                continue
            part = self._memory.get(found.arn) or found
            try:
                step = wish.again(part) if part.namespace == wish.part.namespace else None
            except SundownError as error:  # it may not be done as things are now, which is for whoever wished it
                wish.settle(error)
                continue
            if step is None:
                wish.settle(0)
            else:
                chosen[step.action].append(_Chosen(wish, part))
        self._memory.drop(wish.part.arn for wish, error in refused.items() if isinstance(error, CloudGone))
        verbs = VERBS[kind]
        for failures in await asyncio.gather(
            self._sleep(place, verbs, chosen["Sleep"]),
            self._wake(place, verbs, chosen["Wake"]),
            self._forget(place, verbs, chosen["Forget"]),
            self._remember(place, verbs, chosen["Remember"]),
        ):
            refused.update(failures)
        for action, those in chosen.items():
            if those:
                failed = sum(each.wish in refused for each in those)
                log.info("cloud-asked", action=action, kind=kind, place=str(place), parts=len(those), failed=failed)
        return refused

    async def _sleep(self, place: Place, verbs: Verbs, those: list[_Chosen]) -> dict[_Wish, CloudError]:
        at = self._clock.now().replace(microsecond=0)
        recorded, refused = await self._record(place, verbs, those, at=at)
        failures = await self._each(place, verbs, recorded, verbs.stop, verbs.named)
        refused.update(failures)
        stopped = [each for each in recorded if each.wish not in failures]
        self._memory.put(
            each.part if each.wish in failures else replace(each.part, state="stopping", phase="stopping")
            for each in recorded
        )
        _done(stopped)
        return refused

    async def _record(
        self, place: Place, verbs: Verbs, those: list[_Chosen], *, at: datetime
    ) -> tuple[list[_Chosen], dict[_Wish, CloudError]]:
        """Write the record on them; those on which it stands now, and why it does not stand on the others."""
        recorded: list[_Chosen] = []
        refused: dict[_Wish, CloudError] = {}

        async def of_env(namespace: str, group: list[_Chosen]) -> None:
            holder = f"{self._cluster_name}/{namespace}"
            tags = record(holder=holder, now=at)
            failures = await self._each(place, verbs, group, verbs.tag, lambda parts: verbs.put(parts, tags))
            refused.update(failures)
            recorded.extend(
                replace(each, part=replace(each.part, record="running", stopped_at=at, holder=holder))
                for each in group
                if each.wish not in failures
            )

        by_env = groupby(sorted(those, key=_namespace), key=_namespace)
        await asyncio.gather(*[of_env(namespace, list(group)) for namespace, group in by_env])
        return recorded, refused

    async def _remember(self, place: Place, verbs: Verbs, those: list[_Chosen]) -> dict[_Wish, CloudError]:
        """Write the record again on what is stopped, and has lost it."""
        recorded, refused = await self._record_again(place, verbs, those)
        self._memory.put(each.part for each in recorded)
        _done(recorded)
        return refused

    async def _wake(self, place: Place, verbs: Verbs, those: list[_Chosen]) -> dict[_Wish, CloudError]:
        # AWS's policy lets nothing be started that does not carry the record.
        bare = [each for each in those if not each.part.ours]
        recorded, refused = await self._record_again(place, verbs, bare)
        ready = [*(each for each in those if each.part.ours), *recorded]
        refused.update(await self._each(place, verbs, ready, verbs.start, verbs.named))
        self._memory.put(
            each.part if each.wish in refused else replace(each.part, state="starting", phase=verbs.starting)
            for each in ready
        )
        _done(each for each in ready if each.wish not in refused)
        return refused

    async def _record_again(
        self, place: Place, verbs: Verbs, those: list[_Chosen]
    ) -> tuple[list[_Chosen], dict[_Wish, CloudError]]:
        recorded, refused = await self._record(place, verbs, those, at=self._clock.now().replace(microsecond=0))
        return recorded, {wish: _without_tags(error) for wish, error in refused.items()}

    async def _forget(self, place: Place, verbs: Verbs, those: list[_Chosen]) -> dict[_Wish, CloudError]:
        failures = await self._each(place, verbs, those, verbs.untag, lambda parts: verbs.dropped(parts, RECORD))
        rid = [each for each in those if each.wish not in failures]
        self._memory.put(replace(each.part, record=None, stopped_at=None, holder=None) for each in rid)
        _done(rid)
        return failures

    async def _each(
        self,
        place: Place,
        verbs: Verbs,
        those: Sequence[_Chosen],
        operation: str,
        arguments: Callable[[Sequence[CloudPart]], Arguments],
    ) -> dict[_Wish, CloudError]:
        """One operation on all of these, in one call or in one each; which failed, and why."""
        parts = {each.part.identifier: each.part for each in those}

        async def call(group: Sequence[str]) -> None:
            await self._looking.calls.call(place, verbs.service, operation, **arguments([parts[one] for one in group]))

        groups = [list(parts)] if verbs.together else [[one] for one in parts]
        failures: dict[str, CloudError] = {}
        for found in await asyncio.gather(*(in_bulk(group, call) for group in groups)):
            failures.update(found)
        return {each.wish: failures[each.part.identifier] for each in those if each.part.identifier in failures}


def _passes(error: CloudError) -> bool:
    """Whether it is likely over within seconds. Capacity is not back so soon, and the env can say what it waits for."""
    return isinstance(error, CloudBusy) and not isinstance(error, CloudFull)


def _without_tags(error: CloudError) -> CloudError:
    """What to do about one whose tags are gone, and on which they cannot be written again."""
    if not isinstance(error, CloudDenied):
        return error
    return CloudDenied(
        f"somebody took its tags off, so that Sundown may not start it any more: tag it scheduler={ENABLED} and "
        f"{PREVIOUS_STATE}=running again, or start it by hand ({error})",
        code=error.code,
    )


def _settle(refused: Mapping[_Wish, CloudError]) -> None:
    for wish, error in refused.items():
        # Nothing is left of it that could be stopped or started.
        wish.settle(0 if isinstance(error, CloudGone) else error)


def _done(those: Iterable[_Chosen]) -> None:
    for each in those:
        each.wish.settle(1)


def _namespace(each: _Chosen) -> str:
    return each.part.namespace
