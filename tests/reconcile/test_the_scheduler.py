"""When envs are visited: as soon as something happens to them, when they are due, and again when it went wrong."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from sundown.cluster.errors import Unreachable
from sundown.reconcile.scheduler import Scheduler
from support.virtualtime import START, LoopClock, breathe, elapsed, in_virtual_time, meanwhile


def never(_visits: int) -> None:
    """No other visit is due."""


class Diary:
    """A visitor who writes down when each visit began; ``again`` says how long after the start the next one is due."""

    def __init__(
        self,
        *,
        again: Callable[[int], float | None] = never,
        takes: float = 0,
        fails: Callable[[str, int], Exception | None] | None = None,
    ) -> None:
        self.clock = LoopClock()
        self.scheduler = Scheduler(visit=self._visit, clock=self.clock)
        self.began: list[tuple[str, float]] = []
        self.ended: list[str] = []
        self.under_way: list[str] = []
        self.most_at_once = 0
        self.sixth = asyncio.Event()
        self._again, self._takes, self._fails = again, takes, fails

    def times(self, name: str = "dev") -> list[float]:
        """Seconds after the start at which an env was visited."""
        return [at for one, at in self.began if one == name]

    async def _visit(self, name: str) -> datetime | None:
        self.began.append((name, round(elapsed(), 2)))
        self.under_way.append(name)
        if len(self.began) == 6:
            self.sixth.set()
        self.most_at_once = max(self.most_at_once, len(self.under_way))
        try:
            await asyncio.sleep(self._takes)
        finally:
            self.under_way.remove(name)
        self.ended.append(name)
        visits = len(self.times(name))
        error = self._fails(name, visits) if self._fails is not None else None
        if error is not None:
            raise error
        wait = self._again(visits)
        return None if wait is None else START + timedelta(seconds=wait)


@asynccontextmanager
async def running(diary: Diary, *names: str) -> AsyncIterator[Scheduler]:
    """Have the scheduler run, with some envs touched."""
    diary.scheduler.touch(names or ["dev"])
    async with meanwhile(diary.scheduler.run()):
        yield diary.scheduler


@in_virtual_time
async def test_an_env_that_is_to_be_visited_in_a_while_is_visited_then_unless_it_was_before() -> None:
    """G1: many changes within seconds are one visit."""
    diary = Diary()
    async with running(diary) as scheduler:
        await asyncio.sleep(100)
        for _ in range(3):
            scheduler.touch_at("dev", START + timedelta(seconds=elapsed() + 2))
            await asyncio.sleep(0.5)
        await asyncio.sleep(100)
        assert diary.times() == [0, 102]


@in_virtual_time
async def test_an_env_that_is_touched_is_visited_at_once() -> None:
    diary = Diary()
    async with running(diary) as scheduler:
        await asyncio.sleep(100)
        scheduler.touch(["dev"])
        await asyncio.sleep(100)
    assert diary.times() == [0, 100]


@in_virtual_time
async def test_an_env_is_visited_when_it_is_due() -> None:
    diary = Diary(again={1: 60, 2: 7200}.get)
    async with running(diary):
        await asyncio.sleep(100_000)
    assert diary.times() == [0, 60, 7200]


@in_virtual_time
async def test_the_latest_visit_says_when_to_come_again() -> None:
    diary = Diary(again={1: 60, 2: 200}.get)
    async with running(diary) as scheduler:
        await asyncio.sleep(10)
        scheduler.touch(["dev"])
        await asyncio.sleep(1000)
    assert diary.times() == [0, 10, 200]


@in_virtual_time
async def test_an_env_that_is_touched_many_times_before_its_visit_is_visited_once() -> None:
    diary = Diary()
    async with running(diary, *["dev"] * 50):
        await asyncio.sleep(10)
    assert diary.times() == [0]


@in_virtual_time
async def test_an_env_that_is_touched_during_its_visit_is_visited_once_more_afterwards() -> None:
    """A visit may have looked before what happened; two at once would write against each other."""
    diary = Diary(takes=5)
    async with running(diary) as scheduler:
        for _ in range(4):
            await asyncio.sleep(1)
            scheduler.touch(["dev"])
        await asyncio.sleep(100)
    assert (diary.times(), diary.most_at_once) == ([0, 5], 1)


@in_virtual_time
async def test_envs_are_visited_side_by_side() -> None:
    diary = Diary(takes=5)
    async with running(diary, "a", "b", "c"):
        await asyncio.sleep(6)
    assert diary.most_at_once == 3


@in_virtual_time
async def test_of_a_thousand_envs_due_at_once_the_first_does_not_wait_for_the_last() -> None:
    diary = Diary()
    async with running(diary, *(f"env-{index}" for index in range(1000))):
        await breathe()
        assert diary.ended
        assert len(diary.began) < 1000


@pytest.mark.parametrize("error", [Unreachable("away"), KeyError("a bug")], ids=["ApiError", "a bug"])
@in_virtual_time
async def test_a_visit_that_fails_is_repeated_until_it_works(error: Exception) -> None:
    """A16: caught up on return, once."""
    diary = Diary(fails=lambda _name, visits: error if visits < 4 else None)
    async with running(diary):
        await asyncio.sleep(1000)
    assert len(diary.times()) == 4


@in_virtual_time
async def test_one_env_that_fails_for_ever_holds_up_no_other() -> None:
    """Z: one malformed object stops the whole controller."""
    diary = Diary(fails=lambda name, _visits: ValueError("malformed") if name == "bad" else None)
    async with running(diary, "bad", *(f"good-{index}" for index in range(49))) as scheduler:
        await asyncio.sleep(60)
        scheduler.touch(["good-7"])
        await breathe()
        assert diary.times("good-7") == [0, 60]
    assert {name for name, _ in diary.began} == {"bad", *(f"good-{index}" for index in range(49))}


@in_virtual_time
async def test_the_pauses_after_failures_grow_up_to_half_a_minute() -> None:
    diary = Diary(fails=lambda _name, _visits: Unreachable("away"))
    async with running(diary):
        await asyncio.sleep(600)
    times = diary.times()
    pauses = [after - before for before, after in pairwise(times)]
    usual = [min(0.5 * 2**index, 30) for index in range(len(pauses))]
    assert all(0.74 * due <= pause <= 1.26 * due for pause, due in zip(pauses, usual, strict=True))
    assert pauses[-1] > 20


@in_virtual_time
async def test_a_visit_that_worked_ends_the_counting_of_failures() -> None:
    diary = Diary(again={6: 500}.get, fails=lambda _name, visits: None if visits in {6, 8} else Unreachable("away"))
    async with running(diary):
        await asyncio.sleep(1000)
    assert 0 < diary.times()[7] - diary.times()[6] < 1


@in_virtual_time
async def test_an_env_touched_during_a_visit_that_fails_still_waits_its_pause() -> None:
    diary = Diary(takes=1, fails=lambda _name, visits: Unreachable("away") if visits < 7 else None)
    async with running(diary) as scheduler:
        await asyncio.wait_for(diary.sixth.wait(), timeout=100)
        scheduler.touch(["dev"])
        await asyncio.sleep(100)
    assert diary.times()[6] - diary.times()[5] > 10


@in_virtual_time
async def test_a_clock_that_is_set_forward_is_noticed() -> None:
    """A16."""
    diary = Diary(again={1: 36_000}.get)
    async with running(diary):
        await asyncio.sleep(5)
        diary.clock.ahead = timedelta(hours=11)
        await asyncio.sleep(60)
    assert len(diary.times()) == 2


@in_virtual_time
async def test_what_fell_due_days_ago_is_done_once() -> None:
    """A16, Z: a reconcile more than a minute late is skipped."""
    diary = Diary(again={1: 60}.get)
    async with running(diary):
        await asyncio.sleep(5)
        diary.clock.ahead = timedelta(days=3)
        await asyncio.sleep(600)
    assert len(diary.times()) == 2


@in_virtual_time
async def test_its_beat_goes_on_while_nothing_is_due() -> None:
    """F4: /livez looks at it."""
    diary = Diary()
    async with running(diary) as scheduler:
        await asyncio.sleep(1000)
        assert scheduler.beat is not None
        assert diary.clock.now() - scheduler.beat <= timedelta(seconds=30)


@in_virtual_time
async def test_its_end_ends_the_visits_in_progress() -> None:
    diary = Diary(takes=1000)
    async with running(diary, "a", "b"):
        await asyncio.sleep(1)
        assert diary.under_way == ["a", "b"]
    assert (diary.under_way, diary.ended) == ([], [])
