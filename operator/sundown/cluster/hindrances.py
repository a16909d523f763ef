"""What keeps a workload's pods from coming, in the words of Kubernetes: from its own conditions, or from its newest warning.

A StatefulSet has no conditions for that, so Events are asked, where somebody waits for too long.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from sundown.cluster import paths
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError
from sundown.model.cutting import clip
from sundown.model.parts import Workload

_LONGEST = 200
_EVENTS = 100

_BAD = (("ReplicaFailure", "True"), ("Progressing", "False"))
"""The first says why pods cannot be made, which is more than that they have been waited for too long."""

_POD = re.compile(r'^.*?pods "[^"]*" is forbidden: ', re.DOTALL)
_USED = re.compile(r", used: .*(?=, limited: )", re.DOTALL)


class Condition(msgspec.Struct, gc=False):
    """A condition of a workload."""

    type: str
    status: str
    reason: str | None = None
    message: str | None = None


def hindrance(conditions: Iterable[Condition] | None) -> str | None:
    """Why pods do not come, by the workload's conditions; None where they say nothing of it."""
    if conditions is None:
        return None
    for kind, status in _BAD:
        for one in conditions:
            if one.type == kind and one.status == status and one.reason != "DeploymentPaused":
                return _shortened(one.reason or kind, one.message or "")
    return None


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
    return _shortened(newest.get("reason") or "Warning", newest.get("message") or "") if newest is not None else None


def _last_seen(event: dict[str, Any]) -> str:
    series = event.get("series") or {}
    moments = (series.get("lastObservedTime"), event.get("lastTimestamp"), event.get("eventTime"))
    # All are RFC 3339 in UTC; what tells them apart comes before any fraction of a second.
    return max((moment for moment in moments if moment), default="")


def _shortened(reason: str, message: str) -> str:
    """Without what is another at each try: the name of the pod that was refused, and what others use of a quota."""
    text = " ".join(_USED.sub("", _POD.sub("", message)).split()).rstrip(".")
    return clip(f"{reason}: {text}" if text else reason, _LONGEST)
