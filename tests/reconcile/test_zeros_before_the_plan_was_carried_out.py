"""What was to be put to sleep, and its owner put to 0 first: the process that did not write it knows that (A3, W4)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.cluster.client import Cluster
from sundown.cluster.errors import Conflict, Unreachable
from sundown.cluster.gate import Gate
from sundown.model.parts import Owner, Workload
from sundown.model.record import Record, Restoring
from sundown.reconcile.memory import Belief, Carried, Memory, believed, by_key
from sundown.reconcile.plan import Plan
from sundown.reconcile.plan_execution import Outcome, act
from sundown.reconcile.unwritten import Unwritten
from sundown.sleepers.notes import NOBODYS
from support.samples import MEMORY, SLEEP, planned, workload

HELM = Owner("helm", applies=True, fields=frozenset())
OURS = Owner("sundown-operator", applies=False, fields=frozenset({"replicas"}))
MARK = f"{SLEEP}/uid-web"
BARE: Carried = (None, None)
IN_THE_EVENING: Carried = (MARK, "3")
FIRST = Record("Deployment", "web", "uid-web", '{"spec":{"replicas":3}}', NOBODYS)
AGAIN = Record("Deployment", "web", "uid-web", '{"spec":{"replicas":4}}', NOBODYS, edition=1)


def remembering(record: Record, carried: Carried | None) -> Memory:
    """What the visit after the plan remembers; None where another process has made that plan."""
    unwritten = {"uid-web": carried} if carried is not None else {}
    return Memory(sleep=SLEEP, known_since=MEMORY.known_since, records=by_key([record]), unwritten=unwritten)


def at_zero(carried: Carried = BARE, *owners: Owner, **more: Any) -> Workload:
    mark, record = carried
    return workload("web", 0, mark=mark, record=record, owners=(HELM, *owners), **more)


ZERO = Belief(Restoring(0), "status", stale=True)


@pytest.mark.parametrize(
    ("found", "record", "carried", "belief"),
    [
        pytest.param(at_zero(), FIRST, BARE, Belief(), id="its first sleep was not written"),
        pytest.param(at_zero(), FIRST, None, Belief(Restoring(3), "status"), id="nobody knows whether it was"),
        pytest.param(at_zero(BARE, OURS), FIRST, BARE, Belief(Restoring(3), "status"), id="the zero is Sundown's"),
        pytest.param(at_zero(IN_THE_EVENING), AGAIN, IN_THE_EVENING, ZERO, id="scaled up at night, and to 0 again"),
        pytest.param(at_zero(IN_THE_EVENING), FIRST, IN_THE_EVENING, ZERO, id="to what it had in the evening"),
        pytest.param(at_zero(), AGAIN, BARE, Belief(Restoring(0), "status"), id="stripped before it was planned"),
        pytest.param(
            at_zero((f"{SLEEP}/1000/uid-web", "6")),
            AGAIN,
            IN_THE_EVENING,
            Belief(Restoring(6), "object"),
            id="the API server has written down since what was asked for",
        ),
        pytest.param(at_zero(uid="uid-new"), FIRST, BARE, Belief(), id="made anew"),
        pytest.param(workload("web", 5), FIRST, BARE, Belief(Restoring(3), "status"), id="it runs"),
    ],
)
def test_the_zero_of_what_was_not_written_is_its_owners(
    found: Workload, record: Record, carried: Carried | None, belief: Belief
) -> None:
    """A3, W4."""
    assert believed(found, remembering(record, carried)) == belief


COUNTS = st.integers(1, 9)


@given(COUNTS, COUNTS, st.none() | st.integers(1, 5), st.booleans())
def test_it_stays_at_0_in_the_morning_though_another_process_wakes_it(
    evening: int, night: int, edition: int | None, slept: bool
) -> None:
    """A3: what the second place says after the visit tells it to whoever comes then."""
    second = Record("Deployment", "web", "uid-web", f'{{"spec":{{"replicas":{night}}}}}', NOBODYS, edition)
    carried = (MARK, str(evening)) if slept else BARE
    there = at_zero(carried)
    plan = planned("Asleep", there, memory=remembering(second, carried))
    assert [step.replicas for step in plan.steps if step.action in {"Sleep", "Wake"}] == []
    told = Memory(sleep=SLEEP, known_since=MEMORY.known_since, records=by_key(plan.records))
    morning = planned("Awake", there, memory=told)
    assert [step.replicas for step in morning.steps if step.replicas > 0] == []
    assert morning.unknown == ()


def test_what_else_was_set_aside_in_the_evening_is_given_back_at_that_zero() -> None:
    """W2: scaled up at night, planned, and to 0 again: claims are kept as their owner wants it."""
    aside = '{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenScaled":"Delete"}}}'
    second = Record("StatefulSet", "db", "uid-db", aside.replace("}}", '},"replicas":6}', 1), NOBODYS, edition=1)
    mark = f"{SLEEP}/uid-db"
    found = workload("db", 0, kind="StatefulSet", record="3", mark=mark, rest=aside, aside="Retain", owners=(HELM,))
    told = replace(MEMORY, records=by_key([second]), unwritten={"uid-db": (mark, "3")})
    (step,) = planned("Awake", found, memory=told).steps
    assert (step.replicas, step.restoring) == (0, Restoring(0, aside))


class Wire(Cluster):
    """Refuses every patch, and knows what is there by then."""

    def __init__(self, error: Exception, **annotations: str) -> None:
        self._error = error
        self._annotations = {f"sundown.dev/{key.replace('_', '-')}": text for key, text in annotations.items()}

    async def merge_patch(
        self, path: str, body: dict[str, Any], *, whole: bool = False, **params: str
    ) -> dict[str, Any]:
        raise self._error

    async def get(self, path: str, **_: Any) -> dict[str, Any]:
        metadata = {"name": "web", "namespace": "dev", "uid": "uid-web", "resourceVersion": "8", "generation": 4}
        return {"metadata": {**metadata, "annotations": self._annotations}, "spec": {"replicas": 0}}


CONFLICT = Conflict("it has changed", status=409)


async def carried_out(wire: Wire, found: Workload) -> Outcome:
    plan = planned("Asleep", found)
    assert [step.action for step in plan.steps] == ["Sleep"]
    return await act(wire, Gate(width=4), plan, again=lambda _part: None)


async def test_a_write_that_met_its_owners_zero_is_known_not_to_have_been() -> None:
    """A3: by what is remembered then, it would be Sundown's zero."""
    outcome = await carried_out(Wire(CONFLICT), workload("web", 3, owners=(HELM,)))
    assert (outcome.written, outcome.put_off, outcome.failures) == (0, 1, ())
    assert outcome.unwritten == {"uid-web": BARE}


async def test_a_zero_that_the_api_server_has_noted_is_thought_about_as_any_other() -> None:
    """A3: with the hold policies its owner's wish stands on it."""
    noted = Wire(CONFLICT, asleep_since=f"{SLEEP}/1000/uid-web", previous_replicas="0")
    outcome = await carried_out(noted, workload("web", 3, owners=(HELM,)))
    assert (outcome.put_off, outcome.unwritten) == (0, {})


async def test_a_write_without_an_answer_may_have_been() -> None:
    with pytest.raises(Unreachable):
        await carried_out(Wire(Unreachable("cut")), workload("web", 3, owners=(HELM,)))


def known_after(known: Unwritten, *workloads: Workload, at_rest: bool = False) -> Mapping[str, Carried]:
    known.planned("dev", _plan(*workloads), workloads, at_rest=at_rest)
    return known.of("dev")


def _plan(*workloads: Workload) -> Plan:
    return planned("Asleep", *workloads)


def test_what_waits_for_its_wave_is_not_written_and_what_is_tried_may_be() -> None:
    """G3: a wave can wait for minutes, and its owner can scale it to 0 meanwhile."""
    known, web, db = Unwritten(), workload("web"), workload("db", kind="StatefulSet")
    plan = _plan(web, db)
    assert [step.workload.name for step in plan.steps] == ["web"]
    assert known_after(known, web, db) == {"uid-web": BARE, "uid-db": BARE}
    known.tried("dev", plan)
    assert known.of("dev") == {"uid-db": BARE}


def test_what_its_owner_has_put_to_0_is_known_until_it_runs_or_the_env_is_awake() -> None:
    known = Unwritten()
    known.left("dev", {"uid-web": IN_THE_EVENING})
    assert known_after(known, at_zero(IN_THE_EVENING)) == {"uid-web": IN_THE_EVENING}
    assert known_after(known, at_zero(IN_THE_EVENING), at_rest=True) == {}
    known.left("dev", {"uid-web": BARE})
    assert known_after(known) == {}


def test_an_env_that_nobody_governs_has_no_plans() -> None:
    known = Unwritten()
    known.left("dev", {"uid-web": BARE})
    known.forget("dev")
    assert known.of("dev") == {}
