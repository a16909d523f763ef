"""G4: only so many pods a minute start in the whole cluster, people's wishes first, and no env keeps all others waiting."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.model.resources import EnvScheduleStatus, WakeQueuePlace
from sundown.reconcile.in_line import since
from sundown.reconcile.wake_queue import Load, Waiting, WakeQueue
from support.crowds import Crowd
from support.effort import examples
from support.samples import NOW, TIMEOUT, after, planned, sleeping, workload


def test_without_a_limit_nobody_waits() -> None:
    crowd = Crowd()
    crowd.add("dev", 1000)
    assert crowd.ask("dev") is None
    assert crowd.queue.waiting == (0, 0)


def test_no_minute_sees_a_tenth_more_than_the_limit_and_none_is_wasted() -> None:
    """The last env is through when the limit says so."""
    crowd = Crowd(pods=600)
    for number in range(100):
        crowd.add(f"dev{number:02}", *[2] * 10)
    crowd.run()
    assert sum(pods for _, _, pods in crowd.started) == 2000
    assert crowd.most_in_a_minute() <= 660
    assert after(minutes=3) <= crowd.now <= after(minutes=3.5)


def test_what_comes_late_does_not_make_a_minute_too_full() -> None:
    """What starts at once takes a moment to be written, and falls into one minute with the last of that."""
    crowd = Crowd(pods=600)
    for number in range(100):
        crowd.add(f"dev{number:02}", *[2] * 10)
    crowd.run()
    assert crowd.most_in_a_minute(late=timedelta(milliseconds=500)) <= 660


def test_the_cores_that_pods_request_count_as_well() -> None:
    crowd = Crowd(pods=6000, cpu=10)
    for number in range(10):
        crowd.add(f"dev{number}", 1, 1, cpu=1.0)
    crowd.run()
    assert crowd.most_in_a_minute() <= 12
    assert crowd.now >= after(minutes=1.5)


def test_what_a_person_asked_for_goes_before_all_that_the_clock_wakes() -> None:
    crowd = Crowd(pods=60)
    for number in range(10):
        crowd.add(f"dev{number}", 30)
    crowd.run(until=after(seconds=31))
    crowd.add("mine", 5, urgent=True)
    before = len(crowd.order())
    crowd.run()
    assert crowd.order()[before] == "mine"


def test_an_env_of_a_thousand_pods_does_not_keep_the_others_waiting_for_all_of_them() -> None:
    """J6: it has a minute's worth, and then those have their turn who had none."""
    crowd = Crowd(pods=100)
    crowd.add("a-huge-one", *[10] * 100)
    for number in range(3):
        crowd.add(f"small{number}", 10)
    crowd.run()
    through = {name: at for at, name, _ in crowd.started}
    assert max(through[f"small{number}"] for number in range(3)) <= after(minutes=2)


def test_one_workload_of_more_than_a_minute_is_started_and_paid_for_by_whoever_comes_after() -> None:
    crowd = Crowd(pods=10)
    crowd.add("a", 50)
    crowd.add("b", 1)
    crowd.run()
    (first, _, _), (then, _, _) = crowd.started
    assert first == NOW
    assert after(minutes=4.5) <= then <= after(minutes=5)


def test_the_place_and_the_time_are_said_and_come_true() -> None:
    crowd = Crowd(pods=60)
    for name in ("a", "b", "c", "d"):
        crowd.add(name, 60)
    places = {name: crowd.ask(name) for name in "abcd"}
    assert places["a"] is None
    assert [place.place.position for place in places.values() if place is not None] == [1, 2, 3]
    said = places["d"]
    assert said is not None
    crowd.run()
    came = next(at for at, name, _ in crowd.started if name == "d")
    assert abs(came - said.place.at) <= timedelta(seconds=1)


def test_who_leaves_the_line_is_missed_by_nobody() -> None:
    """An env that is deleted, or told to sleep on, while it waits."""
    crowd = Crowd(pods=60)
    for name in ("a", "b", "c"):
        crowd.add(name, 60)
        crowd.ask(name)
    del crowd.comes["b"]
    crowd.queue.leave("b")
    crowd.run()
    assert crowd.order() == ["a", "c"]
    assert crowd.now <= after(seconds=61)


def test_who_does_not_come_when_it_is_their_turn_keeps_nobody_waiting() -> None:
    """A visit that hangs, or whose writes the cluster refuses."""
    crowd = Crowd(pods=60)
    for name in ("a", "b", "c"):
        crowd.add(name, 60)
        crowd.ask(name)
    crowd.comes.pop("b")
    crowd.run()
    assert crowd.order() == ["a", "c"]
    assert crowd.now <= after(minutes=2.1)


def test_what_was_granted_and_could_not_be_written_stays_granted() -> None:
    crowd = Crowd(pods=60)
    crowd.add("a", 60)
    crowd.add("b", 60)
    assert crowd.ask("a") is None
    assert crowd.ask("b") is not None
    assert crowd.ask("a") is None


def test_the_next_wave_of_an_env_goes_before_envs_that_began_later() -> None:
    """Once its databases are ready: or it would be half awake until all others are."""
    crowd = Crowd(pods=60)
    crowd.add("a", 40)
    assert crowd.ask("a") is None
    crowd.now = after(seconds=10)
    crowd.add("b", 60)
    assert crowd.ask("b") is not None
    crowd.wants["a"] = [Load("second-wave", 1, 0.0)]
    waiting = crowd.queue.ask("a", crowd.wants["a"], urgent=False, began=NOW, now=crowd.now)
    assert waiting is not None
    assert waiting.place.position == 1


@pytest.mark.parametrize(
    ("ahead", "look"),
    [(timedelta(seconds=20), 20.0), (timedelta(minutes=4), 120.0), (timedelta(hours=2), 300.0), (timedelta(0), 0.0)],
)
def test_the_further_off_its_turn_the_seldomer_an_env_is_looked_at(ahead: timedelta, look: float) -> None:
    """Design 10: a thousand that wait cost next to nothing."""
    place = Crowd(pods=1)
    place.add("a", 1)
    place.add("b", 1)
    place.ask("a")
    waiting = place.ask("b")
    assert waiting is not None
    asked_at = waiting.place.at - ahead
    assert (waiting.look(asked_at) - asked_at).total_seconds() == look


def test_the_time_in_line_is_counted_and_nothing_else() -> None:
    """By so much the time limits of its waves move: whoever hangs in a wave meanwhile has theirs."""
    crowd = Crowd(pods=60)
    crowd.add("a", 60)
    crowd.add("b", 30)
    assert crowd.queue.waited("b", NOW) is None
    assert crowd.ask("a") is None
    waiting = crowd.ask("b")
    assert waiting is not None
    assert crowd.queue.waited("b", after(seconds=10)) == timedelta(seconds=10)
    crowd.now = waiting.place.at
    stood = waiting.place.at - NOW
    assert crowd.ask("b") is None
    assert crowd.queue.waited("b", after(minutes=5)) == stood
    assert crowd.queue.waited("a", after(minutes=5)) == timedelta()
    crowd.queue.leave("b")
    assert crowd.queue.waited("b", after(minutes=5)) is None


def test_what_stands_in_line_is_not_late_and_what_hangs_is() -> None:
    """Both in one env: a part that does not get ready, and others behind it that wait for their turn."""
    hangs, waits = workload("db", ready=0, wave="0"), sleeping("web", wave="10")
    whole = planned("Awake", hangs, waits, since=NOW - 3 * TIMEOUT)
    assert whole.late == ("Deployment/db", "Deployment/web")
    place = WakeQueuePlace(position=2, at=after(minutes=1))
    assert replace(whole, waiting=Waiting(frozenset({waits.uid}), place)).late == ("Deployment/db",)


def test_a_part_that_hangs_lets_the_others_have_their_turn_for_good() -> None:
    """Its wave stays late whoever is granted afterwards: or each grant would hold the next wave up anew."""
    queue = WakeQueue(pods_per_minute=6, call=lambda _: None)
    began = NOW - 3 * TIMEOUT
    old = EnvScheduleStatus(state="Waking", since=began)
    hangs = workload("db", ready=0, wave="0")
    for second in range(0, 40, 5):
        now, left = (
            after(seconds=second),
            [sleeping(name, record="1", wave="10") for name in ("a", "b", "c")][second // 15 :],
        )
        goal_since = since(queue, "dev", old, wanted="Awake", now=now)
        found = planned("Awake", hangs, *left, now=now, since=goal_since)
        assert "Deployment/db" in found.late
        assert [load.uid for load in found.starts] == [one.uid for one in left]
        queue.ask("dev", found.starts, urgent=False, began=began, now=now)


crowds = st.lists(
    st.tuples(st.lists(st.integers(0, 40), min_size=1, max_size=6), st.booleans(), st.integers(0, 90)),
    min_size=1,
    max_size=12,
)


@given(crowds, st.sampled_from([10, 60, 300]))
@examples(60)
def test_of_any_crowd_everybody_wakes_whole_and_once_and_no_later_than_the_limit_makes_them(
    crowd: list[tuple[list[int], bool, int]], limit: int
) -> None:
    """As a property. A minute sees at most a tenth above the limit, and the one workload that was begun."""
    line = Crowd(pods=limit)
    for number, (pods, urgent, late) in enumerate(crowd):
        line.add(f"env{number}", *pods, urgent=urgent, at=after(seconds=late))
    line.run()
    wanted = sorted((f"env{number}", count) for number, (pods, _, _) in enumerate(crowd) for count in pods)
    assert sorted((name, count) for _, name, count in line.started) == wanted
    largest, total = max(count for _, count in wanted), sum(count for _, count in wanted)
    assert line.most_in_a_minute() <= limit * 1.1 + largest
    assert line.now <= after(seconds=91 + 60 * total / limit)
    assert line.queue.waiting == (0, 0)
