"""Rollouts that the owners of other kinds hold back (requirement A18; kubernetes #121534)."""

from typing import Any

import pytest

from sundown.model.parts import Hold
from sundown.sleepers.catalogue import ROWS
from sundown.sleepers.patch_kind import PatchKind

Json = dict[str, Any]
DAEMON_SET, ROLLOUT, CLUSTER = (
    next(row for row in ROWS if row.kind == kind) for kind in ("DaemonSet", "Rollout", "Cluster")
)
HALF: Json = {"currentNumberScheduled": 3, "updatedNumberScheduled": 1}
DONE: Json = {"currentNumberScheduled": 3, "updatedNumberScheduled": 3}


@pytest.mark.parametrize(
    ("strategy", "status", "hold"),
    [
        ("OnDelete", HALF, "OnDelete"),
        ("OnDelete", {"currentNumberScheduled": 3}, "OnDelete"),
        ("OnDelete", DONE, None),
        ("OnDelete", {"currentNumberScheduled": 0}, None),
        ("OnDelete", {**DONE, "observedGeneration": 4}, "Unobserved"),
        ("RollingUpdate", HALF, None),
        ("RollingUpdate", {**HALF, "observedGeneration": 4}, None),
    ],
)
def test_a_daemon_set(strategy: str, status: Json, hold: Hold | None) -> None:
    """A18: its pods come back of the newest template, whatever they were."""
    raw = {
        "metadata": {
            "name": "logs",
            "namespace": "dev",
            "resourceVersion": "7",
            "generation": 5,
            "annotations": {"sundown.dev/rollout": "finish"},
        },
        "spec": {"updateStrategy": {"type": strategy}},
        "status": {"observedGeneration": 5, **status},
    }
    found = DAEMON_SET.read(raw)
    assert (found.hold, found.rollout) == (hold, "finish")


def read(row: PatchKind, spec: Json, status: Json) -> Hold | None:
    about = {"name": "it", "namespace": "dev", "resourceVersion": "7", "generation": 5}
    return row.read({"metadata": about, "spec": spec, "status": status}).hold


STEPS: Json = {"strategy": {"canary": {"steps": [{"setWeight": 20}, {"pause": {}}]}}}
NEW: Json = {"observedGeneration": "5", "currentPodHash": "b", "stableRS": "a"}


@pytest.mark.parametrize(
    ("spec", "status", "hold"),
    [
        (STEPS, {**NEW, "phase": "Paused"}, "Paused"),
        ({"strategy": {"blueGreen": {}}}, {**NEW, "phase": "Paused"}, "Paused"),
        ({**STEPS, "paused": True}, {**NEW, "phase": "Progressing"}, "Paused"),
        ({**STEPS, "paused": True}, NEW, "Paused"),
        ({**STEPS, "paused": True}, {**NEW, "observedGeneration": "4"}, "Unobserved"),
        (STEPS, {**NEW, "phase": "Paused", "observedGeneration": "4"}, "Unobserved"),
        ({**STEPS, "paused": True}, {**NEW, "currentPodHash": "a", "phase": "Paused"}, None),
        ({**STEPS, "paused": True}, {"observedGeneration": "5", "currentPodHash": "b"}, None),
        ({**STEPS, "paused": False}, {**NEW, "phase": "Progressing"}, None),
        (STEPS, {**NEW, "currentPodHash": "a", "phase": "Healthy"}, None),
        (STEPS, {**NEW, "phase": "Degraded", "abort": True}, None),
        (STEPS, {}, None),
    ],
)
def test_an_argo_rollout(spec: Json, status: Json, hold: Hold | None) -> None:
    """A18: paused half way, by its owner or by its controller; with nothing new to roll out there is nothing to finish."""
    assert read(ROLLOUT, spec, status) == hold


@pytest.mark.parametrize(
    ("strategy", "phase", "hold"),
    [
        ("supervised", "Waiting for user action", "Supervised"),
        ("supervised", "Cluster in healthy state", None),
        ("unsupervised", "Waiting for user action", None),
        (None, None, None),
    ],
)
def test_a_database_of_cloud_native_pg(strategy: str | None, phase: str | None, hold: Hold | None) -> None:
    """A18: the primary's pod would come back of the new image, without the switchover that its owner wants to do."""
    assert read(CLUSTER, {"primaryUpdateStrategy": strategy}, {"phase": phase}) == hold
