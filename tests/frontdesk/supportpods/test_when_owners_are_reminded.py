"""When the owner of a support pod is told of its end, and what becomes of that message: no Slack and no cluster."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sundown.frontdesk.seal import Seal
from sundown.frontdesk.support.reminding import BEFORE, TOLD, Correct, Remind, Told, Trace, annotation, plan, told_of
from sundown.model.resources import Metadata
from sundown.model.support_pod import SupportPodSpec, SupportPodStatus, Wanted

MADE = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
USUAL = timedelta(hours=8)
END = MADE + USUAL
SEAL = Seal("xoxb-secret", cluster="default")


def one(*, owner: str | None = "ana@example.com", ttl: timedelta | None = None) -> Wanted:
    metadata = Metadata(name="tools", namespace="sundown-support", uid="u1", creation_timestamp=MADE)
    return Wanted(metadata, SupportPodStatus(), spec=SupportPodSpec(owner=owner, ttl=ttl))


def test_a_quarter_of_an_hour_before_its_end() -> None:
    """H2"""
    before = END - BEFORE
    assert plan(one(), Told(), usual=USUAL, now=MADE) == (None, before)
    assert plan(one(), Told(), usual=USUAL, now=before) == (Remind(END, begun=False), None)


def test_once() -> None:
    """H2"""
    assert plan(one(), Told(told=END, channel="D1", ts="1.2"), usual=USUAL, now=END - BEFORE) == (None, None)
    assert plan(one(), Told(about=END), usual=USUAL, now=END - BEFORE) == (Remind(END, begun=True), None)


def test_not_of_one_that_lives_for_a_quarter_of_an_hour_or_that_nobody_owns_or_whose_time_is_over() -> None:
    for which, now in ((one(ttl=BEFORE), MADE), (one(owner=None), END - BEFORE), (one(), END)):
        assert plan(which, Told(), usual=USUAL, now=now) == (None, None)


def test_what_was_said_of_another_end_is_corrected_and_then_it_is_told_again() -> None:
    """B8"""
    said = Told(told=END, channel="D1", ts="1.2")
    longer = one(ttl=USUAL * 2)
    assert plan(longer, said, usual=USUAL, now=END) == (Correct(said, MADE + USUAL * 2), None)
    assert plan(longer, Told(), usual=USUAL, now=END) == (None, MADE + USUAL * 2 - BEFORE)


def test_what_was_about_to_be_said_of_another_end_is_looked_for() -> None:
    """B8: the frontdesk ended after it was posted, and somebody clicked meanwhile."""
    found = plan(one(ttl=USUAL * 2), Told(about=END), usual=USUAL, now=END)
    assert found == (Trace(END, MADE + USUAL * 2), None)


@given(st.sampled_from(["about", "told"]), st.text("0123456789.", max_size=20))
def test_what_is_remembered_is_believed_as_it_was_written_and_not_when_somebody_else_has(which: str, ts: str) -> None:
    """J6"""
    told = Told(**{which: END}, channel="D1", ts=ts)
    marked = annotation(one(), told, SEAL)
    written = replace(one(), metadata=one().metadata.model_copy(update={"annotations": marked}))
    assert told_of(written, SEAL) == told
    assert told_of(written, Seal("xoxb-another", cluster="default")) == Told()
    elsewhere = written.metadata.model_copy(update={"uid": "u2"})
    assert told_of(replace(written, metadata=elsewhere), SEAL) == Told()
    forged = {TOLD: marked[TOLD].replace('"channel":"D1"', '"channel":"C1"')}
    assert told_of(replace(one(), metadata=one().metadata.model_copy(update={"annotations": forged})), SEAL) == Told()


def test_nothing_to_remember_is_no_annotation() -> None:
    assert annotation(one(), Told(), SEAL) == {}
