"""The envs that somebody may see, each with its schedule in force: of the whole cluster, or of the namespaces that are theirs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sundown import wording
from sundown.cluster import paths, reading
from sundown.cluster.client import Cluster, Json
from sundown.cluster.errors import ApiError, Denied
from sundown.errors import Mistake
from sundown.model.env import Known
from sundown.model.resources import EnvScheduleStatus
from sundown.model.scalars import format_instant
from sundown.sleepers.kinds import unknown_kinds
from sundown.usecases.find import NotAllowed, in_force, plainly

_LISTS_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Listed:
    """An env and the schedule in force there."""

    namespace: str
    known: Known

    @property
    def status(self) -> EnvScheduleStatus:
        """What the operator says of it."""
        return self.known.status

    @property
    def misnamed(self) -> tuple[Mistake, ...]:
        """The kinds that its schedule names and, as the operator says too, nobody knows; the cluster's owner may add some."""
        schedule, remark = self.known.schedule, wording.remark(self.status)
        if schedule is None or not remark:
            return ()
        return tuple(one for one in unknown_kinds(schedule.spec.workloads) if str(one) in remark)

    def to_json(self) -> dict[str, Any]:
        """The row for machines."""
        status = self.status
        coming = status.next_transition
        return {
            "namespace": self.namespace,
            "state": status.state,
            "next": {"at": format_instant(coming.at), "to": coming.to} if coming is not None else None,
            "owner": status.owner,
            "why": wording.why(status),
            "parts": status.parts.model_dump(),
            "cloud": [one.to_json() for one in status.cloud],
            "cost": status.cost.to_json() if status.cost is not None else None,
            **({"wakeQueue": status.wake_queue.to_json()} if status.wake_queue is not None else {}),
            **({"stillRunning": status.still_running.to_json()} if status.still_running is not None else {}),
            **({"notes": [str(one) for one in self.misnamed]} if self.misnamed else {}),
        }


async def visible(
    cluster: Cluster, namespaces: tuple[str, ...] = (), *, own: Callable[[], str] = lambda: "default"
) -> tuple[tuple[Listed, ...], bool]:
    """The envs of these namespaces, or all that may be seen; and whether those may be fewer than there are.

    Where the whole cluster may not be listed, each namespace that may be seen is asked, or else only ``own()``.

    Raises:
        NotAllowed: when nothing may be seen.
        ApiError: when the API server cannot be asked.
    """
    if namespaces:
        return _listed(await _of(cluster, namespaces)), False
    try:
        return _listed(await cluster.list_all(paths.ENV_SCHEDULES)), False
    except Denied as denied:
        if denied.status == 401:
            raise plainly(denied, wish="list") from denied
        seen = await _namespaces(cluster) or (own(),)
    except ApiError as error:
        raise plainly(error, wish="list") from error
    raws: list[Json] = []
    refused = 0
    for result in await _each(cluster, seen):
        if isinstance(result, Denied):
            refused += 1
        elif isinstance(result, BaseException):
            raise result
        else:
            raws += result
    if refused == len(seen):
        where = f'of namespace "{seen[0]}"' if refused == 1 else "of any namespace"
        raise NotAllowed(
            f"you may list neither the environments of the whole cluster nor those {where}; name yours with -n NAMESPACE"
        )
    return _listed(raws), True


async def _of(cluster: Cluster, namespaces: tuple[str, ...]) -> list[Json]:
    found: list[Json] = []
    for namespace, result in zip(namespaces, await _each(cluster, namespaces), strict=True):
        if isinstance(result, ApiError):
            raise plainly(result, wish="look at", env=namespace) from result
        if isinstance(result, BaseException):
            raise result
        found += result
    return found


async def _each(cluster: Cluster, namespaces: tuple[str, ...]) -> list[list[Json] | BaseException]:
    limit = asyncio.Semaphore(_LISTS_AT_ONCE)

    async def one(namespace: str) -> list[Json]:
        async with limit:
            return await cluster.list_all(paths.env_schedules(namespace))

    return await asyncio.gather(*(one(namespace) for namespace in namespaces), return_exceptions=True)


async def _namespaces(cluster: Cluster) -> tuple[str, ...]:
    try:
        return tuple(raw["metadata"]["name"] for raw in await cluster.list_all(paths.NAMESPACES))
    except Denied:
        return ()


def _listed(raws: list[Json]) -> tuple[Listed, ...]:
    by_namespace: dict[str, list[Known]] = {}
    for raw in raws:
        by_namespace.setdefault(raw["metadata"]["namespace"], []).append(reading.env_schedule(raw))
    rows = (
        Listed(namespace, chosen)
        for namespace, schedules in sorted(by_namespace.items())
        if (chosen := in_force(namespace, tuple(schedules)).in_force) is not None
    )
    return tuple(rows)
