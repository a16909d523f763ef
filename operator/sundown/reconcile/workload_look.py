"""Looks at the single workload that somebody means."""

from __future__ import annotations

from typing import Any

from sundown.cluster.client import Cluster
from sundown.reconcile.workload_changes import RESTARTED_AT, OfWorkload, Subject
from sundown.sleepers.kinds import KINDS


async def look(cluster: Cluster, namespace: str, meant: OfWorkload) -> Subject | None:
    """The workload as the API server has it now; None where there is none of that name, or one that is being deleted."""
    row = KINDS[meant.kind]
    # A list of one, for the frontdesk may list workloads and not get them.
    found = await cluster.list_all(row.collection(namespace), fieldSelector=f"metadata.name={meant.name}")
    there = [one for one in found if "deletionTimestamp" not in one["metadata"]]
    return _subject(there[0], meant.kind) if there else None


def _subject(raw: dict[str, Any], kind: str) -> Subject:
    template = (raw.get("spec") or {}).get("template") or {}
    annotations = (template.get("metadata") or {}).get("annotations") or {}
    paused = (raw.get("spec") or {}).get("paused") is True
    return Subject(KINDS[kind].read(raw), restarted_at=annotations.get(RESTARTED_AT), rollout_paused=paused)
