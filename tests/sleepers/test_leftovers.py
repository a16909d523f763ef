"""What runs in envs that have just fallen asleep: one list for each of a few, one for all of many (fault X11, design 10)."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import pytest

from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Denied, Expired
from sundown.sleepers.leftovers import Leftovers
from support.virtualtime import in_virtual_time

EVERYWHERE = "/api/v1/pods"


class Shelf(Cluster):
    """Pods as an API server lists them, in pages of ``size``."""

    def __init__(self, **pods: int) -> None:
        self.pods = pods
        self.asked: list[str] = []
        self.params: list[dict[str, Any]] = []
        self.faults: list[ApiError] = []
        self.size = 1000

    async def pages_as(
        self, path: str, read: Callable[[bytes], Any], *, limit: int = 500, **params: Any
    ) -> AsyncIterator[Sequence[Any]]:
        self.asked.append(path)
        self.params.append(params)
        names = self.pods if path == EVERYWHERE else [path.split("/")[4]]
        items = [
            {"metadata": {"name": f"p{number}", "namespace": name}}
            for name in names
            for number in range(self.pods.get(name, 0))
        ]
        for start in range(0, max(len(items), 1), self.size):
            if self.faults:
                raise self.faults.pop(0)
            yield read(json.dumps({"metadata": {}, "items": items[start : start + self.size]}).encode()).items
            await asyncio.sleep(0)


async def counts(leftovers: Leftovers, *names: str) -> list[int | None]:
    tallies = await asyncio.gather(*(leftovers.of(name) for name in names))
    return [tally.pods.total() if tally is not None else None for tally in tallies]


@in_virtual_time
async def test_a_few_envs_are_listed_each_by_itself() -> None:
    shelf = Shelf(a=2, b=3)
    assert await counts(Leftovers(shelf), "a", "b", "empty") == [2, 3, 0]
    assert sorted(shelf.asked) == [f"/api/v1/namespaces/{name}/pods" for name in ("a", "b", "empty")]


@in_virtual_time
async def test_what_is_over_is_not_asked_for_and_of_the_rest_only_metadata() -> None:
    shelf = Shelf(a=1)
    await counts(Leftovers(shelf), "a")
    assert shelf.params == [
        {"metadata_only": True, "fieldSelector": "status.phase!=Succeeded,status.phase!=Failed"},
    ]


@in_virtual_time
async def test_many_envs_are_answered_by_one_list() -> None:
    """Design 10: a thousand envs that fall asleep together do not double the requests."""
    names = [f"team-{number}" for number in range(1000)]
    shelf = Shelf(**dict.fromkeys(names, 1), elsewhere=500)
    assert await counts(Leftovers(shelf), *names) == [1] * 1000
    assert shelf.asked == [EVERYWHERE]


@pytest.mark.parametrize("size", [1, 2, 7])
@in_virtual_time
async def test_an_env_whose_pods_lie_on_several_pages_has_them_all(size: int) -> None:
    """Z: lists stop at the first page."""
    names = [f"team-{number}" for number in range(9)]
    shelf = Shelf(**dict.fromkeys(names, 5))
    shelf.size = size
    assert await counts(Leftovers(shelf), *names) == [5] * 9


@in_virtual_time
async def test_in_a_cluster_full_of_pods_a_list_of_all_has_to_be_worth_it() -> None:
    names = [f"team-{number}" for number in range(10)]
    shelf = Shelf(**dict.fromkeys(names, 1), elsewhere=9000)
    leftovers = Leftovers(shelf)
    await counts(leftovers, *names)
    shelf.asked.clear()
    await counts(leftovers, *names)
    assert len(shelf.asked) == 10
    assert EVERYWHERE not in shelf.asked


@in_virtual_time
async def test_two_who_ask_for_the_same_env_get_one_answer() -> None:
    shelf = Shelf(a=1)
    assert await counts(Leftovers(shelf), "a", "a") == [1, 1]
    assert len(shelf.asked) == 1


@in_virtual_time
async def test_a_list_that_expires_is_begun_afresh() -> None:
    shelf = Shelf(a=2)
    shelf.faults = [Expired("gone", status=410)]
    assert await counts(Leftovers(shelf), "a") == [2]


@pytest.mark.parametrize("many", [1, 20])
@in_virtual_time
async def test_where_nobody_may_list_pods_nothing_is_said_and_nothing_fails(many: int) -> None:
    """An env that sleeps is asleep all the same."""
    shelf = Shelf()
    shelf.faults = [Denied("no", status=403) for _ in range(many)]
    names = [f"team-{number}" for number in range(many)]
    assert await counts(Leftovers(shelf), *names) == [None] * many


@in_virtual_time
async def test_one_namespace_that_is_refused_leaves_the_others_their_answers() -> None:
    shelf = Shelf(a=1, b=1)
    shelf.faults = [Denied("no", status=403)]
    assert sorted(await counts(Leftovers(shelf), "a", "b"), key=str) == [1, None]
