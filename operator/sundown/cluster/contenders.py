"""Who sets the count of a workload back, or what else it sleeps by: its controller, or whoever wrote that last beside Sundown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sundown.model import managers
from sundown.model.scalars import instant_or_none
from sundown.model.switch import Path

SOMEBODY = "somebody"
_COUNT: tuple[Path, ...] = (("spec", "replicas"),)


def contender(raw: dict[str, Any], *, fields: Iterable[Path] = _COUNT) -> str:
    """Who it is, as a person can look for it: ``its controller Kafka/main``, ``"argocd-controller"``."""
    metadata = raw.get("metadata") or {}
    for owner in metadata.get("ownerReferences") or ():
        if owner.get("controller"):
            group = str(owner.get("apiVersion", "")).rpartition("/")[0]
            return f"its controller {owner.get('kind')}/{owner.get('name')}{f' ({group})' if group else ''}"
    paths = tuple(fields)
    entries = metadata.get("managedFields") or ()
    writers = [entry for entry in entries if any(_sets(entry, path) for path in paths)]
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


def _sets(entry: dict[str, Any], path: Path) -> bool:
    manager = entry.get("manager")
    if not manager or manager in managers.OURS or entry.get("subresource") == "status":
        return False
    owned = entry.get("fieldsV1") or {}
    for step in path:
        owned = owned.get(f"f:{step}")
        if not owned:
            # Who has a map as a whole has all that is in it.
            return owned is not None
    return True
