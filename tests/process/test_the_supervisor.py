"""The tasks of a process: what dies is known by its name, and at the end nothing is left running."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from sundown.process.supervisor import Supervisor


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    structlog.reset_defaults()
    with capture_logs() as entries:
        yield entries


async def for_ever() -> None:
    await asyncio.Event().wait()


async def at_once() -> None:
    pass


async def broken() -> None:
    raise RuntimeError("cannot go on")


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_what_breaks_is_dead_and_its_error_is_in_the_log(logged: list[Any]) -> None:
    tasks = Supervisor()
    tasks.start("board", for_ever())
    tasks.start("feed", broken())
    await settled()
    assert tasks.dead == ["feed"]
    assert [(entry["event"], entry["task"]) for entry in logged] == [("task-died", "feed")]
    await tasks.stop()


async def test_what_should_run_for_ever_and_ends_is_dead_unless_it_may_end() -> None:
    tasks = Supervisor()
    tasks.start("sweep", at_once())
    tasks.start("identity", at_once(), ends=True)
    await settled()
    assert tasks.dead == ["sweep"]


async def test_what_may_end_may_not_break(logged: list[Any]) -> None:
    tasks = Supervisor()
    tasks.start("identity", broken(), ends=True)
    await settled()
    assert tasks.dead == ["identity"]


async def test_a_work_that_breaks_is_logged_and_nobody_is_dead(logged: list[Any]) -> None:
    tasks = Supervisor()
    tasks.work("command", broken())
    await settled()
    assert tasks.dead == []
    assert [entry["task"] for entry in logged] == ["command"]


async def test_at_the_end_a_work_that_is_nearly_done_is_finished() -> None:
    tasks = Supervisor()
    done: list[str] = []
    go_on = asyncio.Event()

    async def answer() -> None:
        await go_on.wait()
        done.append("answered")

    tasks.start("board", for_ever())
    tasks.work("command", answer())
    await settled()
    asyncio.get_running_loop().call_soon(go_on.set)
    await tasks.stop(last_words=60)
    assert done == ["answered"]
    assert tasks.dead == []


async def test_at_the_end_nothing_is_waited_for_longer_than_was_said() -> None:
    tasks = Supervisor()
    running: list[asyncio.Task[Any] | None] = []

    async def stuck() -> None:
        running.append(asyncio.current_task())
        await asyncio.Event().wait()

    tasks.work("command", stuck())
    await settled()
    await tasks.stop(last_words=0.01)
    assert [task.cancelled() for task in running if task is not None] == [True]
