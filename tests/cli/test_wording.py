"""How times and states are said to people."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sundown import wording
from sundown.model.base import parse
from sundown.model.resources import (
    MOST_CLOUD,
    CloudStatus,
    Cost,
    EnvScheduleStatus,
    Owned,
    Parts,
    StillRunning,
    WakeQueuePlace,
    WhyRunning,
)
from sundown.schedule import wishes
from sundown.schedule.decision import Circumstances, decide
from support.schedule.telling import WEEKDAYS, spec_of, window

MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "0s"),
        (0, "0s"),
        (45, "45s"),
        (60, "1m"),
        (61, "1m 1s"),
        (7200, "2h"),
        (7260, "2h 1m"),
        (90061, "1d 1h"),
        (86_460, "1d"),
    ],
)
def test_a_span_is_said_in_its_two_largest_units(seconds: int, said: str) -> None:
    assert wording.span(timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (timedelta(hours=2), "18:00"),
        (timedelta(hours=9), "Tue 01:00"),
        (timedelta(days=6), "Sun 16:00"),
        (timedelta(days=7), "2026-11-30 16:00"),
        (timedelta(hours=-17), "2026-11-22 23:00"),
    ],
)
def test_a_time_is_said_by_the_clock_on_the_spot(later: timedelta, said: str) -> None:
    assert wording.clock_time(MONDAY + later, now=MONDAY, zone=BERLIN) == said


def test_what_is_to_come_is_rounded_up_so_that_two_hours_stay_two_hours() -> None:
    assert wording.distance(MONDAY + timedelta(hours=2), now=MONDAY + timedelta(milliseconds=700)) == "in 2h"


def test_what_is_past_is_said_to_be_ago() -> None:
    assert wording.moment(MONDAY - timedelta(minutes=5), now=MONDAY, zone=BERLIN) == "15:55 (5m ago)"


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (Parts(), "no parts"),
        (Parts(total=1, asleep=1), "1 part: 1 asleep"),
        (Parts(total=5, asleep=1, ready=2), "5 parts: 2 ready, 1 asleep, 2 not ready yet"),
    ],
)
def test_parts_are_counted_by_what_they_do(counts: Parts, said: str) -> None:
    assert wording.parts(counts) == said


def status(**fields: object) -> EnvScheduleStatus:
    return parse(EnvScheduleStatus, fields)


def condition(kind: str, holds: str, message: str) -> dict[str, str]:
    at = "2026-11-23T15:00:00Z"
    return {"type": kind, "status": holds, "reason": "R", "message": message, "lastTransitionTime": at}


def test_a_degraded_env_is_said_to_be_so_beside_its_state() -> None:
    told = status(state="Awake", conditions=[condition("Degraded", "True", "web hangs")])
    assert wording.state(told) == "awake, degraded"


def test_a_schedule_that_cannot_be_followed_is_the_why() -> None:
    told = status(
        state="Awake", why="working hours", conditions=[condition("Ready", "False", "spec.awake: no such zone")]
    )
    assert wording.why(told) == "spec.awake: no such zone"


def test_an_env_that_the_operator_has_not_seen_is_unknown() -> None:
    assert (wording.state(status()), wording.why(status())) == ("unknown", wording.NOT_YET)


def in_aws(identifier: str = "i-0abc", **fields: Any) -> CloudStatus:
    """An instance that runs, unless told otherwise."""
    return parse(CloudStatus, {"kind": "EC2Instance", "id": identifier, "state": "running", **fields})


def database(**fields: Any) -> CloudStatus:
    return in_aws(**{"identifier": "dev1-db", "kind": "RDSInstance", **fields})


def test_what_runs_is_counted_by_kind_in_words() -> None:
    """B5"""
    cloud = [in_aws(), database(), in_aws("i-1", kind="EC2Instance"), database(identifier="c", kind="AuroraCluster")]
    counts = [("Deployment", 2), ("StatefulSet", 1), ("CronJob", 0), *wording.running(cloud)]
    assert wording.kinds(counts) == "2 Deployments, 1 StatefulSet, 2 EC2 instances, 1 RDS database, 1 Aurora cluster"


def test_only_what_a_shutdown_would_stop_counts_as_running_in_aws() -> None:
    """B5"""
    others = [in_aws(state="stopped"), in_aws(state="stopping"), in_aws(refused="a spot instance")]
    assert wording.running(others) == ()
    assert wording.running([in_aws(state="busy"), in_aws(state="starting")]) == (("EC2Instance", 2),)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (in_aws(), "running"),
        (database(state="starting", note="5 to 10 minutes more"), "starting: 5 to 10 minutes more"),
        (database(state="busy", phase="backing-up"), "busy (backing-up)"),
        (in_aws(refused="a spot instance"), "running, does not stop with the environment: a spot instance"),
        (
            in_aws(refused="a spot instance", note="nothing new is known of it"),
            "running, does not stop with the environment: a spot instance; nothing new is known of it",
        ),
    ],
)
def test_a_part_in_aws_is_said_with_what_there_is_to_know(one: CloudStatus, said: str) -> None:
    """D3"""
    assert wording.cloud_part(one) == said


def test_a_name_stands_beside_what_aws_calls_it() -> None:
    assert wording.cloud_title(in_aws(name="web")) == "EC2Instance/i-0abc (web)"
    assert wording.cloud_title(in_aws()) == "EC2Instance/i-0abc"


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([], ""),
        ([in_aws()], "1 EC2 instance: running"),
        ([in_aws(), in_aws("i-1", state="stopped")], "2 EC2 instances: 1 running, 1 stopped"),
        (
            [in_aws(), database(state="starting", note="5 to 10 minutes more")],
            "1 EC2 instance, 1 RDS database: 1 running, 1 starting (5 to 10 minutes more)",
        ),
        ([in_aws(f"i-{number}") for number in range(MOST_CLOUD)], "50 EC2 instances (the first 50): 50 running"),
    ],
)
def test_parts_in_aws_are_said_in_one_line(parts: list[CloudStatus], said: str) -> None:
    """D4"""
    assert wording.cloud(parts) == said


def test_what_is_not_where_it_should_be_in_aws_is_known() -> None:
    left = database(state="stopped", leftStopped=True)
    stopped, starting, refused = in_aws(state="stopped"), in_aws(state="starting"), in_aws(refused="spot")
    parts = [left, stopped, starting, refused, in_aws(state="busy")]
    assert wording.moving(parts, asleep=False) == (stopped, starting)
    assert wording.moving(parts, asleep=True) == (starting, parts[-1])


def test_a_database_that_stays_stopped_keeps_nobody_waiting() -> None:
    """D3"""
    left = database(state="stopped", leftStopped=True)
    assert not wording.waits_for_database([left, in_aws(state="stopped")])
    assert wording.waits_for_database([database(state="stopped")])


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"per_hour": 0.19, "priced": 3, "unpriced": 0}, "0.19 USD an hour"),
        ({"per_hour": 0.19, "priced": 2, "unpriced": 1}, "0.19 USD an hour, without 1 of 3 whose price is unknown"),
        ({"per_hour": 0.0116, "priced": 1, "unpriced": 0}, "0.0116 USD an hour"),
        ({"per_hour": 12.0, "priced": 1, "unpriced": 0}, "12.00 USD an hour"),
        ({"per_hour": 0.5, "priced": 1, "unpriced": 0, "currency": "EUR"}, "0.50 EUR an hour"),
        ({"priced": 0, "unpriced": 1}, "unknown: it has no known price"),
        ({"priced": 0, "unpriced": 2}, "unknown: none of the 2 has a known price"),
    ],
)
def test_a_cost_is_said_with_what_is_unknown_of_it(fields: dict[str, Any], said: str) -> None:
    """B5: unknown is never zero."""
    assert wording.cost(Cost(**fields)) == said


@pytest.mark.parametrize(
    ("missing", "kinds", "said"),
    [
        (["RDSInstance/db"], ["StatefulSet"], "waiting for RDSInstance/db before StatefulSets"),
        (
            ["RDSInstance/db", "AuroraCluster/c"],
            ["StatefulSet", "Deployment", "EC2Instance"],
            "waiting for RDSInstance/db and AuroraCluster/c before StatefulSets, Deployments and EC2 instances",
        ),
        (list("abcde"), ["Deployment"], "waiting for a, b, c and 2 more before Deployments"),
    ],
)
def test_waves_say_what_they_wait_for(missing: list[str], kinds: list[str], said: str) -> None:
    """G3 D7"""
    assert wording.waiting(missing, kinds=kinds) == said


def test_progress_names_what_is_in_aws_where_there_is_anything() -> None:
    """A4"""
    assert wording.progress(status(state="Waking", parts={"total": 1})) == "waking, 1 part: 1 not ready yet"
    starting = {"kind": "RDSInstance", "id": "db", "state": "starting", "note": "5 to 10 minutes more"}
    assert wording.progress(status(state="Waking", parts={"total": 1}, cloud=[starting])) == (
        "waking, 1 part: 1 not ready yet, in AWS 1 RDS database: starting (5 to 10 minutes more)"
    )


def left(pods: int, owners: int, *first: tuple[str, int, WhyRunning]) -> StillRunning:
    named = [title.split("/") for title, _, _ in first]
    return StillRunning(
        pods=pods,
        owners=owners,
        first=tuple(
            Owned(kind=kind, name=name, pods=count, why=why)
            for (kind, name), (_, count, why) in zip(named, first, strict=True)
        ),
    )


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (left(1, 1, ("Pod/debug", 1, "Unowned")), "1 pod: Pod/debug (owned by nothing)"),
        (
            left(3, 2, ("DaemonSet/logs", 2, "OtherKind"), ("Deployment/web", 1, "Excluded")),
            "3 pods: DaemonSet/logs (2, its kind does not sleep) and Deployment/web (excluded)",
        ),
        (
            left(9, 7, *((f"Job/{letter}", 1, "OtherKind") for letter in "abcde")),
            "9 pods: Job/a, Job/b, Job/c".replace(",", " (its kind does not sleep),")
            + " (its kind does not sleep) and 4 more",
        ),
    ],
)
def test_what_still_runs_is_counted_and_three_are_named(found: StillRunning, said: str) -> None:
    """X11 A20"""
    assert wording.still_running(found) == said


@pytest.mark.parametrize(
    ("position", "ahead", "said"),
    [
        (1, 0, "next in line to wake, any moment now"),
        (2, 5, "2nd in line to wake, within a minute"),
        (3, 61, "3rd in line to wake, in about 2 minutes"),
        (11, 600, "11th in line to wake, in about 10 minutes"),
        (21, -3, "21st in line to wake, any moment now"),
        (112, 3600, "112th in line to wake, in about 60 minutes"),
    ],
)
def test_a_place_in_the_line_to_wake_is_told_with_the_time_until_then(position: int, ahead: int, said: str) -> None:
    """G4"""
    place = WakeQueuePlace(position=position, at=datetime(2026, 11, 23, 7, tzinfo=UTC) + timedelta(seconds=ahead))
    assert wording.wake_queue(place, now=datetime(2026, 11, 23, 7, tzinfo=UTC)) == said


def conditions(ready: tuple[str, str], *, degraded: bool = False, message: str = "") -> EnvScheduleStatus:
    """A status that is awake, Ready or not for that reason."""
    at = "2026-11-23T07:00:00Z"
    return status(
        state="Awake",
        conditions=[
            {"type": "Ready", "status": ready[0], "reason": ready[1], "message": message, "lastTransitionTime": at},
            {"type": "Degraded", "status": str(degraded), "reason": "Some", "message": "bad", "lastTransitionTime": at},
        ],
    )


@pytest.mark.parametrize(
    ("ready", "degraded", "said"),
    [
        (("True", "Scheduled"), False, "awake"),
        (("True", "Scheduled"), True, "awake, degraded"),
        (("False", "InvalidLabel"), False, "awake, degraded"),
        (("False", "InvalidSpec"), False, "awake, degraded"),
        (("False", "InvalidSpec"), True, "awake, degraded"),
        (("False", "InternalError"), False, "awake, degraded"),
        (("False", "ProtectedNamespace"), False, "awake"),
        (("False", "NamespaceNotEnabled"), False, "awake"),
        (("False", "NotCovered"), True, "awake, degraded"),
    ],
)
def test_a_state_in_which_something_is_not_well_says_so(ready: tuple[str, str], degraded: bool, said: str) -> None:
    """D4"""
    assert wording.state(conditions(ready, degraded=degraded)) == said


def test_what_is_not_well_is_not_said_twice() -> None:
    """D7"""
    ill = conditions(("False", "InvalidLabel"), degraded=True, message="the label is wrong")
    assert wording.not_well(ill) == ("InvalidLabel: the label is wrong", "Some: bad")
    assert wording.not_well(ill, said=wording.why(ill)) == ("InvalidLabel", "Some: bad")


def test_a_remark_is_what_is_said_of_a_schedule_that_is_followed() -> None:
    """D7"""
    assert wording.remark(conditions(("True", "Scheduled"), message='nothing is known of "CronJbo"')) != ""
    assert wording.remark(conditions(("False", "InvalidSpec"), message="it cannot be read")) == ""
    assert wording.remark(EnvScheduleStatus()) == ""


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (2, "awake until 20:00 (in 5h)"),
        (20, "awake until Tue 06:00 (in 15h), for the daily reset ends what was asked for"),
    ],
)
def test_a_prolongation_that_the_daily_reset_ends_is_promised_with_that(hours: int, said: str) -> None:
    """A13: twenty hours more were answered with fifteen, and nobody was told why."""
    office = spec_of(awake=[window(WEEKDAYS, "08:00", "18:00")])
    asker = wishes.Asker(by="ana@example.com", via="cli")
    wish = wishes.prolongate(office, Circumstances(), MONDAY, asker, span=timedelta(hours=hours))
    decision = decide(office.model_copy(update={"override": wish}), Circumstances(), MONDAY)
    assert wording.promise(decision, now=MONDAY, zone=UTC, wish=wish) == said
