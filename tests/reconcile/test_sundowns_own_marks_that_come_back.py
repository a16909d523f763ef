"""A key of Sundown's own within an object, which came back without a record, is no owner's wish (A3).

``kubectl rollout undo`` of a DaemonSet brings back its template of the night; so does a manifest that was exported then.
"""

import json
from typing import Any

import pytest

from sundown.model.base import parse
from sundown.model.spec import PatchRow
from sundown.reconcile.memory import Memory
from sundown.sleepers.catalogue import ROWS
from sundown.sleepers.chosen_rows import own_row
from sundown.sleepers.merge_patches import leaves
from sundown.sleepers.patch_kind import PatchKind
from sundown.sleepers.ways import direct
from support.samples import MEMORY, NOW, SLEEP, planned

Json = dict[str, Any]
ASLEEP: Json = {"spec": {"paused": True, "where": {"sundown.dev/asleep": "true"}}}
OWN = own_row(parse(PatchRow, {"apiVersion": "example.com/v1", "kind": "Simulator", "asleep": ASLEEP}))
PATCHES = {row.kind: (row, json.loads(row.patch)) for row in (*ROWS, OWN)}
MARKING = sorted(
    kind for kind, (_, patch) in PATCHES.items() if any("sundown.dev/" in at[-1] for at, _ in leaves(patch))
)
BY_DAY = Memory(at_rest=True, awake_since=NOW, known_since=MEMORY.known_since)
SELECTED: Json = {"template": {"spec": {"nodeSelector": {"sundown.dev/asleep": "true"}, "containers": []}}}


def seen(row: PatchKind, spec: Json, **annotations: str) -> Json:
    about = {"name": "it", "namespace": "dev", "uid": "uid-it", "resourceVersion": "7"}
    notes = {f"sundown.dev/{name.replace('_', '-')}": value for name, value in annotations.items()}
    return {"metadata": {**about, "annotations": notes}, "spec": spec, "status": {}}


def chosen(kind: str) -> Json:
    return {"kinds": [kind]} if kind != OWN.kind else {}


def test_the_rows_that_write_such_a_key_are_found_by_their_patches() -> None:
    assert ["DaemonSet", OWN.kind] == MARKING


@pytest.mark.parametrize("kind", MARKING)
def test_by_day_it_is_taken_off(kind: str) -> None:
    row, patch = PATCHES[kind]
    (step,) = planned("Awake", row.read(seen(row, patch["spec"])), memory=BY_DAY, **chosen(kind)).steps
    emptied = [at for at, value in leaves(direct(step)) if at[0] == "spec" and value is None]
    marks = [at for at, _ in leaves(patch) if "sundown.dev/" in at[-1]]
    assert [any(mark[: len(at)] == at for at in emptied) for mark in marks] == [True]
    assert len(emptied) == 1


def test_what_stands_beside_it_stays_and_an_empty_map_does_not() -> None:
    row = PATCHES["DaemonSet"][0]
    (alone,) = planned("Awake", row.read(seen(row, SELECTED)), memory=BY_DAY, kinds=["DaemonSet"]).steps
    assert direct(alone)["spec"] == {"template": {"spec": {"nodeSelector": None}}}
    both: Json = {"template": {"spec": {"nodeSelector": {"sundown.dev/asleep": "true", "disk": "ssd"}}}}
    (beside,) = planned("Awake", row.read(seen(row, both)), memory=BY_DAY, kinds=["DaemonSet"]).steps
    assert direct(beside)["spec"] == {"template": {"spec": {"nodeSelector": {"sundown.dev/asleep": None}}}}


def test_it_is_taken_off_where_the_rest_of_the_patch_is_another_by_now() -> None:
    """Without pods it is, whatever else the patch would set."""
    found = OWN.read(seen(OWN, {"paused": False, "where": {"sundown.dev/asleep": "true"}}))
    (step,) = planned("Awake", found, memory=BY_DAY).steps
    assert direct(step)["spec"] == {"where": None}


def test_a_record_of_another_sleep_that_came_along_goes_too() -> None:
    """What was exported at night and applied by day, onto another object of the name."""
    row = PATCHES["DaemonSet"][0]
    old = {"asleep_since": f"{SLEEP}/uid-of-another", "previous_replicas": "1"}
    (step,) = planned("Awake", row.read(seen(row, SELECTED, **old)), memory=BY_DAY, kinds=["DaemonSet"]).steps
    body = direct(step)
    assert body["spec"] == {"template": {"spec": {"nodeSelector": None}}}
    assert body["metadata"]["annotations"]["sundown.dev/asleep-since"] is None


def test_at_night_it_is_remembered_as_asleep_by_sundown() -> None:
    """The morning gives it back, whoever is there to see it then."""
    row = PATCHES["DaemonSet"][0]
    plan = planned("Asleep", row.read(seen(row, SELECTED)), kinds=["DaemonSet"])
    assert [step.action for step in plan.steps] == ["Remember"]
    assert [one.restore for one in plan.records] == ['{"spec":{"template":{"spec":{"nodeSelector":null}}}}']


@pytest.mark.parametrize("kind", sorted(PATCHES.keys() - set(MARKING)))
def test_what_any_owner_may_have_set_is_their_wish(kind: str) -> None:
    """A2: a CronJob that Git suspends."""
    row, patch = PATCHES[kind]
    raw = seen(row, patch.get("spec", {}))
    raw["metadata"]["annotations"] = patch.get("metadata", {}).get("annotations", {})
    assert planned("Awake", row.read(raw), memory=BY_DAY, kinds=[kind]).steps == ()
