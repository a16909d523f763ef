"""A15, E1's sibling in the cluster: a patch that was only planned makes nobody else's write Sundown's.

Of a count the API server says who wrote it. Of the fields of a patch nobody is asked whose they are.
"""

import json
from dataclasses import replace

import pytest

from sundown.model.parts import Workload
from sundown.model.record import PLANNED
from sundown.reconcile.memory import by_key
from sundown.reconcile.workload_steps import as_written
from sundown.sleepers.catalogue import ROWS
from sundown.sleepers.merge_patches import leaves
from sundown.sleepers.patch_kind import PatchKind
from sundown.sleepers.ways import direct
from support.samples import MEMORY, planned

PLAIN = [row for row in ROWS if not any("sundown.dev/" in at[-1] for at, _ in leaves(json.loads(row.patch)))]
KINDS = pytest.mark.parametrize("row", PLAIN, ids=lambda row: row.kind)


def found(row: PatchKind, *, asleep: bool, **annotations: str) -> Workload:
    about = {"name": "it", "namespace": "dev", "uid": "uid-it", "resourceVersion": "7"}
    notes = {f"sundown.dev/{name.replace('_', '-')}": value for name, value in annotations.items()}
    patch = json.loads(row.patch) if asleep else {}
    beside = patch.pop("metadata", {}).get("annotations", {})
    return row.read({**patch, "metadata": {**about, "annotations": {**beside, **notes}}, "status": {}})


@KINDS
def test_one_that_its_owner_suspended_meanwhile_stays_so(row: PatchKind) -> None:
    running = found(row, asleep=False)
    first = planned("Asleep", running, kinds=[row.kind])
    assert [step.action for step in first.steps] == ["Sleep"]
    memory = replace(MEMORY, records=by_key(first.records))
    suspended = found(row, asleep=True)
    assert planned("Awake", suspended, memory=memory, kinds=[row.kind]).steps == ()
    assert planned("Asleep", suspended, memory=memory, kinds=[row.kind]).steps == ()


@KINDS
def test_one_that_was_put_to_sleep_is_woken_though_its_record_is_stripped(row: PatchKind) -> None:
    """W3: the write has been answered, so it was Sundown's."""
    first = planned("Asleep", found(row, asleep=False), kinds=[row.kind])
    (record,) = as_written(first.records, first.steps)
    assert record.restore != PLANNED
    memory = replace(MEMORY, records=by_key([record]))
    stripped = found(row, asleep=True)
    assert [step.action for step in planned("Awake", stripped, memory=memory, kinds=[row.kind]).steps] == ["Wake"]
    assert [step.action for step in planned("Asleep", stripped, memory=memory, kinds=[row.kind]).steps] == ["Remember"]


@KINDS
def test_its_own_record_makes_a_plan_a_fact(row: PatchKind) -> None:
    """A15: the operator died after the write, and before it could say so."""
    first = planned("Asleep", found(row, asleep=False), kinds=[row.kind])
    (step,) = first.steps
    notes = {
        name.removeprefix("sundown.dev/"): value for name, value in direct(step)["metadata"]["annotations"].items()
    }
    memory = replace(MEMORY, records=by_key(first.records))
    asleep = found(row, asleep=True, **{name: value for name, value in notes.items() if value is not None})
    assert planned("Asleep", asleep, memory=memory, kinds=[row.kind]).records == as_written(first.records, first.steps)
    assert [one.action for one in planned("Awake", asleep, memory=memory, kinds=[row.kind]).steps] == ["Wake"]


@KINDS
def test_what_was_known_of_it_is_no_plan_again(row: PatchKind) -> None:
    """One that was woken by hand at night may still have something of Sundown's on it."""
    running = found(row, asleep=False)
    first = planned("Asleep", running, kinds=[row.kind])
    known = as_written(first.records, first.steps)
    again = planned("Asleep", running, memory=replace(MEMORY, records=by_key(known)), kinds=[row.kind])
    assert again.records == known
