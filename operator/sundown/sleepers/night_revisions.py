"""Takes out of a history what a night has left there, so that nobody who rolls back by day goes back to sleep.

A DaemonSet sleeps by its template, and its controller keeps each template as a ControllerRevision. By day the night's would be
the one before: ``kubectl rollout undo`` goes to it, and not to what its owner had before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import structlog

from sundown.cluster import paths
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Conflict, Denied, Missing
from sundown.cluster.gate import Gate, Urgency
from sundown.model.parts import Workload
from sundown.sleepers.merge_patches import Json, holds
from sundown.sleepers.patch_kind import PatchKind

log = structlog.get_logger(__name__)

_LISTS_AT_ONCE = 8
_TRIES = 3


def keeps_history(found: Workload) -> bool:
    """Whether a night of this object is kept in a history."""
    return isinstance(found.row, PatchKind) and found.row.in_history is not None


def is_awake(found: Workload) -> bool:
    """Whether it has a template of its owner's, and its controller knows it: what is of a night then is no more in use."""
    row = found.row
    on_it = row.without_marks(found) if isinstance(row, PatchKind) else None
    return on_it is None and found.settled and not found.leaving and not found.carries


def is_of_a_night(revision: Json, awake: Iterable[Workload]) -> bool:
    """Whether a ControllerRevision is what one of these was asleep."""
    references = (revision.get("metadata") or {}).get("ownerReferences") or ()
    uids = {one.get("uid") for one in references if one.get("controller")}
    data = revision.get("data")
    return isinstance(data, dict) and any(
        found.uid in uids
        and isinstance(found.row, PatchKind)
        and found.row.in_history is not None
        and holds(found.row.in_history, data)
        for found in awake
    )


class Histories:
    """Tidies up once for each morning of an env, and for each that it is seen awake for the first time."""

    def __init__(self, cluster: Cluster, gate: Gate) -> None:
        self._cluster = cluster
        self._gate = gate
        self._lists = asyncio.Semaphore(_LISTS_AT_ONCE)
        self._tidy: set[str] = set()
        self._denied = False

    async def tidy(self, namespace: str, workloads: Iterable[Workload], *, awake: bool) -> bool:
        """Take away what the nights of these have left, if the env is awake; answers whether nothing is left to do."""
        kept = [one for one in workloads if keeps_history(one)]
        if not kept or not awake:
            self._tidy.discard(namespace)
            return not kept
        if namespace not in self._tidy:
            there = [one for one in kept if is_awake(one)]
            if await self._take_out(namespace, there) and len(there) == len(kept):
                self._tidy.add(namespace)
        return namespace in self._tidy

    def forget(self, namespace: str) -> None:
        """An env has gone."""
        self._tidy.discard(namespace)

    async def _take_out(self, namespace: str, awake: list[Workload]) -> bool:
        failure: ApiError | None = None
        for _ in range(_TRIES):
            try:
                await self._delete_all(namespace, awake)
            except Conflict as error:
                # Its controller has numbered it anew, because somebody goes back to it, or has forgotten it: another look tells.
                failure = error
            except Denied as error:
                if not self._denied:
                    log.warning("history-not-granted", namespace=namespace, error=str(error))
                self._denied = True
                return True
            except ApiError as error:
                failure = error
                break
            else:
                return True
        log.info("history-not-tidied", namespace=namespace, error=str(failure))
        return False

    async def _delete_all(self, namespace: str, awake: list[Workload]) -> None:
        path = paths.controller_revisions(namespace)
        async with self._lists:
            revisions = [one for one in await self._cluster.list_all(path) if is_of_a_night(one, awake)]
        for one in revisions:
            await self._delete(f"{path}/{one['metadata']['name']}", one)

    async def _delete(self, path: str, revision: Json) -> None:
        about = revision["metadata"]
        async with self._gate.slot(Urgency.SLEEP, whose=about["namespace"]):
            try:
                await self._cluster.delete(path, uid=about["uid"], resourceVersion=about["resourceVersion"])
            except Missing:
                return
