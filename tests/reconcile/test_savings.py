"""What sleep saves."""

from datetime import timedelta

import pytest

from sundown.model.resources import Savings
from sundown.reconcile.savings import potential, saved, without_potential
from support.samples import planned, sleeping, workload

NIGHT = timedelta(hours=14)
WAKING = planned(
    "Awake", sleeping("web", "3", cpu=0.5, memory=1.0), sleeping("db", "1", kind="StatefulSet", cpu=2.0, memory=8.0)
)


def test_a_night_saves_its_hours_times_what_the_pods_had_requested() -> None:
    """G6."""
    assert saved(None, asleep=NIGHT, plan=WAKING) == Savings(asleep_hours=14, cpu_hours=49, memory_gib_hours=154)


def test_nights_add_up() -> None:
    """G6."""
    first = saved(None, asleep=NIGHT, plan=WAKING)
    assert saved(first, asleep=NIGHT, plan=WAKING) == Savings(asleep_hours=28, cpu_hours=98, memory_gib_hours=308)


def test_what_nobody_put_to_sleep_saves_nothing() -> None:
    """A3, G6."""
    plan = planned("Awake", workload("batch", 0, cpu=4.0, memory=4.0), workload("kept", 2, cpu=1.0, exclude="true"))
    assert saved(None, asleep=NIGHT, plan=plan) == Savings(asleep_hours=14)


def test_a_clock_that_was_set_back_takes_nothing_away() -> None:
    before = Savings(asleep_hours=5, cpu_hours=6, memory_gib_hours=7)
    assert saved(before, asleep=timedelta(hours=-1), plan=WAKING) == before


def test_a_dry_run_tells_what_a_week_would_save() -> None:
    """G8."""
    running = planned("Awake", workload("web", 2, cpu=0.5, memory=1.0))
    found = potential(None, asleep_a_week=timedelta(hours=118), plan=running)
    assert found == Savings(potential_asleep_hours=118, potential_cpu_hours=118, potential_memory_gib_hours=236)


def test_a_dry_run_leaves_what_was_saved_before_it() -> None:
    """G8."""
    before = Savings(asleep_hours=5, cpu_hours=6, memory_gib_hours=7)
    found = potential(before, asleep_a_week=NIGHT, plan=WAKING)
    assert (found.asleep_hours, found.cpu_hours, found.memory_gib_hours) == (5, 6, 7)


@pytest.mark.parametrize("before", [None, Savings(), Savings(asleep_hours=5, cpu_hours=6, memory_gib_hours=7)])
def test_the_end_of_a_dry_run_takes_its_figures_away_and_no_others(before: Savings | None) -> None:
    """G8."""
    after = without_potential(potential(before, asleep_a_week=NIGHT, plan=WAKING))
    assert after == (before or Savings())


def test_what_was_never_saved_stays_unsaid() -> None:
    assert without_potential(None) is None
