"""One person's flood of commands and clicks is left alone, and everybody else is served meanwhile (S14, J6)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.frontdesk.wishes.pace import Pace, TooMuch
from sundown_lab.slack.remote import Workspace
from support.effort import examples
from support.frontdesk.clocks import Clock
from support.frontdesk.saying import answer_to, words
from support.frontdesks import Counter

AT_MOST = 60


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(at_most=AT_MOST, clock=clock)


def flood(pace: Pace, user: str = "U1", *, times: int = 10 * AT_MOST) -> tuple[int, int]:
    """How many things were done, and how often somebody was told that one was not."""
    done = told = 0
    for _ in range(times):
        try:
            done += pace.admit(user)
        except TooMuch:
            told += 1
    return done, told


def test_so_many_are_done_and_of_the_others_the_person_is_told_once(pace: Pace) -> None:
    assert flood(pace) == (AT_MOST, 1)


def test_it_is_said_in_words_what_to_do(pace: Pace) -> None:
    for _ in range(AT_MOST):
        pace.admit("U1")
    with pytest.raises(
        TooMuch, match=r"more than 60 things within a minute.* was not done: I listen to you again in 15"
    ):
        pace.admit("U1")


def test_everybody_else_is_served_meanwhile(pace: Pace) -> None:
    flood(pace)
    assert [pace.admit(f"U{each}") for each in range(2, 50)] == [True] * 48


def test_after_a_while_the_person_is_served_again(pace: Pace, clock: Clock) -> None:
    flood(pace)
    clock.time += timedelta(seconds=15)
    assert pace.admit("U1")


def test_who_never_stops_is_told_every_so_often_only(pace: Pace, clock: Clock) -> None:
    told = 0
    for _ in range(600):
        told += flood(pace, times=5)[1]
        clock.time += timedelta(seconds=0.1)
    assert told <= 5


def test_who_asks_for_one_thing_a_second_is_always_served(pace: Pace, clock: Clock) -> None:
    for _ in range(500):
        assert pace.admit("U1")
        clock.time += timedelta(seconds=1)


def test_a_clock_that_is_put_back_silences_nobody_for_long(pace: Pace, clock: Clock) -> None:
    flood(pace)
    clock.time -= timedelta(hours=1)
    flood(pace)
    clock.time += timedelta(seconds=16)
    assert pace.admit("U1")


@given(st.lists(st.tuples(st.sampled_from(["U1", "U2", "U3"]), st.floats(0, 20)), max_size=400), st.integers(6, 40))
@examples(60)
def test_whatever_others_do_a_person_has_what_they_would_have_alone(
    asked: list[tuple[str, float]], at_most: int
) -> None:
    """As a property: nobody's flood takes anything from another."""
    together, alone = Clock(), Clock()
    all_of_them, one = Pace(at_most=at_most, clock=together), Pace(at_most=at_most, clock=alone)
    for user, seconds in asked:
        together.time += timedelta(seconds=seconds)
        alone.time = together.time
        served = flood(all_of_them, user, times=1)
        if user == "U1":
            assert served == flood(one, user, times=1)


@pytest.mark.lab
def test_in_slack_a_flood_gets_one_plain_answer_and_another_person_theirs(counter: Counter, slack: Workspace) -> None:
    """The lowest limit there is: six within a minute."""
    counter.fresh(slack, SUNDOWN_PERSON_REQUESTS="6").start()
    bo, chen = slack.act("bo"), slack.act("chen")
    for _ in range(30):
        bo.command("help", wait=False)
    told = bo.wait_for_message(lambda message: "within a minute" in words(message), channel="#dev")
    assert told["ephemeral"]
    assert "ask" in words(answer_to(chen, "help")).lower()
    seen = [words(message) for message in bo.messages("#dev") if message["bot_id"] is not None]
    assert len([text for text in seen if "more than 6 things within a minute" in text]) == 1
