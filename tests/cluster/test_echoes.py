"""What a watch tells of writes of our own is taken in at once, and Kopf hears of all else."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import aiohttp
import orjson
from yarl import URL

from sundown.cluster.echoes import Echoes
from sundown.cluster.watched import _Slim

PATH = "https://server/apis/sundown.dev/v1alpha1/envschedules"

Told = list[tuple[str, str]]


def event(version: int, *, kind: str = "EnvSchedule", type_: str = "MODIFIED") -> bytes:
    metadata = {"name": "env", "namespace": "team", "uid": "u", "resourceVersion": str(version)}
    return orjson.dumps({"type": type_, "object": {"kind": kind, "metadata": metadata}}) + b"\n"


async def watch(echoes: Echoes, *events: bytes) -> list[str]:
    """The versions that Kopf hears of when a watch tells of these."""
    content = aiohttp.StreamReader(Mock(_reading_paused=False), 2**16, loop=asyncio.get_running_loop())
    for one in events:
        content.feed_data(one)
    content.feed_eof()
    response = SimpleNamespace(status=200, ok=True, content=content)

    async def answer(_request: Any) -> Any:
        return response

    request: Any = SimpleNamespace(method="GET", url=URL(f"{PATH}?watch=true&resourceVersion=1"), headers={})
    answered: Any = await _Slim(echoes).answer(request, answer)
    lines = [orjson.loads(line) async for line in answered.content.iter_chunked(2**16)]
    return [line["object"]["metadata"]["resourceVersion"] for line in lines]


def echoes() -> tuple[Echoes, Told]:
    told: Told = []
    return Echoes({"EnvSchedule": lambda type_, raw: told.append((type_, raw["metadata"]["resourceVersion"]))}), told


async def test_a_write_of_our_own_is_taken_in_once_and_is_not_told_to_kopf() -> None:
    ours, told = echoes()
    ours.made("EnvSchedule", "7")
    assert await watch(ours, event(6), event(7), event(8)) == ["6", "8"]
    assert told == [("MODIFIED", "7")]
    assert await watch(ours, event(7)) == ["7"]


async def test_what_has_the_same_version_and_is_of_another_kind_is_told() -> None:
    ours, told = echoes()
    ours.made("EnvSchedule", "7")
    assert await watch(ours, event(7, kind="ActionRequest")) == ["7"]
    assert told == []


async def test_one_that_is_gone_is_told_whoever_wrote_it_last() -> None:
    ours, told = echoes()
    ours.made("EnvSchedule", "7")
    assert await watch(ours, event(7, type_="DELETED")) == ["7"]
    assert told == []


async def test_of_writes_that_never_came_back_the_oldest_are_forgotten() -> None:
    ours, told = echoes()
    for version in range(5000):
        ours.made("EnvSchedule", str(version))
    assert await watch(ours, event(0), event(4999)) == ["0"]
    assert told == [("MODIFIED", "4999")]
