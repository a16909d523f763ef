"""`sundown wake-all --direct -o json`: what waking changes, of kinds with a count and of those without (A15, G8)."""

from typing import Any

import pytest

from sundown.cli.shared.restoring import Woken
from sundown.model.parts import Step
from sundown.model.record import read_patch
from sundown.sleepers.catalogue import ROWS
from sundown.sleepers.kinds import CATALOGUE
from sundown.sleepers.merge_patches import at_path, leaves, merged
from sundown.sleepers.patch_kind import PatchKind
from support.samples import planned, sleeping

METADATA = {"name": "it", "namespace": "dev", "resourceVersion": "1", "uid": "u"}


def woken(step: Step) -> dict[str, Any]:
    (told,) = Woken("dev", (step,), ()).to_json()["woken"]
    assert (told.pop("kind"), told.pop("name")) == (step.workload.kind, step.workload.name)
    return dict(told)


def of_patch(row: PatchKind, spec: dict[str, Any]) -> Step:
    """What wakes one that had this spec."""
    awake = {"metadata": METADATA, "spec": spec}
    asleep = row.read(merged(awake, read_patch(row.patch) or {}))
    restoring = row.restoring(row.read(awake))
    return Step("Wake", asleep, restoring.replicas, restoring)


def test_a_workload_that_sleeps_by_its_replicas_says_how_many() -> None:
    (step,) = planned("Awake", sleeping("web", "3")).steps
    assert woken(step) == {"replicas": 3}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.kind)
def test_one_that_sleeps_by_a_patch_says_its_count_or_which_fields_change(row: PatchKind) -> None:
    told = woken(of_patch(row, at_path(row.count, 3).get("spec", {}) if row.count else {}))
    if row.count is not None:
        assert told == {"replicas": 3}
        return
    assert told.keys() == {"patch"}
    slept_by = {path for path, _ in leaves(read_patch(row.patch) or {})}
    assert {value for _, value in leaves(told["patch"])} == {None}
    assert all(any(path[: len(one)] == one for path in slept_by) for one, _ in leaves(told["patch"]))


@pytest.mark.parametrize("suspend", [False, None])
def test_the_patch_gives_back_what_its_owner_had(suspend: bool | None) -> None:
    row = CATALOGUE["CronJob"]
    assert isinstance(row, PatchKind)
    told = woken(of_patch(row, {"suspend": suspend} if suspend is not None else {}))
    assert told == {"patch": {"spec": {"suspend": suspend}}}
