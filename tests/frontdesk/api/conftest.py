"""The API by itself."""

from collections.abc import AsyncIterator

import pytest

from support.frontdesk.api import Caller, calling


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    """Calls an API with the envs dev1 and dev2 of team a, and prod of team b."""
    async with calling() as one:
        one.world.add("dev1", labels={"team": "a", "stage": "dev"})
        one.world.add("dev2", labels={"team": "a", "stage": "test"}, status={"state": "Asleep"})
        one.world.add("prod", labels={"team": "b"})
        yield one
