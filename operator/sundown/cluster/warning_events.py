"""What keeps a workload's pods from coming, by Events: a StatefulSet has no conditions for that."""

from __future__ import annotations

from typing import Any

from sundown.cluster import paths
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError
from sundown.cluster.hindrances import shortened
from sundown.model.parts import Workload

_EVENTS = 100


async def newest_warning(cluster: Cluster, workload: Workload) -> str | None:
    """The newest warning about this very workload; None where there is none, or it cannot be asked for."""
    chosen = f"type=Warning,involvedObject.kind={workload.kind},involvedObject.name={workload.name}"
    if workload.uid:
        chosen += f",involvedObject.uid={workload.uid}"
    try:
        found = await cluster.get(
            f"{paths.namespace(workload.namespace)}/events", fieldSelector=chosen, limit=str(_EVENTS)
        )
    except ApiError:
        return None
    newest = max(found.get("items") or (), key=_last_seen, default=None)
    return shortened(newest.get("reason") or "Warning", newest.get("message") or "") if newest is not None else None


def _last_seen(event: dict[str, Any]) -> str:
    series = event.get("series") or {}
    moments = (series.get("lastObservedTime"), event.get("lastTimestamp"), event.get("eventTime"))
    # All are RFC 3339 in UTC; what tells them apart comes before any fraction of a second.
    return max((moment for moment in moments if moment), default="")
