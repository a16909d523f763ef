"""Who asked for an env is told when it is awake: which notices there should be, pure, without Slack or a cluster."""

from datetime import timedelta

import pytest

from sundown.frontdesk.alerts.marks import Mark, Marks, Waiting
from sundown.frontdesk.alerts.notice import Find, Forget, Post
from sundown.frontdesk.envs.snapshot import Standing
from sundown.model.spec import Override
from support.frontdesk.notice_samples import asleep, awake, before, said, steps

ASKED = before(hours=3)
WAITING = Marks(waiting=(Waiting(to="C1", by="U2", at=ASKED),))


def _resumed(**changes: object) -> Standing:
    asked = Override(state="Awake", at=ASKED, by="bo@example.com", via="slack")
    return awake(**{"asked": asked, "since": ASKED + timedelta(seconds=130), **changes})


def test_who_asked_is_told_when_it_is_awake_and_how_long_it_took() -> None:
    """A4, C5"""
    (step,) = steps(_resumed(), WAITING, now=ASKED + timedelta(seconds=131)).steps
    assert isinstance(step, Post)
    assert (step.notice.says, step.notice.asker, step.notice.asked_at) == ("ready", "U2", ASKED)


@pytest.mark.parametrize(
    "env",
    [_resumed(state="Waking", since=ASKED), _resumed(certain=False), asleep(), awake()],
)
def test_nobody_is_told_before_it_is_awake(env: Standing) -> None:
    """A4: when it has finished, not when it was asked for."""
    assert steps(env, WAITING, now=ASKED + timedelta(seconds=30)).steps == ()


def test_who_asked_when_it_was_awake_already_is_told_so() -> None:
    """C5"""
    env = _resumed(since=ASKED - timedelta(hours=1))
    assert said(steps(env, WAITING, now=ASKED + timedelta(seconds=1))) == [("Post", "C1", "ready")]


def test_a_wish_that_never_arrived_is_forgotten() -> None:
    """C5: the frontdesk ended before it could write it."""
    (step,) = steps(asleep(since=before(hours=9)), WAITING, now=ASKED + timedelta(minutes=3)).steps
    assert isinstance(step, Forget)


def test_old_news_is_not_told() -> None:
    """C5"""
    (step,) = steps(_resumed(), WAITING, now=ASKED + timedelta(hours=2)).steps
    assert isinstance(step, Forget)


def test_a_report_that_may_have_been_posted_is_looked_for_first() -> None:
    """A4: nothing twice."""
    mark = Mark(what="awake", to="C1", due=ASKED, channel="C1", at=ASKED + timedelta(seconds=131))
    (step,) = steps(_resumed(), WAITING.put(mark), now=ASKED + timedelta(seconds=150)).steps
    assert isinstance(step, Find)
