"""W12: what Sundown stopped in the cloud is known from the status of the EnvSchedule too, whatever becomes of its tags."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sundown.model.cloud import CloudPart
from sundown.model.cloud_refusal import Cause, Refusal
from sundown.model.parts import Part
from sundown.model.record import Record
from sundown.model.resources import EnvScheduleStatus
from sundown.model.spec import Wanted
from sundown.reconcile.cloud_status import LEFT_STOPPED, tell
from sundown.reconcile.memory import Memory, NotRemembered, by_key
from sundown.reconcile.part_verdict import Goal, stand
from sundown.reconcile.plan import Plan, plan, reconsider, without_forgetting_in_cloud
from sundown.reconcile.report import worth_a_write
from support.samples import HOLDER, NOW, after, after_visits, cloud, stopped, workload

STRIPPED: dict[str, Any] = {"record": None, "stopped_at": None, "holder": None}
ALL_GONE: dict[str, Any] = {**STRIPPED, "enabled": False}


def record_of(part: CloudPart, says: str = "running") -> Record:
    return Record(part.kind, part.identifier, part.arn, says)


def goal(wanted: Wanted, *remembered: CloudPart, **more: Any) -> Goal:
    return Goal(
        wanted=wanted,
        now=NOW,
        holder=HOLDER,
        timeout=timedelta(minutes=10),
        memory=Memory(records=by_key(map(record_of, remembered))),
        **more,
    )


def planned(wanted: Wanted, *parts: Part, remembered: tuple[CloudPart, ...] = (), **more: Any) -> Plan:
    clouds = [part for part in parts if isinstance(part, CloudPart)]
    return plan(goal(wanted, *remembered, **more), [], clouds)


@pytest.mark.parametrize(
    "gone", [STRIPPED, ALL_GONE, {"record": "off"}, {"holder": "nobody"}, {"namespace": "qa", **STRIPPED}]
)
@pytest.mark.parametrize("kind", ["EC2Instance", "RDSInstance", "AuroraCluster"])
def test_it_is_started_whatever_its_tags_say(kind: str, gone: dict[str, Any]) -> None:
    """W12: tags of ours gone, all gone, spoilt, or moved to another env."""
    part = stopped(kind, **gone)
    found = planned("Awake", part, remembered=(part,))
    assert [step.action for step in found.steps] == ["Wake"]
    assert found.mistakes == ()


def test_at_night_the_record_is_written_again_and_nothing_waits_for_that() -> None:
    """W12"""
    part = stopped(**STRIPPED)
    found = planned("Asleep", part, remembered=(part,))
    assert [step.action for step in found.steps] == ["Remember"]
    assert found.settled


def test_what_lost_the_tag_that_makes_it_sleep_is_given_back_at_once() -> None:
    """W12, A15"""
    part = stopped(**ALL_GONE)
    assert [step.action for step in planned("Asleep", part, remembered=(part,)).steps] == ["Wake"]


def test_what_a_person_stopped_stays_stopped() -> None:
    """E1: neither its tags nor the second place know it."""
    other = stopped(name="i-2")
    assert planned("Awake", cloud(state="stopped"), remembered=(other,), cloud=False).steps == ()
    assert planned("Awake", cloud(state="stopped")).steps == ()


def test_a_record_of_something_else_of_that_name_counts_for_nothing() -> None:
    """W12: an instance has an ARN of its own; a database made anew has the same, and was not stopped."""
    part = cloud(state="stopped")
    strange = Record(part.kind, part.identifier, part.arn.replace("123456789012", "210987654321"), "running")
    memory = Memory(records=by_key([strange]))
    found = plan(Goal(wanted="Awake", now=NOW, holder=HOLDER, memory=memory), [], [part])
    assert found.steps == ()


@pytest.mark.parametrize("holder", ["other/dev", "default/prod"])
def test_what_another_env_says_to_have_stopped_since_is_not_started_and_not_forgotten(holder: str) -> None:
    """E1, W12: its record may be younger, or somebody wrote over the tag; nobody calls the env awake without it."""
    part = stopped(holder=holder)
    found = planned("Awake", part, remembered=(part,))
    assert (found.steps, found.lost, found.records) == ((), True, (record_of(part),))
    (trouble,) = found.troubles
    assert f"says {holder}: set it to {HOLDER}" in trouble.text
    assert planned("Asleep", part, remembered=(part,)).records == (record_of(part),)


def test_what_is_tagged_for_the_env_that_has_stopped_it_is_that_ones() -> None:
    part = stopped(holder="default/prod", namespace="prod")
    found = planned("Awake", part, remembered=(part,))
    assert (found.steps, found.lost) == ((), False)


def test_the_second_place_knows_before_anything_is_stopped() -> None:
    """W12: a stop that it does not know of waits."""
    part = cloud()
    assert planned("Asleep", part).records == (record_of(part, "planned"),)
    with pytest.raises(NotRemembered):
        reconsider(goal("Asleep"), part, known={})
    step = reconsider(goal("Asleep"), part, known=by_key([record_of(part, "planned")]))
    assert step is not None
    assert step.action == "Sleep"


def test_what_sleeps_in_a_later_wave_is_not_remembered_before_its_turn() -> None:
    """E1: a person may stop it meanwhile."""
    instance, database = cloud(name="i-1"), cloud("RDSInstance", name="db")
    assert planned("Asleep", instance, database).records == (record_of(instance, "planned"),)
    asleep = stopped(name="i-1")
    assert planned("Asleep", asleep, database, remembered=(instance,)).records == (
        record_of(asleep),
        record_of(database, "planned"),
    )


def test_what_a_version_before_has_stopped_is_remembered_from_its_tags() -> None:
    assert planned("Asleep", stopped()).records == (record_of(stopped()),)


@pytest.mark.parametrize("wanted", ["Awake", "Asleep"])
@pytest.mark.parametrize("kind", ["EC2Instance", "RDSInstance", "AuroraCluster"])
def test_what_was_only_to_be_stopped_counts_as_stopped_by_somebody_else(kind: str, wanted: Wanted) -> None:
    """E1: its tags come before the stop, so that without them it was not Sundown's."""
    part = cloud(kind, "stopped")
    memory = Memory(records=by_key([record_of(part, "planned")]))
    found = plan(Goal(wanted=wanted, now=NOW, holder=HOLDER, memory=memory), [], [part])
    assert (found.steps, found.records, found.lost, found.sleepers) == ((), (), False, 0)


@pytest.mark.parametrize("state", ["running", "stopping", "stopped"])
def test_its_tags_make_a_plan_a_fact(state: str) -> None:
    """W12: from then on it is started whatever becomes of them."""
    part = stopped(state=state)
    memory = Memory(records=by_key([record_of(part, "planned")]))
    found = plan(Goal(wanted="Asleep", now=NOW, holder=HOLDER, memory=memory), [], [part])
    assert found.records == (record_of(part),)


@pytest.mark.parametrize("wanted", ["Awake", "Asleep"])
def test_what_an_earlier_run_saw_is_no_fact(wanted: Wanted) -> None:
    """E1, A16: the table may be of the night before, and its owner has stopped it since."""
    part = stopped(recalled=True)
    assert planned(wanted, part).records == (record_of(part, "planned"),)
    assert planned(wanted, part, remembered=(part,)).records == (record_of(part),)


def test_a_plan_becomes_a_fact_on_the_way_to_waking_too() -> None:
    """W12: a database takes minutes to start, and its tags may go meanwhile."""
    slow = stopped("RDSInstance", "starting")
    recalled = after_visits("Awake", [replace(slow, recalled=True)], old=EnvScheduleStatus(state="FallingAsleep"))
    assert [one.restore for one in recalled.records] == ["planned"]
    seen = after_visits("Awake", [slow], old=recalled)
    assert (seen.state, [one.restore for one in seen.records]) == ("Waking", ["running"])
    assert worth_a_write(recalled, seen)


def test_the_second_place_forgets_before_tags_are_taken_off() -> None:
    """E1, A15: known there and without tags it would be started, whoever stops it next."""
    part = stopped(state="running")
    found = planned("Awake", part, remembered=(part,))
    assert ([step.action for step in found.steps], found.forgets_in_cloud) == (["Forget"], True)
    assert found.woken == {(part.kind, part.identifier, part.arn)}
    assert without_forgetting_in_cloud(found).steps == ()


def test_half_a_record_is_known_until_it_is_off() -> None:
    """W12: another tool took the holder off, and somebody started it by hand."""
    part = stopped(state="running", holder=None)
    found = planned("Awake", part, remembered=(part,))
    assert ([step.action for step in found.steps], found.records, found.woken) == (
        ["Forget"],
        (record_of(part),),
        frozenset(),
    )


@pytest.mark.parametrize("state", ["running", "busy"])
def test_what_runs_again_is_remembered_no_longer(state: str) -> None:
    part = cloud(state=state)
    found = planned("Awake", part, remembered=(part,))
    assert (found.records, found.woken) == ((), frozenset({(part.kind, part.identifier, part.arn)}))


def test_what_nobody_sees_is_named_and_the_env_is_not_awake_without_it() -> None:
    """W12: AWS does not answer yet, or the region is not looked at any more."""
    hidden = stopped("RDSInstance", name="db-9")
    found = planned("Awake", remembered=(hidden,))
    (trouble,) = found.troubles
    assert str(trouble).startswith(
        "RDSInstance/db-9: Sundown stopped it in eu-central-1 of account 123456789012 and does not"
    )
    assert (found.lost, found.records) == (True, (record_of(hidden),))


def test_at_night_it_is_kept_and_nothing_is_said() -> None:
    hidden = stopped("RDSInstance", name="db-9")
    found = planned("Asleep", remembered=(hidden,))
    assert (found.troubles, found.lost, found.records) == ((), False, (record_of(hidden),))


def test_an_env_that_leaves_aws_alone_forgets_what_nobody_sees() -> None:
    """W12: the way out for whoever has taken a region away for good."""
    found = planned("Awake", remembered=(stopped("RDSInstance", name="db-9"),), cloud=False)
    assert (found.troubles, found.lost, found.records) == ((), False, ())


def test_disks_in_its_host_keep_nothing_asleep_that_was_stopped_already() -> None:
    """A15, W15: without its tags it looks like one that was never stopped."""
    part = stopped(**STRIPPED, refused=Refusal(Cause.TOLD, "its type i3.large has disks in its host"))
    assert [step.action for step in planned("Awake", part, remembered=(part,)).steps] == ["Wake"]


def test_nobody_says_that_somebody_else_stopped_it() -> None:
    """W12"""
    part = stopped(**STRIPPED)
    here = goal("Awake", part)
    (said,) = tell([stand(here, part)], old=EnvScheduleStatus(), asleep=False, now=NOW).cloud
    assert LEFT_STOPPED not in (said.note or "")


def test_the_status_of_a_night_remembers_and_that_of_the_day_does_not() -> None:
    """W12"""
    falling = after_visits("Asleep", [workload(replicas=0), cloud()])
    assert [one.uid for one in falling.records] == [cloud().arn]
    asleep = after_visits("Asleep", [workload(replicas=0), stopped()], old=falling, now=after(minutes=1))
    assert [one.restore for one in asleep.records] == ["running"]
    awake = after_visits("Awake", [workload(), cloud()], old=asleep, now=after(minutes=2))
    assert (awake.state, awake.records) == ("Awake", ())
