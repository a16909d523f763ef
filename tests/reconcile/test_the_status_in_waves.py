"""What is said of an env while its waves go on, and of its parts in the cloud."""

from datetime import timedelta
from typing import Any

import pytest

from sundown.errors import Mistake
from sundown.model.parts import Part
from sundown.model.resources import Condition, EnvScheduleStatus, Outdated
from sundown.reconcile.part_names import Obstacle
from sundown.reconcile.report import next_status, worth_a_write
from support.samples import NOW, TIMEOUT, after, after_visits, cloud, finding, sleeping, stopped, workload

FIRST, SECOND = NOW + TIMEOUT, NOW + 2 * TIMEOUT


def degraded(status: EnvScheduleStatus) -> Condition:
    return next(one for one in status.conditions if one.type == "Degraded")


def database(**more: Any) -> Part:
    return workload("db", kind="StatefulSet", **more)


@pytest.fixture
def waking() -> EnvScheduleStatus:
    """What was said of an env with a StatefulSet and a Deployment that began to wake at ``NOW``."""
    return after_visits("Awake", [sleeping("db", kind="StatefulSet"), sleeping()])


@pytest.fixture
def falling() -> EnvScheduleStatus:
    """What was said of an env with a Deployment and a StatefulSet that began to fall asleep at ``NOW``."""
    return after_visits("Asleep", [database(), workload()])


def test_an_env_is_on_its_way_while_a_wave_is_held_back(waking: EnvScheduleStatus, falling: EnvScheduleStatus) -> None:
    """G3, G9."""
    assert after_visits("Awake", [database(ready=0), sleeping()], old=waking).state == "Waking"
    assert after_visits("Awake", [database(), sleeping()], old=waking).state == "Waking"
    assert after_visits("Asleep", [database(), sleeping(pods=1)], old=falling).state == "FallingAsleep"


def test_the_waves_of_a_transition_make_no_statuses_of_their_own(waking: EnvScheduleStatus) -> None:
    """Design: status is written at most three times a transition."""
    looks: list[tuple[Part, Part]] = [
        (database(ready=0), sleeping()),
        (database(ready=1), sleeping()),
        (database(), sleeping()),
        (database(), workload(ready=0)),
    ]
    for second, parts in enumerate(looks, start=1):
        status = next_status(waking, finding("Awake", *parts, old=waking, now=after(seconds=second)))
        assert not worth_a_write(waking, status)
    assert after_visits("Awake", [database(), workload()], old=waking).state == "Awake"


def test_what_woke_in_a_sleep_is_outdated_until_it_is_over(waking: EnvScheduleStatus) -> None:
    """W3: of its kind alone, and whatever else is found asleep meanwhile."""
    found = ([database(), sleeping()], [database(), sleeping(), sleeping("new"), sleeping("newer")])
    status = after_visits("Awake", *found, old=waking)
    assert status.outdated == (Outdated(kind="StatefulSet", below=1),)
    assert after_visits("Asleep", [database(), sleeping()], old=status).outdated == status.outdated
    assert after_visits("Awake", [database(), workload()], old=status).outdated == ()


def test_the_first_wave_to_hang_is_named_while_the_rest_goes_on(waking: EnvScheduleStatus) -> None:
    """G3: degrades loudly."""
    late = after_visits("Awake", [database(ready=0), sleeping()], old=waking, now=FIRST)
    said = degraded(late)
    assert (late.state, said.status, said.reason) == ("Waking", "True", "PartsNotReady")
    assert said.message == "not where it should be after 10m: StatefulSet/db"


def test_what_hangs_is_told_with_how_many_are_ready_and_why(waking: EnvScheduleStatus) -> None:
    """X8, G3"""
    known = {"StatefulSet/db": Obstacle("1 of 2 ready", "Unschedulable: 0/3 nodes are available: 3 Insufficient cpu")}
    late = after_visits("Awake", [database(ready=1), sleeping()], old=waking, now=FIRST, obstacles=known)
    assert degraded(late).message == (
        "not where it should be after 10m: StatefulSet/db 1 of 2 ready "
        "(Unschedulable: 0/3 nodes are available: 3 Insufficient cpu)"
    )


def test_many_long_reasons_leave_room_for_what_else_is_wrong(waking: EnvScheduleStatus) -> None:
    """X8: a condition is cut at its end."""
    hanging = [workload(f"web-{number}", ready=0) for number in range(20)]
    known = {one.title: Obstacle("0 of 2 ready", f"{one.title} {'x' * 180}") for one in hanging}
    late = after_visits("Awake", [*hanging, workload(wave="late")], old=waking, now=SECOND, obstacles=known)
    assert len(degraded(late).message) <= 1000
    assert degraded(late).message.count("0 of 2 ready") == 10
    assert "annotation sundown.dev/wave" in degraded(late).message


def test_a_wave_that_hangs_on_the_way_to_sleep_is_named_while_the_rest_goes_on(falling: EnvScheduleStatus) -> None:
    """G3."""
    late = after_visits("Asleep", [database(), sleeping(pods=1)], old=falling, now=FIRST)
    assert (late.state, degraded(late).message) == (
        "FallingAsleep",
        "not where it should be after 10m: Deployment/web",
    )


def test_an_env_counts_as_awake_when_all_is_ready_but_what_is_out_of_time(waking: EnvScheduleStatus) -> None:
    """Z: an unhealthy part blocks all others from waking."""
    on_its_way = after_visits("Awake", [database(ready=0), workload(ready=0)], old=waking, now=FIRST)
    done = after_visits("Awake", [database(ready=0), workload()], old=on_its_way, now=FIRST + timedelta(minutes=1))
    assert (on_its_way.state, done.state) == ("Waking", "Awake")
    assert degraded(done).message == "not where it should be after 10m: StatefulSet/db"


def test_an_env_counts_as_awake_when_the_last_wave_is_out_of_time_too(waking: EnvScheduleStatus) -> None:
    """Z: an unhealthy part blocks all others from waking."""
    before = after_visits("Awake", [database(), workload(ready=0)], old=waking, now=SECOND - timedelta(seconds=1))
    late = after_visits("Awake", [database(), workload(ready=0)], old=before, now=SECOND)
    assert (before.state, late.state) == ("Waking", "Awake")
    assert (degraded(before).status, degraded(late).reason) == ("False", "PartsNotReady")


def test_an_env_is_well_again_as_soon_as_what_hung_is_ready_though_others_are_on_their_way(
    waking: EnvScheduleStatus,
) -> None:
    """G3."""
    late = after_visits("Awake", [database(ready=0), workload(ready=0)], old=waking, now=FIRST)
    well = after_visits("Awake", [database(), workload(ready=0)], old=late, now=FIRST + timedelta(seconds=9))
    assert (degraded(late).status, degraded(well).status) == ("True", "False")


def test_what_hangs_is_named_next_to_what_is_malformed(waking: EnvScheduleStatus) -> None:
    """Z: one malformed annotation."""
    late = after_visits("Awake", [database(ready=0), workload(wave="late")], old=waking, now=SECOND)
    assert degraded(late).reason == "PartsNotReady"
    assert "StatefulSet/db" in degraded(late).message
    assert "annotation sundown.dev/wave" in degraded(late).message


def test_a_change_of_mind_begins_a_transition_with_all_its_time(falling: EnvScheduleStatus) -> None:
    """G3: the time that falling asleep took is not waking's."""
    back = after_visits("Awake", [database(), sleeping(), workload("api", ready=0)], old=falling, now=after(hours=3))
    assert (back.state, back.since, degraded(back).status) == ("Waking", after(hours=3), "False")


def test_parts_in_the_cloud_are_counted_and_waited_for() -> None:
    """E1, G9."""
    status = after_visits("Asleep", [cloud(), workload()], [stopped(state="stopping"), workload()])
    assert status.state == "FallingAsleep"
    status = after_visits("Asleep", [stopped(), sleeping()], old=status, now=after(minutes=1))
    assert (status.state, status.parts.total, status.parts.asleep) == ("Asleep", 2, 2)


def test_an_instance_on_its_way_up_keeps_the_env_waking_as_pods_do() -> None:
    """A4, E1."""
    begun = after_visits("Awake", [stopped("RDSInstance")])
    starting = after_visits("Awake", [stopped("RDSInstance", "starting")], old=begun, now=after(minutes=4))
    running = after_visits("Awake", [stopped("RDSInstance", "running")], old=starting, now=after(minutes=6))
    assert (starting.state, running.state) == ("Waking", "Awake")


AWAY = "region eu-central-1 does not answer"


def test_a_part_that_nobody_reaches_degrades_the_env_and_is_named() -> None:
    """E4."""
    status = after_visits("Asleep", [cloud(unreachable=AWAY), sleeping()])
    assert (status.state, degraded(status).reason) == ("FallingAsleep", "CloudUnreachable")
    assert degraded(status).message == f"EC2Instance/i-1: cannot be stopped: {AWAY}"


def test_a_region_that_is_away_is_no_trouble_where_nothing_is_due() -> None:
    """E4."""
    assert degraded(after_visits("Awake", [cloud(unreachable=AWAY), workload()])).status == "False"


def test_a_part_that_aws_refuses_is_named_with_its_reason_before_all_else() -> None:
    """E4."""
    failed = (Mistake("RDSInstance/db-1", "there is no capacity for db.m5.large at the moment"),)
    status = after_visits("Awake", [stopped("RDSInstance"), workload(wave="x")], failures=failed)
    assert degraded(status).reason == "WriteFailed"
    assert degraded(status).message.startswith("RDSInstance/db-1: there is no capacity")
    assert "annotation sundown.dev/wave" in degraded(status).message
