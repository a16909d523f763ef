"""A pod from its JSON: who made it, and how it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sundown.model.pods import Maker, SeenPod

_ON_ITS_WAY = frozenset({"", "ContainerCreating", "PodInitializing"})
"""Why a container waits that will soon run."""


def seen_pod(raw: dict[str, Any]) -> SeenPod:
    """One pod."""
    metadata, spec, status = raw["metadata"], raw.get("spec") or {}, raw.get("status") or {}
    conditions = {str(one.get("type")): one for one in status.get("conditions") or ()}
    containers = spec.get("containers") or [{}]
    return SeenPod(
        name=str(metadata["name"]),
        uid=str(metadata.get("uid") or ""),
        maker=_maker(metadata),
        phase=str(status.get("phase") or ""),
        ready=conditions.get("Ready", {}).get("status") == "True",
        leaves="deletionTimestamp" in metadata,
        image=str(containers[0].get("image") or ""),
        trouble=next(_troubles(status, conditions), None),
    )


def _maker(metadata: dict[str, Any]) -> Maker | None:
    for one in metadata.get("ownerReferences") or ():
        if one.get("controller") is True:
            return Maker(str(one.get("kind")), str(one.get("name")), str(one.get("uid")))
    return None


def _troubles(status: dict[str, Any], conditions: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """The whole pod's word first, as that of an eviction, then its node's, then its container's."""
    if status.get("reason"):
        yield str(status["reason"]), str(status.get("message") or "")
    scheduled = conditions.get("PodScheduled", {})
    if scheduled.get("status") == "False":
        yield str(scheduled.get("reason") or "Unschedulable"), str(scheduled.get("message") or "")
    for one in status.get("containerStatuses") or ():
        waiting = (one.get("state") or {}).get("waiting") or {}
        if str(waiting.get("reason") or "") not in _ON_ITS_WAY:
            yield str(waiting["reason"]), _last_words(one) or str(waiting.get("message") or "")


def _last_words(container: dict[str, Any]) -> str:
    """How it ended the last time, where it has run before."""
    over = (container.get("lastState") or {}).get("terminated") or {}
    if not over:
        return ""
    return f"{over.get('reason') or 'it ended'} with exit code {over.get('exitCode')}, {container.get('restartCount')} times"
