"""A record that is edited by hand is planned to be the newest of its sleep, and may be edited again before that is written (A3, W4)."""

from typing import Any

import pytest

from sundown.model.parts import Owner, Workload
from sundown.model.record import Record, Restoring
from sundown.model.resources import EnvScheduleStatus
from sundown.reconcile.memory import Belief, Memory, NotRemembered, believed, by_key
from sundown.reconcile.part_verdict import Goal
from sundown.reconcile.plan import reconsider
from sundown.reconcile.report import next_status
from sundown.reconcile.workload_steps import as_written
from support.samples import MEMORY, NOW, SLEEP, finding, planned, workload

EVENING, PLANNED_AT = 5, 4
MARK, NEWER = f"{SLEEP}/uid-web", f"{SLEEP}/1/uid-web"
OURS = Owner("sundown-operator", applies=False, fields=frozenset({"replicas", "mark"}))
ZERO_OF_OURS = Owner("sundown-operator", applies=False, fields=frozenset({"replicas"}))
WHO_BROUGHT_IT_BACK = Owner("kubectl", applies=False, fields=frozenset({"mark"}))


def second(count: int, **more: Any) -> Record:
    return Record("Deployment", "web", "uid-web", f'{{"spec":{{"replicas":{count}}}}}', **more)


def remembering(record: Record) -> Memory:
    return Memory(sleep=SLEEP, known_since=MEMORY.known_since, records=by_key([record]))


def at_zero(record: str, mark: str = MARK, *owners: Owner, generation: int = PLANNED_AT) -> Workload:
    return workload("web", 0, record=record, mark=mark, owners=owners or (OURS,), generation=generation)


AN_EDIT = Belief(Restoring(2), "object")
AS_PLANNED = Belief(Restoring(3), "status", stale=True)


@pytest.mark.parametrize(
    ("found", "generation", "belief"),
    [
        pytest.param(at_zero("2"), PLANNED_AT, AN_EDIT, id="edited since"),
        pytest.param(at_zero("2", MARK, ZERO_OF_OURS), PLANNED_AT, AN_EDIT, id="edited since, the mark is nobody's"),
        pytest.param(at_zero("5", generation=5), PLANNED_AT, AS_PLANNED, id="undone since, which is another template"),
        pytest.param(
            at_zero("5", MARK, ZERO_OF_OURS, WHO_BROUGHT_IT_BACK),
            PLANNED_AT,
            AS_PLANNED,
            id="written, and brought back",
        ),
        pytest.param(at_zero("5"), None, AS_PLANNED, id="planned by an earlier version"),
        pytest.param(at_zero("5", generation=0), None, AS_PLANNED, id="nobody counts its generations"),
    ],
)
def test_who_edits_what_was_planned_and_not_written_counts(
    found: Workload, generation: int | None, belief: Belief
) -> None:
    """A3, W4: the second place says 3, and on the workload stands an older mark."""
    assert believed(found, remembering(second(3, edition=1, generation=generation))) == belief


def test_the_plan_says_over_which_generation_it_was_made() -> None:
    """A3: before the record is written that is the newest."""
    found = planned("Asleep", at_zero("3"), memory=remembering(second(EVENING)))
    assert found.records == (second(3, edition=1, generation=PLANNED_AT),)
    assert [step.action for step in found.steps] == ["Remember"]


def test_once_it_is_written_nothing_of_it_is_written_again() -> None:
    """A3: a generation that came later is no reason for another status."""
    known = second(3, edition=1, generation=PLANNED_AT)
    found = planned("Asleep", at_zero("3", NEWER, generation=6), memory=remembering(known))
    assert found.records == (known,)
    assert [step.action for step in found.steps if step.action != "GiveBack"] == []


def test_what_has_no_older_record_on_it_needs_none() -> None:
    """A3: it takes no room in a status of ten thousand."""
    asleep = planned("Asleep", workload("web", 3, generation=PLANNED_AT), memory=Memory())
    assert [one.generation for one in asleep.records] == [None]
    stripped = planned("Asleep", workload("web", 0, owners=(OURS,)), memory=remembering(second(3)))
    assert [one.generation for one in stripped.records] == [None]


KUBECTL = Owner("kubectl", applies=False, fields=frozenset({"replicas"}))


def test_a_zero_of_somebody_elses_is_known_once_it_was_seen_beside_a_record() -> None:
    """A3, W3: what stands on the workload may go after that."""
    found = planned("Asleep", at_zero("3", MARK, KUBECTL), memory=remembering(second(3)))
    assert found.records == (second(3, generation=PLANNED_AT),)
    later = planned("Asleep", at_zero("3", MARK, KUBECTL, generation=9), memory=remembering(found.records[0]))
    assert later.records == found.records


def test_what_sundown_has_woken_is_asleep_no_more() -> None:
    """A3: a zero that comes then is their wish who set it."""
    known = second(3, generation=PLANNED_AT)
    plan = planned("Awake", at_zero("3", MARK, KUBECTL), memory=remembering(known))
    assert [step.action for step in plan.steps] == ["Wake"]
    assert plan.records == (known,)
    assert as_written(plan.records, plan.steps) == (second(3),)


def test_what_was_seen_running_is_not_remembered_as_asleep_by_an_older_look() -> None:
    """A3: scaled up after it was seen at 0, planned, and put to 0 with its record gone before that was written."""
    goal = Goal(wanted="Asleep", now=NOW, memory=remembering(second(3, generation=PLANNED_AT)), sleep=SLEEP)
    with pytest.raises(NotRemembered):
        reconsider(goal, workload("web", 0, owners=(KUBECTL,)), known=by_key([second(3)]))


def test_an_edit_while_the_env_wakes_is_known_twice() -> None:
    """A3, A18: its wave may wait for minutes, and the record may go meanwhile."""
    old = EnvScheduleStatus(state="Waking", asleep_since=SLEEP, records=(second(EVENING),))
    plan = planned("Awake", at_zero("3"), memory=remembering(second(EVENING)))
    assert next_status(old, finding("Awake", plan=plan)).records == (second(3, edition=1, generation=PLANNED_AT),)
