"""AWS as the operator sees it: the rooms of this folder put together, started and stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import structlog

from sundown.aws.account_regions import Place, numbers
from sundown.aws.discovery import discover
from sundown.aws.errors import CloudError
from sundown.aws.fresh_look import Looking
from sundown.aws.inventory import Inventory, Surroundings
from sundown.aws.misspelt import EVERY, slips, with_misspelt_keys
from sundown.aws.prices import Prices
from sundown.aws.problems import Problem
from sundown.aws.protection import Protection
from sundown.aws.sessions import Sessions
from sundown.aws.settings import AwsSettings
from sundown.aws.stop_start import Acting
from sundown.aws.table import Table
from sundown.aws.watching import Watching
from sundown.backoff import Backoff
from sundown.metrics import AWS_REFRESHED, AWS_UNREACHABLE
from sundown.model.cloud import CloudPart
from sundown.model.parts import Step
from sundown.schedule.clock import Clock

log = structlog.get_logger(__name__)

_FIRST_LOOK = 20.0
_AGAIN = Backoff(2.0, longest=3600.0)
_SAVED_EVERY = 1.0
_LAST_SAVE = 2.0


class AwsCloud:
    """Knows what envs have in AWS, and stops and starts it; see ``sundown.reconcile.clouds.Clouds``.

    ``changed`` is called with the namespaces whose parts are different. ``known`` says whether there is a namespace of
    that name; as long as nobody can tell, it says yes.
    """

    def __init__(
        self,
        settings: AwsSettings,
        *,
        cluster_name: str,
        clock: Clock,
        changed: Callable[[Iterable[str]], None],
        known: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._sessions = Sessions(settings)
        self.places = self._sessions.places
        self.inventory = Inventory(
            settings,
            self.places,
            Surroundings(cluster_name=cluster_name, known=known, changed=changed, clock=clock),
            prices=Prices.load(settings.prices),
        )
        self._table = Table(self._sessions, settings, clock=clock) if settings.table else None
        looking = Looking(self._sessions, self.inventory.context)
        self._acting = Acting(looking, self.inventory, places=self.places, cluster_name=cluster_name, clock=clock)
        self._watching = Watching(
            looking,
            self.inventory,
            places=self.places,
            period=timedelta(seconds=settings.watch_seconds),
            at_least=settings.inventory_period,
            clock=clock,
        )
        self._protection = Protection(self._sessions, self.inventory, places=self.places, clock=clock)
        self._numbers = numbers(self.places)
        self._looked: dict[Place, datetime] = {}
        self._next_slips: dict[Place, datetime] = {}
        self._soon = {place: asyncio.Event() for place in self.places}
        self._tasks: list[asyncio.Task[None]] = []
        self.known = False
        """Whether it has learned what there is, or tried for long enough."""

    async def start(self) -> None:
        """Learn what there is, and keep it up to date from then on.

        Waits 20 s at most for the table, and as long for AWS where the table knows nothing: a region that is down comes
        later.
        """
        if self._table is not None:
            await self._remember(self._table)
        looked = {place: asyncio.Event() for place in self.places}
        for place, event in looked.items():
            self._begin(self._keep_up(place, event), name=f"inventory {place}")
        self._begin(self._watching.run(), name="watching")
        self._begin(self._protection.run(), name="protection")
        if self._table is not None:
            self._begin(self._save(self._table), name="table")
        if not self.inventory.parts:
            try:
                async with asyncio.timeout(_FIRST_LOOK):
                    await asyncio.gather(*(event.wait() for event in looked.values()))
            except TimeoutError:
                log.warning("cloud-slow", missing=[str(place) for place, event in looked.items() if not event.is_set()])
        self.known = True
        accounts = {number: account for account, number in self._numbers.items() if number}
        log.info("cloud-known", parts=len(self.inventory.parts), places=len(looked), accounts=accounts)

    async def _remember(self, table: Table) -> None:
        try:
            async with asyncio.timeout(_FIRST_LOOK):
                self.inventory.remember(await table.load())
        except TimeoutError:
            log.warning("table-slow", table=self._settings.table)

    async def close(self) -> None:
        """End all that runs; what the table does not have yet is written if it takes no longer than a moment."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._acting.close()
        if self._table is not None:
            try:
                async with asyncio.timeout(_LAST_SAVE):
                    await self._save_changes(self._table)
            except TimeoutError:
                pass

    def of(self, namespace: str) -> tuple[CloudPart, ...]:
        """The parts of one env as far as they are known; asks nobody."""
        return self.inventory.of(namespace)

    async def carry_out(self, step: Step, again: Callable[[CloudPart], Step | None]) -> int:
        """Stop, start, or forget one part, as ``Clouds`` says."""
        return await self._acting.carry_out(step, again)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is left alone because of how it is tagged."""
        return self.inventory.problems

    def remember(self, namespace: str, arns: Collection[str]) -> None:
        """Keep these in sight, and look soon for what has not been seen yet."""
        for place in self.inventory.remember_stopped(namespace, arns):
            self._soon[place].set()

    def is_gone(self, arn: str) -> bool:
        """Whether something that was to be kept in sight was looked for and does not exist any more."""
        return self.inventory.is_gone(arn)

    def meant_for(self, namespace: str) -> tuple[str, ...]:
        """What was likely meant for one env, and is left alone because of how it is tagged."""
        return tuple(f"{problem.title}: {problem.text}" for problem in self.inventory.meant_for(namespace))

    @property
    def health(self) -> str:
        """What cannot be reached, in words; empty where all is well."""
        words = list(dict.fromkeys(self.inventory.failing.values()))
        if self._table is not None and self._table.problem:
            words.append(self._table.problem)
        return "; ".join(words)

    @property
    def health_for_everybody(self) -> str:
        """The same without a word of AWS's, which names accounts and roles: every pod can read the probes (fault S18)."""
        failing = {place for place, _ in self.inventory.failing}
        words = []
        if failing:
            count = f"{len(failing)} of {len(self.places)} regions" if len(self.places) > 1 else "its region"
            words.append(f"{count} cannot be looked at, the log says why (cloud-unreachable)")
        if self._table is not None and self._table.problem:
            words.append("the table of the inventory cannot be used, the log says why")
        return "; ".join(words)

    @property
    def dead(self) -> list[str]:
        """The names of what should run and does not, without the places."""
        return [task.get_name().partition(" ")[0] for task in self._tasks if task.done()]

    async def look(self, place: Place) -> bool:
        """Look through one place once, and say whether all of it could be looked at."""
        at = self._clock.now()
        begun = self.inventory.begin()
        self._soon[place].clear()
        known = self.inventory.to_describe(place)
        listing = await discover(self._sessions, place, context=self.inventory.context, known=known)
        self.inventory.take(place, listing, begun=begun, asked=known)
        self.inventory.note_slips(place, tuple(slips(listing.others, self.inventory.context.keys)), of="values")
        if not listing.failures:
            await self._look_for_slips(place, at)
        self._protection.looked(place)
        account = self._numbers[place.account]
        AWS_UNREACHABLE.labels(account, place.region).set(bool(listing.failures))
        if not listing.failures:
            AWS_REFRESHED.labels(account, place.region).set(self._clock.now().timestamp())
        self._looked[place] = at
        return not listing.failures

    async def _look_for_slips(self, place: Place, now: datetime) -> None:
        """Look for keys of tags that are nearly the right one, once in a while; without the right to that, seldom."""
        if now < self._next_slips.get(place, now):
            return
        self._next_slips[place] = now + EVERY
        try:
            found = await with_misspelt_keys(self._sessions, place, self.inventory.context.keys)
        except CloudError as error:
            log.warning("tag-keys-unknown", place=str(place), error=str(error))
        else:
            self.inventory.note_slips(place, found, of="keys")

    def count(self) -> None:
        """Set the metrics of what there is."""
        self.inventory.count()

    async def _keep_up(self, place: Place, looked: asyncio.Event) -> None:
        """Each place on its own, so that one that does not answer holds up no other; it is tried again soon at first."""
        failures = 0
        while True:
            try:
                failures = 0 if await self.look(place) else failures + 1
            except Exception:
                # Whatever AWS answers is expected; this is a mistake of Sundown's, which must not end it.
                log.exception("inventory-failed", place=str(place))
                failures += 1
            looked.set()
            usual = self._settings.inventory_seconds
            with suppress(TimeoutError):
                async with asyncio.timeout(min(_AGAIN.after(failures), usual) if failures else usual):
                    await self._soon[place].wait()

    async def _save(self, table: Table) -> None:
        while True:
            await asyncio.sleep(_SAVED_EVERY)
            await self._save_changes(table)

    async def _save_changes(self, table: Table) -> None:
        """Hand over what a look has seen, so that what has not changed is renewed, and what has changed beside the looks."""
        looked, self._looked = self._looked, {}
        for place, at in looked.items():
            await table.save(self.inventory.at(place), now=at)
        parts, gone = self.inventory.unsaved()
        await table.save(parts, now=self._clock.now(), gone=gone)

    def _begin(self, work: Coroutine[Any, Any, None], *, name: str) -> None:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(_died)
        self._tasks.append(task)


def _died(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("task-died", task=task.get_name(), exc_info=task.exception())
