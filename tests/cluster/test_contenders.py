"""Who sets a count back (fault W9): the controller of the workload, or the newest to have written the count."""

from typing import Any

import pytest

from sundown.cluster.contenders import contender


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
