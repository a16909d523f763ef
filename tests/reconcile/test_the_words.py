"""Which Events tell people of an env: what is new, once, and as a warning where something is wrong."""

from itertools import pairwise

import pytest

from sundown.errors import Mistake
from sundown.model.resources import EnvScheduleStatus
from sundown.reconcile.report import Word, discarded, words
from support.samples import MEMORY, after, after_visits, decision, planned, sleeping, troubled, workload


@pytest.fixture
def awake() -> EnvScheduleStatus:
    """What was said of an env that is awake."""
    return after_visits("Awake", [workload()])


@pytest.fixture
def asleep() -> EnvScheduleStatus:
    """What was said of an env that sleeps."""
    return after_visits("Asleep", [workload()], [sleeping()])


def said(old: EnvScheduleStatus, new: EnvScheduleStatus) -> list[str]:
    return [word.reason for word in words(old, new)]


def test_a_new_state_is_told_with_its_reason(awake: EnvScheduleStatus) -> None:
    falling = after_visits(decision("Asleep", text="outside working hours"), [workload()], old=awake)
    assert words(awake, falling) == (Word("FallingAsleep", "outside working hours"),)


def test_the_end_of_a_transition_tells_how_long_it_took(asleep: EnvScheduleStatus) -> None:
    """A4."""
    waking = after_visits("Awake", [sleeping()], old=asleep, now=after(hours=1))
    woken = after_visits("Awake", [workload()], old=waking, now=after(hours=1, seconds=83))
    (word,) = words(waking, woken)
    assert word == Word("Awake", "awake by schedule (took 83 s)")


def test_nothing_is_told_of_an_env_that_was_awake_when_its_schedule_came(awake: EnvScheduleStatus) -> None:
    assert said(EnvScheduleStatus(), awake) == []


def test_a_namespace_that_is_being_made_falls_asleep_once() -> None:
    """It is empty when its schedule is seen first: nobody is told of a sleep before anything was there to sleep."""
    empty = after_visits("Asleep", [])
    falling = after_visits("Asleep", [workload()], old=empty)
    asleep = after_visits("Asleep", [sleeping()], old=falling)
    assert (empty.state, falling.state, asleep.state) == ("Asleep", "FallingAsleep", "Asleep")
    told = [said(before, then) for before, then in pairwise((EnvScheduleStatus(), empty, falling, asleep))]
    assert told == [[], ["FallingAsleep"], ["Asleep"]]


def test_an_event_does_not_say_its_reason_twice(awake: EnvScheduleStatus, asleep: EnvScheduleStatus) -> None:
    """kubectl prints the reason beside the text."""
    paused = after_visits("Paused", [workload()], old=awake)
    waking = after_visits("Awake", [sleeping()], old=asleep)
    for before, then in ((awake, paused), (awake, asleep), (asleep, waking), (asleep, awake)):
        (word,) = words(before, then)
        assert word.note
        assert word.reason not in word.note


def test_the_same_status_is_told_once(asleep: EnvScheduleStatus) -> None:
    """Z: alerts repeat on every watch event."""
    assert said(asleep, asleep) == []


def test_trouble_is_told_as_a_warning(awake: EnvScheduleStatus) -> None:
    assert words(awake, troubled(awake)) == (Word("InvalidSpec", "it is wrong", warning=True),)


def test_other_trouble_of_the_same_kind_is_told_again(awake: EnvScheduleStatus) -> None:
    assert said(troubled(awake), troubled(awake, message="something else is wrong")) == ["InvalidSpec"]


@pytest.mark.parametrize("reason", ["Superseded", "NamespaceNotEnabled"])
def test_what_harms_nobody_is_no_warning(awake: EnvScheduleStatus, reason: str) -> None:
    assert [word.warning for word in words(awake, troubled(awake, reason))] == [False]


def test_a_degraded_env_is_told_as_a_warning(awake: EnvScheduleStatus) -> None:
    refused = after_visits("Awake", [workload()], old=awake, failures=(Mistake("Deployment/web", "forbidden"),))
    assert words(awake, refused) == (Word("WriteFailed", "Deployment/web: forbidden", warning=True),)


def test_what_was_set_right_is_not_told(awake: EnvScheduleStatus) -> None:
    assert said(troubled(awake), after_visits("Awake", [workload()], old=troubled(awake))) == []


def test_a_record_that_is_taken_off_a_workload_at_0_is_told_with_its_count() -> None:
    """W4: it stays at 0 as its owner wants, and whoever wonders finds what was written there."""
    old = workload("web", 0, record="7", mark="2026-11-16T17:00:00.000000Z/uid-web")
    (text,) = discarded(planned("Awake", old, memory=MEMORY), failures=())
    assert 'Deployment/web: annotation sundown.dev/previous-replicas "7" was of an earlier sleep' in text
    assert discarded(planned("Awake", old, memory=MEMORY), failures=(Mistake("Deployment/web", "refused"),)) == ()
    assert discarded(planned("Awake", sleeping()), failures=()) == ()
