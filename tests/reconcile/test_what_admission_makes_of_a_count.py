"""The cluster's admission sets another count than Sundown sent: a floor at night, a cap in the morning (Z1, Z2)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.model.parts import Owner, Workload
from sundown.model.record import Record
from sundown.model.resources import EnvScheduleStatus
from sundown.reconcile.memory import Memory, by_key
from sundown.reconcile.part_verdict import Goal, stand
from sundown.reconcile.report import next_status
from support.samples import NOW, SLEEP, decision, finding, planned, workload

COUNT = frozenset({"replicas"})
OURS = Owner("sundown-operator", applies=False, fields=COUNT, time="2026-11-23T18:00:01Z")
KUBECTL = Owner("kubectl", applies=False, fields=COUNT, subresource="scale")
HELM = Owner("helm", applies=True, fields=COUNT, time="2026-11-01T08:00:00Z")
HELM_SINCE = Owner("helm", applies=True, fields=COUNT, time="2026-11-23T23:00:00Z")
NOTE = '[{"manager":"helm","fields":["replicas"],"apiVersion":"apps/v1","time":"2026-11-01T08:00:00Z"}]'
KEEPER = Owner("keeper", applies=False, fields=COUNT, time="2026-11-23T18:00:01Z")
KEPT = '[{"manager":"keeper","fields":["replicas"],"apiVersion":"apps/v1","time":"2026-11-23T18:00:01Z","operation":"Update"}]'
HELM_JUST_NOW = Owner("helm", applies=True, fields=COUNT, time="2026-11-23T18:00:01Z")
JUST_NOTED = NOTE.replace("2026-11-01T08:00:00Z", HELM_JUST_NOW.time).replace("}]", ',"generation":4}]')
LONG_NOTED = NOTE.replace("}]", ',"generation":4}]')
NOTES = NOTE.replace(
    "}]", '},{"manager":"kubectl","fields":["replicas"],"apiVersion":"apps/v1","time":"2026-11-01T08:00:00Z"}]'
)


def memory(note: str | None = None) -> Memory:
    second = by_key([Record("Deployment", "web", "uid-web", '{"spec":{"replicas":5}}', note)])
    return Memory(sleep=SLEEP, known_since=NOW - timedelta(days=30), records=second)


def kept(owner: Owner, count: int = 2, **more: Any) -> Workload:
    return workload("web", count, **{"record": "5", **more}, owners=(owner,))


OF_ADMISSION = [
    pytest.param(kept(OURS), memory(), id="written directly"),
    pytest.param(kept(HELM), memory(NOTE), id="given back, or written by a policy"),
    pytest.param(kept(HELM, taken_from=NOTE), memory(), id="about to be given back"),
    pytest.param(kept(OURS, record=None), memory(), id="and its record taken off"),
    pytest.param(kept(HELM_JUST_NOW, generation=5), memory(JUST_NOTED), id="applied in the second of the night"),
    pytest.param(kept(HELM_JUST_NOW, generation=4), memory(JUST_NOTED), id="and kept at what it was"),
    pytest.param(kept(HELM, generation=9), memory(LONG_NOTED), id="and something else was edited since"),
]
OF_SOMEBODY = [
    pytest.param(kept(KUBECTL), memory(), id="scaled"),
    pytest.param(kept(HELM_SINCE), memory(NOTE), id="applied since"),
    pytest.param(kept(KEEPER, taken_from=KEPT), memory(KEPT), id="written again within the second"),
    pytest.param(kept(HELM), memory(), id="nothing was taken from them"),
    pytest.param(kept(HELM_JUST_NOW, generation=6), memory(JUST_NOTED), id="applied twice within the second"),
    pytest.param(kept(HELM, record="3"), memory(NOTE), id="applied since, and noted before it is put to zero again"),
]


@pytest.mark.parametrize(("found", "remembered"), OF_ADMISSION)
def test_what_admission_makes_of_the_zero_is_no_wish_of_anybodys(found: Workload, remembered: Memory) -> None:
    plan = planned("Asleep", found, memory=remembered)
    assert [(step.action, step.restoring and step.restoring.replicas) for step in plan.steps] == [("Sleep", 5)]
    assert [record.restore for record in plan.records] == ['{"spec":{"replicas":5}}']


@pytest.mark.parametrize(("found", "remembered"), OF_SOMEBODY)
def test_what_somebody_sets_is_remembered(found: Workload, remembered: Memory) -> None:
    plan = planned("Asleep", found, memory=remembered)
    assert [record.restore for record in plan.records] == ['{"spec":{"replicas":2}}']


@pytest.mark.parametrize(
    ("found", "steps"),
    [
        (kept(OURS), ["Wake Deployment/web: 2 -> 5"]),
        (kept(KUBECTL), ["Forget Deployment/web: 2 -> 2"]),
        (kept(OURS, count=5), ["Forget Deployment/web: 5 -> 5"]),
        (kept(HELM_JUST_NOW, generation=5), ["Wake Deployment/web: 2 -> 5"]),
        (kept(HELM_JUST_NOW, generation=6), ["Forget Deployment/web: 2 -> 2"]),
    ],
)
def test_it_wakes_with_its_record(found: Workload, steps: list[str]) -> None:
    """A18: what somebody set meanwhile stays, also where they applied within the second in which it fell asleep."""
    assert [str(step) for step in planned("Awake", found, memory=memory(JUST_NOTED)).steps] == steps


@pytest.mark.parametrize(
    ("owner", "left"),
    [
        pytest.param(OURS, ["GiveBack"], id="and is about to be given back"),
        pytest.param(HELM, [], id="and was given back"),
        pytest.param(replace(KUBECTL, time=HELM.time), [], id="and was given back to who does not apply"),
    ],
)
def test_a_count_that_is_capped_when_it_wakes_is_told(owner: Owner, left: list[str]) -> None:
    woken = workload("web", 2, owners=(owner,))
    plan = planned("Awake", woken, memory=memory(NOTES))
    assert [step.action for step in plan.steps] == left
    status = next_status(EnvScheduleStatus(state="Waking", since=NOW), finding(decision("Awake"), plan=plan))
    degraded = next(one for one in status.conditions if one.type == "Degraded")
    assert (degraded.status, degraded.reason) == ("True", "WokenOtherwise")
    assert "was woken to 5" in degraded.message
    assert "sets it to 2" in degraded.message


@pytest.mark.parametrize("owner", [KUBECTL, HELM_SINCE])
def test_a_count_that_somebody_has_set_since_is_their_own_business(owner: Owner) -> None:
    assert planned("Awake", workload("web", 2, owners=(owner,)), memory=memory(NOTE)).changed == ()


@given(sent=st.integers(1, 9), made=st.integers(1, 9), nights=st.integers(1, 5))
def test_no_night_under_a_floor_changes_the_record(sent: int, made: int, nights: int) -> None:
    """Each visit meets what the last one's write became."""
    second = by_key([Record("Deployment", "web", "uid-web", f'{{"spec":{{"replicas":{sent}}}}}')])
    remembered = Memory(sleep=SLEEP, known_since=NOW - timedelta(days=30), records=second)
    for _ in range(nights):
        found = kept(OURS, count=made, record=str(sent))
        record = stand(Goal(wanted="Asleep", now=NOW, memory=remembered, sleep=SLEEP), found).record
        assert record is not None
        assert record.restore == f'{{"spec":{{"replicas":{sent}}}}}'
        remembered = Memory(sleep=SLEEP, known_since=remembered.known_since, records=by_key([record]))
