"""The pods of workloads that are not ready, or should not be there: whose a pod is, the workload's row tells, and who controls whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sundown.cluster.client import Cluster
from sundown.cluster.lingering_pods import lingering_pods
from sundown.cluster.pod_troubles import unready_pods
from sundown.model.parts import Workload
from sundown.model.pods import Trouble, UnreadyPod
from sundown.sleepers.kinds import row_of
from sundown.sleepers.patch_kind import PatchKind


async def unready_of(
    cluster: Cluster, namespace: str, asked: Iterable[Workload], *, among: Iterable[Workload]
) -> dict[str, UnreadyPod]:
    """One pod of each of these workloads of a namespace that has one which is not ready, by the workload's title.

    They are ``among`` all that is known there: a pod of a StatefulSet is its controller's, too.
    """
    titles = {_title(one): one.title for one in asked if one.replicas > 0}
    if not titles:
        return {}
    found = await unready_pods(cluster, namespace, titles.keys(), above=_above(among))
    return {titles[title]: pod for title, pod in found.items()}


async def lingering_of(
    cluster: Cluster, namespace: str, asked: Iterable[Workload], *, among: Iterable[Workload], now: datetime
) -> dict[str, Trouble]:
    """What keeps the pods of those of these workloads that should have none, by the workload's title."""
    titles = {_title(one): one.title for one in asked if one.replicas == 0 and (one.pods or one.terminating)}
    if not titles:
        return {}
    found = await lingering_pods(cluster, namespace, titles.keys(), above=_above(among), now=now)
    return {titles[title]: trouble for title, trouble in found.items()}


def _above(among: Iterable[Workload]) -> dict[str, str]:
    return {_title(one): one.controller for one in among if one.controller is not None}


def _title(one: Workload) -> str:
    """As the API server calls it, for which a schedule may have another name."""
    row = row_of(one)
    return f"{row.api_kind if isinstance(row, PatchKind) else row.kind}/{one.name}"
