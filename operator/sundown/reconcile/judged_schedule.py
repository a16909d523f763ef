"""The EnvSchedule that a request is about, once nothing stands against it, and the one way to change it.

What was judged is what is changed: whoever writes to it in between is not overwritten, and the request is judged anew.
"""

from __future__ import annotations

from typing import Any

from sundown.cluster import paths
from sundown.cluster.client import Cluster
from sundown.model import managers
from sundown.model.env import Known
from sundown.model.resources import OWNER_ZONES
from sundown.reconcile.request_verdict import Case
from sundown.schedule.decision import Circumstances
from sundown.schedule.owners import parse_owner_zones


def schedule_of(case: Case) -> Known:
    """The schedule in force, where nothing stands against what is asked for."""
    known = case.governance.in_force
    assert known is not None, "asked only where nothing stands against it"
    return known


def circumstances_of(case: Case) -> Circumstances:
    """What its decisions depend on beyond the spec."""
    known = schedule_of(case)
    zones, _ = parse_owner_zones(known.metadata.annotations.get(OWNER_ZONES, ""))
    return Circumstances(
        active_since=known.status.active_since or known.metadata.creation_timestamp,
        zones=zones,
        fallback_zone=case.settings.default_time_zone,
    )


async def change_spec(cluster: Cluster, case: Case, spec: dict[str, Any]) -> None:
    """Merge into the spec of the very object that was judged, for a person.

    Raises:
        Conflict: when somebody has written to it since.
    """
    metadata = schedule_of(case).metadata
    identity = {"uid": metadata.uid, "resourceVersion": metadata.resource_version}
    path = paths.env_schedule(metadata.namespace, metadata.name)
    await cluster.merge_patch(path, {"metadata": identity, "spec": spec}, fieldManager=managers.FOR_PEOPLE)
