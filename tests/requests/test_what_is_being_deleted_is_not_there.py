"""A workload that only waits for somebody's finalizer can be neither scaled nor restarted: its controller does nothing more."""

from typing import Any

import pytest

from sundown.cluster.client import Cluster
from sundown.reconcile.workload_changes import OfWorkload
from sundown.reconcile.workload_look import look

THERE = {"name": "web", "namespace": "dev", "resourceVersion": "7", "uid": "uid-web"}


class Lists(Cluster):
    """Has one object of each kind."""

    def __init__(self, metadata: dict[str, Any]) -> None:
        self._metadata = metadata

    async def list_all(self, path: str, *, limit: int = 500, **params: str) -> list[dict[str, Any]]:
        assert params == {"fieldSelector": "metadata.name=web"}
        return [{"metadata": self._metadata}]


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
async def test_it_counts_as_gone(kind: str) -> None:
    """I4"""
    meant = OfWorkload(kind=kind, name="web")
    assert await look(Lists(THERE), "dev", meant) is not None
    assert await look(Lists({**THERE, "deletionTimestamp": "2026-11-23T18:00:00Z"}), "dev", meant) is None
