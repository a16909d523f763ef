"""Who sets a count back (fault W9): the controller of the workload, or the newest to have written the count."""

from typing import Any

import pytest

from sundown.cluster.contenders import contender
from sundown.sleepers.catalogue import ROWS
from sundown.sleepers.merge_patches import at_path, leaves
from sundown.sleepers.patch_kind import PatchKind

ANY = {"metadata": {"name": "it", "namespace": "dev", "resourceVersion": "7"}}


def entry(
    manager: str, time: str = "2026-11-23T18:00:00Z", *, field: str = "f:replicas", **more: Any
) -> dict[str, Any]:
    return {"manager": manager, "operation": "Update", "time": time, "fieldsV1": {"f:spec": {field: {}}}, **more}


KAFKA = {"apiVersion": "kafka.strimzi.io/v1beta2", "kind": "Kafka", "name": "main", "controller": True}


@pytest.mark.parametrize(
    ("metadata", "told"),
    [
        ({}, "somebody"),
        ({"managedFields": None, "ownerReferences": None}, "somebody"),
        ({"ownerReferences": [KAFKA], "managedFields": [entry("x")]}, "its controller Kafka/main (kafka.strimzi.io)"),
        ({"ownerReferences": [{**KAFKA, "apiVersion": "v1"}]}, "its controller Kafka/main"),
        ({"ownerReferences": [{**KAFKA, "controller": False}], "managedFields": [entry("x")]}, '"x" (field manager)'),
        ({"managedFields": [entry("sundown-operator"), entry("sundown")]}, "somebody"),
        ({"managedFields": [entry("sundown-ci")]}, '"sundown-ci" (field manager)'),
        ({"managedFields": [entry("kubectl-edit", field="f:template")]}, "somebody"),
        (
            {
                "managedFields": [
                    entry("kubectl-create", "2026-11-23T17:00:00Z"),
                    entry("sundown-operator", "2026-11-23T18:00:09Z"),
                    entry("argocd-controller", "2026-11-23T18:00:05Z"),
                ]
            },
            '"argocd-controller" (field manager)',
        ),
        (
            {"managedFields": [entry("kube-controller-manager", subresource="scale")]},
            '"kube-controller-manager" (field manager, through scale)',
        ),
        ({"managedFields": [{"manager": "odd"}, {"manager": None, "fieldsV1": None}, {}]}, "somebody"),
    ],
)
def test_who_sets_it_back_is_told(metadata: dict[str, Any], told: str) -> None:
    """W9 G5"""
    assert contender({"metadata": metadata}) == told


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.kind)
@pytest.mark.parametrize("whole", [False, True], ids=["the field", "the map that it is in"])
def test_who_sets_back_what_a_kind_sleeps_by_is_told(row: PatchKind, *, whole: bool) -> None:
    """W9 G5: it is no count, but a field or an annotation."""
    ((path, _),) = leaves(row.asleep(row.read(ANY)))
    theirs = at_path(tuple(f"f:{step}" for step in (path[:-1] if whole and len(path) > 2 else path)), {})
    other = entry("kubectl-label", "2026-11-23T19:00:00Z", field="f:other")
    metadata = {"managedFields": [{**entry("kustomize-controller"), "fieldsV1": theirs}, other]}
    assert contender({"metadata": metadata}, fields=[path]) == '"kustomize-controller" (field manager)'
    assert contender({"metadata": {"managedFields": [other]}}, fields=[path]) == "somebody"
