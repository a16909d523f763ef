"""Which notices there should be, as a table: pure, without Slack or a cluster."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from sundown.frontdesk.alerts.marks import Mark, Marks
from sundown.frontdesk.alerts.notice import Drop, Find, Place, Post, Update, others
from sundown.frontdesk.alerts.plan import GRACE, closing
from sundown.frontdesk.envs.snapshot import Standing
from sundown.model.resources import Parts
from support.frontdesk.notice_samples import (
    ANA,
    BOTH,
    CHANNEL,
    STOP,
    asleep,
    awake,
    before,
    done,
    kept_awake,
    live,
    said,
    steps,
    told,
)


@pytest.mark.parametrize(
    ("now", "notice"),
    [
        (before(minutes=61), None),
        (before(minutes=60), timedelta(hours=1)),
        (before(minutes=31), timedelta(hours=1)),
        (before(minutes=30), timedelta(minutes=30)),
        (before(minutes=15), timedelta(minutes=15)),
        (before(seconds=1), timedelta(minutes=15)),
    ],
)
def test_the_newest_notice_whose_time_has_come_applies(now: datetime, notice: timedelta | None) -> None:
    """B6"""
    posts = [step for step in steps(awake(), Marks(), *BOTH, now=now).steps if isinstance(step, Post)]
    assert {post.notice.before for post in posts} == ({notice} if notice else set())
    assert len(posts) == (2 if notice else 0)


@pytest.mark.parametrize(
    ("now", "look"),
    [
        (before(hours=5), before(minutes=60)),
        (before(minutes=60), before(minutes=30)),
        (before(minutes=20), before(minutes=15)),
        (before(minutes=15), None),
    ],
)
def test_it_is_looked_again_when_the_next_notice_is_due(now: datetime, look: datetime | None) -> None:
    """B6"""
    assert steps(awake(), told(awake(), *BOTH, now=now), *BOTH, now=now).look_at == look


def test_notices_can_be_any_list_in_any_order() -> None:
    """B6: as a list that can be changed."""
    env = awake(before=(timedelta(seconds=10), timedelta(hours=3), timedelta(seconds=10), timedelta(minutes=1)))
    first = [steps(env, Marks(), CHANNEL, now=before(seconds=s)).steps[0] for s in (3600, 60, 10, 1)]
    stages = [step.notice.before for step in first if isinstance(step, Post)]
    assert stages == [timedelta(hours=3), timedelta(minutes=1), timedelta(seconds=10), timedelta(seconds=10)]


def test_no_notices_are_given_where_the_list_is_empty() -> None:
    """B6"""
    assert steps(awake(before=()), Marks(), *BOTH, now=before(minutes=1)).steps == ()


def test_the_same_message_is_updated_with_each_notice() -> None:
    """B8"""
    marks = told(awake(), *BOTH, now=before(minutes=60))
    later = steps(awake(), marks, *BOTH, now=before(minutes=30))
    assert said(later) == [("Update", "C1", "stop"), ("Update", "U1", "stop")]
    assert {mark.ts for mark in done(marks, later).messages} == {mark.ts for mark in marks.messages}


def test_nothing_is_done_between_two_notices() -> None:
    """B8"""
    marks = told(awake(), *BOTH, now=before(minutes=60))
    assert steps(awake(), marks, *BOTH, now=before(minutes=31)).steps == ()


def test_pods_that_come_and_go_do_not_rewrite_the_message() -> None:
    """B8"""
    marks = told(awake(), *BOTH, now=before(minutes=60))
    fewer = awake(parts=Parts(total=3, asleep=0, ready=1))
    assert steps(fewer, marks, *BOTH, now=before(minutes=59)).steps == ()


@pytest.mark.parametrize(
    "env",
    [
        awake(parts=Parts(total=3, asleep=3, ready=0)),
        awake(parts=Parts()),
        asleep(shutdown_at=STOP),
        awake(state="FallingAsleep"),
        awake(state="Paused"),
        awake(silent="its schedule is a dry run"),
        awake(shutdown_at=None),
    ],
)
def test_nobody_is_told_where_nothing_will_be_stopped(env: Standing) -> None:
    """A6: nor in a dry run, nor while paused."""
    assert steps(env, Marks(), *BOTH, now=before(minutes=10)).steps == ()


def test_a_shutdown_that_is_past_is_not_announced_late() -> None:
    """B6: a notice that was missed is not given late."""
    assert steps(awake(), Marks(), *BOTH, now=STOP).steps == ()


def test_a_shutdown_that_moved_takes_its_notices_along() -> None:
    """B7"""
    marks = told(awake(), *BOTH, now=before(minutes=60))
    prolonged = kept_awake(STOP + timedelta(hours=2), at=before(minutes=50))
    moved = steps(prolonged, marks, *BOTH, now=before(minutes=50))
    assert said(moved) == [("Update", "C1", "moved"), ("Update", "U1", "moved")]
    assert moved.look_at == STOP + timedelta(hours=1)
    after = done(marks, moved)
    assert live(after) == []
    again = steps(prolonged, after, *BOTH, now=STOP + timedelta(hours=1))
    assert [step for step in said(again) if step[0] == "Post"] == [("Post", "C1", "stop"), ("Post", "U1", "stop")]
    assert all(step.notice.standing.prolonged for step in again.steps if isinstance(step, Post))


def test_who_has_just_answered_is_not_reminded_of_what_they_chose() -> None:
    """C2: after a snooze for an hour the notice of an hour has been answered; the next is half an hour before."""
    snoozed = kept_awake(before(minutes=50) + timedelta(hours=1), at=before(minutes=50))
    look = steps(snoozed, told(awake(), *BOTH, now=before(minutes=60)), *BOTH, now=before(minutes=50))
    assert [step for step in said(look) if step[0] == "Post"] == []
    assert look.look_at == before(minutes=50) + timedelta(minutes=30)


def test_the_last_notice_is_given_however_short_the_time_that_was_asked_for() -> None:
    """B4: nothing running is stopped without a reminder."""
    at = before(minutes=50)
    short = kept_awake(at + timedelta(minutes=10), at=at)
    assert said(steps(short, Marks(), CHANNEL, now=at)) == [("Post", "C1", "stop")]


def test_a_shutdown_that_comes_back_is_told_in_its_old_message() -> None:
    """B8: never a second message of the same shutdown."""
    marks = told(awake(), CHANNEL, now=before(minutes=60))
    away = kept_awake(STOP + timedelta(hours=3), at=before(minutes=50))
    marks = done(marks, steps(away, marks, CHANNEL, now=before(minutes=50)))
    back = steps(awake(), marks, CHANNEL, now=before(minutes=40))
    assert said(back) == [("Update", "C1", "stop")]


@pytest.mark.parametrize(
    ("env", "says"), [(asleep(), "asleep"), (awake(parts=Parts(total=3, asleep=0, ready=0)), "idle")]
)
def test_a_message_that_was_being_written_again_when_a_frontdesk_ended_may_have_buttons(
    env: Standing, says: str
) -> None:
    (mark,) = told(awake(), CHANNEL, now=before(minutes=60)).messages
    marks = Marks(messages=(mark.model_copy(update={"what": "moved", "shown": ""}),))
    assert said(steps(env, marks, CHANNEL, now=before(minutes=50))) == [("Update", "C1", says)]


def test_a_message_is_written_again_for_an_env_that_slept_meanwhile() -> None:
    """It may have said so, and a frontdesk that ended then has left no word of it."""
    marks = told(awake(), CHANNEL, now=before(minutes=60))
    again = steps(awake(since=before(minutes=52)), marks, CHANNEL, now=before(minutes=50))
    assert said(again) == [("Update", "C1", "stop")]


def test_a_message_of_a_shutdown_that_was_moved_is_forgotten_when_its_time_is_past() -> None:
    """Marks are bounded."""
    marks = told(awake(), CHANNEL, now=before(minutes=60))
    away = kept_awake(STOP + timedelta(hours=3), at=before(minutes=50))
    marks = done(marks, steps(away, marks, CHANNEL, now=before(minutes=50)))
    assert done(marks, steps(away, marks, CHANNEL, now=STOP)).messages == ()


@pytest.mark.parametrize("state", ["FallingAsleep", "Asleep"])
def test_a_suspended_env_says_so_in_the_same_message(state: str) -> None:
    """B8, C3"""
    marks = told(awake(), *BOTH, now=before(minutes=60))
    look = steps(asleep(state=state), marks, *BOTH, now=before(minutes=20))
    assert said(look) == [("Update", "C1", "asleep"), ("Update", "U1", "asleep")]
    assert live(done(marks, look)) == []


def test_a_suspend_clears_every_reminder() -> None:
    """A5"""
    marks = told(awake(), *BOTH, now=before(minutes=60))
    away = kept_awake(STOP + timedelta(hours=3), at=before(minutes=50))
    marks = done(marks, steps(away, marks, *BOTH, now=before(minutes=50)))
    look = steps(asleep(), marks, *BOTH, now=before(minutes=20))
    assert [type(step) for step in look.steps] == [Drop, Drop]
    assert done(marks, look) == Marks()


def test_the_cycle_starts_afresh_after_a_suspend() -> None:
    """A5: resumed before the same shutdown, it is announced anew."""
    marks = told(awake(), CHANNEL, now=before(minutes=60))
    marks = done(marks, steps(asleep(), marks, CHANNEL, now=before(minutes=50)))
    back = awake(since=before(minutes=40))
    marks = done(marks, steps(back, marks, CHANNEL, now=before(minutes=40)))
    assert marks == Marks()
    assert said(steps(back, marks, CHANNEL, now=before(minutes=39))) == [("Post", "C1", "stop")]


def test_the_message_of_a_sleeping_env_follows_it_until_it_is_awake() -> None:
    """B8, C5: its Resume button goes when it wakes, whoever woke it."""
    marks = told(awake(), CHANNEL, now=before(minutes=60))
    marks = done(marks, steps(asleep(), marks, CHANNEL, now=before(minutes=50)))
    waking = awake(state="Waking", shutdown_at=STOP + timedelta(hours=24))
    look = steps(waking, marks, CHANNEL, now=before(minutes=45))
    assert said(look) == [("Update", "C1", "waking")]
    marks = done(marks, look)
    assert said(steps(awake(shutdown_at=STOP + timedelta(hours=24)), marks, CHANNEL, now=before(minutes=44))) == [
        ("Close", "C1", "awake")
    ]


def test_the_message_of_a_sleeping_env_keeps_its_resume_while_its_schedule_cannot_be_followed() -> None:
    """C5, fault W10: who asks for it wakes it all the same, so the way to ask stays."""
    marks = told(awake(), CHANNEL, now=before(minutes=60))
    marks = done(marks, steps(asleep(), marks, CHANNEL, now=before(minutes=50)))
    spoilt = asleep(silent="no such holiday", wakes_all_the_same=True)
    assert said(steps(spoilt, marks, CHANNEL, now=before(minutes=45))) in ([], [("Update", "C1", "asleep")])
    assert said(steps(asleep(silent="its schedule is a dry run"), marks, CHANNEL, now=before(minutes=45))) == [
        ("Close", "C1", "paused")
    ]


@pytest.mark.parametrize(
    ("env", "says"),
    [
        (awake(state="Paused", shutdown_at=None), "paused"),
        (awake(silent="its schedule is a dry run"), "paused"),
        (awake(parts=Parts(total=3, asleep=3, ready=0)), "idle"),
        (awake(shutdown_at=None), "moved"),
        (awake(before=()), "elsewhere"),
    ],
)
def test_a_message_that_is_not_true_any_more_says_what_is(env: Standing, says: str) -> None:
    """B8"""
    marks = told(awake(), CHANNEL, now=before(minutes=60))
    assert said(steps(env, marks, CHANNEL, now=before(minutes=50))) == [("Update", "C1", says)]


def test_who_is_not_told_any_more_sees_that() -> None:
    """B8"""
    marks = told(awake(), *BOTH, now=before(minutes=60))
    assert said(steps(awake(), marks, CHANNEL, now=before(minutes=50))) == [("Update", "U1", "elsewhere")]


def test_nobody_is_taken_for_gone_while_slack_cannot_be_asked_who_there_is() -> None:
    """Slack that does not answer changes no message."""
    marks = told(awake(), *BOTH, now=before(minutes=60))
    assert steps(awake(), marks, CHANNEL, now=before(minutes=50), unsure=True).steps == ()


def test_quiet_hours_put_the_notice_off_for_that_person_alone() -> None:
    """C9: quiet hours."""
    quiet = replace(ANA, quiet_until=before(minutes=20))
    look = steps(awake(), Marks(), CHANNEL, quiet, now=before(minutes=60))
    assert said(look) == [("Post", "C1", "stop")]
    assert look.look_at == before(minutes=30)
    assert ("Post", "U1", "stop") in said(steps(awake(), Marks(), CHANNEL, quiet, now=before(minutes=20)))


def test_a_message_that_may_be_there_is_left_alone_while_it_may_be_on_its_way() -> None:
    """Exactly once: who comes after a crash waits for what the other has sent."""
    mark = _begun()
    look = steps(awake(), Marks(messages=(mark,)), CHANNEL, now=mark.at + GRACE - timedelta(seconds=1))
    assert look.steps == ()
    assert look.look_at == mark.at + GRACE


def test_a_message_that_may_be_there_is_looked_for_before_it_is_posted() -> None:
    """Exactly once"""
    mark = _begun()
    now = mark.at + GRACE
    (step,) = steps(awake(), Marks(messages=(mark,)), CHANNEL, now=now).steps
    assert isinstance(step, Post)
    assert step.begun
    assert step.mark.at == now


@pytest.mark.parametrize("env", [asleep(), awake(shutdown_at=STOP + timedelta(hours=1)), awake(state="Paused")])
def test_a_message_that_may_be_there_is_looked_for_though_it_is_not_wanted_any_more(env: Standing) -> None:
    """Exactly once: no stale button is left behind."""
    (step,) = steps(env, Marks(messages=(_begun(),)), CHANNEL, now=before(minutes=50)).steps
    assert isinstance(step, Find)


def test_the_channel_is_told_which_other_envs_stop_and_which_are_prolonged() -> None:
    """B7"""
    neighbours = [
        awake(namespace="dev1"),
        awake(namespace="dev2", shutdown_at=STOP - timedelta(minutes=5)),
        awake(namespace="later", shutdown_at=STOP + timedelta(minutes=5)),
        awake(namespace="idle", parts=Parts(total=1, asleep=1, ready=0)),
        kept_awake(STOP + timedelta(hours=2), at=before(hours=2), namespace="dev3"),
    ]
    found = others("dev1", neighbours, by=STOP, now=before(minutes=60))
    assert found.stopping == ("dev2",)
    assert found.prolonged == (("dev3", STOP + timedelta(hours=2), "bo@example.com"),)
    posts = {
        step.notice.place.to: step.notice.others
        for step in steps(awake(), Marks(), *BOTH, now=before(minutes=60), others=found).steps
        if isinstance(step, Post)
    }
    assert posts["C1"] == found
    assert not posts["U1"].stopping


def test_the_channel_hears_of_a_neighbour_that_is_prolonged_at_once() -> None:
    """B7"""
    marks = told(awake(), *BOTH, now=before(minutes=60))
    found = others("dev1", [kept_awake(STOP, at=before(hours=2), namespace="dev3")], by=STOP, now=before(minutes=50))
    assert said(steps(awake(), marks, *BOTH, now=before(minutes=50), others=found)) == [("Update", "C1", "stop")]


def test_a_crowd_of_neighbours_does_not_rewrite_each_others_messages() -> None:
    """A channel of hundreds of envs gets one message each, not one for each pair."""
    crowd = [kept_awake(STOP, at=before(hours=2), namespace=f"n{number}") for number in range(100)]
    many, more = (others("dev1", crowd[:count], by=STOP, now=before(minutes=60)) for count in (99, 100))
    marks = done(Marks(), steps(awake(), Marks(), CHANNEL, now=before(minutes=60), others=many))
    assert steps(awake(), marks, CHANNEL, now=before(minutes=50), others=more).steps == ()


def test_the_messages_of_a_deleted_env_lose_their_buttons() -> None:
    """B8: the env deleted between message and click."""
    marks = told(awake(), *BOTH, now=before(minutes=60))
    assert said(closing(awake(), marks)) == [("Close", "C1", "gone"), ("Close", "U1", "gone")]


def _begun() -> Mark:
    return Mark(what="stop", to="C1", due=STOP, channel="C1", at=before(minutes=60))


def test_a_place_is_known_by_its_id_and_not_by_its_conversation() -> None:
    """B8: a conversation that was opened anew is the same person."""
    marks = told(awake(), ANA, now=before(minutes=60))
    moved = Place(to="U1", channel="D9", person=True)
    look = steps(awake(), marks, moved, now=before(minutes=30))
    assert [(type(step), step.mark.channel) for step in look.steps if isinstance(step, Update)] == [(Update, "D1")]
