"""What happens in the cluster, seen from outside: a watch of one collection that notes when something became true."""

import asyncio
import time
from collections.abc import Callable, Iterable

from sundown_lab.errors import LabError
from sundown_lab.wire import Json, Wire

Key = tuple[str, str]
"""Namespace and name."""


class Expectation:
    """Something that shall become true of many objects; ``times``, ``first`` and ``last`` are Unix times of when it did."""

    def __init__(self, holds: Callable[[Json], bool], keys: Iterable[Key]) -> None:
        self._holds = holds
        self.missing = set(keys)
        self.times: dict[Key, float] = {}
        self.first: float | None = None
        self.last: float | None = None
        self.fulfilled = asyncio.Event()
        if not self.missing:
            self.fulfilled.set()

    def see(self, key: Key, found: Json) -> None:
        """Look at an object as it is now."""
        if key in self.missing and self._holds(found):
            self.missing.discard(key)
            self.last = self.times[key] = time.time()
            self.first = self.first or self.last
            if not self.missing:
                self.fulfilled.set()


class Mirror:
    """A copy of a collection, kept by a watch from ``start()`` to ``stop()``; ``interruptions`` of it make times doubtful."""

    def __init__(self, wire: Wire, path: str, *, accept: str, accept_list: str) -> None:
        self._wire = wire
        self._path = path
        self._accept = accept
        self._accept_list = accept_list
        self._expected: list[Expectation] = []
        self._task: asyncio.Task[None] | None = None
        self.objects: dict[Key, Json] = {}
        self.interruptions = 0

    async def start(self) -> None:
        """List, and follow from there."""
        found, version = await self._wire.listed(self._path, accept=self._accept_list)
        self.objects = {_key(one): one for one in found}
        self._task = asyncio.create_task(self._follow(version), name=f"mirror of {self._path}")

    async def stop(self) -> None:
        """End the watch; a second call does nothing."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def expect(self, holds: Callable[[Json], bool], keys: Iterable[Key], *, already: bool = False) -> Expectation:
        """Note when ``holds`` becomes true of each; with ``already`` also where it is true now."""
        expectation = Expectation(holds, keys)
        self._expected.append(expectation)
        if already:
            for key in list(expectation.missing & self.objects.keys()):
                expectation.see(key, self.objects[key])
        return expectation

    async def until(self, expectation: Expectation, *, what: str, patience: float) -> None:
        """Wait for all of it.

        Raises:
            LabError: not after ``patience`` seconds, or the watch has ended.
        """
        assert self._task is not None, "start first"
        waiter = asyncio.create_task(expectation.fulfilled.wait())
        await asyncio.wait({waiter, self._task}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        self._expected.remove(expectation)
        if waiter.done():
            return
        waiter.cancel()
        if self._task.done():
            raise LabError(f"the watch of {self._path} ended: {self._task.exception()}")
        some = ", ".join("/".join(key) for key in sorted(expectation.missing)[:5])
        raise LabError(f"{what}: not of {len(expectation.missing)} after {patience:g} s, such as {some}")

    async def _follow(self, version: str) -> None:
        while True:
            async for event in self._wire.watch(self._path, since=version, accept=self._accept):
                if event["type"] == "ERROR":
                    break
                self._take_in(event["object"], gone=event["type"] == "DELETED")
            # The API server drops who reads too slowly, on a busy machine; what was missed is seen now, and late.
            self.interruptions += 1
            found, version = await self._wire.listed(self._path, accept=self._accept_list)
            for one in found:
                self._take_in(one)

    def _take_in(self, found: Json, *, gone: bool = False) -> None:
        key = _key(found)
        if gone:
            self.objects.pop(key, None)
            return
        self.objects[key] = found
        for expectation in self._expected:
            expectation.see(key, found)


def _key(found: Json) -> Key:
    return found["metadata"].get("namespace", ""), found["metadata"]["name"]
