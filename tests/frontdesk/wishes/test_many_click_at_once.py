"""Where many click at once, what nobody waits for gives way to them for a while."""

import asyncio
import secrets
from datetime import timedelta
from typing import Any, cast

import pytest

from sundown.frontdesk.alerts.belief import Belief
from sundown.frontdesk.alerts.loop import Reminding
from sundown.frontdesk.alerts.recipients import Reached
from sundown.frontdesk.seal import Seal
from sundown.frontdesk.wishes.click_load import LONGEST, MANY, Rush
from support.frontdesk.boards import board, schedule, space
from support.frontdesk.clocks import Clock

SECOND = timedelta(seconds=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rush(clock: Clock) -> Rush:
    return Rush(clock)


def come(rush: Rush, *, people: int = MANY) -> None:
    for _ in range(people):
        rush.somebody_came()


def test_a_few_are_no_rush(rush: Rush) -> None:
    come(rush, people=MANY - 1)
    assert rush.over_at is None


def test_it_is_over_a_second_after_the_last_one(rush: Rush, clock: Clock) -> None:
    come(rush)
    assert rush.over_at == clock.now() + SECOND
    clock.time += SECOND
    assert rush.over_at is None


def test_as_many_over_a_longer_time_are_no_rush(rush: Rush, clock: Clock) -> None:
    for _ in range(3 * MANY):
        rush.somebody_came()
        clock.time += SECOND / 4
    assert rush.over_at is None


class Looks:
    """A delivery that only notes when it is asked."""

    def __init__(self) -> None:
        self.count = 0
        self.patience = None
        self.belief = Belief(
            seal=Seal("xoxb-1", cluster="default"), witness=cast(Any, None), clock=Clock(), cluster_name="default"
        )

    async def look(self, *_: object) -> None:
        self.count += 1


class Nobody:
    """There is nobody to be told."""

    def channel_name(self, _: object) -> str:
        return ""

    async def channel(self, _: object) -> Reached:
        return Reached(())


async def started(clock: Clock, rush: Rush, looks: Looks) -> tuple[Reminding, "asyncio.Task[None]"]:
    there = board(space(), schedule())
    there.replace_all([space()], [schedule()])
    rooms: dict[str, Any] = dict.fromkeys(("cluster", "people", "ledger"))
    one = Reminding(
        board=there, clock=clock, rush=rush, delivery=cast(Any, looks), recipients=cast(Any, Nobody()), **rooms
    )
    task = asyncio.create_task(one.run())
    return one, task


async def looked(reminding: Reminding) -> None:
    """Have it notice what time it is, and do what is due."""
    reminding.look_at(f"another-{secrets.token_hex(4)}")
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.mark.parametrize(("people", "at_once"), [(MANY - 1, 1), (MANY, 0)])
async def test_messages_are_brought_up_to_date_at_once_unless_many_click(
    clock: Clock, rush: Rush, people: int, at_once: int
) -> None:
    looks = Looks()
    come(rush, people=people)
    reminding, task = await started(clock, rush, looks)
    await looked(reminding)
    assert looks.count == at_once
    clock.time += SECOND
    await looked(reminding)
    assert looks.count == 1
    task.cancel()


async def test_a_rush_without_end_delays_no_message_for_long(clock: Clock, rush: Rush) -> None:
    looks = Looks()
    come(rush)
    reminding, task = await started(clock, rush, looks)
    await looked(reminding)
    clock.time += LONGEST
    come(rush)
    await looked(reminding)
    assert looks.count == 1
    task.cancel()
