"""What hinders an object, by Events: of what has no conditions for that, such as a StatefulSet, or a pod whose disk is not there."""

from __future__ import annotations

import re
from typing import Any

from sundown.cluster import paths
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError
from sundown.cluster.hindrances import shortened

_EVENTS = 100
_OUTPUT = re.compile(
    r'^(\w+ probe (?:failed|errored)[^:]*): (?!HTTP probe failed|Get "|dial |timeout: |service unhealthy).*$', re.DOTALL
)
"""A probe's own command may print anything; what the kubelet says of one over the network is its own."""
_HOOKS = frozenset({"FailedPostStartHook", "FailedPreStopHook"})


async def newest_warning(cluster: Cluster, kind: str, *, namespace: str, name: str, uid: str) -> str | None:
    """The newest warning about this very object; None where there is none, or it cannot be asked for."""
    chosen = f"type=Warning,involvedObject.kind={kind},involvedObject.name={name}"
    if uid:
        chosen += f",involvedObject.uid={uid}"
    try:
        found = await cluster.get(f"{paths.namespace(namespace)}/events", fieldSelector=chosen, limit=str(_EVENTS))
    except ApiError:
        return None
    newest = max(found.get("items") or (), key=_last_seen, default=None)
    return warning(newest.get("reason") or "Warning", newest.get("message") or "") if newest is not None else None


def warning(reason: str, message: str) -> str:
    """What is told of an Event: its words, without those of programs, which are nobody's but who may read their logs."""
    return shortened(reason, _OUTPUT.sub(r"\1", message) if reason not in _HOOKS else "")


def _last_seen(event: dict[str, Any]) -> str:
    series = event.get("series") or {}
    moments = (series.get("lastObservedTime"), event.get("lastTimestamp"), event.get("eventTime"))
    # All are RFC 3339 in UTC; what tells them apart comes before any fraction of a second.
    return max((moment for moment in moments if moment), default="")
