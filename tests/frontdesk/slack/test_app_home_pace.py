"""How often an App Home is drawn: at once, then at most once a second, and never not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sundown.frontdesk.slack import home_refresh as room
from sundown.frontdesk.slack.home_refresh import Drawn, Glance, Homes
from support.virtualtime import elapsed, in_virtual_time, meanwhile


class Drawings:
    """Draws, and remembers when what was drawn for whom."""

    def __init__(self, *, namespaces: frozenset[str] = frozenset(), takes: float = 0.0, fails: int = 0) -> None:
        self.made: list[tuple[float, str, Glance]] = []
        self._namespaces = namespaces
        self._takes = takes
        self._fails = fails

    async def __call__(self, user: str, glance: Glance, drawn: Drawn | None) -> Drawn:
        await asyncio.sleep(self._takes)
        self.made.append((round(elapsed(), 3), user, glance))
        if self._fails:
            self._fails -= 1
            raise OSError("Slack is away")
        return Drawn("", self._namespaces)

    @property
    def times(self) -> list[float]:
        return [at for at, _, _ in self.made]


@asynccontextmanager
async def open_to(drawings: Drawings, owner: str = "") -> AsyncIterator[Homes]:
    homes = Homes(owns=lambda user, _: user == owner, now=asyncio.get_running_loop().time)
    async with meanwhile(homes.run(drawings)):
        yield homes


@in_virtual_time
async def test_a_home_is_drawn_when_it_is_opened() -> None:
    """C9"""
    drawings = Drawings()
    async with open_to(drawings) as homes:
        homes.opened("ana")
        await asyncio.sleep(10)
    assert drawings.times == [0.0]


@in_virtual_time
async def test_a_storm_of_changes_draws_it_once_a_second_and_the_last_one_counts() -> None:
    """C9"""
    drawings = Drawings()
    async with open_to(drawings) as homes:
        homes.opened("ana")
        for _ in range(100):
            await asyncio.sleep(0.025)
            await homes.changed("dev")
        await asyncio.sleep(10)
    assert drawings.times == [0.0]
    drawings = Drawings(namespaces=frozenset({"dev"}))
    async with open_to(drawings) as homes:
        homes.opened("ana")
        for _ in range(100):
            await asyncio.sleep(0.025)
            await homes.changed("dev")
        last = elapsed()
        await asyncio.sleep(10)
    begun = drawings.times[0]
    assert [round(at - begun, 2) for at in drawings.times] == [0.0, 1.0, 2.0, 3.0]
    assert drawings.times[-1] >= last


@in_virtual_time
async def test_changes_while_it_is_being_drawn_draw_it_again() -> None:
    drawings = Drawings(namespaces=frozenset({"dev"}), takes=5.0)
    async with open_to(drawings) as homes:
        homes.opened("ana")
        await asyncio.sleep(2)
        homes.turn("ana", everything=True)
        await asyncio.sleep(10)
    assert [glance.everything for _, _, glance in drawings.made] == [False, True]


@in_virtual_time
async def test_only_those_who_see_the_env_have_their_home_drawn_anew() -> None:
    """C9: an env in view, one that has become theirs, and any at all for who looks at all of them."""
    drawings = Drawings()
    async with open_to(drawings, owner="bo") as homes:
        for user in ("ana", "bo", "chen"):
            homes.opened(user)
        homes.turn("chen", everything=True)
        await asyncio.sleep(5)
        drawings.made.clear()
        await homes.changed("dev")
        await asyncio.sleep(5)
    assert [user for _, user, _ in drawings.made] == ["bo", "chen"]


@in_virtual_time
async def test_one_that_could_not_be_drawn_is_tried_again_later() -> None:
    drawings = Drawings(fails=1)
    async with open_to(drawings) as homes:
        homes.opened("ana")
        await asyncio.sleep(30)
    assert drawings.times == [0.0, 10.0]


@in_virtual_time
async def test_whoever_has_not_been_there_for_long_is_forgotten() -> None:
    drawings = Drawings(namespaces=frozenset({"dev"}))
    async with open_to(drawings) as homes:
        homes.opened("ana")
        await asyncio.sleep(room.LINGERING + 1)
        await homes.changed("dev")
        await asyncio.sleep(5)
    assert len(drawings.made) == 1


@in_virtual_time
async def test_what_was_said_is_gone_when_the_home_is_opened_again() -> None:
    drawings = Drawings()
    async with open_to(drawings) as homes:
        homes.turn("ana", page=2, said="done")
        await asyncio.sleep(2)
        homes.opened("ana")
        await asyncio.sleep(2)
    assert [glance.said for _, _, glance in drawings.made] == ["done", ""]
    assert homes.glance("ana").page == 2
