"""What is said of the parts in AWS: where each stands, in a fixed order, and what an hour of them costs."""

from datetime import timedelta
from typing import Any

import pytest

from sundown.model.cloud import CloudPart
from sundown.model.cloud_refusal import Cause, Refusal
from sundown.model.resources import MOST_CLOUD, CloudStatus, EnvScheduleStatus
from sundown.reconcile.cloud_status import Told, tell
from sundown.reconcile.part_verdict import Goal, stand
from sundown.reconcile.statuses import status_patch
from support.samples import NOW, after, after_visits, cloud, stopped, troubled, workload


def part(identifier: str = "i-0abc", **more: Any) -> CloudPart:
    """An instance that runs, unless told otherwise."""
    fields: dict[str, Any] = {
        "kind": "EC2Instance",
        "arn": f"arn:aws:ec2:eu-central-1:123456789012:instance/{identifier}",
        "identifier": identifier,
        "name": identifier,
        "namespace": "dev1",
        "account": "123456789012",
        "region": "eu-central-1",
        "state": "running",
        "phase": "running",
    }
    return CloudPart(**{**fields, **more})


def database(identifier: str = "dev1-db", **more: Any) -> CloudPart:
    """A database that runs, unless told otherwise."""
    return part(identifier, **{"kind": "RDSInstance", "phase": "available", **more})


def stopped_since(**span: float) -> dict[str, Any]:
    """The record of a stop so long ago."""
    return {"record": "running", "stopped_at": NOW - timedelta(**span), "holder": "default/dev1"}


def told(*parts: CloudPart, old: Told | None = None, asleep: bool = False, aws: bool = True, **span: float) -> Told:
    """What is said so long after ``NOW``, when ``old`` was said before."""
    before = EnvScheduleStatus(cloud=old.cloud, cost=old.cost) if old is not None else EnvScheduleStatus()
    now = after(**span)
    goal = Goal(wanted="Asleep" if asleep else "Awake", now=now, cloud=aws, holder="default/dev1")
    return tell([stand(goal, part) for part in parts], old=before, asleep=asleep, now=now)


def only(said: Told) -> CloudStatus:
    (one,) = said.cloud
    return one


def test_an_env_without_parts_in_aws_has_nothing_written_about_them() -> None:
    """E8"""
    assert told() == Told((), None)
    assert EnvScheduleStatus(cloud=told().cloud, cost=told().cost) == EnvScheduleStatus()


def test_the_status_of_such_an_env_holds_no_word_of_aws() -> None:
    """E8: small for the many without clouds."""
    assert status_patch(EnvScheduleStatus(), after_visits("Awake", [workload()])).keys().isdisjoint({"cloud", "cost"})


def test_what_is_told_stands_in_the_status_and_goes_with_the_parts() -> None:
    """E4"""
    status = after_visits("Awake", [workload(), cloud("RDSInstance", hourly=0.1)])
    assert [one.state for one in status.cloud] == ["running"]
    assert status.cost is not None
    gone = after_visits("Awake", [workload()], old=status)
    assert (gone.cloud, gone.cost) == ((), None)
    assert status_patch(status, gone)["cost"] is None


def test_a_schedule_that_is_not_in_force_tells_nothing_of_the_parts() -> None:
    told = troubled(after_visits("Awake", [cloud(hourly=0.1)]), "Superseded")
    assert (told.cloud, told.cost) == ((), None)


def test_the_week_is_told_of_an_env_that_sleeps_and_not_of_one_that_wakes() -> None:
    """E6"""
    week = stopped("RDSInstance", "running", stopped_at=after(days=-7))
    (asleep,), (awake,) = (after_visits(wanted, [week]).cloud for wanted in ("Asleep", "Awake"))
    assert asleep.note == "AWS starts a stopped database after 7 days; it is being stopped again"
    assert awake.note is None


def test_each_part_is_named_with_place_and_state() -> None:
    """E4"""
    assert only(told(part(name="web-1"))).to_json() == {
        "kind": "EC2Instance",
        "id": "i-0abc",
        "name": "web-1",
        "region": "eu-central-1",
        "account": "123456789012",
        "state": "running",
        "phase": "running",
    }


def test_databases_come_first_then_kind_and_id_in_whichever_order_aws_answers() -> None:
    """E7: the order in which they wake"""
    parts = [part("i-2"), database("b"), part("i-1"), part("c", kind="AuroraCluster"), database("a")]
    titles = ["AuroraCluster/c", "RDSInstance/a", "RDSInstance/b", "EC2Instance/i-1", "EC2Instance/i-2"]
    assert [one.title for one in told(*parts).cloud] == titles
    assert told(*reversed(parts)) == told(*parts)


def test_the_list_is_bounded_and_the_cost_counts_all() -> None:
    said = told(*(part(f"i-{number:03}", hourly=0.01) for number in range(MOST_CLOUD + 10)))
    assert len(said.cloud) == MOST_CLOUD
    assert said.cost is not None
    assert (said.cost.priced, said.cost.per_hour) == (MOST_CLOUD + 10, 0.6)


@pytest.mark.parametrize("kind", ["RDSInstance", "AuroraCluster"])
def test_a_database_on_its_way_up_takes_minutes_more(kind: Any) -> None:
    """D3"""
    assert only(told(database(kind=kind, state="starting"))).note == "5 to 10 minutes more"


def test_an_instance_on_its_way_up_has_no_such_note() -> None:
    """D3"""
    assert only(told(part(state="starting", phase="pending"))).note is None


def test_what_somebody_else_stopped_is_said_to_be_left_stopped() -> None:
    assert only(told(part(state="stopped"))).note == "somebody else stopped it, so Sundown does not start it"
    assert only(told(part(state="stopped", **stopped_since(hours=1)))).note is None


def test_a_refused_part_says_why_and_nothing_else() -> None:
    """E5"""
    said = only(told(part(state="stopped", refused=Refusal(Cause.TOLD, "a member of the Auto Scaling group web"))))
    assert (said.refused, said.note) == ("a member of the Auto Scaling group web", None)


def test_a_database_that_aws_starts_after_a_week_is_said_to_be_stopped_again_and_when() -> None:
    """E6"""
    asleep = told(database(state="stopped", **stopped_since(days=7)), asleep=True, days=-1)
    assert only(asleep).note is None
    up_again = told(database(**stopped_since(days=7)), old=asleep, asleep=True)
    assert only(up_again).note == "AWS starts a stopped database after 7 days; it is being stopped again"
    anew: dict[str, Any] = {"record": "running", "holder": "default/dev1", "stopped_at": after(minutes=1)}
    going = told(database(state="stopping", **anew), old=up_again, asleep=True, minutes=2)
    down = told(database(state="stopped", **anew), old=going, asleep=True, days=3)
    sentence = "AWS starts a stopped database after 7 days; it was stopped again on 2026-11-23 at 18:01 UTC"
    assert [only(said).note for said in (going, down)] == [sentence, sentence]


def test_on_waking_nothing_is_said_of_the_week_any_more() -> None:
    """E6"""
    up_again = told(database(**stopped_since(days=8)), asleep=True)
    assert only(told(database(**stopped_since(days=8)), old=up_again)).note is None


def test_what_is_busy_says_that_aws_is_at_work() -> None:
    said = only(told(database(state="busy", phase="backing-up")))
    assert (said.state, said.phase) == ("busy", "backing-up")
    assert said.note == "it can be neither stopped nor started before AWS is done with it"


def test_what_cannot_be_asked_for_says_since_when_and_does_not_tick() -> None:
    """E4: status is written only when it changes."""
    lost = part(unreachable="eu-central-1 does not answer")
    first = told(lost)
    assert only(first).note == ("nothing new is known of it since 2026-11-23T18:00:00Z: eu-central-1 does not answer")
    assert told(lost, old=first, hours=5) == first
    assert only(told(part(), old=first, hours=6)).note is None


def test_nothing_that_is_said_ticks() -> None:
    """Design: status is written only when it changes."""
    parts = (
        database("a", state="starting"),
        database("b", state="stopped", **stopped_since(days=2)),
        part("i-1", state="busy"),
        part("i-2", state="stopped"),
        part("i-3", hourly=0.0116),
    )
    for asleep in (True, False):
        first = told(*parts, asleep=asleep)
        assert told(*parts, old=first, asleep=asleep, days=3) == first


def test_an_hour_costs_what_is_known_and_says_what_is_not() -> None:
    """B5: unknown is never zero."""
    cost = told(part("i-1", hourly=0.1), part("i-2"), database(hourly=0.09)).cost
    assert cost is not None
    assert (cost.per_hour, cost.currency, cost.priced, cost.unpriced) == (0.19, "USD", 2, 1)


def test_no_known_price_is_no_price_of_zero() -> None:
    """B5"""
    cost = told(part()).cost
    assert cost is not None
    assert (cost.per_hour, cost.priced, cost.unpriced) == (None, 0, 1)
    assert "perHour" not in cost.to_json()


def test_an_hour_costs_the_same_asleep_as_awake() -> None:
    """B5"""
    assert told(part(state="stopped", hourly=0.2, **stopped_since(hours=9)), asleep=True).cost == (
        told(part(hourly=0.2)).cost
    )


@pytest.mark.parametrize(
    "more", [{"refused": "spot"}, {"enabled": False}, {"exclude": "true"}, {"state": "stopped"}], ids=str
)
def test_what_does_not_stop_and_start_with_the_env_is_not_in_its_cost(more: dict[str, Any]) -> None:
    """B5"""
    assert told(part(hourly=0.2, **more)).cost is None


def test_a_wave_that_somebody_has_chosen_is_told_and_orders() -> None:
    """G3"""
    first, second = told(database(), part(wave="-5")).cloud
    assert [(one.kind, one.wave) for one in (first, second)] == [("EC2Instance", -5), ("RDSInstance", None)]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"enabled": False}, "its tags do not say any more that it sleeps with the environment"),
        ({"exclude": "true"}, 'its tag sundown:exclude says "true"'),
        (
            {"record": "running", "holder": "other/dev1"},
            "was stopped by other/dev1, which alone starts it again",
        ),
    ],
)
def test_what_does_not_stop_with_the_env_says_why(more: dict[str, Any], why: str) -> None:
    """A14, E5"""
    assert only(told(part(**more))).refused == why


def test_an_exclusion_that_is_over_is_none() -> None:
    """A14"""
    assert only(told(part(exclude="2026-11-23T17:00:00Z"))).refused is None


def test_a_schedule_that_leaves_aws_alone_says_so() -> None:
    said = told(part(hourly=1.0), aws=False)
    assert (only(said).refused, said.cost) == ("spec.aws.enabled is false", None)


def test_a_cost_is_in_the_currency_of_the_prices() -> None:
    """B5"""
    said = told(part(hourly=0.5, currency="EUR"))
    assert said.cost is not None
    assert (said.cost.per_hour, said.cost.currency) == (0.5, "EUR")
