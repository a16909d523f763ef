"""What runs in envs that have just fallen asleep: asked once for each sleep, and together where many ask at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field

import structlog

from sundown.cluster import paths
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Expired
from sundown.cluster.pods import RUNNING, PodPage
from sundown.model.pods import Pod

log = structlog.get_logger(__name__)

_PAGE = 1000
_GATHERING = 0.02
_LISTS_AT_ONCE = 8
_FEW = 8
_WORTH = 150
"""Listing one namespace costs as much as having so many pods more in a list of all of them."""
_MOST_OWNERS = 1000

Owner = tuple[str, str]
"""A kind and a name."""


@dataclass(slots=True)
class Tally:
    """How many pods each owner has; of more owners than anybody reads only the pods are counted.

    Those that are on their way out are counted apart, by their owners too.
    """

    pods: Counter[Owner] = field(default_factory=Counter)
    beyond: int = 0
    leaving: Counter[Owner] = field(default_factory=Counter)

    def add(self, pod: Pod) -> None:
        """Count a pod."""
        owner = (pod.kind, pod.name)
        if pod.leaves:
            if owner in self.leaving or len(self.leaving) < _MOST_OWNERS:
                self.leaving[owner] += 1
        elif owner in self.pods or len(self.pods) < _MOST_OWNERS:
            self.pods[owner] += 1
        else:
            self.beyond += 1


class Leftovers:
    """Answers what still runs in an env. Who asks while a list is under way waits for the next."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._waiting: dict[str, asyncio.Future[Tally | None]] = {}
        self._task: asyncio.Task[None] | None = None
        self._in_cluster = 0

    async def of(self, namespace: str) -> Tally | None:
        """The pods of an env by owner, those that are over left out; None where nobody can say."""
        answer = self._waiting.get(namespace)
        if answer is None:
            answer = self._waiting[namespace] = asyncio.get_running_loop().create_future()
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._answer(), name="leftovers")
        return await asyncio.shield(answer)

    async def close(self) -> None:
        """Stop asking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _answer(self) -> None:
        while self._waiting:
            await asyncio.sleep(_GATHERING)
            batch, self._waiting = self._waiting, {}
            try:
                found = await self._found(frozenset(batch))
            except ApiError as error:
                # An env that sleeps is asleep all the same.
                log.warning("pods-not-listed", envs=len(batch), error=str(error))
                found = {}
            for namespace, answer in batch.items():
                if not answer.done():
                    answer.set_result(found.get(namespace))

    async def _found(self, namespaces: frozenset[str]) -> dict[str, Tally]:
        if len(namespaces) >= max(_FEW, self._in_cluster // _WORTH):
            return await self._wide(namespaces)
        limit = asyncio.Semaphore(_LISTS_AT_ONCE)

        async def narrow(namespace: str) -> dict[str, Tally]:
            async with limit:
                return await self._listed(f"{paths.namespace(namespace)}/pods", frozenset({namespace}))

        results = await asyncio.gather(*(narrow(one) for one in namespaces), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, ApiError):
                raise result
        return {name: one for result in results if isinstance(result, dict) for name, one in result.items()}

    async def _wide(self, namespaces: frozenset[str]) -> dict[str, Tally]:
        return await self._listed("/api/v1/pods", namespaces, count=True)

    async def _listed(self, path: str, namespaces: frozenset[str], *, count: bool = False) -> dict[str, Tally]:
        while True:
            found = {name: Tally() for name in namespaces}
            seen = 0
            pages = self._cluster.pages_as(path, PodPage, limit=_PAGE, metadata_only=True, fieldSelector=RUNNING)
            try:
                async for page in pages:
                    for pod in page:
                        seen += 1
                        if pod.namespace in found:
                            found[pod.namespace].add(pod)
            except Expired:
                continue
            if count:
                self._in_cluster = seen
            return found
