"""``AwsCloud`` under test, against the simulator: made, started, and ended with the test."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sundown.aws.cloud import AwsCloud
from sundown.aws.settings import AwsSettings
from sundown.model.cloud import CloudPart
from sundown.schedule.clock import SystemClock

PATIENCE = 120.0
PAUSE = 0.05
NEVER = 86_400.0


@dataclass
class Seen:
    """A cloud that runs, and whom it has told."""

    cloud: AwsCloud
    told: list[str] = field(default_factory=list)

    def part(self, identifier: str, namespace: str = "dev1") -> CloudPart:
        """One part of an env."""
        return next(part for part in self.cloud.of(namespace) if part.identifier == identifier)

    def names(self, namespace: str = "dev1") -> list[str]:
        """What an env has."""
        return [part.identifier for part in self.cloud.of(namespace)]

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for it."""
        for _ in range(int(PATIENCE / PAUSE)):
            if condition():
                return
            await asyncio.sleep(PAUSE)
        raise AssertionError(f"not within {PATIENCE} s: {what}")

    async def look(self) -> None:
        """Have it look at every place once more."""
        for place in self.cloud.places:
            await self.cloud.look(place)


@dataclass(frozen=True)
class Sky:
    """Makes clouds with these settings: where their inventory is kept."""

    kept: Mapping[str, Any]

    @asynccontextmanager
    async def seen(
        self, *, known: Callable[[str], bool] = lambda _: True, cluster_name: str = "default", **settings: Any
    ) -> AsyncIterator[Seen]:
        """A cloud that has looked once; it looks again when it is told to, unless the settings say how often."""
        wanted = AwsSettings(
            **{
                "regions": ("eu-central-1",),
                "inventory_seconds": NEVER,
                "watch_seconds": 600,
                **self.kept,
                **settings,
            }
        )
        told: list[str] = []

        def changed(namespaces: Iterable[str]) -> None:
            told.extend(sorted(namespaces))

        cloud = AwsCloud(wanted, cluster_name=cluster_name, clock=SystemClock(), changed=changed, known=known)
        await cloud.start()
        try:
            yield Seen(cloud, told)
        finally:
            await cloud.close()
