"""What a click still means when the env is not as the message says any more. Pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.frontdesk.envs.snapshot import Standing
from sundown.frontdesk.slack.views.blocks import value
from sundown.frontdesk.wishes.clicks import Carried, Unreadable, read, stale
from sundown.model.spec import Override
from support.frontdesk.notice_samples import STOP, asleep, awake, before, kept_awake


def carried(do: str, *, about_a_shutdown: bool = True) -> Carried:
    return read(
        value(do, namespace="dev1", cluster="default", shutdown=STOP if about_a_shutdown else None),
        do=do,
    )


SUSPENDED = Override(state="Asleep", at=before(minutes=20), by="bo@example.com", via="slack")


@pytest.mark.parametrize("do", ["snooze", "extend", "suspend"])
def test_a_click_in_time_is_done(do: str) -> None:
    """C1"""
    assert stale(carried(do), awake()) is None


@pytest.mark.parametrize("do", ["snooze", "extend", "suspend"])
@pytest.mark.parametrize(
    ("env", "said", "by"),
    [
        (asleep(asked=SUSPENDED), "is asleep already: {by} suspended it", "bo@example.com"),
        (asleep(state="FallingAsleep"), "is falling asleep already", None),
        (kept_awake(STOP.replace(hour=21), at=before(minutes=5)), "{by} has put it off", "bo@example.com"),
        (awake(shutdown_at=None), "its schedule has changed", None),
    ],
)
def test_a_click_that_is_late_hears_who_has_done_what(do: str, env: Standing, said: str, by: str | None) -> None:
    """B8"""
    late = stale(carried(do), env)
    assert late is not None
    assert said in late.text
    assert late.by == by


def test_who_has_done_it_is_said_with_the_doubt_that_there_is() -> None:
    """S7"""
    late = stale(carried("snooze"), asleep(asked=SUSPENDED, doubted=True))
    assert late is not None
    assert late.by == "bo@example.com (unverified)"


def test_resuming_what_sleeps_is_never_late() -> None:
    """C5"""
    assert stale(carried("resume", about_a_shutdown=False), asleep()) is None


@pytest.mark.parametrize(("state", "said"), [("Waking", "is waking already"), ("Awake", "is awake already")])
def test_resuming_what_somebody_else_has_resumed_says_so(state: str, said: str) -> None:
    """B8"""
    asked = Override(state="Awake", at=before(minutes=1), by="bo@example.com", via="slack")
    late = stale(carried("resume"), awake(state=state, asked=asked))
    assert late is not None
    assert late.text == f"{said}: {{by}} asked for it"


def test_a_snooze_that_is_about_no_shutdown_wakes_what_sleeps() -> None:
    """C9: from the list of one's envs."""
    assert stale(carried("snooze", about_a_shutdown=False), asleep()) is None


@given(st.text(max_size=300) | st.none() | st.integers() | st.dictionaries(st.text(), st.text()))
def test_whatever_a_button_carries_is_read_or_refused(text: object) -> None:
    """Bad input: payloads with unknown actions."""
    with pytest.raises(Unreadable):
        read(text, do="suspend")


@pytest.mark.parametrize(
    "text",
    [
        value("resume", namespace="dev1", cluster="default"),
        value("suspend", namespace="../etc", cluster="default"),
        value("suspend", namespace="a" * 64, cluster="default"),
        value("suspend", namespace="dev1", cluster=""),
        '{"ns":"dev1","cluster":"default","do":"suspend","for":"yesterday"}',
        '{"ns":"dev1","cluster":"default","do":"suspend","span":"-1h"}',
    ],
)
def test_a_button_that_was_tampered_with_is_refused(text: str) -> None:
    """Bad input"""
    with pytest.raises(Unreadable):
        read(text, do="suspend")
