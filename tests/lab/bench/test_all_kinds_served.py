"""A cluster that serves every kind of the catalogue, as the bench has it."""

import pytest

from sundown.model.record import read_patch
from sundown.sleepers.catalogue import ROWS
from sundown.sleepers.kinds import CATALOGUE
from sundown.sleepers.merge_patches import merged
from sundown.sleepers.patch_kind import PatchKind
from sundown_lab.bench.catalogued import KUBERNETES_OWN, crd, kinds, samples

OTHERS = [row for row in ROWS if row.group not in KUBERNETES_OWN]
SAMPLES = {row.kind: (row, body, status) for row, body, status in samples()}


def test_schedules_name_all_kinds_of_the_catalogue() -> None:
    """G2."""
    assert sorted(kinds()) == sorted(CATALOGUE)


@pytest.mark.parametrize("row", OTHERS, ids=lambda row: row.kind)
def test_a_crd_serves_all_versions_of_its_row_and_stores_the_preferred(row: PatchKind) -> None:
    """G2."""
    spec = crd(row)["spec"]
    assert [version["name"] for version in spec["versions"] if version["served"]] == list(row.versions)
    assert [version["name"] for version in spec["versions"] if version["storage"]] == [row.versions[0]]
    assert (spec["group"], spec["names"]["kind"], spec["names"]["plural"]) == (row.group, row.api_kind, row.plural)


@pytest.mark.parametrize("row", OTHERS, ids=lambda row: row.kind)
def test_what_has_a_count_can_be_scaled(row: PatchKind) -> None:
    """G2: kinds have the sub-resources that they have elsewhere."""
    (below, *_) = [version["subresources"] for version in crd(row)["spec"]["versions"]]
    assert ("scale" in below) == (row.count is not None)


@pytest.mark.parametrize("kind", [row.kind for row in ROWS if row.kind != "HorizontalPodAutoscaler"])
def test_an_object_rests_as_soon_as_it_is_put_to_sleep(kind: str) -> None:
    """G2: else no env with one would ever be asleep, for nobody plays its controller."""
    row, body, status = SAMPLES[kind]
    raw = merged({**body, "status": status}, read_patch(row.patch) or {})
    assert row.resting is None or row.resting.holds(raw)
