"""Where stopping takes two people, what is over and keeps nothing awake any more is taken out of the schedule (I7)."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.cluster.errors import ApiError, Conflict, Denied
from sundown.cluster.gate import Gate
from sundown.model.base import parse
from sundown.model.env import Env, Known
from sundown.model.spec import EnvScheduleSpec
from sundown.reconcile.ended_overrides import EndedOverrides, changes_nothing, held_until
from sundown.reconcile.rooms import Rooms
from sundown.schedule.decision import Circumstances, decide
from support.samples import NOW, after, default, env, known, namespace

Json = dict[str, Any]
WORKDAY = {"days": ["Mon", "Tue", "Wed", "Thu", "Fri"], "from": "08:00", "to": "22:00"}
STOPS = {"days": ["Mon", "Tue", "Wed", "Thu", "Fri"], "to": "22:00"}
SINCE = Circumstances(active_since=NOW - timedelta(days=30))
TWO = default(spec={"approval": {"actions": ["Stop"]}})
OVER, TO_COME = "2026-11-23T17:30:00Z", "2026-11-23T19:00:00Z"


def wish(state: str = "Awake", until: str | None = OVER, **more: Any) -> Json:
    return {"state": state, "at": "2026-11-23T16:00:00Z", **({"until": until} if until else {}), **more}


def spec(override: Json | None, *windows: Json) -> Json:
    return {"timeZone": "UTC", "awake": [*windows], **({"override": override} if override else {})}


class Wire:
    """Takes down what is patched, and refuses it with an error."""

    def __init__(self, error: ApiError | None = None) -> None:
        self.error = error
        self.written: list[Json] = []

    async def merge_patch(self, _path: str, body: Json) -> Json:
        if self.error is not None:
            raise self.error
        self.written.append(body)
        return {}


def ended(wire: Wire) -> EndedOverrides:
    clock = SimpleNamespace(now=lambda: NOW)
    return EndedOverrides(cast(Rooms, SimpleNamespace(cluster=wire, gate=Gate(width=1), clock=clock)))


def of(written: Known, *, two: bool = True) -> Env:
    return env(written, defaults=(TWO,) if two else (), namespace=namespace(labels={"scheduler": "enabled"}))


@pytest.mark.parametrize(
    ("override", "windows", "two", "taken"),
    [
        (wish(), [WORKDAY], True, True),
        (wish(), [], True, True),
        (wish(until="2026-12-01T00:00:00Z", at="2026-11-22T16:00:00Z", dropAtReset=True), [WORKDAY], True, True),
        (wish(until=TO_COME), [WORKDAY], True, False),
        (wish(until=None), [WORKDAY], True, False),
        (wish("Asleep"), [WORKDAY], True, False),
        (None, [WORKDAY], True, False),
        (wish(), [WORKDAY], False, False),
        (wish(), [STOPS], True, False),
        (wish(at="2026-11-20T16:00:00Z", until="2026-11-20T17:00:00Z"), [STOPS], True, True),
    ],
    ids=[
        "over, by day",
        "over, asleep",
        "ended by the daily reset",
        "to come",
        "for ever",
        "a stop",
        "none",
        "one person is enough",
        "it started a schedule that only stops",
        "before the last stop",
    ],
)
async def test_what_is_over_is_taken_out_where_it_takes_two(
    override: Json | None, windows: list[Json], two: bool, taken: bool
) -> None:
    """I7"""
    wire, there = Wire(), known(spec=spec(override, *windows), resource_version="12")
    await ended(wire).take_out(of(there, two=two), there, SINCE)
    body = {"metadata": {"uid": "uid-mine", "resourceVersion": "12"}, "spec": {"override": None}}
    assert wire.written == [body] * taken


async def test_it_is_come_back_for_when_it_ends() -> None:
    wire, there = Wire(), known(spec=spec(wish(until=TO_COME), WORKDAY))
    assert await ended(wire).take_out(of(there), there, SINCE) == after(hours=1)


async def test_what_somebody_brings_back_is_left_there() -> None:
    """G5: Git has it, say."""
    wire, there = Wire(), known(spec=spec(wish(), WORKDAY))
    hands = ended(wire)
    for _ in range(3):
        await hands.take_out(of(there), there, SINCE)
    assert len(wire.written) == 1
    another = known(spec=spec(wish(until="2026-11-23T17:45:00Z"), WORKDAY))
    await hands.take_out(of(another), another, SINCE)
    assert len(wire.written) == 2


@pytest.mark.parametrize("error", [Conflict("changed", status=409), Denied("no", status=403)], ids=["409", "403"])
async def test_what_cannot_be_written_is_tried_again(error: ApiError) -> None:
    wire, there = Wire(error), known(spec=spec(wish(), WORKDAY))
    hands = ended(wire)
    again = await hands.take_out(of(there), there, SINCE)
    assert again is not None
    assert again > NOW
    wire.error = None
    await hands.take_out(of(there), there, SINCE)
    assert len(wire.written) == 1


@given(
    st.sampled_from([[WORKDAY], [STOPS], [STOPS, {**WORKDAY, "to": "12:00"}], []]),
    st.integers(-200, 200),
    st.integers(1, 300),
    st.booleans(),
)
def test_for_two_weeks_the_env_is_what_it_would_have_been(
    windows: list[Json], asked: int, lasted: int, reset: bool
) -> None:
    """I7, A13"""
    at = NOW + timedelta(hours=asked)
    until = at + timedelta(hours=lasted)
    told = wish(at=at.isoformat(), until=until.isoformat(), dropAtReset=reset)
    with_it, without = (parse(EnvScheduleSpec, spec(one, *windows)) for one in (told, None))
    end = held_until(with_it, SINCE)
    if end is None or end > NOW or not changes_nothing(with_it, SINCE, NOW):
        return
    later = [NOW + timedelta(hours=hour) for hour in range(0, 24 * 15, 7)]
    assert [decide(with_it, SINCE, one).state for one in later] == [decide(without, SINCE, one).state for one in later]
