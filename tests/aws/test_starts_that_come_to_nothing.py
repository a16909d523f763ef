"""W14: what AWS accepts to start and stops again is started less and less often, and the reason is told."""

from datetime import timedelta
from typing import Any

import pytest

from sundown.aws.starts import Attempts, attempts_after, overlaid
from sundown.model.cloud import CloudPart
from sundown.model.parts import Step
from sundown.reconcile.part_verdict import Goal
from sundown.reconcile.plan import reconsider
from sundown_lab.aws.remote import Aws
from support.aws.skies import Sky
from support.samples import NOW, after, after_visits, cloud, planned, stopped

WHY = {"code": "Client.InternalError", "message": "Client.InternalError: Client error on launch"}


def lived(*states: tuple[float, str], **more: Any) -> CloudPart:
    """An instance that Sundown stopped, seen in these states at these seconds; as it is known at the last of them."""
    known: Attempts | None = None
    before: CloudPart | None = None
    for second, state in states:
        part = stopped(state=state, **more)
        known = attempts_after(known, before, part, now=after(seconds=second))
        before = overlaid(part, known)
    assert before is not None
    return before


def test_pauses_grow_to_minutes_and_no_further() -> None:
    """W14"""
    known = [attempts_after(Attempts(NOW, count, under_way=True), None, stopped(), now=NOW) for count in range(200)]
    pauses = [one.not_before - NOW for one in known if one is not None and one.not_before is not None]
    assert len(pauses) == len(known)
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[4], pauses[-1]) == (
        timedelta(seconds=15),
        timedelta(minutes=4),
        timedelta(minutes=10),
    )


def test_one_that_was_only_stopped_is_started_at_once() -> None:
    part = lived((0, "stopped"))
    assert (part.not_before, part.trouble) == (None, "")


@pytest.mark.parametrize("between", [("starting",), ("starting", "stopping"), ("starting", "running", "stopping")])
def test_one_that_is_stopped_again_waits(between: tuple[str, ...]) -> None:
    """W14: also where it ran for a moment, and whoever stopped it."""
    states = [(second, state) for second, state in enumerate(("stopped", *between, "stopped"))]
    part = lived(
        *[(float(second), state) for second, state in states], reason="Client.UserInitiatedShutdown: by a call"
    )
    assert part.not_before == after(seconds=len(states) - 1) + timedelta(seconds=15)
    assert "AWS accepted its start in vain: stopped again (Client.UserInitiatedShutdown" in part.trouble


def test_each_start_in_vain_makes_the_pause_longer_and_looking_does_not() -> None:
    """W14"""
    once = [(0.0, "stopped"), (1.0, "starting"), (2.0, "stopped")]
    twice = [*once, (20.0, "stopped"), (21.0, "starting"), (22.0, "stopped"), (23.0, "stopped")]
    assert lived(*once).not_before == after(seconds=17)
    assert lived(*twice).not_before == after(seconds=52)


def test_the_next_sleep_begins_anew() -> None:
    """W14"""
    known = Attempts(NOW, in_vain=5, not_before=after(minutes=9))
    part = stopped(stopped_at=after(hours=1))
    assert overlaid(part, attempts_after(known, None, part, now=after(hours=2))).not_before is None


def test_what_has_come_back_and_was_forgotten_is_forgotten_here_too() -> None:
    assert attempts_after(Attempts(NOW, in_vain=3), stopped(), cloud(), now=NOW) is None


WAITING: dict[str, Any] = {"trouble": "AWS accepted its start in vain", "not_before": after(minutes=1)}


def test_it_is_not_started_before_its_time_and_then_it_is() -> None:
    """W14"""
    early, due = (planned("Awake", stopped(**WAITING), now=after(seconds=second)) for second in (59, 60))
    assert (early.to_come, early.hanging) == ((), ("EC2Instance/i-1",))
    assert [step.action for step in due.steps] == ["Wake"]


def test_an_env_is_never_awake_while_it_waits_and_says_why() -> None:
    """W14: not between two starts, not in the middle of one, and not when the time of its wave is over."""
    starting = {**WAITING, "state": "starting"}
    status = after_visits("Awake", [stopped()], [stopped(**starting)], [stopped(**WAITING)])
    for hours, part in ((1, stopped(**WAITING)), (2, stopped(**starting)), (3, stopped(**WAITING))):
        status = after_visits("Awake", [part], old=status, now=after(hours=hours))
        (degraded,) = (one for one in status.conditions if one.type == "Degraded")
        assert (status.state, degraded.status, degraded.reason) == ("Waking", "True", "CloudBroken")
        assert degraded.message.startswith("EC2Instance/i-1: AWS accepted its start in vain")
    assert [entry.to for entry in status.history] == []
    well = after_visits("Awake", [cloud()], old=status, now=after(hours=4))
    assert well.state == "Awake"
    assert [one.status for one in well.conditions if one.type == "Degraded"] == ["False"]


def test_at_night_nothing_is_said_of_it() -> None:
    """Status is written only when it changes, and it is where it should be."""
    status = after_visits("Asleep", [stopped(**WAITING)])
    assert status.state == "Asleep"
    assert status.cloud[0].note is None
    assert [one.status for one in status.conditions if one.type == "Degraded"] == ["False"]


async def test_ec2_is_asked_once_and_then_less_and_less_often(sky: Sky, aws: Aws) -> None:
    """W14: through boto3, with AWS's own reason."""
    instance = aws.instance(namespace="dev1")
    aws.delay(0.1)
    goal = Goal(wanted="Awake", now=NOW, holder="default/dev1")
    async with sky.seen(watch_seconds=0.05) as seen:
        await seen.cloud.carry_out(
            Step("Sleep", seen.part(instance)),
            lambda part: reconsider(Goal(wanted="Asleep", now=NOW, holder="default/dev1"), part),
        )
        await seen.until(lambda: seen.part(instance).state == "stopped", "it is stopped")
        assert seen.part(instance).trouble == ""
        aws.starts_end(instance, "stopped", **WHY)
        await seen.cloud.carry_out(Step("Wake", seen.part(instance)), lambda part: reconsider(goal, part))
        await seen.until(lambda: bool(seen.part(instance).trouble), "the start has come to nothing")
        part = seen.part(instance)
        assert part.trouble.startswith("AWS accepted its start in vain: Client.InternalError: it cannot start")
        assert part.not_before is not None
        assert await seen.cloud.carry_out(Step("Wake", part), lambda again: reconsider(goal, again)) == 0
    assert len(aws.called("StartInstances")) == 1
