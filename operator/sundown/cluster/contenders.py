"""Who sets the count of a workload back: its controller, or whoever wrote the count last beside Sundown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sundown.model import managers
from sundown.model.scalars import instant_or_none

SOMEBODY = "somebody"


def contender(raw: dict[str, Any]) -> str:
    """Who it is, as a person can look for it: ``its controller Kafka/main``, ``"argocd-controller"``."""
    metadata = raw.get("metadata") or {}
    for owner in metadata.get("ownerReferences") or ():
        if owner.get("controller"):
            group = str(owner.get("apiVersion", "")).rpartition("/")[0]
            return f"its controller {owner.get('kind')}/{owner.get('name')}{f' ({group})' if group else ''}"
    writers = [entry for entry in metadata.get("managedFields") or () if _sets_the_count(entry)]
    # Times are RFC 3339 in UTC and whole seconds, so that the order of texts is that of instants.
    newest = max(writers, key=lambda entry: str(entry.get("time") or ""), default=None)
    if newest is None:
        return SOMEBODY
    through = f", through {newest['subresource']}" if newest.get("subresource") else ""
    return f'"{newest.get("manager")}" (field manager{through})'


def last_writer(raw: dict[str, Any], *, since: datetime, subresource: str = "") -> str:
    """Who wrote an object, or its subresource, last beside Sundown, and lately; who only takes things off leaves no trace."""
    entries = (raw.get("metadata") or {}).get("managedFields") or ()
    others = [
        entry
        for entry in entries
        if entry.get("manager") not in managers.OURS and (entry.get("subresource") or "") == subresource
    ]
    newest = max(others, key=lambda entry: str(entry.get("time") or ""), default=None)
    at = instant_or_none(str(newest.get("time") or "")) if newest is not None else None
    if newest is None or at is None or at < since:
        return SOMEBODY
    return f'"{newest.get("manager")}" (field manager)'


def _sets_the_count(entry: dict[str, Any]) -> bool:
    manager = entry.get("manager")
    if not manager or manager in managers.OURS:
        return False
    spec = (entry.get("fieldsV1") or {}).get("f:spec") or {}
    return "f:replicas" in spec
