"""In which order the parts of an env change, and how long one wave waits for another."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from sundown.model.cloud_refusal import Cause, Refusal
from sundown.model.spec import Wanted
from sundown.reconcile.plan import Plan
from sundown.reconcile.waves import wave_of
from support.samples import NOW, TIMEOUT, after, cloud, planned, sleeping, stopped, workload


def released(plan: Plan) -> list[str]:
    return [f"{step.action} {step.part.title}" for step in plan.steps]


def held(plan: Plan) -> list[tuple[int | None, list[str]]]:
    return [(wave.number, [f"{step.action} {step.part.title}" for step in wave.steps]) for wave in plan.held]


ALL_ASLEEP = (
    sleeping("web"),
    sleeping("db", kind="StatefulSet"),
    stopped("EC2Instance"),
    stopped("RDSInstance"),
    stopped("AuroraCluster", name="aurora"),
)
ALL_AWAKE = (
    workload("web"),
    workload("db", kind="StatefulSet"),
    cloud("EC2Instance"),
    cloud("RDSInstance"),
    cloud("AuroraCluster", name="aurora"),
)


def test_databases_wake_first_then_statefulsets_then_deployments_then_the_rest() -> None:
    """G3, E7."""
    plan = planned("Awake", *ALL_ASLEEP)
    assert released(plan) == ["Wake RDSInstance/db-1", "Wake AuroraCluster/aurora"]
    assert held(plan) == [
        (10, ["Wake StatefulSet/db"]),
        (20, ["Wake Deployment/web"]),
        (30, ["Wake EC2Instance/i-1"]),
    ]


def test_falling_asleep_runs_the_other_way_round() -> None:
    """G3."""
    plan = planned("Asleep", *ALL_AWAKE)
    assert released(plan) == ["Sleep EC2Instance/i-1"]
    assert [number for number, _ in held(plan)] == [20, 10, 0]


def test_the_next_wave_begins_when_all_of_the_one_before_is_ready() -> None:
    """G3."""
    starting = workload("db", kind="StatefulSet", ready=0)
    assert released(planned("Awake", starting, sleeping("web"))) == []
    assert released(planned("Awake", workload("db", kind="StatefulSet"), sleeping("web"))) == ["Wake Deployment/web"]


def test_the_next_wave_begins_when_no_pod_of_the_one_before_is_left() -> None:
    """G3."""
    stopping = sleeping("web", pods=1)
    assert released(planned("Asleep", stopping, workload("db", kind="StatefulSet"))) == []
    assert released(planned("Asleep", sleeping("web"), workload("db", kind="StatefulSet"))) == ["Sleep StatefulSet/db"]


def test_a_part_that_is_done_does_not_release_the_next_wave_before_its_neighbours_are() -> None:
    """G3."""
    first = (workload("db", kind="StatefulSet"), workload("queue", kind="StatefulSet", ready=1))
    plan = planned("Awake", *first, sleeping("web"))
    assert (released(plan), plan.hanging) == ([], ("StatefulSet/queue",))


def test_a_wave_that_hangs_holds_the_next_one_up_for_its_time_and_no_longer() -> None:
    """G3, E4."""
    parts = (workload("db", kind="StatefulSet", ready=0), sleeping("web"))
    just_before = planned("Awake", *parts, since=NOW, now=NOW + TIMEOUT - timedelta(seconds=1))
    assert (released(just_before), just_before.late) == ([], ())
    over = planned("Awake", *parts, since=NOW, now=NOW + TIMEOUT)
    assert (released(over), over.late) == (["Wake Deployment/web"], ("StatefulSet/db",))


def test_each_wave_has_its_time() -> None:
    """G3: the n-th has until n times the time-out after the beginning."""
    parts = (
        workload("a", ready=0, wave="1"),
        workload("b", ready=0, wave="2"),
        sleeping("c", wave="3"),
    )
    second = planned("Awake", *parts, since=NOW, now=NOW + TIMEOUT)
    assert (released(second), second.late, second.next_limit) == ([], ("Deployment/a",), NOW + 2 * TIMEOUT)
    third = planned("Awake", *parts, since=NOW, now=NOW + 2 * TIMEOUT)
    assert (released(third), third.late) == (["Wake Deployment/c"], ("Deployment/a", "Deployment/b"))


def test_the_limits_do_not_move_as_the_waves_are_done() -> None:
    """G3: a wave in which all is well still counts."""
    waiting = sleeping("web")
    before = planned("Awake", sleeping("db", kind="StatefulSet"), waiting, since=NOW)
    afterwards = planned("Awake", workload("db", kind="StatefulSet"), waiting, since=NOW)
    limits = [{wave.number: wave.until for wave in plan.waves}[20] for plan in (before, afterwards)]
    assert limits == [NOW + 2 * TIMEOUT] * 2


def test_without_a_time_to_wait_everything_is_released_in_order() -> None:
    """A15: what is woken without a schedule waits for nobody."""
    plan = planned("Awake", *ALL_ASLEEP, timeout=timedelta())
    assert [[step.part.title for step in batch] for batch in plan.batches] == [
        ["RDSInstance/db-1", "AuroraCluster/aurora"],
        ["StatefulSet/db"],
        ["Deployment/web"],
        ["EC2Instance/i-1"],
    ]


def test_the_annotation_and_the_tag_say_another_wave() -> None:
    """G3."""
    plan = planned(
        "Awake",
        sleeping("web", wave="-5"),
        sleeping("db", kind="StatefulSet", wave=" 40 "),
        stopped("EC2Instance", wave="+7"),
    )
    assert [wave.number for wave in plan.waves] == [-5, 7, 40]


@pytest.mark.parametrize("value", ["", "first", "1.5", "1001", "-1001", "١", "0x10", "9" * 5000])
@pytest.mark.parametrize(
    ("make", "usual", "where"),
    [
        (sleeping, 20, "Deployment/web: annotation sundown.dev/wave"),
        (stopped, 30, "EC2Instance/i-1: tag sundown:wave"),
    ],
)
def test_a_wave_that_cannot_be_read_is_named_and_the_usual_one_counts(
    value: str, make: Any, usual: int, where: str
) -> None:
    """G3, Z: one malformed annotation stops the whole controller."""
    plan = planned("Awake", make(wave=value))
    assert [wave.number for wave in plan.waves] == [usual]
    (mistake,) = plan.mistakes
    assert mistake.path == where
    assert len(str(mistake)) < 300


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("1000", 1000), ("-1000", -1000), ("+3", 3)])
def test_a_wave_is_a_whole_number_from_minus_to_plus_a_thousand(text: str, number: int) -> None:
    assert wave_of(workload(wave=text)) == (number, None)


def test_what_is_only_to_be_forgotten_holds_nobody_up() -> None:
    """G3: the database runs, and whether its record can be taken off now matters to nobody."""
    plan = planned("Awake", stopped("RDSInstance", "running"), sleeping("web"))
    assert released(plan) == ["Forget RDSInstance/db-1", "Wake Deployment/web"]


def test_a_count_that_somebody_set_is_waited_for_until_it_is_ready() -> None:
    """G3."""
    scaled = workload("db", 3, kind="StatefulSet", ready=1, record="2")
    plan = planned("Awake", scaled, sleeping("web"))
    assert (released(plan), plan.hanging) == (["Forget StatefulSet/db"], ("StatefulSet/db",))


def test_what_nobody_can_reach_holds_the_others_up_for_its_time_only() -> None:
    """E4, G3."""
    parts = (stopped("RDSInstance", unreachable="no answer"), sleeping("web"))
    assert released(planned("Awake", *parts)) == []
    assert released(planned("Awake", *parts, since=NOW, now=NOW + TIMEOUT)) == ["Wake Deployment/web"]


@pytest.mark.parametrize("wanted", ["Awake", "Asleep"])
def test_what_is_refused_holds_nobody_up(wanted: Wanted) -> None:
    """E5, G3."""
    refused = [cloud(kind, "starting", refused=Refusal(Cause.TOLD, "never")) for kind in ("RDSInstance", "EC2Instance")]
    web = sleeping("web") if wanted == "Awake" else workload("web")
    assert len(planned(wanted, *refused, web).steps) == 1


def test_nothing_is_settled_while_something_is_held_back() -> None:
    plan = planned("Awake", workload("db", kind="StatefulSet", ready=0), sleeping("web"))
    assert (plan.steps, plan.settled) == ((), False)


def test_the_whole_plan_can_be_told_in_order() -> None:
    """G8."""
    plan = planned("Awake", stopped("RDSInstance", "starting"), sleeping("web"), sleeping("api"))
    assert [str(wave) for wave in plan.waves] == [
        "wave 0: wait for RDSInstance/db-1",
        "wave 20: Wake Deployment/web: 0 -> 2, Wake Deployment/api: 0 -> 2",
    ]


def test_a_time_that_is_up_long_since_holds_nobody_up_who_comes_later() -> None:
    """A16: an operator that was away in the middle of it."""
    plan = planned("Asleep", *ALL_AWAKE, since=after(hours=-3))
    assert len(plan.steps) == len(ALL_AWAKE)


def test_the_next_limit_is_none_when_nobody_waits_any_more() -> None:
    def limit(now: datetime) -> datetime | None:
        return planned("Awake", workload("web", ready=0), since=NOW, now=now).next_limit

    assert (limit(NOW), limit(NOW + TIMEOUT)) == (NOW + TIMEOUT, None)
