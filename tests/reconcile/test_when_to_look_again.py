"""When an env is looked at again, though nothing has been said to have changed."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal

import pytest

from sundown.model.parts import Workload
from sundown.model.resources import Condition, EnvScheduleStatus
from sundown.reconcile.report import next_status
from sundown.reconcile.revisits import next_look
from support.samples import NOW, TIMEOUT, after, decision, finding, planned, sleeping, workload

AWAKE = EnvScheduleStatus(state="Awake", since=NOW - timedelta(hours=8))


def look_after(
    wanted: Any, *workloads: Workload, old: EnvScheduleStatus = AWAKE, acted: bool = False, **more: Any
) -> datetime | None:
    """When to look again after a visit that found these workloads, which ends 10 ms after it began."""
    found = finding(wanted, *workloads, old=old, **more)
    ended = found.now + timedelta(milliseconds=10)
    return next_look(next_status(old, found), old=old, finding=found, acted=acted, now=ended)


def began(state: Any, ago: float) -> EnvScheduleStatus:
    """What was said of an env that went on its way so many seconds ago."""
    return EnvScheduleStatus(state=state, since=NOW - timedelta(seconds=ago))


def test_an_env_that_is_awake_is_looked_at_when_it_has_to_sleep() -> None:
    assert look_after(decision("Awake", until=after(hours=3)), workload()) == after(hours=3)


def test_an_env_for_which_nothing_is_due_is_left_to_the_sweep() -> None:
    assert look_after("Awake", workload()) is None


@pytest.mark.parametrize(("ago", "seconds"), [(0, 2), (40, 10), (3600, 60)])
def test_what_a_transition_was_over_without_is_looked_for_later_and_later(ago: float, seconds: float) -> None:
    """E4: on a slow machine pods become ready after the time of their wave, and the env was degraded until the next sweep."""
    since = NOW - timedelta(seconds=ago)
    late = Condition(type="Degraded", status="True", reason="PartsNotReady", message="", last_transition_time=since)
    old = EnvScheduleStatus(state="Awake", since=since, conditions=(late,))
    found = look_after("Awake", workload(ready=0), old=old)
    assert found is not None
    assert after(seconds=seconds) < found <= after(seconds=seconds, milliseconds=20)
    assert look_after("Awake", workload(), old=old) is None


def test_the_end_of_an_exclusion_is_waited_for() -> None:
    """A14."""
    excluded = workload(exclude="2026-11-23T19:00:00Z")
    assert look_after(decision("Awake", until=after(hours=3)), excluded) == after(hours=1)


def test_the_turn_counts_where_it_is_due_before_the_exclusion_ends() -> None:
    excluded = workload(exclude="2026-11-23T19:00:00Z")
    assert look_after(decision("Awake", until=after(minutes=3)), excluded) == after(minutes=3)


def test_an_env_whose_workloads_were_just_written_is_looked_at_within_a_second() -> None:
    found = look_after("Asleep", workload(), acted=True)
    assert found is not None
    assert NOW < found <= after(seconds=1)


def test_an_env_whose_label_was_just_written_is_looked_at_once_more() -> None:
    """What came between the look and the label is seen by another look."""
    found = look_after("Asleep", sleeping(), acted=True)
    assert found is not None
    assert NOW < found <= after(seconds=1)


@pytest.mark.parametrize(("ago", "seconds"), [(1, 0.5), (6, 1), (12, 2), (60, 4), (500, 4)])
def test_an_env_on_its_way_is_looked_at_less_often_the_longer_it_takes(ago: float, seconds: float) -> None:
    """A4."""
    found = look_after("Awake", workload(ready=0), old=began("Waking", ago))
    assert found is not None
    assert NOW < found <= after(seconds=seconds, milliseconds=10)


def test_envs_on_their_way_are_looked_at_together() -> None:
    """One list of the cluster answers them all."""
    looks = {
        look_after("Awake", workload(ready=0), old=began("Waking", ago), now=after(milliseconds=10 * ago))
        for ago in range(30, 60)
    }
    assert len(looks) == 1


def test_an_env_that_takes_too_long_is_looked_at_seldom() -> None:
    late = began("FallingAsleep", TIMEOUT.total_seconds())
    assert look_after("Asleep", sleeping(pods=1), old=late) == after(seconds=30, milliseconds=10)


def test_an_env_on_its_way_is_still_turned_when_its_time_comes() -> None:
    back = decision("Asleep", until=after(milliseconds=200))
    assert look_after(back, sleeping(pods=1), old=began("FallingAsleep", 100)) == after(milliseconds=200)


def test_a_sleeping_env_whose_schedule_is_new_is_looked_at_a_few_times_more() -> None:
    """`kubectl apply -f folder/` makes the schedule first, and then the workloads."""
    status = EnvScheduleStatus(state="Asleep", since=NOW)
    looks, at = list[datetime](), NOW
    while len(looks) < 10:
        found = finding("Asleep", now=at, active_since=NOW)
        look = next_look(status, old=status, finding=found, acted=False, now=at)
        if look is None:
            break
        looks.append(at := look)
    assert 2 <= len(looks) <= 4
    assert looks[-1] - NOW < timedelta(minutes=2)


def test_a_sleeping_env_whose_schedule_is_old_is_left_to_the_sweep() -> None:
    """Design 10: a thousand sleeping envs cost next to nothing."""
    status = EnvScheduleStatus(state="Asleep", since=NOW)
    assert next_look(status, old=status, finding=finding("Asleep"), acted=False, now=NOW) is None


def test_an_operator_that_only_reports_looks_again_only_when_something_turns() -> None:
    """G8."""
    turn = decision("Asleep", until=after(hours=3))
    assert look_after(turn, workload(), dry_run=True, frozen=True, plan=planned("Asleep", workload())) == after(hours=3)


@pytest.mark.parametrize("millisecond", [0, 1, 499, 500, 999])
def test_the_next_look_is_never_now(millisecond: int) -> None:
    """Or the scheduler would turn in a circle."""
    at = after(milliseconds=millisecond)
    found = finding("Asleep", sleeping(pods=1), now=at)
    falling = began("FallingAsleep", 1)
    look = next_look(falling, old=falling, finding=found, acted=True, now=at)
    assert look is not None
    assert look > at


@pytest.mark.parametrize("wanted", ["Asleep", "Awake"])
def test_a_kind_of_which_there_was_no_list_is_looked_for_again_within_a_minute(
    wanted: Literal["Asleep", "Awake"],
) -> None:
    """B2, G2: nobody says when its own API server is well again."""
    plan = planned(wanted, unanswered={"CronJob": "503"})
    found = replace(finding(wanted), plan=plan)
    status = next_status(EnvScheduleStatus(state=wanted, since=NOW), found)
    looks = [next_look(status, old=status, finding=found, acted=False, now=at) for at in (NOW, after(hours=9))]
    spans = [look - at for look, at in zip(looks, (NOW, after(hours=9)), strict=True) if look is not None]
    assert len(spans) == 2
    assert spans[0] <= timedelta(seconds=5)
    assert spans[1] <= timedelta(minutes=1)
