"""What runs in the envs that ask: listed by namespace when few ask, in one paged list of the cluster when many do.

A thousand envs that fall due in the same second would otherwise cost two thousand lists before the first write.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Expired
from sundown.cluster.gate import Gate
from sundown.model.parts import Workload
from sundown.sleepers.replicas import KINDS, ReplicaKind

_PAGE = 1000
_GATHERING = 0.01
_LONGEST_GATHERING = 0.1
_LISTS_AT_ONCE = 32
_PATIENCE = 5.0


@dataclass
class _Asked:
    """One env's question, answered when every kind has been looked through."""

    answer: asyncio.Future[tuple[Workload, ...]]
    found: list[Workload] = field(default_factory=list)
    kinds_to_go: int = len(KINDS)

    def failed(self, error: ApiError) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)
            # Whoever asked may have gone since; then nobody would look at the error, which is fine.
            self.answer.exception()

    def kind_done(self) -> None:
        self.kinds_to_go -= 1
        if self.kinds_to_go == 0 and not self.answer.done():
            self.answer.set_result(tuple(self.found))


class Census:
    """Answers what workloads an env has. Questions that come together are answered together.

    ``strays`` are the namespaces in which the last list of the whole cluster saw a record although nobody asked about
    them: something was put to sleep there whose schedule has gone.
    """

    def __init__(self, cluster: Cluster, gate: Gate) -> None:
        self._cluster = cluster
        self._gate = gate
        self._asked: dict[str, _Asked] = {}
        self._pump: asyncio.Task[None] | None = None
        self._batches: set[asyncio.Task[None]] = set()
        self._lists = asyncio.Semaphore(_LISTS_AT_ONCE)
        self._workloads_in_cluster = 0
        self._wide_took = 0.0
        self._wide_ended = 0.0
        self._impatient = False
        self.strays: frozenset[str] = frozenset()

    async def of(self, namespace: str, *, patient: bool = False) -> tuple[Workload, ...]:
        """The workloads of one env.

        A ``patient`` question waits until the writes that are under way are done: it only asks how they went.

        Raises:
            ApiError: when the API server cannot be asked.
        """
        asked = self._asked.get(namespace)
        if asked is None:
            asked = self._asked[namespace] = _Asked(asyncio.get_running_loop().create_future())
        self._impatient = self._impatient or not patient
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._gather(), name="census")
        return await asyncio.shield(asked.answer)

    async def everything(self) -> frozenset[str]:
        """List the whole cluster once for nobody in particular, and say which namespaces hold records."""
        await self._wide({})
        return self.strays

    async def close(self) -> None:
        """Stop asking."""
        tasks = [task for task in (self._pump, *self._batches) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _gather(self) -> None:
        while self._asked:
            waited = 0.0
            seen = 0
            while len(self._asked) != seen and waited < _LONGEST_GATHERING:
                seen = len(self._asked)
                await asyncio.sleep(_GATHERING)
                waited += _GATHERING
            if not self._impatient:
                await self._gate.quiet(at_most=_PATIENCE)
                if self._is_wide(len(self._asked)):
                    await asyncio.sleep(
                        min(_PATIENCE, max(0.0, self._wide_ended + 5 * self._wide_took - time.monotonic()))
                    )
            batch, self._asked, self._impatient = self._asked, {}, False
            task = asyncio.create_task(self._answer(batch), name="census batch")
            self._batches.add(task)
            task.add_done_callback(self._batches.discard)

    def _is_wide(self, asked: int) -> bool:
        return asked >= max(8, self._workloads_in_cluster // 100)

    async def _answer(self, batch: dict[str, _Asked]) -> None:
        if self._is_wide(len(batch)):
            try:
                await self._wide(batch)
            except ApiError as error:
                for asked in batch.values():
                    asked.failed(error)
        else:
            await asyncio.gather(
                *(self._narrow(namespace, row, asked) for namespace, asked in batch.items() for row in KINDS.values())
            )

    async def _narrow(self, namespace: str, row: ReplicaKind, asked: _Asked) -> None:
        try:
            async with self._lists:
                listed = await self._cluster.list_all(row.collection(namespace), limit=_PAGE)
        except ApiError as error:
            asked.failed(error)
            return
        asked.found += [row.read(raw) for raw in listed]
        asked.kind_done()

    async def _wide(self, batch: dict[str, _Asked]) -> None:
        began = time.monotonic()
        seen: list[int] = []
        strays: set[str] = set()
        # The API server lists in the order of its keys, "namespace/name": the slash counts.
        order = sorted(batch, key=lambda namespace: namespace + "/")
        await asyncio.gather(
            *(self._wide_kind(row, batch, order=order, seen=seen, strays=strays) for row in KINDS.values())
        )
        self._workloads_in_cluster = sum(seen)
        self.strays = frozenset(strays)
        self._wide_ended = time.monotonic()
        self._wide_took = self._wide_ended - began

    async def _wide_kind(
        self, row: ReplicaKind, batch: dict[str, _Asked], *, order: list[str], seen: list[int], strays: set[str]
    ) -> None:
        while True:
            found: dict[str, list[Workload]] = {namespace: [] for namespace in order}
            answered = 0
            total = 0
            try:
                async for page in self._cluster.pages(row.collection(), limit=_PAGE):
                    total += len(page)
                    for raw in page:
                        namespace = raw["metadata"]["namespace"]
                        if namespace in found:
                            found[namespace].append(row.read(raw))
                        elif row.read(raw).record is not None:
                            strays.add(namespace)
                    last = page[-1]["metadata"]["namespace"] + "/" if page else ""
                    while answered < len(order) and order[answered] + "/" < last:
                        _hand_over(batch[order[answered]], found[order[answered]])
                        answered += 1
                for namespace in order[answered:]:
                    _hand_over(batch[namespace], found[namespace])
            except Expired:
                # The order says who has had an answer; the rest begins afresh.
                order = order[answered:]
                continue
            seen.append(total)
            return


def _hand_over(asked: _Asked, found: list[Workload]) -> None:
    asked.found += found
    asked.kind_done()
