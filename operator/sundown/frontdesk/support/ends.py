"""Has the owners of support pods reminded of their end: once each, whatever ends in between."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

import structlog
from kubernetes_asyncio.client import Configuration

from sundown.backoff import Backoff
from sundown.cluster import paths, reading
from sundown.cluster.client import Cluster
from sundown.cluster.errors import Conflict, Missing
from sundown.cluster.following import Followers
from sundown.cluster.scope import EVERYWHERE
from sundown.cluster.slim import slim
from sundown.errors import SundownError
from sundown.frontdesk.seal import Seal
from sundown.frontdesk.settings import FrontdeskSettings
from sundown.frontdesk.support.reminding import Correct, Remind, Told, Trace, annotation, plan, told_of
from sundown.model import managers
from sundown.model.resources import API_VERSION
from sundown.model.support_pod import Wanted
from sundown.schedule.clock import Clock

log = structlog.get_logger(__name__)

_BACKOFF = Backoff(1.0, longest=60.0)
_TRIES = 12
_LONGEST_SLEEP = 60.0
"""The loop looks again after so many seconds at the latest, so that it notices a clock that is set forward."""


class Voice(Protocol):
    """What is said in Slack. Each raises SundownError when that has to be tried again."""

    async def remind(self, one: Wanted, end: datetime, *, begun: bool) -> tuple[str, str]:
        """Remind its owner; where the message is: channel and ``ts``, both empty where there is nobody to tell."""
        ...

    async def trace(self, one: Wanted, end: datetime) -> Told:
        """Where its owner may have been told of that end already; without ``ts`` where they were not."""
        ...

    async def correct(self, one: Wanted, told: Told, end: datetime | None) -> None:
        """Have a message say that it ends then instead, or that it has ended; one that is gone is as good."""
        ...


class Ends:
    """Knows the support pods, and who was told what of them."""

    def __init__(
        self, configuration: Configuration, cluster: Cluster, *, seal: Seal, clock: Clock, settings: FrontdeskSettings
    ) -> None:
        self._cluster = cluster
        self._seal = seal
        self._clock = clock
        self._settings = settings
        self._there: dict[str, Wanted] = {}
        self._gone: list[Wanted] = []
        self._some = asyncio.Event()
        self._followers = Followers(configuration, cluster, scope=EVERYWHERE)

    def works(self, voice: Voice) -> tuple[tuple[str, Coroutine[Any, Any, None]], ...]:
        """What runs as long as the process; nothing where there are no support pods."""
        if not self._settings.support_namespace:
            return ()
        return (("support-pods", self._follow()), ("support-ends", self._run(voice)))

    def put(self, one: Wanted, /) -> None:
        """A SupportPod that is there, or is different."""
        self._there[one.name] = one
        self._some.set()

    def drop(self, one: Wanted, /) -> None:
        """A SupportPod that is gone."""
        self._there.pop(one.name, None)
        self._gone.append(one)
        self._some.set()

    def keep_only(self, all_of_them: Iterable[Wanted], /) -> None:
        """All SupportPods that there are."""
        names = {one.name for one in all_of_them}
        for one in [one for name, one in self._there.items() if name not in names]:
            self.drop(one)

    async def _follow(self) -> None:
        place = paths.support_pods(self._settings.support_namespace)
        async with self._followers:
            await self._followers.follow(place, lambda raw: reading.support_pod(slim(raw)), self, listed=lambda: None)

    async def _run(self, voice: Voice) -> None:
        failures = 0
        while True:
            self._some.clear()
            failed = not await self._close(voice)
            due: list[datetime] = []
            for name in tuple(self._there):
                try:
                    at = await self._look(name, voice)
                    due += [at] if at is not None else []
                except (Conflict, Missing):
                    continue  # what it is now is on its way here
                except SundownError as error:
                    failed = True
                    log.warning("support-end-untold", name=name, error=str(error))
            failures = failures + 1 if failed else 0
            await self._sleep(due, _BACKOFF.after(failures) if failed else _LONGEST_SLEEP)

    async def _look(self, name: str, voice: Voice) -> datetime | None:
        one = self._there.get(name)
        if one is None:
            return None
        before = told_of(one, self._seal)
        step, at = plan(one, before, usual=self._settings.support_life, now=self._clock.now())
        match step:
            case Remind(end, begun):
                if not begun:
                    one = await self._mark(one, before.model_copy(update={"about": end}))
                channel, ts = await voice.remind(one, end, begun=begun)
                await self._note(one, Told(told=end, channel=channel, ts=ts), voice)
                log.info("support-end-told", name=name, owner=one.owner)
            case Correct(told, end):
                await voice.correct(one, told, end)
                await self._mark(one, Told())
            case Trace(about, end):
                await self._correct(one, await voice.trace(one, about), end, voice)
                await self._mark(one, Told())
            case _:
                return at
        return self._clock.now()

    async def _close(self, voice: Voice) -> bool:
        """Have the messages about those that are gone say so; nothing of them can be remembered elsewhere."""
        while self._gone:
            one = self._gone[0]
            told = told_of(one, self._seal)
            try:
                if told.about is not None:
                    told = await voice.trace(one, told.about)
                await self._correct(one, told, None, voice)
            except SundownError as error:
                log.warning("support-end-untold", name=one.name, error=str(error))
                return False
            self._gone.pop(0)
        return True

    async def _correct(self, one: Wanted, told: Told, end: datetime | None, voice: Voice) -> None:
        if told.ts:
            await voice.correct(one, told, end)

    async def _note(self, one: Wanted, told: Told, voice: Voice) -> None:
        """Remember where they were told, whatever has become of it meanwhile: they may have clicked already."""
        for attempt in range(_TRIES):
            try:
                await self._mark(one, told)
            except (Conflict, Missing):
                await asyncio.sleep(0.05 * attempt)  # what it is now is on its way here
                fresh = self._there.get(one.name)
                if fresh is None or fresh.metadata.uid != one.metadata.uid:
                    await self._correct(one, told, None, voice)
                    return
                one = fresh
            else:
                return

    async def _mark(self, one: Wanted, told: Told) -> Wanted:
        metadata = one.metadata
        body = {
            "apiVersion": API_VERSION,
            "kind": "SupportPod",
            "metadata": {
                "name": metadata.name,
                "namespace": metadata.namespace,
                "uid": metadata.uid,
                "resourceVersion": metadata.resource_version,
                "annotations": annotation(one, told, self._seal),
            },
        }
        path = paths.support_pod(metadata.namespace, metadata.name)
        written = reading.support_pod(
            await self._cluster.apply(path, body, manager=managers.FRONTDESK_MARKS, force=True)
        )
        marked = replace(one, metadata=written.metadata)
        if one.name in self._there:
            self._there[one.name] = marked
        return marked

    async def _sleep(self, due: list[datetime], at_most: float) -> None:
        now = self._clock.now()
        left = min((max((at - now).total_seconds(), 0.0) for at in due), default=at_most)
        try:
            async with asyncio.timeout(min(left, at_most)):
                await self._some.wait()
        except TimeoutError:
            pass
