"""A visit that fails for a reason that nobody thought of says so on the env that waits for it (W3, Z)."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from sundown.cluster.echoes import unheard
from sundown.reconcile.memory import Memory
from sundown.reconcile.rooms import Rooms
from sundown.reconcile.store import Store
from sundown.reconcile.visit import Visitor
from sundown.settings import Settings
from support.samples import NOW, known, namespace


class Silent:
    """Stands for the edges, which this visit does not come to."""

    def offer(self, *_where: Any, **_what: Any) -> None: ...
    def carry(self, *_where: Any, **_what: Any) -> None: ...
    def post(self, _notice: Any) -> None: ...
    def begin(self, _namespace: str) -> None: ...
    def forget(self, _namespace: str) -> None: ...
    def now(self) -> Any:
        return NOW

    async def of(self, *_env: Any, **_how: Any) -> Any:
        raise TypeError("unhashable type: 'list'")

    found = of


async def test_a_fault_of_sundowns_own_is_told_on_the_env_and_not_taken_for_peace() -> None:
    store, edge = Store(), Silent()
    store.put_namespace(namespace(labels={"scheduler": "enabled"}))
    store.put_schedule(known(spec={"timeZone": "UTC", "awake": [{"days": ["Mon"], "from": "00:00", "to": "24:00"}]}))
    rooms = SimpleNamespace(
        **dict.fromkeys(("cluster", "gate", "clouds", "policies"), None),
        **dict.fromkeys(("census", "others", "leftovers", "statuses", "recorder", "clock", "drift", "resting"), edge),
        store=store,
        settings=Settings(),
        made=unheard,
        memory_of=lambda _env, _known: Memory(),
        vouches=lambda _status: True,
    )
    with pytest.raises(TypeError):
        await Visitor(cast(Rooms, rooms)).visit("dev")
    (schedule,) = store.env("dev").schedules
    (ready,) = (one for one in schedule.status.conditions if one.type == "Ready")
    assert (ready.status, ready.reason) == ("False", "InternalError")
    assert "unhashable" in ready.message
