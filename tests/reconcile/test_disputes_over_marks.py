"""Somebody takes the marks off a namespace, or the status of a schedule back, as soon as they see them (G5, W9)."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.cluster.contenders import SOMEBODY, last_writer
from sundown.cluster.errors import Unreachable
from sundown.cluster.gate import Gate
from sundown.cluster.reading import namespace
from sundown.model.env import Env
from sundown.reconcile.disputes import Disputes
from sundown.reconcile.namespace_marks import NamespaceMarks
from sundown.reconcile.store import Store
from support.samples import NOW, SLEEP
from support.virtualtime import LoopClock, in_virtual_time

MADE = "2026-11-01T00:00:00Z"


class ApiServer:
    """One namespace, and somebody who takes off whatever was put on it, or puts it on again."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.version = 1
        self.writes = 0
        self.is_mute = False
        self.came({}, {})

    def came(self, labels: dict[str, Any], annotations: dict[str, Any]) -> dict[str, Any]:
        self.version += 1
        metadata = {"name": "dev", "creationTimestamp": MADE, "resourceVersion": str(self.version)}
        there = {key: value for key, value in labels.items() if value is not None}
        noted = {key: value for key, value in annotations.items() if value is not None}
        raw = {"metadata": {**metadata, "labels": there, "annotations": noted}}
        self.store.put_namespace(namespace(raw))
        return raw

    async def merge_patch(self, _path: str, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        self.writes += 1
        return self.came(body["metadata"]["labels"], body["metadata"]["annotations"])

    async def get(self, _path: str) -> dict[str, Any]:
        if self.is_mute:
            raise Unreachable("no answer")
        return {"metadata": {"managedFields": [{"manager": "keeper", "time": "2999-01-01T00:00:00Z"}]}}

    def env(self) -> Env:
        return self.store.env("dev")


def table() -> tuple[ApiServer, NamespaceMarks, LoopClock]:
    store, clock = Store(), LoopClock()
    server = ApiServer(store)
    return server, NamespaceMarks(server, Gate(width=4), store, clock), clock  # type: ignore[arg-type]


@in_virtual_time
async def test_who_takes_the_mark_off_at_once_is_named_and_written_to_seldom() -> None:
    """G5: it was written five times a second, and nobody was named."""
    server, marks, clock = table()
    for _ in range(3600):
        await marks.put(server.env(), SLEEP)
        server.came({}, {})
        clock.ahead += timedelta(seconds=1)
    assert server.writes < 20
    (text,) = marks.fought("dev")
    assert 'taken off the namespace again and again by "keeper" (field manager)' in text
    assert marks.trouble(server.env(), asleep=True) is None


@in_virtual_time
async def test_where_nobody_can_say_who_it_is_it_is_told_all_the_same() -> None:
    """G5: an env without its mark looked as if nothing were the matter, and a sweep that passes by what rests left it so."""
    server, marks, clock = table()
    server.is_mute = True
    for _ in range(5):
        await marks.put(server.env(), SLEEP)
        server.came({}, {})
        clock.ahead += timedelta(seconds=1)
    assert not await marks.put(server.env(), SLEEP)
    (text,) = marks.fought("dev")
    assert f"again and again by {SOMEBODY}" in text


@in_virtual_time
async def test_there_is_peace_when_it_stays() -> None:
    server, marks, clock = table()
    for _ in range(4):
        await marks.put(server.env(), SLEEP)
        server.came({}, {})
        clock.ahead += timedelta(seconds=20)
    assert marks.fought("dev")
    clock.ahead += timedelta(minutes=10)
    await marks.put(server.env(), SLEEP)
    clock.ahead += timedelta(minutes=11)
    await marks.put(server.env(), SLEEP)
    assert marks.fought("dev") == ()


@in_virtual_time
async def test_short_nights_are_no_fight() -> None:
    """Who puts an env to sleep and wakes it ten times in a minute takes nothing back."""
    server, marks, _ = table()
    for _ in range(10):
        assert await marks.put(server.env(), SLEEP)
        assert await marks.take_off(server.env())
    assert marks.fought("dev") == ()
    assert server.writes == 20


@in_virtual_time
async def test_short_nights_are_no_fight_over_the_kinds_that_sleep_either() -> None:
    """The fourth night within half an hour was told as a fight with whoever had made the namespace (G5)."""
    server, marks, clock = table()
    for _ in range(10):
        await marks.put(server.env(), SLEEP)
        await marks.note(server.env(), '["CronJob"]')
        assert await marks.take_off(server.env())
        clock.ahead += timedelta(seconds=5)
    assert marks.fought("dev") == ()
    assert server.writes == 30


@in_virtual_time
async def test_who_takes_the_kinds_off_in_one_night_is_named() -> None:
    """G5."""
    server, marks, clock = table()
    for _ in range(60):
        await marks.note(server.env(), '["CronJob"]')
        server.came({}, {})
        clock.ahead += timedelta(seconds=1)
    assert server.writes < 8
    assert "asleep-by of the namespace is changed again and again" in marks.fought("dev")[0]


@in_virtual_time
async def test_other_kinds_and_other_rules_are_no_fight() -> None:
    """Five components that are applied in one night, and a policy that is changed again and again: nobody takes anything back."""
    server, marks, clock = table()
    for count in range(1, 6):
        await marks.note(server.env(), str([f"Kind{number}" for number in range(count)]))
        await marks.guard(server.env(), ("Stop", "Scale", "Delete", "Restart", "Edit")[:count])
        clock.ahead += timedelta(seconds=20)
    assert marks.fought("dev") == ()
    assert server.writes == 10


@in_virtual_time
async def test_a_mark_that_is_put_on_an_env_that_is_awake_is_fought_for_too() -> None:
    server, marks, clock = table()
    for _ in range(60):
        server.came({"sundown.dev/state": "asleep"}, {})
        await marks.take_off(server.env())
        clock.ahead += timedelta(seconds=1)
    assert server.writes < 8
    assert "which is awake, again and again" in marks.fought("dev")[0]


@in_virtual_time
async def test_so_is_the_label_by_which_it_takes_part() -> None:
    server, marks, clock = table()
    for _ in range(60):
        await marks.label(server.env(), "scheduler", "enabled")
        clock.ahead += timedelta(seconds=1)
    assert server.writes < 8
    assert "takes part" in marks.fought("dev")[0]


@given(gaps=st.lists(st.integers(0, 1200), min_size=1, max_size=60))
def test_no_rhythm_of_taking_back_makes_many_writes(gaps: list[int]) -> None:
    """G5: at most a few at first, and then one in as many minutes."""
    disputes: Disputes[str] = Disputes()
    now, writes = NOW, []
    for gap in gaps:
        now += timedelta(seconds=gap)
        if not disputes.pause("dev", now=now):
            disputes.written("dev", now=now)
            writes.append(now)
    for first, fifth in zip(writes, writes[4:], strict=False):
        assert fifth - first >= timedelta(seconds=15)


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ({"manager": "capsule", "time": "2026-11-23T18:00:00Z"}, '"capsule" (field manager)'),
        ({"manager": "capsule", "time": "2026-11-01T18:00:00Z"}, SOMEBODY),
        ({"manager": "capsule", "time": "0999-01-01T00:00:00Z"}, SOMEBODY),
        ({"manager": "capsule"}, SOMEBODY),
        ({"manager": "sundown-operator", "time": "2026-11-23T18:00:00Z"}, SOMEBODY),
        ({"manager": "capsule", "subresource": "status", "time": "2026-11-23T18:00:00Z"}, SOMEBODY),
    ],
)
def test_who_wrote_last_and_lately_is_named(entry: dict[str, str], named: str) -> None:
    assert last_writer({"metadata": {"managedFields": [entry]}}, since=NOW - timedelta(minutes=10)) == named
