"""B2: what the API server makes of the patch that puts to sleep is nobody's wish: defaults, schemas that drop fields, admission."""

import json
from typing import Any

import pytest

from sundown.model.base import parse
from sundown.model.parts import Workload
from sundown.model.spec import PatchRow
from sundown.reconcile.part_verdict import tried_as
from sundown.reconcile.plan import Plan
from sundown.sleepers.catalogue import ROWS
from sundown.sleepers.chosen_rows import own_row
from sundown.sleepers.made_of import made_of
from sundown.sleepers.merge_patches import at_path, found_at, leaves, merged
from sundown.sleepers.patch_kind import PatchKind
from sundown.sleepers.ways import direct
from support.samples import planned

Json = dict[str, Any]


def own(asleep: Json) -> PatchKind:
    return own_row(parse(PatchRow, {"apiVersion": "example.com/v1", "kind": "Simulator", "asleep": asleep}))


CASES: dict[str, tuple[PatchKind, Json, object]] = {
    # What its owner wrote, and what the API server makes of the first field of the patch.
    **{
        row.kind: (row, at_path(leaves(json.loads(row.patch))[0][0], before), became)
        for row in ROWS
        for before, became in [
            {
                0: (3, 1),
                True: (False, False),
                "yes": ("no", "no"),
                "on": ("off", "off"),
                "true": ("false", "no"),
                "false": ("true", "no"),
                "Paused": ("Running", "Deleted"),
                "1970-01-01T00:00:00Z": ("2026-11-23T18:00:00Z", "no"),
                "Disabled": ("Min", "Max"),
            }[leaves(json.loads(row.patch))[0][1]]
        ]
    },
    "null with a default": (own({"spec": {"mode": None}}), {"spec": {"mode": "Off"}}, "On"),
    "null deep with a default": (own({"spec": {"deep": {"mode": None}}}), {"spec": {"deep": {"mode": 7}}}, 1),
    "a field that is dropped": (own({"spec": {"unknown": True}}), {"spec": {"size": 3}}, None),
    "a label that admission takes off": (
        own({"metadata": {"labels": {"off": "yes"}}}),
        {"metadata": {"labels": {"off": "no"}}},
        None,
    ),
}
EACH = pytest.mark.parametrize("case", CASES)


def seen(
    row: PatchKind, owners: Json, *, became: object = ..., by: str = "sundown-operator", step: Plan | None = None
) -> Workload:
    """The object as it stands after a write of which the API server has made this, and before the second write."""
    raw: Json = merged(
        {"metadata": {"name": "it", "namespace": "dev", "uid": "uid-it", "resourceVersion": "7"}}, owners
    )
    if step is not None:
        (first,) = step.steps
        path = leaves(json.loads(row.patch))[0][0]
        raw = merged(raw, direct(first))
        raw = merged(raw, at_path(path, became))
        fields = at_path(tuple(f"f:{key}" for key in path), {})
        entry = {"manager": by, "operation": "Update", "apiVersion": "v1", "fieldsV1": fields}
        about: Json = {"annotations": {"sundown.dev/taken-from": "[]"}, "managedFields": [entry]}
        raw = merged(raw, {"metadata": about})
    return row.read(without_nulls(raw))


def without_nulls(raw: Json) -> Json:
    return {
        key: without_nulls(value) if isinstance(value, dict) else value
        for key, value in raw.items()
        if value is not None
    }


def chosen(row: PatchKind) -> Json:
    return {} if row.own else {"kinds": [row.kind]}


def given_back(found: Workload, row: PatchKind, *, impossible: bool) -> Json:
    goal: Json = {"impossible": {tried_as(found): "why"}} if impossible else {}
    (step,) = planned("Asleep" if impossible else "Awake", found, **goal, **chosen(row)).steps
    assert step.action == "Forget"
    return direct(step)


@EACH
def test_what_became_of_it_is_said_by_the_name_of_the_field(case: str) -> None:
    row, _, became = CASES[case]
    patch = json.loads(row.patch)
    path, value = leaves(patch)[0]
    assert made_of(patch, merged(patch, at_path(path, value))) is None
    said = made_of(patch, without_nulls(merged(patch, at_path(path, became))))
    assert said is not None
    assert ".".join(path) in said
    assert ("drops" if became is None else f"makes {json.dumps(became)}") in said
    assert "somebody" not in said


@EACH
@pytest.mark.parametrize("morning", [False, True])
def test_what_its_owner_had_is_given_back_though_the_operator_died_after_the_write(case: str, *, morning: bool) -> None:
    """At once where it is known that it cannot sleep, and in the morning in any case."""
    row, before, became = CASES[case]
    evening = planned("Asleep", seen(row, before), **chosen(row))
    found = seen(row, before, became=became, step=evening)
    back = given_back(found, row, impossible=not morning)
    path = leaves(json.loads(row.patch))[0][0]
    assert found_at(back, path) == found_at(before, path)
    notes = back["metadata"]["annotations"]
    assert notes["sundown.dev/asleep-since"] is None


@EACH
def test_it_is_remembered_though_it_is_tried_again(case: str) -> None:
    """What became of it does not take the place of what its owner had."""
    row, before, became = CASES[case]
    evening = planned("Asleep", seen(row, before), **chosen(row))
    again = planned("Asleep", seen(row, before, became=became, step=evening), **chosen(row))
    assert [step.restoring for step in again.steps] == [step.restoring for step in evening.steps]
    assert [step.action for step in again.steps] == ["Sleep"]


@EACH
def test_what_somebody_has_set_since_is_theirs(case: str) -> None:
    """A3"""
    row, before, became = CASES[case]
    if became is None:
        became = "theirs"
    evening = planned("Asleep", seen(row, before), **chosen(row))
    found = seen(row, before, became=became, step=evening, by="kubectl-edit")
    back = given_back(found, row, impossible=False)
    assert found_at(back, leaves(json.loads(row.patch))[0][0]) is None


@EACH
def test_one_that_cannot_sleep_is_left_running_and_named_and_waited_for_by_nobody(case: str) -> None:
    row, before, _ = CASES[case]
    found = seen(row, before)
    plan = planned("Asleep", found, impossible={tried_as(found): "why"}, **chosen(row))
    assert (plan.steps, plan.settled, plan.parts.total, plan.records) == ((), True, 0, ())
    assert [str(one) for one in plan.impossible] == [f"{found.title}: why"]
    assert plan.refused == ()


def test_another_patch_is_another_trial() -> None:
    before: Json = {"spec": {"mode": "Off"}}
    wrong, right = own({"spec": {"mode": None}}), own({"spec": {"mode": "Slow"}})
    tried = {tried_as(seen(wrong, before)): "why"}
    (step,) = planned("Asleep", seen(right, before), impossible=tried).steps
    assert step.action == "Sleep"
