"""What holds of waves whatever an env is made of and whatever moment it is: by definition, not by the code that is tried."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sundown.model.cloud import CloudPart
from sundown.model.parts import QUIET, Part, Step, Workload
from sundown.model.spec import Wanted
from support.effort import examples
from support.samples import HOLDER, NOW, TIMEOUT, cloud, planned, stopped, workload

EFFORT = examples(100)
USUAL = {"RDSInstance": 0, "AuroraCluster": 0, "StatefulSet": 10, "Deployment": 20, "EC2Instance": 30}

waves = st.sampled_from([None, None, None, "-3", "0", "10", "15", "30", "soon"])
numbers = st.sampled_from(["w1", "w2", "w3"])


@st.composite
def workloads(draw: st.DrawFn) -> Workload:
    replicas = draw(st.integers(0, 2))
    pods = draw(st.integers(0, 2))
    return workload(
        draw(numbers),
        replicas,
        kind=draw(st.sampled_from(["Deployment", "StatefulSet"])),
        pods=pods,
        ready=draw(st.integers(0, pods)),
        settled=draw(st.sampled_from([True, True, True, False])),
        record=draw(st.sampled_from([None, "0", "1", "2", "two"])),
        exclude=draw(st.sampled_from([None, None, None, "true"])),
        wave=draw(waves),
    )


@st.composite
def clouds(draw: st.DrawFn) -> CloudPart:
    make: Any = draw(st.sampled_from([cloud, stopped]))
    part: CloudPart = make(
        draw(st.sampled_from(["EC2Instance", "RDSInstance", "AuroraCluster"])),
        draw(st.sampled_from(["running", "stopped", "starting", "stopping", "busy"])),
        name=draw(numbers),
        wave=draw(waves),
        exclude=draw(st.sampled_from([None, None, None, "true"])),
        refused=draw(st.sampled_from([None, None, None, "it is a spot instance"])),
        unreachable=draw(st.sampled_from(["", "", "", "no answer"])),
    )
    return part


envs = st.lists(st.one_of(workloads(), clouds()), max_size=8, unique_by=lambda part: part.title)
wishes = st.sampled_from(["Awake", "Asleep"])


def takes_part(part: Part) -> bool:
    return part.exclude is None and (isinstance(part, Workload) or part.refused is None)


def wave(part: Part) -> int:
    return USUAL[part.kind] if part.wave in {None, "soon"} else int(part.wave or 0)


def in_place(part: Part, wanted: Wanted) -> bool:
    """Whether it is where it should be, or stays where it is by somebody's wish."""
    if isinstance(part, Workload):
        if wanted == "Asleep":
            return part.replicas == part.pods == 0 and part.settled
        sleeps = part.replicas == 0 and part.record is not None and part.record != "two"
        return not sleeps and part.settled and part.ready >= part.replicas
    if wanted == "Asleep":
        return part.state == "stopped"
    if part.record is None:
        return part.state != "starting"
    return part.state in {"running", "busy"}


def ranks(parts: list[Part], wanted: Wanted) -> dict[int, int]:
    """The place of each wave that has parts, from 1."""
    there = sorted({wave(part) for part in parts if takes_part(part)}, reverse=wanted == "Asleep")
    return {number: place for place, number in enumerate(there, start=1)}


@EFFORT
@given(parts=envs, wanted=wishes, elapsed=st.integers(0, 100))
def test_a_step_is_released_when_all_waves_before_it_are_done_or_out_of_time_and_not_before(
    parts: list[Part], wanted: Wanted, elapsed: int
) -> None:
    """G3, E7."""
    plan = planned(wanted, *parts, since=NOW, now=NOW + elapsed * TIMEOUT / 10)
    place = ranks(parts, wanted)
    released = {(step.part.title, step.action) for step in plan.steps}
    for step in plan.to_come:
        mine = step.part
        may = not takes_part(mine) or all(
            in_place(other, wanted) or elapsed >= 10 * place[wave(other)]
            for other in parts
            if takes_part(other) and place[wave(other)] < place[wave(mine)]
        )
        assert ((mine.title, step.action) in released) == may, f"{step} at {elapsed}"


@EFFORT
@given(parts=envs, wanted=wishes)
def test_at_the_end_of_time_nothing_is_held_back(parts: list[Part], wanted: Wanted) -> None:
    """G3, E4, Z (an unhealthy part blocks all others)."""
    end = NOW + len(ranks(parts, wanted)) * TIMEOUT
    plan = planned(wanted, *parts, since=NOW, now=max(end, NOW + TIMEOUT))
    assert (plan.held, plan.next_limit, plan.steps) == ((), None, plan.to_come)


@EFFORT
@given(parts=envs, wanted=wishes, elapsed=st.integers(0, 100))
def test_an_env_is_settled_exactly_when_nothing_but_records_is_to_come_and_nothing_hangs(
    parts: list[Part], wanted: Wanted, elapsed: int
) -> None:
    """G9."""
    plan = planned(wanted, *parts, since=NOW, now=NOW + elapsed * TIMEOUT / 10)
    assert plan.settled == (not plan.hanging and all(step.action in QUIET for step in plan.to_come))
    assert not set(plan.late) - {part.title for part in parts}


@EFFORT
@given(parts=envs, wanted=wishes)
def test_waves_never_change_what_is_done_but_only_when(parts: list[Part], wanted: Wanted) -> None:
    """A1, A3."""
    waiting = planned(wanted, *parts, since=NOW)
    at_once = planned(wanted, *parts, since=NOW, timeout=timedelta())
    assert set(map(str, waiting.to_come)) == set(map(str, at_once.steps))


@EFFORT
@given(parts=envs, wanted=wishes)
def test_where_everything_works_a_few_looks_a_part_are_enough(parts: list[Part], wanted: Wanted) -> None:
    """G3: no env waits for ever. A part that is being stopped takes four: it is stopped, starts, runs, is forgotten."""
    well = [replace(part, unreachable="") if isinstance(part, CloudPart) else part for part in parts]
    for _ in range(4 * len(well) + 1):
        plan = planned(wanted, *well, since=NOW)
        if plan.settled:
            return
        steps = {step.part.title: step for step in plan.steps}
        well = [after_a_while(part, steps.get(part.title)) for part in well]
    raise AssertionError(f"still not there: {[str(wave) for wave in planned(wanted, *well, since=NOW).waves]}")


def after_a_while(part: Part, step: Step | None) -> Part:
    """The part when the step has been made, and everything on its way has come there."""
    if isinstance(part, Workload):
        replicas = part.replicas if step is None else step.replicas
        record = part.record
        if step is not None:
            record = str(part.replicas) if step.action == "Sleep" else None
        return replace(part, replicas=replicas, pods=replicas, ready=replicas, settled=True, record=record)
    ways: dict[str, Any] = {"starting": "running", "stopping": "stopped", "busy": "running"}
    state = ways.get(part.state, part.state)
    if step is None:
        return replace(part, state=state)
    if step.action == "Sleep":
        return replace(part, state="stopping", record="running", holder=HOLDER)
    return replace(part, state="starting") if step.action == "Wake" else replace(part, record=None, holder=None)
