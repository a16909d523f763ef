"""How the cluster looks at one moment: the envs with their workloads, and what Sundown said last."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sundown.cluster import paths, reading
from sundown.model.env import Known, Namespace
from sundown.model.resources import OWNER_ZONES, EnvScheduleStatus
from sundown.model.scalars import OWNER_ZONE, parse_instant
from sundown.schedule.owners import parse_owner_zones
from sundown_lab.wire import Json, Wire
from sundown_lab.workloads import Count, Key, counts

EVENTS = "/apis/events.k8s.io/v1/events?fieldSelector=reportingController%3Dsundown.dev%2Foperator"


@dataclass(frozen=True)
class EnvView:
    """An env: its namespace, the EnvSchedule of which the operator reports a state, and its workloads."""

    namespace: Namespace
    schedule: Known | None
    workloads: Mapping[Key, Count]

    @property
    def name(self) -> str:
        return self.namespace.name

    @property
    def status(self) -> EnvScheduleStatus:
        """What the operator says; empty where there is no schedule or nothing was said yet."""
        return self.schedule.status if self.schedule is not None else EnvScheduleStatus()

    @property
    def zones(self) -> tuple[str, ...]:
        """The zones on whose clocks it is judged."""
        known = self.schedule
        if known is None or known.schedule is None:
            return ()
        if known.schedule.spec.time_zone != OWNER_ZONE:
            return (known.schedule.spec.time_zone,)
        return parse_owner_zones(known.metadata.annotations.get(OWNER_ZONES, ""))[0]

    @property
    def pods(self) -> tuple[int, int]:
        """How many pods are ready, and how many the workloads want."""
        return sum(one.ready for one in self.workloads.values()), sum(one.replicas for one in self.workloads.values())


@dataclass(frozen=True)
class Said:
    """An Event of the operator's; `at` is UTC."""

    at: datetime
    namespace: str
    reason: str
    note: str
    warning: bool


@dataclass(frozen=True)
class View:
    """Everything, envs by name and Events from old to new."""

    envs: tuple[EnvView, ...] = ()
    events: tuple[Said, ...] = ()

    def env(self, name: str) -> EnvView | None:
        """The env of that name, where there is one."""
        return next((env for env in self.envs if env.name == name), None)


async def look(wire: Wire) -> View:
    """The view of now. Raises LabError: the API server does not answer."""
    namespaces, schedules, events, workloads = await asyncio.gather(
        _items(wire, paths.NAMESPACES), _items(wire, paths.ENV_SCHEDULES), _items(wire, EVENTS), counts(wire)
    )
    known = [reading.env_schedule(raw) for raw in schedules]
    return View(
        envs=tuple(
            _env(namespace, known, workloads)
            for namespace in sorted(map(reading.namespace, namespaces), key=lambda one: one.name)
            if "scheduler" in namespace.labels or any(one.metadata.namespace == namespace.name for one in known)
        ),
        events=tuple(sorted(map(_said, events), key=lambda one: one.at)),
    )


async def _items(wire: Wire, path: str) -> list[Json]:
    answer = await wire.ask("GET", path)
    items = answer.get("items") or []
    assert isinstance(items, list)
    return items


def _env(namespace: Namespace, schedules: list[Known], workloads: Mapping[Key, Count]) -> EnvView:
    mine = sorted(
        (one for one in schedules if one.metadata.namespace == namespace.name),
        key=lambda one: (one.status.state is None, one.age),
    )
    return EnvView(
        namespace=namespace,
        schedule=mine[0] if mine else None,
        workloads={key: count for key, count in sorted(workloads.items()) if key.namespace == namespace.name},
    )


def _said(raw: Json) -> Said:
    return Said(
        at=parse_instant(raw["eventTime"]),
        namespace=raw["metadata"]["namespace"],
        reason=str(raw.get("reason")),
        note=str(raw.get("note")),
        warning=raw.get("type") == "Warning",
    )
