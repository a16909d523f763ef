"""How long to leave alone what has just failed: longer each time, up to a bound. The one place that knows how."""

from __future__ import annotations

import random
from datetime import timedelta

from tenacity import RetryCallState
from tenacity.wait import wait_base

_MOST_DOUBLED = 30
"""So often at most, which is longer than any bound: a count of failures may be of weeks."""


class Backoff(wait_base):
    """``first`` seconds after a failure, twice as long after each that follows it, ``longest`` seconds at most.

    ``spread`` is the share by which chance makes it shorter or longer, so that those who failed together do not all come
    back together. It is a strategy of tenacity's, for what is tried until it works or is given up; what waits in a queue, or
    does something else meanwhile, keeps a count of its failures and asks.
    """

    def __init__(self, first: float, *, longest: float, spread: float = 0.0) -> None:
        self._first = first
        self._longest = longest
        self._spread = spread

    def __call__(self, retry_state: RetryCallState) -> float:
        return self.after(retry_state.attempt_number)

    def after(self, failures: int) -> float:
        """Seconds after so many failures in a row; what has not failed yet waits as after the first."""
        wait = min(self._first * 2.0 ** min(max(failures - 1, 0), _MOST_DOUBLED), self._longest)
        return wait * random.uniform(1 - self._spread, 1 + self._spread) if self._spread else wait  # noqa: S311 - no secret

    def span(self, failures: int) -> timedelta:
        """The same as a span of time."""
        return timedelta(seconds=self.after(failures))


def failure(state: RetryCallState) -> Exception:
    """What went wrong in an attempt of tenacity's that is to be repeated."""
    error = state.outcome.exception() if state.outcome is not None else None
    assert isinstance(error, Exception), "only what has failed is repeated"
    return error
