"""Whose pods there are, from lists of metadata (fault X11)."""

import json
from typing import Any

import pytest

from sundown.cluster.pods import PodPage
from sundown.model.pods import Pod


def owner(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"apiVersion": "x/v1", "kind": kind, "name": name, "uid": "u", "controller": True, **more}


def page(*pods: dict[str, Any], **metadata: Any) -> PodPage:
    items = [{"metadata": {"name": "one", "namespace": "dev", **each}} for each in pods]
    return PodPage(json.dumps({"kind": "PartialObjectMetadataList", "metadata": metadata, "items": items}).encode())


HASHED = {"pod-template-hash": "7d9c6bbd4c"}


@pytest.mark.parametrize(
    ("metadata", "told"),
    [
        ({}, "Pod/one"),
        ({"ownerReferences": []}, "Pod/one"),
        ({"ownerReferences": None, "labels": None}, "Pod/one"),
        ({"ownerReferences": [owner("ConfigMap", "settings", controller=False)]}, "Pod/one"),
        ({"ownerReferences": [owner("ConfigMap", "c", controller=None), owner("DaemonSet", "logs")]}, "DaemonSet/logs"),
        ({"ownerReferences": [owner("Job", "backup-29012345")]}, "Job/backup-29012345"),
        ({"ownerReferences": [owner("StatefulSet", "db")], "labels": HASHED}, "StatefulSet/db"),
        ({"ownerReferences": [owner("ReplicaSet", "web-7d9c6bbd4c")], "labels": HASHED}, "Deployment/web"),
        ({"ownerReferences": [owner("ReplicaSet", "web-7d9c6bbd4c")]}, "ReplicaSet/web-7d9c6bbd4c"),
        ({"ownerReferences": [owner("ReplicaSet", "by-hand")], "labels": HASHED}, "ReplicaSet/by-hand"),
        (
            {"ownerReferences": [owner("ReplicaSet", "web-abc12")], "labels": {"rollouts-pod-template-hash": "abc12"}},
            "Rollout/web",
        ),
        ({"ownerReferences": [owner("Cluster", "pg")]}, "Cluster/pg"),
    ],
)
def test_a_pod_is_told_by_who_owns_it(metadata: dict[str, Any], told: str) -> None:
    """X11"""
    kind, name = told.split("/")
    assert page(metadata).items == [Pod("dev", kind, name)]


def test_pods_on_their_way_out_are_told_from_the_others() -> None:
    """W7"""
    found = page({"deletionTimestamp": "2026-11-23T18:00:00Z"}, {"name": "two"}).items
    assert found == [Pod("dev", "Pod", "one", leaves=True), Pod("dev", "Pod", "two")]


def test_a_page_has_the_token_of_the_next() -> None:
    """Z: lists stop at the first page."""
    assert page(**{"continue": "next"}).token == "next"


@pytest.mark.parametrize("answer", [{"kind": "Status", "metadata": {}}, {"metadata": {}}, {}])
def test_an_error_is_no_list_without_pods(answer: dict[str, Any]) -> None:
    """Z: API replies 200 with an error body."""
    with pytest.raises(ValueError, match="missing"):
        PodPage(json.dumps(answer).encode())
