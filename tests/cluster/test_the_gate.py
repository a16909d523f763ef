"""How many writes are under way at once, and whose turn it is."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack

import pytest

from sundown.cluster.gate import Gate, Urgency
from support.virtualtime import breathe, elapsed, in_virtual_time

WAKE, RELEASE, SLEEP, HOLD, STATUS, EVENT = Urgency


class Writers:
    """Writes that take a second each, and a record of when they were let through."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.order: list[str] = []
        self.under_way = 0
        self.most = 0

    async def write(self, urgency: Urgency, name: str = "") -> None:
        """One write."""
        async with self.gate.slot(urgency):
            self.order.append(name or urgency.name)
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            await asyncio.sleep(1)
            self.under_way -= 1

    async def write_all(self, urgencies: Sequence[Urgency]) -> None:
        """Many writes that come at once."""
        await asyncio.gather(*(self.write(urgency) for urgency in urgencies))


@in_virtual_time
async def test_no_more_writes_than_its_width_are_under_way() -> None:
    """Design 5."""
    writers = Writers(Gate(width=8))
    await writers.write_all([WAKE] * 100)
    assert writers.most == 8


@in_virtual_time
async def test_no_slot_is_left_unused() -> None:
    writers = Writers(Gate(width=8))
    await writers.write_all([SLEEP] * 96)
    assert elapsed() == 12


@pytest.mark.parametrize("width", [1, 3])
@in_virtual_time
async def test_the_urgent_go_first(width: int) -> None:
    """Design 5: what people wait for goes before what nobody waits for, and that before what tells them about it."""
    writers = Writers(Gate(width=width))
    async with AsyncExitStack() as taken:
        for _ in range(width):
            await taken.enter_async_context(writers.gate.slot(SLEEP))
        coming = asyncio.create_task(writers.write_all([EVENT, STATUS, SLEEP, WAKE]))
        await breathe()
    await coming
    assert writers.order == ["WAKE", "SLEEP", "STATUS", "EVENT"]


@in_virtual_time
async def test_of_equals_the_oldest_goes_first() -> None:
    writers = Writers(Gate(width=1))
    await asyncio.gather(*(writers.write(SLEEP, f"{index}") for index in range(20)))
    assert writers.order == [f"{index}" for index in range(20)]


@pytest.mark.parametrize(("workloads", "labels"), [(SLEEP, HOLD), (WAKE, RELEASE)])
@in_virtual_time
async def test_labels_get_a_quarter_while_workloads_wait(workloads: Urgency, labels: Urgency) -> None:
    writers = Writers(Gate(width=8))
    await writers.write_all([*[workloads] * 60, *[labels] * 60])
    under_load = writers.order[8:48]
    assert under_load.count(labels.name) == len(under_load) // 4


@in_virtual_time
async def test_labels_get_everything_where_no_workload_waits() -> None:
    writers = Writers(Gate(width=8))
    await writers.write_all([HOLD] * 40)
    assert elapsed() == 5


@in_virtual_time
async def test_telling_gets_little_until_the_workloads_are_through() -> None:
    writers = Writers(Gate(width=64))
    slots = AsyncExitStack()
    await slots.enter_async_context(writers.gate.slot(SLEEP))
    telling = asyncio.create_task(writers.write_all([STATUS] * 100))
    await breathe()
    assert writers.under_way == 2
    await slots.aclose()
    await breathe()
    assert writers.under_way == 64
    await telling


@in_virtual_time
async def test_telling_is_not_forgotten_while_workloads_are_written() -> None:
    writers = Writers(Gate(width=64))
    async with writers.gate.slot(SLEEP):
        await writers.write_all([STATUS] * 100)
    assert len(writers.order) == 100


@pytest.mark.parametrize("urgency", list(Urgency))
@in_virtual_time
async def test_one_that_gives_up_waiting_takes_no_slot(urgency: Urgency) -> None:
    writers = Writers(Gate(width=1))
    async with writers.gate.slot(urgency):
        waiting = asyncio.create_task(writers.write(urgency))
        await breathe()
        waiting.cancel()
        await breathe()
    async with asyncio.timeout(5):
        await writers.write(urgency, "next")
    assert writers.order == ["next"]


@in_virtual_time
async def test_one_that_is_cancelled_in_the_moment_of_its_turn_passes_it_on() -> None:
    writers = Writers(Gate(width=1))
    async with writers.gate.slot(SLEEP):
        waiting = asyncio.create_task(writers.write(SLEEP))
        await breathe()
    waiting.cancel()
    async with asyncio.timeout(5):
        await writers.write(SLEEP, "next")
    assert writers.order == ["next"]


@in_virtual_time
async def test_a_write_that_fails_gives_its_slot_back() -> None:
    gate = Gate(width=1)
    with pytest.raises(OSError, match="lost"):
        async with gate.slot(WAKE):
            raise OSError("lost")
    async with asyncio.timeout(5), gate.slot(WAKE):
        assert elapsed() == 0


@pytest.mark.parametrize("urgency", [WAKE, RELEASE, SLEEP, HOLD])
@in_virtual_time
async def test_it_is_quiet_when_the_last_write_is_through(urgency: Urgency) -> None:
    writers = Writers(Gate(width=2))
    writing = asyncio.create_task(writers.write_all([urgency] * 6))
    await breathe()
    await writers.gate.quiet(at_most=100)
    assert elapsed() == 3
    await writing


@pytest.mark.parametrize("urgency", [STATUS, EVENT])
@in_virtual_time
async def test_telling_breaks_no_quiet(urgency: Urgency) -> None:
    gate = Gate(width=2)
    async with gate.slot(urgency):
        await gate.quiet(at_most=100)
    assert elapsed() == 0


@in_virtual_time
async def test_nobody_waits_for_quiet_longer_than_agreed() -> None:
    gate = Gate(width=2)
    async with gate.slot(WAKE):
        await gate.quiet(at_most=10)
    assert elapsed() == 10
