"""A pod from its JSON: who made it, and how it is."""

from __future__ import annotations

from typing import Any

import msgspec

from sundown.cluster.pod_status import PodStatus, is_ready, trouble
from sundown.model.pods import Maker, SeenPod


def seen_pod(raw: dict[str, Any]) -> SeenPod:
    """One pod."""
    metadata, spec, status = raw["metadata"], raw.get("spec") or {}, _status(raw)
    containers = spec.get("containers") or [{}]
    wrong = trouble(status)
    return SeenPod(
        name=str(metadata["name"]),
        uid=str(metadata.get("uid") or ""),
        maker=_maker(metadata),
        phase=str((raw.get("status") or {}).get("phase") or ""),
        ready=is_ready(status),
        leaves="deletionTimestamp" in metadata,
        image=str(containers[0].get("image") or ""),
        trouble=(wrong.word, wrong.counted) if wrong is not None else None,
    )


def _status(raw: dict[str, Any]) -> PodStatus:
    try:
        return msgspec.convert(raw.get("status") or {}, PodStatus)
    except msgspec.ValidationError:
        return PodStatus()


def _maker(metadata: dict[str, Any]) -> Maker | None:
    for one in metadata.get("ownerReferences") or ():
        if one.get("controller") is True:
            return Maker(str(one.get("kind")), str(one.get("name")), str(one.get("uid")))
    return None
