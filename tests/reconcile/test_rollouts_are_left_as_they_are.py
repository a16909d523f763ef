"""A workload whose owner holds a rollout back is left running and named (requirements A18, A20; kubernetes #121534)."""

from collections import Counter
from typing import Any

import pytest

from sundown.model.parts import Hold
from sundown.reconcile.part_verdict import Goal
from sundown.reconcile.remaining import remaining
from sundown.sleepers.leftovers import Tally
from support.samples import MEMORY, NOW, SLEEP, finding, planned, sleeping, workload

HELD: list[Hold] = ["Paused", "Partition", "OnDelete"]


@pytest.mark.parametrize("hold", HELD)
def test_it_is_left_running_and_the_rest_sleeps(hold: Hold) -> None:
    """A18"""
    found = planned("Asleep", workload("web", hold=hold), workload("api"))
    assert [str(step) for step in found.to_come] == ["Sleep Deployment/api: 2 -> 0"]
    assert [one.path for one in found.refused] == ["Deployment/web"]
    assert "sundown.dev/rollout=finish" in found.refused[0].text
    assert (found.parts.total, [one.name for one in found.records]) == (1, ["api"])


@pytest.mark.parametrize("hold", HELD)
def test_an_env_with_nothing_else_is_asleep_with_it_running(hold: Hold) -> None:
    assert planned("Asleep", workload("web", hold=hold)).settled


@pytest.mark.parametrize("allowed", ["finish", " Finish "])
@pytest.mark.parametrize("hold", [*HELD, "Unobserved"])
def test_an_annotation_of_the_workload_allows_it(hold: Hold, allowed: str) -> None:
    found = planned("Asleep", workload("web", hold=hold, rollout=allowed))
    assert [step.action for step in found.steps] == ["Sleep"]
    assert found.refused == found.mistakes == ()


def test_another_word_in_the_annotation_allows_nothing_and_is_told() -> None:
    found = planned("Asleep", workload("web", hold="Paused", rollout="true"))
    assert found.steps == ()
    assert [one.path for one in found.mistakes] == ["Deployment/web: annotation sundown.dev/rollout"]


def test_one_whose_controller_has_not_looked_yet_is_waited_for() -> None:
    """A18: nothing is known of its rollout, so it is neither put to sleep nor passed by."""
    found = planned("Asleep", workload("web", hold="Unobserved", settled=False))
    assert (found.steps, found.hanging, found.refused, found.settled) == ((), ("Deployment/web",), (), False)


@pytest.mark.parametrize("hold", [*HELD, "Unobserved"])
@pytest.mark.parametrize("more", [{"exclude": "true"}, {"labels": {"keep": "me"}}])
def test_nothing_is_said_of_one_that_does_not_take_part(hold: Hold, more: dict[str, Any]) -> None:
    found = planned("Asleep", workload("web", hold=hold, **more), exclude={"labels": {"keep": "me"}})
    assert (found.steps, found.refused, found.settled) == ((), (), True)


@pytest.mark.parametrize("hold", [*HELD, "Unobserved"])
def test_what_sleeps_is_woken_whatever_is_held_back_at_night(hold: Hold) -> None:
    """A15"""
    found = planned("Awake", sleeping("web", "3", hold=hold))
    assert [str(step) for step in found.steps] == ["Wake Deployment/web: 0 -> 3"]


@pytest.mark.parametrize("hold", HELD)
def test_one_that_was_at_zero_before_is_at_no_risk(hold: Hold) -> None:
    found = planned("Asleep", workload("web", 0, hold=hold))
    assert (found.steps, found.refused) == ((), ())


@pytest.mark.parametrize("hold", HELD)
def test_one_that_was_scaled_up_at_night_and_is_held_back_since_stays_up(hold: Hold) -> None:
    found = planned("Asleep", workload("web", 3, record="2", hold=hold))
    assert (found.steps, len(found.refused), found.settled) == ((), 1, True)


@pytest.mark.parametrize("hold", HELD)
def test_it_is_named_among_what_runs_on(hold: Hold) -> None:
    """A20"""
    tally = Tally(Counter({("Deployment", "web"): 3}))
    left = remaining(tally, [workload("web", 3, hold=hold)], Goal(wanted="Asleep", now=NOW, memory=MEMORY, sleep=SLEEP))
    assert left is not None
    assert [(one.name, one.why) for one in left.first] == [("web", "HeldBack")]


def test_a_day_with_it_says_nothing() -> None:
    assert finding("Awake", workload("web", hold="Paused")).plan.refused == ()
