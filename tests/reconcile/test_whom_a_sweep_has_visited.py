"""A sweep has everybody visited but who rests, and of these whom it finds something to do for in its own lists (G1, A8, A15)."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from sundown.model.env import Known
from sundown.model.resources import GENERATED_NAME, TEMPLATE
from sundown.model.template_mark import TemplateMark
from sundown.reconcile.rooms import Rooms
from sundown.reconcile.store import Store
from sundown.reconcile.sweep import Sweep
from sundown.settings import Settings
from support.samples import default, known, namespace

COVER = default()
CURRENT = str(TemplateMark.of(COVER))


def generated(mark: str = CURRENT, **more: Any) -> Known:
    """The EnvSchedule of ``dev`` that is made from the template."""
    return known(GENERATED_NAME, generated=True, annotations={TEMPLATE: mark}, **more)


class Edges:
    """The API server's lists, a census and whoever is told, of a cluster in which all rests that there is."""

    def __init__(self, *schedules: Known, names: tuple[str, ...] = ("dev",)) -> None:
        self.store = Store()
        self.store.put_default(COVER)
        self.lists: list[list[Any]] = [
            [namespace(name, labels={"scheduler": "enabled"}) for name in names],
            list(schedules),
        ]
        self.strays: frozenset[str] = frozenset()
        self.touched: set[str] = set()

    async def list_as(self, path: str, _read: Any, **_: Any) -> list[Any]:
        return self.lists[0] if path.endswith("namespaces") else self.lists[1] if "envschedules" in path else []

    async def list_all(self, _path: str, **_: Any) -> list[Any]:
        return [{"metadata": {"name": COVER.metadata.name}}]

    async def everything(self) -> frozenset[str]:
        return self.strays

    def among(self, names: frozenset[str]) -> frozenset[str]:
        return frozenset(names)

    def take(self, _raw: Any) -> frozenset[str]:
        return frozenset()

    def begin_listing(self) -> None: ...

    def replace_all(self, _asked: Any) -> frozenset[str]:
        return frozenset()

    async def prune(self, _asked: Any) -> None: ...

    def touch(self, names: Any) -> None:
        self.touched |= {*names}


async def visited(edges: Edges) -> set[str]:
    """Whom the second sweep has visited; the first knows nobody."""
    names = dict.fromkeys(("cluster", "census", "resting"), edges)
    rooms = SimpleNamespace(**names, store=edges.store, settings=Settings())
    room = cast(Any, edges)
    sweep = Sweep(cast(Rooms, rooms), defaults=room, scheduler=room, requests=room, visits=room)
    await sweep.first()
    edges.touched.clear()
    await sweep._compare()
    return edges.touched


@pytest.mark.parametrize(
    "schedule", [generated(), generated(taken_over=True), known()], ids=["made", "adopted", "theirs"]
)
async def test_who_rests_and_has_nothing_to_be_settled_is_passed_by(schedule: Known) -> None:
    assert await visited(Edges(schedule)) == set()


@pytest.mark.parametrize(
    "edges",
    [
        pytest.param(Edges(generated("written-over")), id="the mark of its template is written over"),
        pytest.param(Edges(), id="it has none yet"),
    ],
)
async def test_who_rests_and_has_something_to_be_settled_is_visited(edges: Edges) -> None:
    """A8: no event leads there, and it was left to the next hour."""
    assert await visited(edges) == {"dev"}
