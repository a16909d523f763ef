"""However large one tenant makes their objects, the process that reads them stays as it was, and reads all others (S1, S2)."""

import asyncio
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubernetes_asyncio.client import Configuration
from structlog.testing import capture_logs

from sundown.cluster import bodies
from sundown.cluster.bodies import MOST_BYTES
from sundown.cluster.client import Cluster
from sundown.cluster.page_size import PageSize
from sundown.sleepers.kinds import KINDS
from support.cluster.gluttons import DEPLOYMENTS, MEGABYTE, Gluttons

TESTS = Path(__file__).parents[1]
MEBIBYTE = 2**20
MANY = 80
FLAT = 48 * MEBIBYTE
"""Two large answers at once with what they are made into; 80 MB are served, of which plain JSON would make 250 MiB."""
KIND = KINDS["Deployment"]


async def weigh(server: Gluttons, what: str, *, expected: int) -> tuple[int, int]:
    """What a process of its own counts there, and by how much its memory grows."""
    async with server.serving() as address:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            str(TESTS / "support/cluster/weighed.py"),
            address,
            what,
            str(expected),
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(TESTS), "MALLOC_ARENA_MAX": "1"},
        )
        output, _ = await child.communicate()
    counted, grown = output.split()
    return int(counted), int(grown)


async def listed(server: Gluttons) -> list[str]:
    async with server.serving() as address:
        configuration = Configuration()
        configuration.host = address
        async with Cluster(configuration) as cluster:
            return [one.name for one in await cluster.list_pages(DEPLOYMENTS, KIND.read_page, limit=1000)]


def names(count: int) -> list[str]:
    return [f"n{number:05}" for number in range(count)]


async def test_a_page_that_is_too_large_is_asked_for_again_with_half_as_many() -> None:
    """S2."""
    server = Gluttons(*[MEGABYTE] * 20, form="labels")
    assert await listed(server) == names(20)
    assert server.asked[:9] == [1000, 500, 250, 125, 62, 31, 15, 7, 3][: len(server.asked)]
    assert max(server.served[server.asked.index(7) :]) <= MOST_BYTES


async def test_pages_grow_again_behind_what_was_large() -> None:
    """S2: one tenant's objects do not make the lists of all others slow."""
    server = Gluttons(*[MEGABYTE] * 10, *[100] * 3000, form="labels")
    assert await listed(server) == names(3010)
    assert server.asked[-1] == 1000
    assert len(server.asked) < 30


async def test_usual_lists_take_as_many_pages_as_ever() -> None:
    server = Gluttons(*[3000] * 2500, form="annotations")
    assert len(await listed(server)) == 2500
    assert server.asked == [1000, 1000, 1000]


@pytest.mark.parametrize("place", [0, 1, 4], ids=["first", "among-others", "last"])
async def test_one_that_is_too_large_by_itself_is_named_and_stops_nobody(place: int) -> None:
    """S2."""
    sizes = [100] * 5
    sizes[place] = bodies.MOST_BYTES_OF_ONE + 1000
    server = Gluttons(*sizes, form="finalizers")
    with capture_logs() as logs:
        assert await listed(server) == [name for number, name in enumerate(names(5)) if number != place]
    assert [entry["name"] for entry in logs if entry["event"] == "object-passed-by"] == [f"glutton/n{place:05}"]


@given(sizes=st.lists(st.integers(1, 3 * MOST_BYTES), min_size=1, max_size=40), limit=st.integers(1, 1000))
def test_whatever_the_sizes_every_object_has_its_page(sizes: list[int], limit: int) -> None:
    """S2: played through without a server; a page is never larger than allowed, unless it is of one object."""
    size, start, tries = PageSize(limit), 0, 0
    while start < len(sizes):
        tries += 1
        page = sizes[start : start + size.now]
        if sum(page) > MOST_BYTES and size.now > 1:
            size.halve()
            continue
        assert 1 <= size.now <= limit
        size.fitted(sum(page))
        start += len(page)
    assert tries <= 12 * len(sizes) + 12


@pytest.mark.slow
@pytest.mark.parametrize("what", ["deployments", "namespaces", "schedules"])
async def test_memory_does_not_grow_with_what_a_tenant_writes(what: str) -> None:
    """S1, S2: objects of a megabyte each, filled in every way there is."""
    counted, grown = await weigh(Gluttons(*[MEGABYTE] * MANY), what, expected=MANY)
    assert counted == MANY
    assert grown < FLAT, f"{grown / MEBIBYTE:.0f} MiB"


@pytest.mark.slow
@pytest.mark.parametrize("plural", ["envschedules", "namespaces"])
async def test_kopfs_memory_does_not_grow_with_what_a_tenant_writes(plural: str) -> None:
    """S1: the same, and as many edits of them."""
    counted, grown = await weigh(Gluttons(*[MEGABYTE] * MANY, events=MANY), f"watch {plural}", expected=2 * MANY)
    assert counted >= 2 * MANY
    assert grown < FLAT, f"{grown / MEBIBYTE:.0f} MiB"
