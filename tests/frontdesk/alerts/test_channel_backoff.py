"""How long a conversation is left alone when Slack will not have it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from sundown.frontdesk.alerts.channel_backoff import Busy, Patience, Refusal, Silent, SlackTrouble


@dataclass
class Time:
    time: datetime = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


@pytest.mark.parametrize(
    ("trouble", "seconds"),
    [
        (Busy("429", retry_after=30), 30),
        (Refusal("channel_not_found"), 5),
        (Silent("500"), 5),
    ],
)
def test_a_conversation_is_left_alone_for_as_long_as_makes_sense(trouble: SlackTrouble, seconds: int) -> None:
    """Faults: Retry-After is obeyed."""
    time = Time()
    patience = Patience(time)
    patience.failed("C1", trouble)
    assert patience.until("C1") == time.time + timedelta(seconds=seconds)
    assert patience.until("C2") is None
    time.time += timedelta(seconds=seconds)
    assert patience.until("C1") is None


@pytest.mark.parametrize(("trouble", "longest"), [(Silent("no answer"), 60), (Refusal("channel_not_found"), 600)])
def test_trouble_that_lasts_is_met_with_more_patience_each_time(trouble: SlackTrouble, longest: int) -> None:
    """Faults: a channel that is not there is not asked for every second."""
    patience = Patience(Time())
    waits = []
    for _ in range(9):
        patience.failed("C1", trouble)
        until = patience.until("C1")
        assert until is not None
        waits.append((until - Time().time).total_seconds())
    assert waits == [min(5 * 2**times, longest) for times in range(9)]


def test_those_who_wait_for_the_same_channel_come_one_a_second() -> None:
    """Faults: a hundred envs in one channel that is busy."""
    time = Time()
    patience = Patience(time)
    patience.failed("C1", Busy("429", retry_after=1))
    turns = [patience.turn("C1") for _ in range(3)]
    assert turns == [time.time + timedelta(seconds=seconds) for seconds in (1, 2, 3)]


def test_what_works_again_is_trusted_again() -> None:
    patience = Patience(Time())
    for _ in range(4):
        patience.failed("C1", Silent("no answer"))
    patience.well("C1")
    assert patience.until("C1") is None
    patience.failed("C1", Silent("no answer"))
    assert patience.until("C1") == Time().time + timedelta(seconds=5)
