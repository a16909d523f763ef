"""What is kept of requests that might come twice is bounded, for each and for all (J6)."""

import random

import pytest

from sundown.frontdesk.api import repeats
from sundown.frontdesk.api.problems import StillAtIt
from sundown.frontdesk.api.repeats import Answered, Repeats
from support.frontdesk.api import Clock

DONE = Answered(200, b"{}", {})


def answered(store: Repeats, who: str, key: str, answer: Answered = DONE) -> None:
    assert store.begin(who, key, b"said") is None
    store.end(who, key, answer)


def test_an_answer_is_kept_for_a_day() -> None:
    clock = Clock()
    store = Repeats(clock)
    answered(store, "ana", "one")
    clock.pass_by(hours=23, minutes=59)
    assert store.begin("ana", "one", b"said") == DONE
    clock.pass_by(minutes=1)
    assert store.begin("ana", "one", b"said") is None


def test_somebody_with_many_keys_loses_their_own_and_nobody_elses() -> None:
    store = Repeats(Clock())
    answered(store, "bo", "one")
    for number in range(1_000):
        answered(store, "ana", str(number))
    assert store.begin("bo", "one", b"said") == DONE
    assert store.begin("ana", "999", b"said") == DONE
    assert store.begin("ana", "0", b"said") is None


def test_large_answers_are_kept_as_long_as_there_is_room() -> None:
    store = Repeats(Clock())
    large = Answered(200, random.Random(7).randbytes(25_000), {})  # which cannot be packed
    for number in range(5):
        answered(store, "ana", str(number), large)
    assert store.begin("ana", "4", b"said") == large
    assert store.begin("ana", "3", b"said") == large
    assert store.begin("ana", "2", b"said") is None


def test_an_answer_larger_than_all_room_is_kept_alone() -> None:
    store = Repeats(Clock())
    answered(store, "ana", "one")
    answered(store, "ana", "two", Answered(207, random.Random(7).randbytes(500_000), {}))
    assert store.begin("ana", "two", b"said") is not None
    assert store.begin("ana", "one", b"said") is None


def test_people_who_have_not_come_for_long_are_forgotten() -> None:
    store = Repeats(Clock())
    for number in range(repeats._MOST_PEOPLE + 1):
        answered(store, str(number), "one")
    assert store.begin("0", "one", b"said") is None
    assert store.begin(str(repeats._MOST_PEOPLE), "one", b"said") == DONE


@pytest.mark.parametrize("status", [408, 429, 503])
def test_an_answer_that_passes_leaves_the_key_free(status: int) -> None:
    store = Repeats(Clock())
    answered(store, "ana", "one", Answered(status, b"", {}))
    assert store.begin("ana", "one", b"said") is None


def test_what_is_under_way_is_not_begun_again() -> None:
    store = Repeats(Clock())
    assert store.begin("ana", "one", b"said") is None
    with pytest.raises(StillAtIt):
        store.begin("ana", "one", b"said")
