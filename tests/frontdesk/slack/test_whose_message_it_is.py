"""A click on a message that the reminders look after is shown there by them, and by nobody else, or two would write it at once."""

import pytest

from sundown.frontdesk.alerts.marks import Mark, Marks
from sundown.frontdesk.slack.listeners.buttons import Click, is_theirs
from support.frontdesk.boards import NOON

CLICK = Click(user="U1", channel="C1", ts="1.5", response_url="", ephemeral=False)


def mark(*, channel: str = "C1", ts: str | None = "1.5") -> Mark:
    return Mark(what="stop", to=channel, due=NOON, channel=channel, ts=ts, at=NOON)


@pytest.mark.parametrize(
    ("marks", "theirs"),
    [
        ((), False),
        ((mark(),), True),
        ((mark(ts="1.4"),), False),
        ((mark(ts="1.4"), mark()), True),
        ((mark(channel="C2"),), False),
    ],
)
def test_a_message_is_theirs_where_a_mark_says_so(marks: tuple[Mark, ...], theirs: bool) -> None:
    assert is_theirs(CLICK, Marks(messages=marks)) is theirs


@pytest.mark.parametrize("channel", ["C1", "U1"])
def test_a_message_that_is_being_posted_is_theirs_although_nobody_knows_its_place_yet(channel: str) -> None:
    """C2 B8: whoever clicks at once had the reminders' words overwritten by the click's, for good."""
    assert is_theirs(CLICK, Marks(messages=(mark(channel=channel, ts=None),)))


def test_what_is_being_posted_elsewhere_is_none_of_its_business() -> None:
    assert not is_theirs(CLICK, Marks(messages=(mark(channel="C2", ts=None),)))
