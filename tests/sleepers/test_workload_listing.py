"""What runs in the envs that ask, from lists of single namespaces and lists of everything."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import pytest

from sundown.cluster.body import Body
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Expired, Unreachable
from sundown.cluster.gate import Gate, Urgency
from sundown.cluster.pages import Page
from sundown.model.parts import Workload
from sundown.sleepers.workload_listing import Census
from support.virtualtime import breathe, elapsed, in_virtual_time, meanwhile

T = TypeVar("T")
TEAMS = [f"team-{letter}" for letter in "abcdefghij"]
"""As many as make one list of the cluster worth its while."""
WIDE = ["/apis/apps/v1/deployments", "/apis/apps/v1/statefulsets"]


def item(namespace: str, name: str = "web", *, record: str | None = None) -> dict[str, Any]:
    annotations = {"sundown.dev/previous-replicas": record} if record is not None else {}
    about = {"name": name, "namespace": namespace, "resourceVersion": "7", "annotations": annotations}
    return {"metadata": about, "spec": {"replicas": 0 if record is not None else 2}}


class Shelf(Cluster):
    """Lists as an API server has them: sorted, in pages of ``size``, one of them held back or faulty where a test says so."""

    def __init__(self, *items: dict[str, Any], size: int = 1000) -> None:
        self.deployments = list(items)
        self.statefulsets: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.faults: dict[tuple[str, int], list[ApiError]] = {}
        self.held: dict[tuple[str, int], asyncio.Event] = {}
        self._size = size

    async def pages_as(
        self,
        path: str,
        read: Callable[[Body], Page[T]],
        *,
        limit: int = 500,
        first: int | None = None,
        metadata_only: bool = False,
        **params: str,
    ) -> AsyncIterator[Iterable[T]]:
        self.asked.append(path)
        there = self.deployments if path.endswith("deployments") else self.statefulsets
        if "/namespaces/" in path:
            there = [one for one in there if f"/namespaces/{one['metadata']['namespace']}/" in path]
        there = sorted(there, key=lambda one: "{namespace}/{name}".format(**one["metadata"]))
        size = min(self._size, limit)
        for number, start in enumerate(range(0, max(len(there), 1), size)):
            if (path, number) in self.held:
                await self.held[path, number].wait()
            faults = self.faults.get((path, number))
            if faults:
                raise faults.pop(0)
            yield read(json.dumps({"metadata": {}, "items": there[start : start + size]}).encode()).items
            await asyncio.sleep(0)


def names(workloads: tuple[Workload, ...]) -> list[str]:
    return sorted(f"{one.kind}/{one.namespace}/{one.name}" for one in workloads)


def census_of(shelf: Shelf) -> Census:
    return Census(shelf, Gate(width=8))


async def all_of(census: Census, namespaces: Sequence[str]) -> list[list[str]]:
    return [names(found) for found in await asyncio.gather(*(census.of(name) for name in namespaces))]


@in_virtual_time
async def test_a_single_env_is_listed_by_itself() -> None:
    shelf = Shelf(item("dev"), item("other"))
    shelf.statefulsets = [item("dev", "db")]
    assert names(await census_of(shelf).of("dev")) == ["Deployment/dev/web", "StatefulSet/dev/db"]
    assert shelf.asked == ["/apis/apps/v1/namespaces/dev/deployments", "/apis/apps/v1/namespaces/dev/statefulsets"]


@in_virtual_time
async def test_a_single_env_is_listed_to_its_last_page() -> None:
    """Z: lists stop at the first page."""
    shelf = Shelf(*(item("dev", f"w{index}") for index in range(7)), size=3)
    assert len(await census_of(shelf).of("dev")) == 7


@in_virtual_time
async def test_many_envs_are_answered_by_one_list_of_each_kind() -> None:
    """Design 10: a thousand envs that are due at once."""
    shelf = Shelf(*(item(team) for team in TEAMS))
    shelf.statefulsets = [item(team, "db") for team in TEAMS]
    found = await all_of(census_of(shelf), TEAMS)
    assert found == [[f"Deployment/{team}/web", f"StatefulSet/{team}/db"] for team in TEAMS]
    assert shelf.asked == WIDE


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@in_virtual_time
async def test_an_env_whose_workloads_lie_on_two_pages_has_them_all(size: int) -> None:
    """Z: lists stop at the first page."""
    shelf = Shelf(*(item(team, f"w{index}") for team in TEAMS for index in range(5)), size=size)
    assert {len(found) for found in await all_of(census_of(shelf), TEAMS)} == {5}


@in_virtual_time
async def test_names_that_begin_alike_are_kept_apart() -> None:
    """The API server sorts by `namespace/name`, so that `team-a-b` comes before `team-a`."""
    spaces = ["team-a", "team-a-b", "team-a-b-c", "team-a.b", "team-a0", "team", "team-b", "team-"]
    shelf = Shelf(*(item(space, f"w{index}") for space in spaces for index in range(3)), size=2)
    found = await all_of(census_of(shelf), spaces)
    assert found == [[f"Deployment/{space}/w{index}" for index in range(3)] for space in spaces]


@in_virtual_time
async def test_an_env_without_workloads_is_answered_too() -> None:
    assert await all_of(census_of(Shelf(item("other"))), [*TEAMS, "zz-last"]) == [[]] * 11


@pytest.mark.parametrize("page", [0, 1, 4])
@in_virtual_time
async def test_a_list_whose_page_has_expired_is_begun_afresh_and_counts_nothing_twice(page: int) -> None:
    """Issue 3: watch history gone (410)."""
    shelf = Shelf(*(item(team, f"w{index}") for team in TEAMS for index in range(3)), size=4)
    shelf.faults[WIDE[0], page] = [Expired("too old", status=410)]
    assert {len(found) for found in await all_of(census_of(shelf), TEAMS)} == {3}


@in_virtual_time
async def test_an_api_server_that_is_away_is_told_to_all_who_ask() -> None:
    shelf = Shelf(*(item(team) for team in TEAMS))
    shelf.faults[WIDE[1], 0] = [Unreachable("away")]
    census = census_of(shelf)
    answers = await asyncio.gather(*(census.of(team) for team in TEAMS), return_exceptions=True)
    assert {type(answer) for answer in answers} == {Unreachable}


@in_virtual_time
async def test_who_was_answered_before_the_api_server_went_away_keeps_the_answer() -> None:
    shelf = Shelf(*(item(team) for team in TEAMS), size=5)
    shelf.faults[WIDE[0], 1] = [Unreachable("away")]
    census = census_of(shelf)
    answers = await asyncio.gather(*(census.of(team) for team in TEAMS), return_exceptions=True)
    assert [isinstance(answer, tuple) for answer in answers] == [True] * 4 + [False] * 6


@pytest.mark.parametrize("asking", [TEAMS[:1], TEAMS])
@in_virtual_time
async def test_the_api_server_is_asked_again_after_it_was_away(asking: list[str]) -> None:
    """A16."""
    shelf = Shelf(*(item(team) for team in TEAMS))
    paths = WIDE if len(asking) > 1 else ["/apis/apps/v1/namespaces/team-a/deployments"]
    shelf.faults[paths[0], 0] = [Unreachable("away")]
    census = census_of(shelf)
    await asyncio.gather(*(census.of(team) for team in asking), return_exceptions=True)
    assert await all_of(census, asking) == [[f"Deployment/{team}/web"] for team in asking]


@in_virtual_time
async def test_one_who_goes_away_leaves_the_answer_to_the_others() -> None:
    shelf = Shelf(item("dev"))
    census = census_of(shelf)
    impatient = asyncio.create_task(census.of("dev"))
    other = asyncio.create_task(census.of("dev"))
    await breathe()
    impatient.cancel()
    assert names(await other) == ["Deployment/dev/web"]


@in_virtual_time
async def test_who_asks_the_same_at_the_same_time_costs_one_list() -> None:
    shelf = Shelf(item("dev"))
    await all_of(census_of(shelf), ["dev"] * 20)
    assert len(shelf.asked) == 2


@in_virtual_time
async def test_records_that_nobody_asked_about_are_strays() -> None:
    """A15: nothing is left asleep without an owner."""
    shelf = Shelf(item("orphan", record="3"), item("running"))
    assert await census_of(shelf).everything() == {"orphan"}


@in_virtual_time
async def test_records_of_the_envs_that_ask_are_no_strays() -> None:
    shelf = Shelf(*(item(team, record="3") for team in TEAMS), item("orphan", record="3"))
    census = census_of(shelf)
    await all_of(census, TEAMS)
    assert census.strays == {"orphan"}


@in_virtual_time
async def test_records_of_the_envs_that_ask_are_no_strays_after_a_page_has_expired() -> None:
    shelf = Shelf(*(item(team, record="3") for team in TEAMS), item("orphan", record="3"), size=3)
    shelf.faults[WIDE[0], 2] = [Expired("too old", status=410)]
    census = census_of(shelf)
    await all_of(census, TEAMS)
    assert census.strays == {"orphan"}


class Midway:
    """A list of the cluster that has been held up before its second page, which begins with ``team-f``."""

    def __init__(self) -> None:
        self.shelf = Shelf(*(item(team) for team in TEAMS), item("team-z"), size=5)
        self.census = census_of(self.shelf)
        self.go_on = self.shelf.held[WIDE[0], 1] = asyncio.Event()
        self.shelf.statefulsets = [item("team-zz", "db")]
        self.shelf.held[WIDE[1], 0] = self.go_on

    async def listing(self) -> None:
        """Ask for ten teams."""
        await all_of(self.census, TEAMS)


@in_virtual_time
async def test_a_list_under_way_answers_for_an_env_that_it_has_not_come_to() -> None:
    """Design 10: envs that are due a moment later must not wait for another list."""
    midway = Midway()
    async with meanwhile(midway.listing()):
        await asyncio.sleep(1)
        late = asyncio.create_task(midway.census.of("team-z"))
        await asyncio.sleep(1)
        midway.go_on.set()
        assert names(await late) == ["Deployment/team-z/web"]
    assert midway.shelf.asked == WIDE


@pytest.mark.parametrize(("namespace", "written"), [("team-b", False), ("team-z", True)])
@in_virtual_time
async def test_a_list_under_way_does_not_answer_for_what_it_may_have_seen_before_it_was_written(
    namespace: str, written: bool
) -> None:
    midway = Midway()
    async with meanwhile(midway.listing()):
        await asyncio.sleep(1)
        found = names(await midway.census.of(namespace, written=written))
    assert found == [f"Deployment/{namespace}/web"]
    assert midway.shelf.asked[2:] == [
        f"/apis/apps/v1/namespaces/{namespace}/deployments",
        f"/apis/apps/v1/namespaces/{namespace}/statefulsets",
    ]


@in_virtual_time
async def test_a_list_under_way_does_not_answer_for_an_env_that_was_looked_at_meanwhile() -> None:
    midway = Midway()
    async with meanwhile(midway.listing()):
        await asyncio.sleep(1)
        await midway.census.of("team-z", written=True)
        await midway.census.of("team-z")
    assert len(midway.shelf.asked) == 2 + 2 + 2


@in_virtual_time
async def test_a_patient_question_waits_for_the_writes_that_are_under_way() -> None:
    shelf, gate = Shelf(item("dev")), Gate(width=8)
    census = Census(shelf, gate)
    async with gate.slot(Urgency.SLEEP):
        patient = asyncio.create_task(census.of("dev", patient=True))
        await asyncio.sleep(5)
        assert shelf.asked == []
    assert names(await patient) == ["Deployment/dev/web"]


@in_virtual_time
async def test_a_patient_question_does_not_wait_for_ever() -> None:
    shelf, gate = Shelf(item("dev")), Gate(width=8)
    census = Census(shelf, gate)
    async with gate.slot(Urgency.SLEEP), asyncio.timeout(60):
        assert names(await census.of("dev", patient=True)) == ["Deployment/dev/web"]


@in_virtual_time
async def test_its_end_leaves_nobody_asking() -> None:
    midway = Midway()
    asking = asyncio.create_task(midway.listing())
    await asyncio.sleep(1)
    await midway.census.close()
    with suppress(asyncio.CancelledError):
        await asking
    assert {task for task in asyncio.all_tasks() if "census" in task.get_name()} == set()


@pytest.mark.parametrize(("size", "asking", "expected"), [(0, 1, False), (0, 2, True), (299, 3, True), (300, 3, False)])
@in_virtual_time
async def test_where_it_is_known_how_much_there_is_the_cheaper_list_is_made(
    size: int, asking: int, expected: bool
) -> None:
    """Issue 12: few envs name a kind of which there is little."""
    shelf = Shelf(*(item(team) for team in TEAMS))
    await all_of(Census(shelf, Gate(width=8), size=lambda: size), TEAMS[:asking])
    assert (shelf.asked == WIDE) == expected


@in_virtual_time
async def test_an_answer_says_when_the_list_began_that_gave_it() -> None:
    """G1: what is heard from then on may be newer. One that joins a list has an answer of before its question."""
    midway = Midway()
    async with meanwhile(midway.listing()):
        await asyncio.sleep(1)
        late = asyncio.create_task(midway.census.found("team-z"))
        await asyncio.sleep(1)
        midway.go_on.set()
        assert (await late).began < elapsed() - 1
    began = elapsed()
    assert (await midway.census.found("team-z")).began >= began
