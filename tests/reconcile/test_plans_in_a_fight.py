"""What a fight for one workload means for the plan, the status and the next look (fault W9, requirement G5)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal

import pytest

from sundown.model.parts import Action, Workload
from sundown.model.resources import EnvScheduleStatus
from sundown.reconcile.fights import Fights, Round
from sundown.reconcile.part_verdict import Goal
from sundown.reconcile.plan import Plan, plan, reconsider
from sundown.reconcile.report import next_status
from sundown.reconcile.revisits import next_look
from support.samples import MEMORY, NOW, SLEEP, TIMEOUT, after, decision, finding, sleeping, workload

WEB = "Deployment/web"
FALLING = EnvScheduleStatus(state="FallingAsleep", since=NOW)


def goal(wanted: Literal["Awake", "Asleep"] = "Asleep", *, writes: int = 4, last: datetime = NOW, **more: Any) -> Goal:
    action: Action = "Sleep" if wanted == "Asleep" else "Wake"
    fights = {WEB: Round(action, writes, last, by='"gitops" (field manager)')}
    whole = {"since": NOW, "timeout": TIMEOUT, "memory": MEMORY, "sleep": SLEEP, **more}
    return Goal(wanted=wanted, now=whole.pop("now", NOW), fights=fights, **whole)


def planned(where: Goal, *workloads: Workload) -> Plan:
    return plan(where, workloads)


def steps(found: Plan) -> list[str]:
    return [f"{step.action} {step.part.title}" for step in found.steps]


def test_it_is_not_written_before_its_time() -> None:
    """G5"""
    assert steps(planned(goal(), workload())) == []
    assert steps(planned(goal(now=after(seconds=29)), workload())) == []
    assert steps(planned(goal(now=after(seconds=30)), workload())) == [f"Sleep {WEB}"]
    assert reconsider(goal(), workload()) is None


def test_two_writes_are_no_fight() -> None:
    assert steps(planned(goal(writes=2), workload())) == [f"Sleep {WEB}"]


def test_nobody_waits_for_it() -> None:
    """G5: a fighting part does not delay the others; Deployments sleep before StatefulSets."""
    database = workload("db", kind="StatefulSet")
    assert steps(planned(goal(), workload(), sleeping("api"), database)) == ["Sleep StatefulSet/db"]
    assert steps(planned(goal(), workload(), workload("api"), database)) == ["Sleep Deployment/api"]


def test_the_env_is_not_asleep_while_the_fight_goes_on_even_when_it_is_at_zero_for_a_moment() -> None:
    found = planned(goal(), sleeping())
    assert (found.settled, found.only_fights_hang) == (False, True)
    assert [one.quiet for one in found.fought] == [True]
    assert [one.quiet for one in planned(goal(), workload()).fought] == [False]


def test_a_workload_that_takes_no_part_is_not_fought_for() -> None:
    assert planned(goal(), workload(exclude="true")).fought == ()


def told(where: Goal, *workloads: Workload, old: EnvScheduleStatus = FALLING, fought: str = "web is set back") -> Any:
    seen = planned(where, *workloads)
    what = finding(decision(where.wanted), old=old, now=where.now, fought=(fought,))
    return next_status(old, type(what)(**{**{name: getattr(what, name) for name in what.__slots__}, "plan": seen}))


@pytest.mark.parametrize("minutes", [0, 9, 11, 60])
def test_it_is_degraded_in_the_same_words_for_as_long_as_it_lasts(minutes: int) -> None:
    """G5: named once."""
    status = told(goal(now=after(minutes=minutes), last=after(minutes=minutes)), workload())
    degraded = next(one for one in status.conditions if one.type == "Degraded")
    assert (status.state, degraded.status, degraded.reason) == ("FallingAsleep", "True", "Fought")
    assert degraded.message == "web is set back"


def look(where: Goal, *workloads: Workload, acted: bool = False) -> timedelta:
    seen = planned(where, *workloads)
    what = finding(decision(where.wanted), old=FALLING, now=where.now)
    what = type(what)(**{**{name: getattr(what, name) for name in what.__slots__}, "plan": seen})
    status = next_status(FALLING, what)
    at = next_look(status, old=FALLING, finding=what, acted=acted, now=where.now)
    assert at is not None
    return at - where.now


@pytest.mark.parametrize("acted", [False, True])
def test_it_is_looked_at_when_its_time_has_come_and_not_before(acted: bool) -> None:
    """W9: look again seldom."""
    assert look(goal(), workload(), acted=acted) == timedelta(seconds=30)
    assert look(goal(writes=9), workload(), acted=acted) == timedelta(minutes=10)


def test_others_that_are_on_their_way_are_looked_at_as_always() -> None:
    assert look(goal(writes=9), workload(), workload("api", 0, pods=1)) <= timedelta(seconds=4)


def test_one_that_is_put_to_zero_again_and_again_keeps_the_env_waking_and_lets_others_wake() -> None:
    """G5: fights in waking too."""
    where = goal("Awake")
    found = planned(where, sleeping(), sleeping("db", kind="StatefulSet"))
    assert steps(found) == ["Wake StatefulSet/db"]
    status = told(
        where, sleeping(), workload("db", kind="StatefulSet"), old=EnvScheduleStatus(state="Waking", since=NOW)
    )
    assert status.state == "Waking"


def test_one_whose_pods_take_longer_to_go_than_its_time_is_not_looked_at_without_a_pause() -> None:
    """W9: where pods take their thirty seconds to end, an env was looked at again and again as fast as that went."""
    going = workload(replicas=0, pods=1, record="2")
    assert timedelta(seconds=0.5) < look(goal(now=after(seconds=31)), going) <= timedelta(seconds=4)


def test_a_peace_is_no_fight_until_somebody_sets_it_back() -> None:
    """G5: then it is told again, and goes on where it had ended."""
    at_peace = replace(goal(now=after(seconds=40)), fights={WEB: Round("Sleep", 4, NOW, rests=True)})
    assert planned(at_peace, sleeping()).settled
    resumed = planned(at_peace, workload())
    assert steps(resumed) == [f"Sleep {WEB}"]
    assert [one.part.title for one in resumed.fought] == [WEB]
    assert not resumed.settled


SWEEP = 600.0
NOTICED = 2.0


def writes_in_ten_minutes(every: float, *, heard: bool) -> tuple[int, bool]:
    """The writes after a fight was named with somebody who sets it back ``every`` so many seconds, whatever we do; and whether
    it was named at all within an hour. ``heard``: drift has what is at peace looked at within seconds."""
    fights, runs, named, written = Fights(), True, None, 0
    look_at, back_at, swept_at = 0.0, every, SWEEP
    now = 0.0
    while now < 3600 and (named is None or now < named + 600):
        now = min(look_at, back_at, swept_at)
        if now == back_at:
            back_at += every
            rounds = fights.of("dev").get(WEB)
            quiet = not (rounds is not None and rounds.is_fight)
            if not runs and heard and quiet:
                look_at = min(look_at, now + NOTICED)
            runs = True
            continue
        if now == swept_at:
            swept_at += SWEEP
        at = after(seconds=now)
        whole = Goal(wanted="Asleep", now=at, since=NOW, timeout=TIMEOUT, memory=MEMORY, sleep=SLEEP)
        there = workload() if runs else sleeping()
        found = plan(replace(whole, fights=fights.of("dev")), (there,))
        fights.settle("dev", quiet=[one.part.title for one in found.fought if one.quiet], wanted="Sleep", now=at)
        fought = [one.fought.due for one in found.fought if one.fought is not None]
        look_at = min(((due - NOW).total_seconds() for due in fought if due > at), default=float("inf"))
        if any(step.action == "Sleep" for step in found.steps):
            fights.written("dev", found.steps, now=at)
            runs = False
            written += named is not None
            look_at = now + 0.5
        if named is None and fights.count:
            named = now
    return written, named is not None


AT_ONCE = writes_in_ten_minutes(0.2, heard=False)[0]


@pytest.mark.parametrize("every", [0.2, 1.0, 5.0, 14.0, 20.0, 31.0, 45.0, 61.0, 100.0, 119.0, 300.0])
def test_a_fight_that_is_heard_of_takes_no_more_writes_than_one_that_is_looked_at(every: float) -> None:
    """G5: after it was named; and it is named, however seldom somebody looks."""
    writes, named = writes_in_ten_minutes(every, heard=True)
    assert named
    assert writes <= AT_ONCE == 5
