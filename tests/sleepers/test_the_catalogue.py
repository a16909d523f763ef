"""The rows of the catalogue, against themselves, their components and their page (G2)."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from sundown.model.record import Restoring, read_patch
from sundown.sleepers.catalogue import ROWS
from sundown.sleepers.kinds import CATALOGUE
from sundown.sleepers.merge_patches import at_path, leaves, merged
from sundown.sleepers.patch_kind import PatchKind

ROOT = Path(__file__).parents[2]
COMPONENTS = ROOT / "deploy" / "components" / "kinds"


def rules(component: str) -> list[dict[str, Any]]:
    role = yaml.safe_load((COMPONENTS / component / "clusterrole.yaml").read_text())
    assert role["metadata"]["labels"]["sundown.dev/aggregate-to-kinds"] == "true"
    found: list[dict[str, Any]] = role["rules"]
    return found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.kind)
def test_each_row_is_complete(row: PatchKind) -> None:
    patch = read_patch(row.patch)
    assert patch
    assert patch.keys() <= {"spec", "metadata"}
    assert row.title
    assert row.tried
    assert row.source.startswith("https://")
    assert row.component
    assert CATALOGUE[row.kind] is row


def test_each_component_grants_what_its_rows_need_and_nothing_else() -> None:
    """J3"""
    needed = {
        (row.component, row.group, row.plural, verb) for row in ROWS for verb in ("get", "list", "watch", "patch")
    }
    needed |= {
        (row.component, row.group, row.history, verb) for row in ROWS if row.history for verb in ("list", "delete")
    }
    granted = {
        (path.name, group, plural, verb)
        for path in COMPONENTS.iterdir()
        if path.name != "own"
        for rule in rules(path.name)
        for group in rule["apiGroups"]
        for plural in rule["resources"]
        for verb in rule["verbs"]
    }
    assert granted == needed


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.kind)
def test_what_wakes_an_object_can_be_written_down_and_read(row: PatchKind) -> None:
    """A2"""
    metadata = {"name": "it", "namespace": "dev", "resourceVersion": "1", "uid": "u"}
    found = row.read({"metadata": metadata, "spec": {}})
    restoring = row.restoring(found)
    assert found.replicas == 1
    assert row.read_record(row.written(restoring)) == restoring
    assert row.may_restore(restoring)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.kind)
def test_what_waking_changes_is_told_by_count_or_field_by_field(row: PatchKind) -> None:
    """A15, G8: what only is or is not asleep has no replicas to tell of."""
    patch = read_patch(row.patch)
    assert patch
    metadata = {"name": "it", "namespace": "dev", "resourceVersion": "1", "uid": "u"}
    awake = {"metadata": metadata, "spec": at_path(row.count, 3).get("spec", {}) if row.count else {}}
    asleep = row.read(merged(awake, patch))
    told = row.told_awake(asleep, row.restoring(row.read(awake)), 3)
    if row.count is not None:
        assert told == "0 -> 3 replicas"
        return
    assert "replicas" not in told
    for path, value in leaves(patch):
        assert ".".join(path[:2]) in told
        assert path[-1] in told
        assert f"{json.dumps(value)}" in told
    assert told.endswith(" -> unset")


@pytest.mark.parametrize(
    ("kind", "spec", "told"),
    [
        ("CronJob", {"suspend": False}, "spec.suspend true -> false"),
        ("CronJob", {}, "spec.suspend true -> unset"),
        (
            "DaemonSet",
            {"template": {"spec": {"nodeSelector": {"disk": "ssd"}}}},
            'spec.template.spec.nodeSelector.sundown.dev/asleep "true" -> unset',
        ),
    ],
)
def test_what_waking_changes_is_told_from_what_its_owner_had(kind: str, spec: dict[str, Any], told: str) -> None:
    row = CATALOGUE[kind]
    assert isinstance(row, PatchKind)
    awake = {"metadata": {"name": "it", "namespace": "dev", "resourceVersion": "1", "uid": "u"}, "spec": spec}
    asleep = row.read(merged(awake, read_patch(row.patch) or {}))
    assert row.told_awake(asleep, row.restoring(row.read(awake)), 1) == told


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.kind)
@pytest.mark.parametrize(
    "rest",
    [
        '{"spec":{"template":{"spec":{"hostNetwork":true}}}}',
        '{"metadata":{"finalizers":null}}',
        "[]",
        "nonsense",
        '{"x":1}',
    ],
)
def test_a_record_that_somebody_wrote_onto_an_object_gives_back_no_more_than_its_row_takes(
    row: PatchKind, rest: str
) -> None:
    """E4: whoever may edit a workload does not write with the operator's rights."""
    assert not row.may_restore(Restoring(1, rest))


def test_an_autoscaler_is_left_alone_unless_it_may_scale_to_zero() -> None:
    """G2: at 0 any other rests by itself."""
    row = CATALOGUE["HorizontalPodAutoscaler"]
    metadata = '{"metadata":{"name":"%s","namespace":"dev","resourceVersion":"1"},"spec":{"minReplicas":%d}}'
    items = ",".join((metadata % ("one", 1), metadata % ("zero", 0)))
    page = row.read_page(f'{{"metadata":{{}},"items":[{items}]}}'.encode())
    assert [one.name for one in page.items] == ["zero"]
