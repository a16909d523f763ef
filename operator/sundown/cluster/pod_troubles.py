"""What keeps pods from becoming ready, by who made them: a workload's own conditions say nothing of a pod that finds no node."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from sundown.cluster import paths
from sundown.cluster.client import Cluster, Json
from sundown.cluster.errors import ApiError
from sundown.cluster.hindrances import shortened
from sundown.cluster.pods import RUNNING, Maker, maker
from sundown.cluster.seen_pods import seen_pod

_MOST_PODS = 500


async def pod_troubles(cluster: Cluster, namespace: str) -> dict[str, str]:
    """The trouble of the first pod that has one, by the title of its workload; nothing where pods may not be listed."""
    try:
        found = await cluster.get(paths.pods(namespace), fieldSelector=RUNNING, limit=str(_MOST_PODS))
    except ApiError:
        return {}
    return troubles_of(found.get("items") or ())


def troubles_of(pods: Iterable[Json]) -> dict[str, str]:
    """The same of these pods; those that leave are nobody's trouble any more."""
    troubles: dict[str, str] = {}
    for raw in pods:
        pod = seen_pod(raw)
        if pod.trouble is None or pod.ready or pod.leaves:
            continue
        kind, name = maker(msgspec.convert(raw["metadata"], Maker))
        troubles.setdefault(f"{kind}/{name}", shortened(*pod.trouble))
    return troubles
