"""G4, issue 12: the operator is killed while envs wait in line to wake. All that is left is what stands in the cluster."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.model.resources import WakeQueuePlace
from sundown.reconcile.wake_queue import Load, WakeQueue
from support.crowds import Crowd
from support.effort import examples
from support.samples import NOW, after

LIMIT = 600
ENVS, WORKLOADS, PODS = 1000, 2, 3
SECONDS = 60 * ENVS * WORKLOADS * PODS / LIMIT
"""In which all of them start: ten minutes."""
AWAY = 20


def crowd_of(envs: int, *, limit: int) -> Crowd:
    crowd = Crowd(pods=limit)
    for number in range(envs):
        crowd.add(f"dev{number:03}", *[PODS] * WORKLOADS)
    return crowd


def killed_at(crowd: Crowd, seconds: float, *, away: float) -> None:
    crowd.run(until=after(seconds=seconds))
    crowd.kill(at=after(seconds=seconds), away=timedelta(seconds=away), unwritten=list(crowd.comes)[:5])


@pytest.mark.slow
def test_a_thousand_envs_wake_whole_and_once_and_when_they_were_told_though_the_operator_is_killed_in_the_middle() -> (
    None
):
    """And within the limit. But for the time that it was away: nobody is starved, or loses their place to who comes first."""
    crowd = crowd_of(ENVS, limit=LIMIT)
    killed_at(crowd, SECONDS / 2, away=AWAY)
    told = dict(crowd.told)
    crowd.run()
    assert sorted(name for _, name, _ in crowd.started) == sorted(list(crowd.wants) * WORKLOADS)
    assert crowd.most_in_a_minute() <= LIMIT * 1.1 + PODS
    assert crowd.now <= after(seconds=SECONDS + AWAY + 7)
    came: dict[str, timedelta] = {}
    for at, name, _ in crowd.started:
        if at >= after(seconds=SECONDS / 2 + AWAY) and name in told:
            came.setdefault(name, at - told[name].at)
    assert len(came) >= ENVS / 3
    assert max(came.values()) <= timedelta(seconds=AWAY + 7)


def test_an_operator_that_is_killed_again_and_again_starts_no_more_than_one_that_lives() -> None:
    """As one does that runs out of memory as soon as it has begun: each life had a tenth of a minute at once."""
    crowd = crowd_of(60, limit=90)
    for number in range(20):
        killed_at(crowd, 60 + 4 * number, away=1)
    crowd.run()
    assert crowd.most_in_a_minute() <= 90 * 1.1 + PODS


def test_what_one_large_workload_has_taken_ahead_is_not_forgotten() -> None:
    crowd = Crowd(pods=10)
    crowd.add("a", 30)
    crowd.add("b", 1)
    killed_at(crowd, 5, away=1)
    crowd.run()
    assert [name for _, name, _ in crowd.started] == ["a", "b"]
    assert after(minutes=2.5) <= crowd.started[-1][0] <= after(minutes=3)


@pytest.mark.parametrize(
    ("said", "opens"),
    [([], 0), ([-60], 0), ([20, 90], 20), ([3600, 24 * 3600], 300)],
    ids=["nobody waited", "their turn has come", "the first of them", "a clock that was ahead"],
)
def test_the_line_opens_when_it_was_said_to_open_for_the_first(said: list[float], opens: float) -> None:
    queue = WakeQueue(pods_per_minute=60, call=lambda _: None)
    places = [WakeQueuePlace(position=number, at=after(seconds=at)) for number, at in enumerate(said, start=1)]
    queue.resume(places, now=NOW)
    for name in ("a", "b"):
        waiting = queue.ask(name, [Load(name, 1, 0.0)], urgent=False, began=NOW, now=NOW)
    assert waiting is not None
    first = 1 if opens == 0 else 0
    assert waiting.place.at == after(seconds=opens + 1)
    assert waiting.place.position == 2 - first


kills = st.lists(
    st.tuples(st.integers(0, 240), st.integers(0, 30), st.lists(st.integers(0, 11), max_size=3)), max_size=4
)
crowds = st.lists(
    st.tuples(st.lists(st.integers(0, 40), min_size=1, max_size=6), st.booleans(), st.integers(0, 90)),
    min_size=1,
    max_size=12,
)


@given(crowds, st.sampled_from([10, 60, 300]), kills)
@examples(60)
def test_of_any_crowd_everybody_wakes_whole_and_once_however_often_the_operator_is_killed(
    crowd: list[tuple[list[int], bool, int]], limit: int, kills: list[tuple[int, int, list[int]]]
) -> None:
    """As a property. A life may start one workload that is larger than what is left of the minute."""
    line = Crowd(pods=limit)
    for number, (pods, urgent, late) in enumerate(crowd):
        line.add(f"env{number}", *pods, urgent=urgent, at=after(seconds=late))
    at = away = 0
    for later, gone, unwritten in kills:
        at += later
        line.run(until=after(seconds=at))
        names = [f"env{number}" for number in unwritten]
        line.kill(
            at=after(seconds=at), away=timedelta(seconds=gone), unwritten=[name for name in names if name in line.comes]
        )
        at, away = at + gone, away + gone
    line.run()
    wanted = sorted((f"env{number}", count) for number, (pods, _, _) in enumerate(crowd) for count in pods)
    assert sorted((name, count) for _, name, count in line.started) == wanted
    largest, total = max(count for _, count in wanted), sum(count for _, count in wanted)
    assert line.most_in_a_minute() <= limit * 1.1 + largest * (1 + len(kills))
    assert max(at for at, _, _ in line.started) <= after(seconds=91 + 60 * total / limit + away + 7 * len(kills))
    assert line.queue.waiting == (0, 0)
