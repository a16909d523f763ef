"""What the frontdesk knows of the cluster, whatever the order in which it is told."""

import asyncio
from contextlib import suppress
from dataclasses import replace

from sundown.frontdesk.envs.mirror import Board
from sundown.model.env import Namespace
from support.apiserver import Json
from support.frontdesk.boards import board, schedule, space


def test_an_env_is_a_namespace_with_a_schedule() -> None:
    assert board(space()).env("dev1") is None
    assert board(schedule()).env("dev1") is None
    found = board(space(), schedule()).env("dev1")
    assert found is not None
    assert found.known.metadata.name == "default"


def test_the_oldest_schedule_is_in_force() -> None:
    """the operator's own rule"""
    found = board(space(), schedule("newer", age=1), schedule("older", age=9)).env("dev1")
    assert found is not None
    assert found.known.metadata.name == "older"


def test_late_word_changes_nothing() -> None:
    one = board(space(), schedule(version=5, state="Asleep"), schedule(version=4, state="Awake"))
    found = one.env("dev1")
    assert found is not None
    assert found.known.status.state == "Asleep"


def test_what_is_deleted_is_forgotten_but_not_the_next_of_its_name() -> None:
    one = board(space(), schedule(age=3))
    one.put_schedule(schedule(version=9, age=0))
    one.drop_schedule("dev1", "default", uid="default-3")
    assert one.env("dev1") is not None
    one.drop_schedule("dev1", "default", uid="default-0")
    assert one.env("dev1") is None


def test_a_listing_finds_what_is_gone_and_spares_what_came_while_it_was_made() -> None:
    one = board(space(), schedule(), space("dev2"))
    one.begin_listing()
    one.put_namespace(space("dev3", resource_version="7"))
    one.replace_all([space()], [])
    assert one.complete.is_set()
    assert one.env("dev1") is None
    assert one.namespace("dev2") is None
    assert one.namespace("dev3") is not None


def test_what_was_written_is_known_before_the_watches_tell_of_it() -> None:
    one = board(space(), schedule(version=3))
    one.written(schedule(version=5, state="Asleep"))
    one.put_schedule(schedule(version=4))
    found = one.env("dev1")
    assert found is not None
    assert found.known.status.state == "Asleep"
    assert one.has_schedule("dev1", "default", resource_version="5")
    assert not one.has_schedule("dev1", "default", resource_version="6")


def test_what_was_written_to_a_schedule_that_is_gone_brings_it_not_back() -> None:
    one = board(space(), schedule(age=3))
    one.drop_schedule("dev1", "default", uid="default-3")
    one.written(schedule(version=9, age=3))
    assert one.env("dev1") is None
    one.put_schedule(schedule(version=10, age=0))
    one.written(schedule(version=11, age=3))
    found = one.env("dev1")
    assert found is not None
    assert found.known.metadata.uid == "default-0"


def test_a_listing_knows_better_what_is_gone_than_what_was_written_before() -> None:
    one = board(space(), schedule())
    one.begin_listing()
    one.written(schedule(version=5))
    one.replace_all([space()], [])
    assert one.env("dev1") is None


def test_a_disabled_namespace_pauses_its_env() -> None:
    """A9: as the operator says, who alone knows the key of the label"""
    paused: Json = {"state": "Paused", "pausedBy": "namespace label scheduler=disabled"}
    found = board(space(labels={"scheduler": "disabled"}), schedule(**paused)).env("dev1")
    assert found is not None
    assert found.circumstances().paused_by == "namespace label scheduler=disabled"


async def test_listeners_are_told_of_changes_and_one_that_fails_stops_nobody() -> None:
    one = Board()
    heard: list[str] = []

    async def fails(_: str) -> None:
        raise RuntimeError

    async def hears(namespace: str) -> None:
        heard.append(namespace)

    one.changed += [fails, hears]
    telling = asyncio.create_task(one.run())
    for told in (space(), replace(space(), resource_version="1"), schedule(), schedule(version=3, state="Awake")):
        one.put_namespace(told) if isinstance(told, Namespace) else one.put_schedule(told)
        for _ in range(5):
            await asyncio.sleep(0)
    telling.cancel()
    with suppress(asyncio.CancelledError):
        await telling
    assert heard == ["dev1", "dev1"]
