"""How many writes are under way at once, and whose turn it is."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.cluster.gate import ENOUGH, TURN, Gate, Urgency
from support.effort import examples
from support.virtualtime import breathe, elapsed, in_virtual_time

WAKE, RELEASE, SLEEP, RECORD, HOLD, STATUS, EVENT = Urgency


class Writers:
    """Writes that take a second each, and a record of when they were let through."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.order: list[str] = []
        self.under_way = 0
        self.most = 0

    async def write(self, urgency: Urgency, name: str = "", *, whose: str = "") -> None:
        """One write."""
        async with self.gate.slot(urgency, whose=whose):
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


@pytest.mark.parametrize(("workloads", "labels"), [(SLEEP, HOLD), (SLEEP, RECORD), (WAKE, RELEASE)])
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


async def write_env(writers: Writers, env: str, *, workloads: int, urgency: Urgency = SLEEP) -> None:
    """All writes of an env at once."""
    await asyncio.gather(*(writers.write(urgency, env, whose=env) for _ in range(workloads)))


@pytest.mark.parametrize("urgency", [SLEEP, WAKE])
@in_virtual_time
async def test_an_env_of_ten_thousand_workloads_does_not_delay_the_first_write_of_another(urgency: Urgency) -> None:
    """S14, J6: it took 3.4 s, until all of its own had been written."""
    writers = Writers(Gate(width=64))
    huge = asyncio.create_task(write_env(writers, "huge", workloads=10_000, urgency=urgency))
    await breathe()
    began = elapsed()
    async with writers.gate.slot(urgency, whose="small"):
        assert elapsed() == began
    await huge


@in_virtual_time
async def test_an_env_whose_writes_hang_leaves_half_of_the_width_to_the_others() -> None:
    """S14, J6: a webhook of its own that does not answer, say."""
    gate = Gate(width=8)
    async with AsyncExitStack() as hanging:
        for _ in range(4):
            await hanging.enter_async_context(gate.slot(SLEEP, whose="slow"))
        fifth = asyncio.create_task(Writers(gate).write(SLEEP, whose="slow"))
        writers = Writers(gate)
        await write_env(writers, "other", workloads=8)
        assert (writers.most, elapsed(), fifth.done()) == (4, 2, False)
    await fifth


@pytest.mark.parametrize("envs", [2, 5, 20])
@in_virtual_time
async def test_many_huge_envs_take_turns_with_those_that_come_later(envs: int) -> None:
    """S14: each writes no more than a turn of its before the one that came last has its first."""
    writers = Writers(Gate(width=16))
    many = [asyncio.create_task(write_env(writers, f"huge-{each}", workloads=1_000)) for each in range(envs)]
    await breathe()
    await write_env(writers, "late", workloads=3)
    before = writers.order[: writers.order.index("late")]
    assert len(before) <= (envs + 1) * TURN
    for each in many:
        each.cancel()
    await asyncio.gather(*many, return_exceptions=True)


@in_virtual_time
async def test_of_envs_of_usual_size_the_first_is_through_before_the_last_begins() -> None:
    """Design 5: a thousand that are due at once are not all asleep at the very end only."""
    writers = Writers(Gate(width=16))
    await asyncio.gather(*(write_env(writers, f"dev{each}", workloads=10) for each in range(100)))
    last_of = {name: index for index, name in enumerate(writers.order)}
    first_of = {name: writers.order.index(name) for name in last_of}
    assert last_of["dev0"] < first_of["dev9"]
    assert elapsed() == -(-1000 // 16)


@pytest.mark.parametrize("envs", [20, 1_000])
@in_virtual_time
async def test_an_env_that_is_labelled_goes_on_before_the_others_are(envs: int) -> None:
    """Design 10: of a thousand envs due at once the first workload is written after a few labels, not after a thousand."""
    writers = Writers(Gate(width=16))

    async def fall_asleep(name: str) -> None:
        await writers.write(HOLD, whose=name)
        await writers.write(RECORD, whose=name)
        await write_env(writers, name, workloads=10)

    every = [asyncio.create_task(fall_asleep(f"dev{each}")) for each in range(envs)]
    await asyncio.sleep(3.5)
    assert next(index for index, name in enumerate(writers.order) if name.startswith("dev")) <= 3 * 16
    for each in every:
        each.cancel()
    await asyncio.gather(*every, return_exceptions=True)


@pytest.mark.parametrize(("labels", "workloads"), [(HOLD, SLEEP), (RELEASE, WAKE)])
@in_virtual_time
async def test_of_a_thousand_envs_few_have_workloads_that_wait(labels: Urgency, workloads: Urgency) -> None:
    """Design 10: ten thousand workloads that are due at once have no ten thousand tasks at once."""
    writers, begun, done = Writers(Gate(width=64)), set(), set()

    async def turn(name: str) -> None:
        await writers.write(labels, whose=name)
        begun.add(name)
        await write_env(writers, name, workloads=10, urgency=workloads)
        done.add(name)

    every = asyncio.gather(*(turn(f"dev{each}") for each in range(1_000)))
    most = 0
    while len(done) < 1_000:
        await asyncio.sleep(1)
        most = max(most, len(begun) - len(done))
    await every
    assert most <= 2 * 64 + ENOUGH
    assert elapsed() <= 1.02 * 11_000 / 64


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "c", ""]),
            st.sampled_from([WAKE, SLEEP, RECORD, HOLD, STATUS]),
            st.integers(0, 3),
        ),
        max_size=60,
    ),
    st.integers(1, 9),
)
@examples(60)
def test_whoever_comes_has_their_turn_and_nobody_more_than_their_share(
    wishes: list[tuple[str, Urgency, int]], width: int
) -> None:
    """S14, as a property: of any crowd, also one in which some give up, all are let through, and no slot is lost."""
    asyncio.run(_let_through(wishes, width=width))


async def _let_through(wishes: list[tuple[str, Urgency, int]], *, width: int) -> None:
    gate, held, done = Gate(width=width), Counter[str](), 0

    async def write(env: str, urgency: Urgency, laps: int) -> None:
        nonlocal done
        async with gate.slot(urgency, whose=env):
            held[env] += 1
            try:
                assert held.total() <= width
                assert not env or held[env] <= max(1, width // 2)
                for _ in range(laps):
                    await asyncio.sleep(0)
                done += 1
            finally:
                held[env] -= 1

    tasks = [asyncio.create_task(write(*each)) for each in wishes]
    await asyncio.sleep(0)
    quitters = [task for task, (_, _, laps) in zip(tasks, wishes, strict=True) if laps == 3]
    for task in quitters[::2]:
        task.cancel()
    async with asyncio.timeout(20):
        results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [one for one in results if isinstance(one, AssertionError)] == []
    assert done >= len(wishes) - len(quitters[::2])
    async with asyncio.timeout(20), AsyncExitStack() as all_of_it:
        for _ in range(width):
            await all_of_it.enter_async_context(gate.slot(SLEEP))
