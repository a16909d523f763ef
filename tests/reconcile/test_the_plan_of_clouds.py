"""What is to be done with the parts of an env in the cloud, for each state that they can be in."""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from sundown.model.cloud import CloudPart, CloudState
from sundown.model.cloud_refusal import Cause, Refusal
from sundown.model.parts import QUIET
from sundown.model.record import Record
from sundown.model.spec import Wanted
from sundown.reconcile.memory import Memory, by_key
from support.samples import NOW, after, after_visits, cloud, planned, sleeping, stopped, workload

DATABASE = "RDSInstance"

RULES: list[tuple[Wanted, CloudPart, str | None, bool]] = [
    # what is wanted, what is found, the step, and whether it hangs
    ("Asleep", cloud(state="running"), "Sleep", False),
    ("Asleep", cloud(state="stopped"), None, False),
    ("Asleep", cloud(state="starting"), None, True),
    ("Asleep", cloud(state="stopping"), None, True),
    ("Asleep", cloud(state="busy"), None, True),
    ("Asleep", cloud(state="broken"), None, False),
    ("Asleep", cloud(state="unknown"), None, True),
    ("Asleep", stopped(state="running"), "Sleep", False),
    ("Asleep", stopped(state="stopped"), None, False),
    ("Asleep", stopped(state="starting"), None, True),
    ("Asleep", stopped(state="stopping"), None, True),
    ("Asleep", stopped(state="busy"), None, True),
    ("Asleep", stopped(state="broken"), None, False),
    ("Asleep", stopped(state="unknown"), None, True),
    ("Awake", cloud(state="running"), None, False),
    ("Awake", cloud(state="stopped"), None, False),
    ("Awake", cloud(state="starting"), None, True),
    ("Awake", cloud(state="stopping"), None, False),
    ("Awake", cloud(state="busy"), None, False),
    ("Awake", cloud(state="broken"), None, True),
    ("Awake", cloud(state="unknown"), None, True),
    ("Awake", stopped(state="running"), "Forget", False),
    ("Awake", stopped(state="stopped"), "Wake", False),
    ("Awake", stopped(state="starting"), None, True),
    ("Awake", stopped(state="stopping"), None, True),
    ("Awake", stopped(state="busy"), None, False),
    ("Awake", stopped(state="broken"), None, True),
    ("Awake", stopped(state="unknown"), None, True),
]

BROKEN = {"state": "broken", "phase": "incompatible-network", "trouble": "AWS says incompatible-network: no address"}


@pytest.mark.parametrize(("wanted", "part", "action", "hangs"), RULES)
def test_the_step_follows_from_state_record_and_wish(
    wanted: Wanted, part: CloudPart, action: str | None, hangs: bool
) -> None:
    """E1: what a person had stopped carries no record, and stays stopped on waking."""
    plan = planned(wanted, part)
    assert [step.action for step in plan.steps] == ([action] if action else [])
    assert plan.hanging == ((part.title,) if hangs else ())
    assert plan.settled == (action in {None, *QUIET} and not hangs)


def test_a_database_that_rds_started_after_seven_days_is_stopped_again() -> None:
    """E6."""
    database = stopped(DATABASE, "running", stopped_at=after(days=-7, hours=-1))
    assert [str(step) for step in planned("Asleep", database).steps] == [
        "Sleep RDSInstance/db-1, which is running",
    ]


NOT_SELECTED: list[dict[str, Any]] = [
    {"enabled": False},
    {"exclude": "true"},
    {"exclude": "2026-11-23T18:00:01Z"},
    {"exclude": "until further notice"},
]


@pytest.mark.parametrize("left_out", NOT_SELECTED)
def test_what_is_left_out_is_not_stopped(left_out: dict[str, Any]) -> None:
    """A14."""
    plan = planned("Asleep", cloud(**left_out))
    assert (plan.steps, plan.hanging, plan.parts.total) == ((), (), 0)


@pytest.mark.parametrize("left_out", NOT_SELECTED)
def test_what_was_left_out_after_it_was_stopped_is_started(left_out: dict[str, Any]) -> None:
    """A14, A15: nothing is left asleep without an owner."""
    assert [step.action for step in planned("Asleep", stopped(**left_out)).steps] == ["Wake"]
    assert [step.action for step in planned("Asleep", stopped(state="running", **left_out)).steps] == ["Forget"]


def test_a_schedule_that_leaves_aws_alone_starts_what_it_stopped_before() -> None:
    """A15."""
    plan = planned("Asleep", stopped(name="i-1"), cloud(name="i-2"), cloud=False)
    assert [str(step) for step in plan.steps] == ["Wake EC2Instance/i-1, which is stopped"]


def test_what_is_started_although_the_env_sleeps_waits_for_nobody_and_nobody_for_it() -> None:
    """G3."""
    excluded = stopped(DATABASE, exclude="true")
    plan = planned("Asleep", workload("web"), workload("db", kind="StatefulSet"), excluded)
    assert [[str(step) for step in batch] for batch in plan.batches] == [
        ["Wake RDSInstance/db-1, which is stopped", "Sleep Deployment/web: 2 -> 0"]
    ]
    on_its_way = stopped(DATABASE, "starting", exclude="true")
    plan = planned("Asleep", workload("web"), on_its_way)
    assert ([str(step) for step in plan.steps], plan.hanging) == (
        ["Sleep Deployment/web: 2 -> 0"],
        ("RDSInstance/db-1",),
    )


@pytest.mark.parametrize("wanted", ["Awake", "Asleep"])
@pytest.mark.parametrize("state", get_args(CloudState))
@pytest.mark.parametrize("make", [cloud, stopped])
def test_what_is_refused_is_never_touched_and_counts_nowhere(wanted: Wanted, state: str, make: Any) -> None:
    """E5."""
    plan = planned(wanted, make(state=state, refused="it belongs to the Auto Scaling group web"))
    assert (plan.to_come, plan.hanging, plan.mistakes, plan.parts.total) == ((), (), (), 0)
    (refused,) = plan.refused
    assert str(refused).startswith("EC2Instance/i-1: it belongs to the Auto Scaling group web")


def test_a_refusal_of_what_takes_no_part_anyway_is_not_told() -> None:
    assert planned("Asleep", cloud(refused=Refusal(Cause.TOLD, "it is a spot instance")), cloud=False).refused == ()


def test_what_sundown_stopped_and_may_not_start_is_told_to_whoever_can() -> None:
    """A15: nothing is left asleep without an owner."""
    (refused,) = planned("Awake", stopped(refused=Refusal(Cause.TOLD, "it is protected against being stopped"))).refused
    assert refused.text.endswith("start it by hand")


@pytest.mark.parametrize("wanted", ["Awake", "Asleep"])
@pytest.mark.parametrize("holder", ["other/dev", "default/prod"])
def test_what_another_env_stopped_is_that_ones_to_start(wanted: Wanted, holder: str) -> None:
    """E1: two envs never fight for one."""
    plan = planned(wanted, stopped(holder=holder), stopped(state="running", holder=holder, name="i-2"))
    assert (plan.to_come, plan.hanging, plan.sleepers) == ((), (), 0)
    assert plan.refused[0].text == f"was stopped by {holder}, which alone starts it again"


def test_a_record_whose_holder_is_gone_still_counts_where_the_env_remembers_it() -> None:
    """A15, S10."""
    part = stopped(holder=None)
    second = Record(part.kind, part.identifier, part.arn, "running")
    plan = planned("Awake", part, memory=Memory(records=by_key((second,))))
    assert [step.action for step in plan.steps] == ["Wake"]


@pytest.mark.parametrize("holder", [None, "", "default", "dev", "default dev"])
@pytest.mark.parametrize("kind", ["EC2Instance", "RDSInstance", "AuroraCluster"])
def test_a_record_that_names_no_holder_starts_nothing(kind: str, holder: str | None) -> None:
    """S10, J6: whoever may tag could have anything that stands still started by half a record."""
    plan = planned("Awake", stopped(kind, holder=holder))
    assert plan.to_come == ()
    (mistake,) = plan.mistakes
    assert mistake.path.endswith("tag sundown:holder")


def test_a_record_that_names_no_holder_keeps_nothing_from_sleeping() -> None:
    """S10: nor is one that runs spared by it; the record that is written then names who stops it."""
    assert [step.action for step in planned("Asleep", stopped(state="running", holder=None)).steps] == ["Sleep"]


@pytest.mark.parametrize("wanted", ["Awake", "Asleep"])
@pytest.mark.parametrize("state", ["running", "stopped", "starting"])
@pytest.mark.parametrize("record", ["", "stopped", "Running", "x" * 500])
def test_a_record_that_says_nothing_is_named_and_the_part_left_as_it_is(
    wanted: Wanted, state: str, record: str
) -> None:
    """Z: one malformed annotation stops the whole controller."""
    plan = planned(wanted, cloud(state=state, record=record), stopped(name="i-2"))
    assert [step.part.name for step in plan.to_come] == (["i-2"] if wanted == "Awake" else [])
    (mistake,) = plan.mistakes
    assert mistake.path == "EC2Instance/i-1: tag sundown:previous-state"
    assert len(str(mistake)) < 300


def test_an_exclusion_that_cannot_be_read_is_named_by_its_tag() -> None:
    """A14."""
    (mistake,) = planned("Asleep", cloud(exclude="soon")).mistakes
    assert mistake.path == "EC2Instance/i-1: tag sundown:exclude"


def test_the_end_of_an_exclusion_says_when_to_look_again() -> None:
    """A14."""
    plan = planned("Asleep", cloud(exclude="2026-11-23T20:00:00Z"), workload(exclude="2026-11-23T21:00:00Z"))
    assert plan.revisit == datetime(2026, 11, 23, 20, tzinfo=UTC)


AWAY = "region eu-central-1 of account 123456789012 does not answer"


@pytest.mark.parametrize(
    ("wanted", "part", "said"),
    [
        ("Asleep", cloud(unreachable=AWAY), f"EC2Instance/i-1: cannot be stopped: {AWAY}"),
        ("Awake", stopped(unreachable=AWAY), f"EC2Instance/i-1: cannot be started: {AWAY}"),
    ],
)
def test_a_change_that_is_due_where_nobody_answers_is_not_tried_but_named(
    wanted: Wanted, part: CloudPart, said: str
) -> None:
    """E4."""
    plan = planned(wanted, part)
    assert (plan.to_come, plan.hanging) == ((), ("EC2Instance/i-1",))
    assert [str(one) for one in plan.unreachable] == [said]


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ("Asleep", stopped(unreachable=AWAY)),
        ("Awake", cloud(unreachable=AWAY)),
        ("Awake", stopped(state="running", unreachable=AWAY)),
    ],
)
def test_what_is_where_it_should_be_is_no_trouble_though_nobody_answers(wanted: Wanted, part: CloudPart) -> None:
    """E4."""
    plan = planned(wanted, part)
    assert (plan.to_come, plan.unreachable, plan.settled) == ((), (), True)


def test_cloud_parts_are_counted_among_the_parts() -> None:
    """G9."""
    parts = planned(
        "Awake",
        workload("web"),
        cloud(name="i-1"),
        cloud(name="i-2", state="busy"),
        cloud(name="i-3", state="starting"),
        stopped(name="i-4"),
        cloud(name="i-5", refused=Refusal(Cause.TOLD, "it is a spot instance")),
    ).parts
    assert (parts.total, parts.ready, parts.asleep) == (5, 3, 1)


def test_the_records_in_the_cloud_are_counted_too() -> None:
    """A15."""
    assert planned("Asleep", workload("web", 0, record="2"), stopped(), cloud(name="i-2")).sleepers == 2


@pytest.mark.parametrize("make", [cloud, stopped])
@pytest.mark.parametrize("wanted", ["Awake", "Asleep"])
def test_what_is_broken_is_told_by_name_in_aws_own_word(wanted: Wanted, make: Any) -> None:
    """W13: by day and by night, whoever stopped it."""
    (trouble,) = planned(wanted, make(DATABASE, **BROKEN)).troubles
    assert str(trouble) == "RDSInstance/db-1: AWS says incompatible-network: no address"


@pytest.mark.parametrize("left_out", [{"enabled": False}, {"exclude": "true"}])
def test_what_is_broken_and_takes_no_part_is_not_told(left_out: dict[str, Any]) -> None:
    assert planned("Asleep", cloud(DATABASE, **BROKEN, **left_out)).troubles == ()


def test_what_is_broken_is_not_ready() -> None:
    """W13"""
    assert planned("Awake", cloud(DATABASE, **BROKEN)).parts.ready == 0


def test_a_word_that_nobody_knows_is_told_where_somebody_waits_for_it() -> None:
    """W13"""
    strange = {"state": "unknown", "phase": "dreaming", "trouble": 'AWS says "dreaming"'}
    assert [len(planned(wanted, stopped(DATABASE, **strange)).troubles) for wanted in ("Awake", "Asleep")] == [1, 1]


def test_an_env_is_not_awake_as_if_all_were_well_while_a_database_of_its_is_broken() -> None:
    """W13: it wakes and is degraded from the first look on, also when the time of the wave is over; then it is awake."""
    old = after_visits("Asleep", [stopped(DATABASE)])
    waking = after_visits("Awake", [stopped(DATABASE)], [stopped(DATABASE, "starting")], old=old)
    broken = after_visits("Awake", [stopped(DATABASE, **BROKEN)], old=waking, now=after(minutes=1))
    late = after_visits("Awake", [stopped(DATABASE, **BROKEN)], old=broken, now=after(hours=5))
    for status in (broken, late):
        (degraded,) = (one for one in status.conditions if one.type == "Degraded")
        assert (status.state, degraded.reason) == ("Waking", "CloudBroken")
        assert "AWS says incompatible-network" in degraded.message
        assert status.cloud[0].note == BROKEN["trouble"]
    well = after_visits("Awake", [cloud(DATABASE)], old=late, now=after(hours=6))
    assert (well.state, well.cloud[0].note) == ("Awake", None)


def test_the_others_wake_when_the_time_of_the_broken_ones_wave_is_over() -> None:
    """G3, W13"""
    parts = (stopped(DATABASE, **BROKEN), sleeping("web"))
    early, late = (planned("Awake", *parts, since=NOW, now=after(minutes=minute)) for minute in (9, 10))
    assert ([str(step) for step in early.steps], [str(step) for step in late.steps]) == (
        [],
        ["Wake Deployment/web: 0 -> 2"],
    )
