"""How long what has failed is left alone: one way for all of it."""

import asyncio
from datetime import timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tenacity import RetryCallState, Retrying

from sundown.backoff import Backoff
from sundown.kopf_glue.setup import Patience
from sundown.kopf_glue.watching import Logins


@given(st.integers(1, 10**9), st.floats(0.01, 60), st.floats(60, 3600))
def test_it_grows_from_the_first_to_the_longest_however_often_something_failed(
    failures: int, first: float, longest: float
) -> None:
    backoff = Backoff(first, longest=longest)
    assert backoff.after(1) == first
    assert first <= backoff.after(failures) <= backoff.after(failures + 1) <= longest
    assert backoff.after(10**9) == longest


@given(st.integers(0, 1000))
def test_chance_makes_it_shorter_or_longer_by_its_share_and_no_more(failures: int) -> None:
    exact, spread = Backoff(1.0, longest=30.0), Backoff(1.0, longest=30.0, spread=0.25)
    assert exact.after(failures) * 0.75 <= spread.after(failures) <= exact.after(failures) * 1.25


@pytest.mark.parametrize(("failures", "seconds"), [(0, 2), (1, 2), (2, 4), (3, 8), (6, 60)])
def test_it_is_doubled_and_what_has_not_failed_yet_waits_as_after_the_first(failures: int, seconds: int) -> None:
    assert Backoff(2.0, longest=60.0).span(failures) == timedelta(seconds=seconds)


def test_it_is_a_strategy_of_tenacity() -> None:
    state = RetryCallState(Retrying(), None, (), {})
    state.attempt_number = 4
    assert Backoff(0.5, longest=60.0)(state) == 4.0


def test_kopf_asks_again_without_an_end() -> None:
    """W1"""
    assert list(islice(Patience(), 6)) == [0.5, 1.0, 2.0, 4.0, 5.0, 5.0]


async def test_whoever_is_not_let_in_logs_in_less_and_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """A16: the credentials expire every five minutes, and nobody waits for that."""
    loop, slept, now = asyncio.get_running_loop(), list[float](), [100.0]

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    monkeypatch.setattr(loop, "time", lambda: now[0])
    monkeypatch.setattr(asyncio, "sleep", sleep)
    logins = Logins()
    for _ in range(7):
        await logins.turn()
    assert slept == [0.5, 1.0, 2.0, 4.0, 8.0, 15.0]
    for _ in range(3):
        now[0] += 300
        await logins.turn()
    assert len(slept) == 6
