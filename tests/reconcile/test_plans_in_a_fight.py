"""What a fight for one workload means for the plan, the status and the next look (fault W9, requirement G5)."""

from datetime import datetime, timedelta
from typing import Any, Literal

import pytest

from sundown.model.parts import Action, Workload
from sundown.model.resources import EnvScheduleStatus
from sundown.reconcile.fights import Round
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
