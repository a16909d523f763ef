"""Which Applications of Argo CD a night is for (G2)."""

from typing import Any

import orjson
import pytest

from sundown.sleepers.catalogue import ROWS

Json = dict[str, Any]
ROW = next(row for row in ROWS if row.kind == "Application")
BY_A_SET: Json = {"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationSet", "name": "all", "uid": "1"}


def listed(spec: Json, **metadata: object) -> list[str]:
    about = {"name": "web", "namespace": "dev", "uid": "2", "resourceVersion": "7", **metadata}
    page = orjson.dumps({"metadata": {}, "items": [{"metadata": about, "spec": spec}]})
    return [found.name for found in ROW.read_page(page).items]


@pytest.mark.parametrize(
    "automated", [{}, {"prune": True}, {"selfHeal": True, "enabled": True}, {"enabled": None}, {"enabled": False}]
)
def test_one_that_syncs_by_itself_or_may_do_so(automated: Json) -> None:
    """G2"""
    assert listed({"syncPolicy": {"automated": automated}}) == ["web"]


@pytest.mark.parametrize("spec", [{}, {"syncPolicy": None}, {"syncPolicy": {}}, {"syncPolicy": {"automated": None}}])
def test_none_that_syncs_by_hand(spec: Json) -> None:
    """G2: a night would leave a map there that Argo CD takes for a wish."""
    assert listed(spec) == []


def test_none_that_an_application_set_makes() -> None:
    """G5: it would be taken back."""
    automated: Json = {"syncPolicy": {"automated": {}}}
    assert listed(automated, ownerReferences=[{**BY_A_SET, "controller": True}]) == []
    assert listed(automated, ownerReferences=[{**BY_A_SET, "kind": "Team", "controller": True}]) == ["web"]
    assert listed(automated, ownerReferences=[BY_A_SET]) == ["web"]


def test_one_that_sleeps_is_looked_at_whoever_makes_it_since() -> None:
    """A3: else nobody would wake it."""
    notes = {"sundown.dev/asleep-since": "2026-11-23T18:00:00Z/2"}
    assert listed({"syncPolicy": {}}, annotations=notes) == ["web"]
