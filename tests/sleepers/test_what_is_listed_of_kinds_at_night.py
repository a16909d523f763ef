"""What is asked for while envs rest, at a look at all of them every ten minutes: what is heard costs a list an hour (G1, G2)."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import pytest

from sundown.cluster.body import Body
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Denied, Missing
from sundown.cluster.gate import Gate
from sundown.cluster.hearing import Hearings
from sundown.cluster.pages import Page
from sundown.cluster.served import Served
from sundown.sleepers.catalogue import ROWS
from sundown.sleepers.kept_lists import LISTED_EVERY, KeptLists
from sundown.sleepers.other_kinds import OtherKinds, Others
from support.virtualtime import elapsed, in_virtual_time

T = TypeVar("T")
SWEEP = timedelta(minutes=10)
ALL, FEW, ONE = ([f"team-{number:03}" for number in range(envs)] for envs in (40, 3, 1))
CRON_JOBS = ROWS[0]
DIRECTORY = "/apis"


class Apart(Cluster):
    """A cluster with an object of each kind in each env, which notes what it is asked."""

    def __init__(self, envs: Sequence[str]) -> None:
        self.envs = envs
        self.absent: set[str] = set()
        self.faults: dict[str, ApiError] = {}
        self.spec: dict[str, Any] = {}
        self.takes = 0.0
        self.version = 0
        self.asked: list[str] = []

    async def directory(self, path: str, accept: str) -> dict[str, Any]:
        self.asked.append(DIRECTORY)
        await asyncio.sleep(self.takes)
        groups = (
            {
                "metadata": {"name": row.group},
                "versions": [
                    {
                        "version": row.versions[min(self.version, len(row.versions) - 1)],
                        "resources": [
                            {
                                "resource": row.plural,
                                "responseKind": {"kind": row.api_kind},
                                "scope": "Namespaced",
                            }
                        ],
                    }
                ],
            }
            for row in ROWS
            if row.kind not in self.absent
        )
        return {"items": list(groups)}

    async def pages_as(self, path: str, read: Callable[[Body], Page[T]], **_: Any) -> AsyncIterator[Iterable[T]]:
        self.asked.append(path)
        await asyncio.sleep(self.takes)
        if path in self.faults:
            raise self.faults[path]
        items = [
            {"metadata": {"name": "it", "namespace": env, "resourceVersion": "7", "uid": env}, "spec": self.spec}
            for env in self.envs
            if "/namespaces/" not in path or f"/namespaces/{env}/" in path
        ]
        yield read(json.dumps({"metadata": {}, "items": items}).encode()).items


class Night:
    """Envs that rest, and are looked at; all kinds are watched."""

    def __init__(self, envs: Sequence[str]) -> None:
        self.envs = envs
        self.cluster = Apart(envs)
        self.hearings = Hearings()
        self.kept = KeptLists(self.hearings, again=LISTED_EVERY * SWEEP)
        self.others = OtherKinds(self.cluster, Gate(width=8), Served(self.cluster), kept=self.kept)
        self.silent: set[str] = set()

    def watch(self, *, afresh: bool = True) -> None:
        """All kinds are watched, with what there is."""
        for row in ROWS:
            self.hearings.begun(row.collection(), afresh=afresh)
            for _ in self.envs if afresh else ():
                self.hearings.line(row.collection(), "ADDED", readable=True)

    async def look(self, *, resting: bool = True) -> list[Others]:
        """At all envs, as a sweep does."""
        return await asyncio.gather(*(self.others.of(env, ROWS, resting=resting) for env in self.envs))

    async def passes(self, sweeps: int) -> Counter[str]:
        """What is asked meanwhile."""
        before = len(self.cluster.asked)
        for _ in range(sweeps):
            for _ in range(10):
                await asyncio.sleep(SWEEP.total_seconds() / 10)
                for row in ROWS:
                    if row.kind not in self.silent:
                        self.hearings.line(row.collection(), "BOOKMARK", readable=True)
            await self.look()
        return Counter(self.cluster.asked[before:])


def lists(asked: Counter[str]) -> Counter[str]:
    """Of what was asked all but the directory."""
    return Counter({path: times for path, times in asked.items() if path != DIRECTORY})


async def settled(envs: Sequence[str]) -> Night:
    """After the first sweep with watches, within an hour that has just begun."""
    night = Night(envs)
    night.watch()
    await night.passes(LISTED_EVERY)
    await night.look()
    return night


@pytest.mark.parametrize("envs", [ALL, FEW, ONE], ids=["all", "few", "one"])
@in_virtual_time
async def test_each_kind_costs_one_list_an_hour_however_many_envs_name_it(envs: Sequence[str]) -> None:
    """Issue 12: an idle cluster under 2 requests a minute with all kinds served."""
    night = await settled(envs)
    asked = await night.passes(LISTED_EVERY)
    in_one = f"/namespaces/{envs[0]}/" if envs is ONE else "/"
    assert asked == {
        DIRECTORY: 1,
        **{row.collection().replace(f"/{row.plural}", f"{in_one}{row.plural}"): 1 for row in ROWS},
    }
    assert asked.total() / 60 < 1


@pytest.mark.parametrize("held_up", [0.0, 3.0], ids=["after the list", "while it is under way"])
@in_virtual_time
async def test_who_asks_a_moment_later_is_answered_by_the_list_of_the_others(held_up: float) -> None:
    """Design 10: on a machine with other work a thousand looks do not come at once."""
    night = Night(ALL)
    night.watch()
    night.cluster.takes = held_up

    async def late(env: str, seconds: float) -> Others:
        await asyncio.sleep(seconds)
        return await night.others.of(env, ROWS, resting=True)

    await asyncio.gather(*(late(env, 1.0 if index < 20 else 2.0) for index, env in enumerate(ALL)))
    assert Counter(night.cluster.asked) == {DIRECTORY: 1, **{row.collection(): 1 for row in ROWS}}


async def test_who_asks_while_the_questions_of_others_are_taken_up_is_answered_by_their_list() -> None:
    """Design 10: where each lap of the loop takes its time one came too late for the list that was about to be made, and too early
    for what it would leave."""
    night = Night([f"team-{number:03}" for number in range(400)])
    night.watch()
    looks = asyncio.gather(*(night.others.of(env, ROWS[:1], resting=True) for env in night.envs))
    while not looks.done():
        time.sleep(0.001)  # noqa: ASYNC251 - what other looks take of the CPU
        await asyncio.sleep(0)
    assert Counter(night.cluster.asked) == {DIRECTORY: 1, ROWS[0].collection(): 1}


@in_virtual_time
async def test_what_is_known_is_what_a_list_said() -> None:
    night = await settled(FEW)
    kept, asked = await night.look(), await night.look(resting=False)
    assert [found.workloads for found in kept] == [found.workloads for found in asked]
    assert [found.listed for found in kept] == [found.listed for found in asked]


@in_virtual_time
async def test_what_was_kept_is_as_good_as_new_and_says_how_old_it_is() -> None:
    """G1: or whoever relies upon it a second time has it kept for twice as long."""
    night = await settled(FEW)
    before = elapsed()
    await night.passes(3)
    for found in await night.look():
        assert found.began == elapsed()
        assert found.oldest <= before


@in_virtual_time
async def test_a_kind_whose_watch_hangs_is_listed_at_each_look_and_no_other_is() -> None:
    """G1."""
    night = await settled(ALL)
    night.silent.add(CRON_JOBS.kind)
    asked = await night.passes(LISTED_EVERY - 1)
    assert lists(asked) == {CRON_JOBS.collection(): LISTED_EVERY - 1}


@in_virtual_time
async def test_while_all_watches_are_down_all_is_listed_at_each_look() -> None:
    """G1: as it was before there were any."""
    night = await settled(ALL)
    night.silent.update(row.kind for row in ROWS)
    for row in ROWS:
        night.hearings.interrupted(row.collection())
    asked = await night.passes(2)
    assert lists(asked) == {row.collection(): 2 for row in ROWS}


@in_virtual_time
async def test_of_what_is_heard_only_that_env_is_asked_and_that_kind() -> None:
    """G1."""
    night = await settled(ALL)
    night.kept.told(CRON_JOBS.collection(), ALL[7])
    asked = await night.passes(2)
    assert lists(asked) == {CRON_JOBS.collection(ALL[7]): 1}


@in_virtual_time
async def test_an_env_that_does_not_rest_is_asked_at_each_look() -> None:
    """D: who wakes is not answered from memory, nor is who falls asleep."""
    night = await settled(ONE)
    before = len(night.cluster.asked)
    await night.look(resting=False)
    await night.look(resting=False)
    lists = [path for path in night.cluster.asked[before:] if path != DIRECTORY]
    assert len(lists) == 2 * len(ROWS)


@in_virtual_time
async def test_what_was_written_is_asked_for() -> None:
    """The watch has not told of the write yet."""
    night = await settled(ONE)
    before = len(night.cluster.asked)
    night.others.forget(ONE[0])
    await night.look()
    assert lists(Counter(night.cluster.asked[before:])) == {row.collection(ONE[0]): 1 for row in ROWS}


@in_virtual_time
async def test_what_no_watch_has_told_is_found_within_the_hour() -> None:
    """G1: a watch can miss something."""
    night = await settled(FEW)
    night.cluster.spec = {"suspend": True}
    began = elapsed()
    while (await night.look())[0].workloads[0].replicas != 0:
        await night.passes(1)
    assert elapsed() - began <= (LISTED_EVERY + 1) * SWEEP.total_seconds()


@in_virtual_time
async def test_a_kind_that_is_not_served_costs_no_list_and_one_that_appears_is_found_at_the_next_look() -> None:
    """G2."""
    night = Night(FEW)
    night.cluster.absent.add(CRON_JOBS.kind)
    night.watch()
    await night.passes(LISTED_EVERY)
    assert not [path for path in night.cluster.asked if path.endswith(f"/{CRON_JOBS.plural}")]
    night.cluster.absent.clear()
    await night.passes(1)
    assert CRON_JOBS.kind in {row.kind for row in (await night.look())[0].listed}


@in_virtual_time
async def test_a_kind_that_is_served_in_another_version_by_now_is_found_at_the_look_that_misses_it() -> None:
    """G2: nobody is told that a cluster serves none that does. The directory is read once for all who miss it."""
    night = await settled(ALL)
    other = next(row for row in ROWS if len(row.versions) > 1)
    night.cluster.version = 1
    night.cluster.faults[other.collection()] = Missing("gone", status=404)
    night.hearings.interrupted(other.collection())
    before = Counter(night.cluster.asked)
    assert all(other.kind in {row.kind for row in found.listed} for found in await night.look())
    assert (Counter(night.cluster.asked) - before)[DIRECTORY] <= 2


@pytest.mark.parametrize("error", [Denied("no", status=403), Missing("gone", status=404), ApiError("sick", status=500)])
@in_virtual_time
async def test_a_kind_of_which_there_is_no_list_is_asked_for_at_each_look(error: ApiError) -> None:
    """G2, J3: nothing is kept of it, so that it is found as soon as it can be."""
    night = await settled(ALL)
    night.cluster.faults[CRON_JOBS.collection()] = error
    for env in ALL:
        night.kept.told(CRON_JOBS.collection(), env)
    asked = await night.passes(2)
    assert asked[CRON_JOBS.collection()] >= 2
    night.cluster.faults.clear()
    await night.passes(1)
    assert all(CRON_JOBS.kind in {row.kind for row in found.listed} for found in await night.look())
