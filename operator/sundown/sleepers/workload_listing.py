"""What runs in the envs that ask: listed by namespace when few ask, in one paged list of the cluster when many do.

A thousand envs that fall due in the same second would otherwise cost two thousand lists before the first write.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError
from sundown.cluster.gate import Gate
from sundown.cluster.hearing import seconds
from sundown.model.parts import Workload
from sundown.sleepers.kinds import KINDS, ReplicaKind
from sundown.sleepers.patch_kind import PatchKind
from sundown.sleepers.shared_list import Passing, Question

Row = ReplicaKind | PatchKind

_PAGE = 1000
_GATHERING = 0.01
_LONGEST_GATHERING = 0.1
_LAPS = 3
_MANY = 64
"""So many questions come within a moment; with more of them a list is begun that later ones join."""
_LISTS_AT_ONCE = 32
_PATIENCE = 10.0
_PAUSE = 2.0
_WORTH = 150
"""Listing one namespace costs as much as having so many workloads more in a list of all of them."""
_FEWEST = 8
"""Fewer are listed by themselves as long as nobody knows how much there is in all."""


class Found(NamedTuple):
    """What an env has, and when the list began that says so, by the loop's seconds; ``listed`` is when it really did, where it
    was kept and found to be as good as a new one."""

    workloads: tuple[Workload, ...]
    began: float
    listed: float | None = None


def unknown() -> None:
    """Nobody knows how much there is."""


@dataclass(eq=False)
class _Wide:
    """Lists of the whole cluster, one of each kind, that are under way; ``asked`` is who asked others meanwhile."""

    passings: tuple[Passing, ...]
    asked: set[str] = field(default_factory=set)
    began: float = field(default_factory=seconds)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def expect(self, namespace: str, question: Question) -> None:
        question.began = self.began
        for passing in self.passings:
            passing.expect(namespace, question)


class Census:
    """Answers what workloads an env has. Questions that come together are answered together.

    ``strays`` are the namespaces in which the last list of the whole cluster saw a record although nobody asked about
    them: something was put to sleep there whose schedule has gone. ``size`` knows how many workloads the cluster has, where
    anybody does. ``keep`` is told all that there is of a single kind, by namespace, and when the list began, where it may be
    ``most`` of them.
    """

    def __init__(
        self,
        cluster: Cluster,
        gate: Gate,
        *,
        rows: Collection[Row] | None = None,
        wide: bool = True,
        size: Callable[[], int | None] = unknown,
        keep: Callable[[Mapping[str, list[Workload]], float], None] | None = None,
        most: int = 0,
    ) -> None:
        self._cluster = cluster
        self._rows = rows
        self._may_list_all = wide
        self._size = size
        self._keep = keep
        self._most = most
        self._gate = gate
        self._urgent: dict[str, Question] = {}
        self._patient: dict[str, Question] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._batches: set[asyncio.Task[None]] = set()
        self._lists = asyncio.Semaphore(_LISTS_AT_ONCE)
        self._under_way: list[_Wide] = []
        self._workloads_in_cluster = 0
        self._wide_took = 0.0
        self._wide_ended = 0.0
        self.strays: frozenset[str] = frozenset()

    async def of(self, namespace: str, *, patient: bool = False, written: bool = False) -> tuple[Workload, ...]:
        """The workloads of one env, as ``found`` has them."""
        return (await self.found(namespace, patient=patient, written=written)).workloads

    async def found(self, namespace: str, *, patient: bool = False, written: bool = False) -> Found:
        """The workloads of one env, and as of when.

        A ``patient`` question waits until the writes that are under way are done: it only asks how they went. Where
        something was ``written`` lately, a list that was begun before does not answer.

        Raises:
            ApiError: when the API server cannot be asked.
        """
        waiting = self._patient if patient else self._urgent
        question = waiting.get(namespace)
        if question is None:
            question = Question(asyncio.get_running_loop().create_future(), len(self._kinds))
            if patient or written or not self._joined(namespace, question):
                waiting[namespace] = question
                for wide in self._under_way:
                    wide.asked.add(namespace)
                self._wake("patient" if patient else "urgent")
        return Found(await asyncio.shield(question.answer), question.began)

    async def kept(self) -> None:
        """Wait for the lists under way of which all is kept."""
        while keeping := [wide for wide in self._under_way if any(one.everything is not None for one in wide.passings)]:
            await keeping[0].over.wait()

    async def everything(self) -> frozenset[str]:
        """List the whole cluster once for nobody in particular, and say which namespaces hold records.

        Raises:
            ApiError: when the API server cannot be asked.
        """
        await self._pass(self._begun({}))
        return self.strays

    async def close(self) -> None:
        """Stop asking."""
        tasks = [*self._tasks.values(), *self._batches]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _joined(self, namespace: str, question: Question) -> bool:
        """Have a list answer that is under way and has not come to this namespace yet.

        It says what was when it began, so not for an env that somebody has looked at since.
        """
        for wide in self._under_way:
            if namespace not in wide.asked and all(passing.is_ahead(namespace) for passing in wide.passings):
                wide.expect(namespace, question)
                return True
        return False

    def _wake(self, name: str) -> None:
        task = self._tasks.get(name)
        if task is None or task.done():
            work = self._answer_patient() if name == "patient" else self._answer_urgent()
            self._tasks[name] = asyncio.create_task(work, name=f"census, {name}")

    async def _answer_urgent(self) -> None:
        while self._urgent:
            # Where writing has begun, seconds count; in a sweep, requests.
            await self._gathered(self._urgent, at_most=max(_MANY, self._wide_from) if self._gate.busy else None)
            batch, self._urgent = self._urgent, {}
            task = asyncio.create_task(self._answer(batch), name="census batch")
            self._batches.add(task)
            task.add_done_callback(self._batches.discard)

    async def _answer_patient(self) -> None:
        while self._patient:
            await self._gathered(self._patient)
            await self._gate.quiet(at_most=_PATIENCE)
            if len(self._patient) >= self._wide_from:
                pause = max(_PAUSE, 5 * self._wide_took)
                await asyncio.sleep(min(_PATIENCE, max(0.0, self._wide_ended + pause - seconds())))
            batch, self._patient = self._patient, {}
            await self._answer(batch)

    async def _gathered(self, questions: Mapping[str, Question], *, at_most: int | None = None) -> None:
        """Wait until no more are coming, a moment at most; or until a list that later ones can join is worth its while."""
        waited = 0.0
        seen = 0
        while len(questions) != seen and waited < _LONGEST_GATHERING:
            seen = len(questions)
            if at_most is not None and seen >= at_most:
                return
            await asyncio.sleep(_GATHERING)
            waited += _GATHERING
            for _ in range(_LAPS):
                # After a long lap of the loop the clock has gone on, but those who are about to ask have not.
                await asyncio.sleep(0)

    @property
    def _kinds(self) -> Collection[Row]:
        """What is looked for: what every env has, or the kinds that it was made for."""
        return KINDS.values() if self._rows is None else self._rows

    @property
    def _wide_from(self) -> int:
        """From so many questions on, everything is listed."""
        size = self._size()
        return max(_FEWEST, self._workloads_in_cluster // _WORTH) if size is None else 2 + size // _WORTH

    def _answer(self, batch: Mapping[str, Question]) -> Coroutine[Any, Any, None]:
        """How these questions are answered. A list of everything is there to be joined from this moment on: before the task that
        makes it has its turn, others may have asked the same."""
        if self._may_list_all and len(batch) >= self._wide_from:
            return self._answered_by(self._begun(batch))
        return self._each(batch)

    async def _answered_by(self, wide: _Wide) -> None:
        with suppress(ApiError):  # those who asked have been told
            await self._pass(wide)

    async def _each(self, batch: Mapping[str, Question]) -> None:
        for question in batch.values():
            question.began = seconds()
        each = [(namespace, row, question) for namespace, question in batch.items() for row in self._kinds]
        await asyncio.gather(*(self._narrow(*one) for one in each))

    async def _narrow(self, namespace: str, row: Row, question: Question) -> None:
        found: list[Workload] = []
        try:
            async with self._lists:
                async for page in self._cluster.pages_as(row.collection(namespace), row.read_page, limit=_PAGE):
                    found += page
        except BaseException as error:
            question.failed(error)
            if not isinstance(error, ApiError):
                raise
        else:
            question.kind_done(found)

    def _begun(self, batch: Mapping[str, Question]) -> _Wide:
        size = self._size()
        all_of_it = self._keep is not None and size is not None and size <= self._most
        wide = _Wide(tuple(Passing(row, hurry=self._gate.busy, all_of_it=all_of_it) for row in self._kinds))
        for namespace, question in batch.items():
            wide.expect(namespace, question)
        self._under_way.append(wide)
        return wide

    async def _pass(self, wide: _Wide) -> None:
        try:
            await asyncio.gather(*(passing.run(self._cluster) for passing in wide.passings))
        except BaseException as error:
            for passing in wide.passings:
                passing.fail(error)
            raise
        finally:
            self._under_way.remove(wide)
            self._wide_ended = seconds()
            wide.over.set()
        self._wide_took = self._wide_ended - wide.began
        self._workloads_in_cluster = sum(passing.seen for passing in wide.passings)
        self.strays = frozenset[str]().union(*(passing.strays for passing in wide.passings))
        for everything in (passing.everything for passing in wide.passings):
            if self._keep is not None and everything is not None:
                self._keep(everything, wide.began)
