"""What is to be done with the workloads of an env, for each state that they can be in."""

import pytest

from sundown.model.parts import Workload
from sundown.model.spec import Wanted
from sundown.reconcile.plan import Plan
from support.samples import NOW, Json, after, planned, sleeping, workload


def told(plan: Plan) -> list[list[str]]:
    return [[str(step) for step in wave.steps] for wave in plan.waves]


def test_what_runs_is_put_to_zero() -> None:
    """A1."""
    assert told(planned("Asleep", workload("web", 3))) == [["Sleep Deployment/web: 3 -> 0"]]


def test_what_sleeps_already_is_not_touched_again() -> None:
    """Z: a second scale-down must not overwrite the recorded count with 0."""
    assert told(planned("Asleep", sleeping(record="3"))) == []


def test_who_calls_goes_to_sleep_before_who_is_called() -> None:
    """G3."""
    plan = planned("Asleep", workload("db", kind="StatefulSet"), workload("web"), workload("api"))
    assert [[step.part.name for step in wave.steps] for wave in plan.waves] == [["web", "api"], ["db"]]


def test_who_is_called_wakes_before_who_calls() -> None:
    """G3."""
    plan = planned("Awake", sleeping("web"), sleeping("api"), sleeping("db", kind="StatefulSet"))
    assert [[step.part.name for step in wave.steps] for wave in plan.waves] == [["db"], ["web", "api"]]


@pytest.mark.parametrize("record", ["1", "2", "17", "0"])
def test_waking_gives_back_the_recorded_count(record: str) -> None:
    """A3, and Z: start sets 1 replica instead of the old count."""
    assert told(planned("Awake", sleeping(record=record))) == [[f"Wake Deployment/web: 0 -> {record}"]]


def test_what_its_owner_left_at_zero_is_not_woken() -> None:
    """A3."""
    assert told(planned("Awake", workload("batch", 0))) == []


def test_a_count_that_somebody_set_meanwhile_wins_over_the_record() -> None:
    """Z: an edit made while asleep is overwritten on waking."""
    assert told(planned("Awake", workload("web", 5, record="2"))) == [["Forget Deployment/web: 5 -> 5"]]


def test_a_workload_that_somebody_scaled_up_falls_asleep_again() -> None:
    assert told(planned("Asleep", workload("web", 5, record="2"))) == [["Sleep Deployment/web: 5 -> 0"]]


@pytest.mark.parametrize("record", ["", "three", "-1", "2.0", "1e3", "٣", "1000000000"])
def test_a_spoiled_record_wakes_nothing_and_is_named(record: str) -> None:
    """Z: one malformed annotation stops the whole controller."""
    plan = planned("Awake", sleeping("web", record), sleeping("api", "2"))
    assert told(plan) == [["Wake Deployment/api: 0 -> 2"]]
    assert [mistake.path for mistake in plan.mistakes] == ["Deployment/web: annotation sundown.dev/previous-replicas"]


def test_a_spoiled_record_is_forgotten_once_somebody_has_set_a_count() -> None:
    plan = planned("Awake", workload("web", 2, record="three"))
    assert (told(plan), plan.mistakes) == ([["Forget Deployment/web: 2 -> 2"]], ())


def test_a_long_spoiled_record_is_cut_short_in_the_mistake() -> None:
    (mistake,) = planned("Awake", sleeping("web", "x" * 10_000)).mistakes
    assert len(str(mistake)) < 400


def test_what_the_lists_leave_out_keeps_running() -> None:
    """A14."""
    plan = planned("Asleep", workload("web"), workload("api"), exclude={"names": ["a*"]})
    assert (told(plan), plan.parts.total) == ([["Sleep Deployment/web: 2 -> 0"]], 1)


def test_what_was_left_out_after_it_fell_asleep_is_woken() -> None:
    """A14, A15: nothing is left asleep without an owner."""
    plan = planned("Asleep", sleeping("web"), sleeping("api"), exclude={"names": ["web"]})
    assert told(plan) == [["Wake Deployment/web: 0 -> 2"]]


@pytest.mark.parametrize(
    ("selection", "asleep"),
    [
        ({"kinds": ["StatefulSet"]}, {"db"}),
        ({"include": {"names": ["api?*"]}}, {"api-docs"}),
        ({"include": {"kinds": ["Deployment"], "labels": {"tier": "back"}}}, {"api", "api-docs"}),
        ({"include": {"labels": {"tier": "back", "team": "blue"}}}, set()),
        ({"exclude": {"kinds": ["Deployment"], "names": ["db"]}}, set()),
        ({"include": {"names": ["api*"]}, "exclude": {"labels": {"tier": "front"}}}, {"api", "api-docs"}),
    ],
)
def test_inclusion_takes_every_list_and_exclusion_any(selection: Json, asleep: set[str]) -> None:
    """A14."""
    plan = planned(
        "Asleep",
        workload("web", labels={"tier": "front"}),
        workload("api", labels={"tier": "back"}),
        workload("api-docs", labels={"tier": "back"}),
        workload("db", kind="StatefulSet", labels=None),
        **selection,
    )
    assert {step.part.name for step in plan.to_come} == asleep


@pytest.mark.parametrize("value", ["true", "True", " true ", "2026-11-23T18:00:01Z", "2026-11-23T19:00:01+01:00"])
def test_the_annotation_keeps_a_workload_running(value: str) -> None:
    """A14."""
    assert told(planned("Asleep", workload(exclude=value))) == []


@pytest.mark.parametrize("value", ["false", "", "2026-11-23T18:00:00Z", "2026-11-23T18:59:59+01:00"])
def test_an_exclusion_that_is_over_or_none_excludes_nothing(value: str) -> None:
    """A14."""
    assert told(planned("Asleep", workload(exclude=value))) == [["Sleep Deployment/web: 2 -> 0"]]


@pytest.mark.parametrize("value", ["yes please", "2026-11-24", "2026-13-01T00:00:00Z", "x" * 10_000])
def test_an_exclusion_that_cannot_be_read_keeps_the_workload_running_and_is_named(value: str) -> None:
    """A14, Z: one malformed annotation stops the whole controller."""
    plan = planned("Asleep", workload("web", exclude=value), workload("api"))
    assert told(plan) == [["Sleep Deployment/api: 2 -> 0"]]
    (mistake,) = plan.mistakes
    assert mistake.path == "Deployment/web: annotation sundown.dev/exclude"
    assert len(mistake.text) < 300


def test_the_first_exclusion_to_end_says_when_to_look_again() -> None:
    """A14."""
    ends = ["2026-11-23T20:00:00Z", "2026-11-23T19:00:00Z", "true", "2026-11-23T17:00:00Z"]
    plan = planned("Asleep", *(workload(f"w{index}", exclude=end) for index, end in enumerate(ends)))
    assert plan.revisit == after(hours=1)


def test_an_exclusion_for_ever_asks_for_no_other_look() -> None:
    assert planned("Asleep", workload(exclude="true")).revisit is None


@pytest.mark.parametrize(
    "pending",
    [
        workload(replicas=0, pods=1, record="2"),
        workload(replicas=0, settled=False, record="2"),
        workload(replicas=0, terminating=1, record="2"),
    ],
    ids=["a pod is left", "the controller has not seen it", "a pod is on its way out"],
)
def test_asleep_means_that_no_pod_is_left(pending: Workload) -> None:
    """A1, W7."""
    plan = planned("Asleep", pending)
    assert (plan.hanging, plan.settled) == (("Deployment/web",), False)


@pytest.mark.parametrize(
    "pending",
    [workload(replicas=2, ready=1), workload(replicas=2, settled=False)],
    ids=["a pod is not ready", "the controller has not seen it"],
)
def test_awake_means_that_every_pod_is_ready(pending: Workload) -> None:
    """A4."""
    plan = planned("Awake", pending, workload("api"))
    assert (plan.hanging, plan.settled) == (("Deployment/web",), False)


def test_an_env_with_something_left_to_write_is_not_settled() -> None:
    assert not planned("Asleep", workload()).settled


@pytest.mark.parametrize("wanted", ["Awake", "Asleep"])
def test_an_env_without_workloads_is_what_it_should_be(wanted: Wanted) -> None:
    plan = planned(wanted)
    assert (plan.settled, plan.parts.total) == (True, 0)


def test_parts_count_what_sleeps_and_what_is_ready() -> None:
    plan = planned("Awake", workload("a"), workload("b", ready=1), sleeping("c"), workload("d", exclude="true"))
    assert (plan.parts.total, plan.parts.asleep, plan.parts.ready) == (3, 1, 1)


def test_what_sleeps_is_weighed_by_its_record_and_what_runs_by_its_count() -> None:
    """G6."""
    plan = planned("Asleep", sleeping("web", "3", cpu=0.5, memory=1.0), workload("api", 2, cpu=0.25, memory=0.5))
    assert (plan.sleeping_cpu, plan.sleeping_memory) == (1.5, 3.0)
    assert (plan.running_cpu, plan.running_memory) == (0.5, 1.0)


def test_the_plan_of_a_plan_carried_out_is_empty() -> None:
    """Level, not edge: what was done is not done again."""
    before = workload("web", 3)
    (step,) = planned("Asleep", before).steps
    asleep = workload("web", step.replicas, record=str(before.replicas))
    assert planned("Asleep", asleep, now=NOW).steps == ()
