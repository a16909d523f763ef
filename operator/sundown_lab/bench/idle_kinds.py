"""What a cluster that serves every kind of the catalogue is asked while all envs sleep by them, told by the audit log alone."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sundown.model.resources import ASLEEP_SINCE
from sundown.reconcile.revisits import AFTER_A_CHANGE
from sundown.sleepers.kept_lists import LISTED_EVERY
from sundown.sleepers.patch_kind import PatchKind
from sundown_lab.bench import catalogued
from sundown_lab.bench.crowd import DEFAULT_SWEEP_MINUTES, START_PATIENCE
from sundown_lab.bench.herd import transition
from sundown_lab.bench.rows import Row, Scale, bar
from sundown_lab.bench.stage import ACCOUNT, NAMESPACE, Stage
from sundown_lab.bench.subject import Subject
from sundown_lab.errors import LabError
from sundown_lab.load import env_schedules
from sundown_lab.wire import MERGE_PATCH, METADATA, Json, each

USER = f"system:serviceaccount:{NAMESPACE}:{ACCOUNT}"
FEW = 3
"""So many envs have an object of each kind, and name them in the second measurement: fewer than one list would be made for."""
_READS = frozenset({"get", "list"})
_SETTLING = 15.0
"""An operator that has just started lists everything once more when its watches are there."""
_UNCHANGED = max(AFTER_A_CHANGE).total_seconds() + 10
"""Seconds after which a schedule that was edited last is no reason any more to look."""
_SETTLING_SWEEPS = 2
"""At the first there are no watches yet that a list could rely upon, and what they tell when they begin is heard before the next."""
_CALM = 3.0
_PATIENCE = 120.0
_EACH_SWEEP = "list clusterenvschedules"
"""Asked once by each."""


@dataclass(frozen=True)
class Requests:
    """What was asked of the API server: requests by sort, such as ``list pods``, and watches that began meanwhile."""

    sorts: Mapping[str, int]
    watches: int

    @property
    def total(self) -> int:
        """All but watches."""
        return sum(self.sorts.values())

    @property
    def writes(self) -> int:
        """Those that change something."""
        return sum(count for sort, count in self.sorts.items() if sort.partition(" ")[0] not in _READS)


@dataclass(frozen=True)
class Idle:
    """What is asked a minute between sweeps, and by a sweep."""

    quiet: Requests
    quiet_minutes: float
    swept: Requests
    swept_minutes: float

    @property
    def sweeps(self) -> int:
        """How many there were while there were any. Raises LabError: none."""
        sweeps = self.swept.sorts.get(_EACH_SWEEP, 0)
        if not sweeps:
            raise LabError("there was no sweep while there should have been some")
        return sweeps

    @property
    def between(self) -> float:
        """Requests a minute where no sweep is."""
        return self.quiet.total / self.quiet_minutes

    @property
    def a_sweep(self) -> float:
        """Requests of one sweep."""
        return max(0.0, self.swept.total - self.between * self.swept_minutes) / self.sweeps

    @property
    def a_minute(self) -> float:
        """Requests a minute with sweeps as often as they are by default."""
        return self.between + self.a_sweep / DEFAULT_SWEEP_MINUTES


async def idle_kinds(stage: Stage, scale: Scale) -> list[Row]:
    """Three rows: nobody names the kinds that are served, a few envs do, and all do.

    Nobody plays controllers that wake, so all stay asleep from the first to the last.

    Raises:
        LabError: something does not start, or does not come to its end.
    """
    await asyncio.to_thread(catalogued.serve, stage.control_plane)
    await stage.grow(envs=scale.crowd, workloads=scale.workloads)
    namespaces, step = stage.load.namespaces, stage.progress.step
    async with _decided(stage) as subject:
        with step(f"{stage.load.envs} envs fall asleep"):
            await transition(stage, subject, "Asleep")
    rows = [await _row(stage, scale, naming=0)]
    objects = [(namespace, *sample) for namespace in namespaces[:FEW] for sample in catalogued.samples()]
    async with _decided(stage):
        with step(f"{len(objects)} objects of all kinds fall asleep"):
            await each(objects, partial(_make, stage))
            await each(namespaces[:FEW], partial(_name, stage))
            await _asleep(stage, objects)
    rows.append(await _row(stage, scale, naming=FEW))
    await each(namespaces[FEW:], partial(_name, stage))
    return [*rows, await _row(stage, scale, naming=len(namespaces))]


async def _row(stage: Stage, scale: Scale, *, naming: int) -> Row:
    with stage.progress.step(f"idling, {naming} envs name all kinds, without sweeps and with them"):
        quiet, quiet_minutes = await _idling(
            stage, sweep_minutes=DEFAULT_SWEEP_MINUTES, settling=_UNCHANGED, seconds=scale.idle_seconds
        )
        swept, swept_minutes = await _idling(
            stage,
            sweep_minutes=scale.sweep_minutes,
            settling=_SETTLING + _SETTLING_SWEEPS * 60 * scale.sweep_minutes,
            seconds=LISTED_EVERY * 60 * scale.sweep_minutes,
        )
    idle = Idle(quiet, quiet_minutes, swept, swept_minutes)
    writes = quiet.writes + swept.writes
    detail = {
        "kinds": len(catalogued.kinds()),
        "envs_that_name_them": naming,
        "between_sweeps_a_minute": round(idle.between, 2),
        "a_sweep": round(idle.a_sweep, 1),
        "asked_between_sweeps": dict(quiet.sorts),
        "asked_with_sweeps": {"sweeps": idle.sweeps, **swept.sorts},
        "watches_begun": {"between sweeps": quiet.watches, "with sweeps": swept.watches},
    }
    return Row(
        bar("idle-kinds"),
        stage.load.size,
        idle.a_minute,
        way={0: "by none", FEW: f"by {FEW} envs"}.get(naming, "by all envs"),
        spoiled=f"{writes} writes" if writes else "",
        said=f"{idle.between:.2f} a minute between sweeps, {idle.a_sweep:.0f} a sweep, which is every "
        f"{DEFAULT_SWEEP_MINUTES:g} minutes; watches begun anew in {idle.quiet_minutes + idle.swept_minutes:.1f} minutes: "
        f"{quiet.watches + swept.watches}",
        detail=detail,
    )


async def _make(stage: Stage, thing: tuple[str, PatchKind, Json, Json]) -> None:
    namespace, row, body, status = thing
    path = row.collection(namespace)
    await stage.wire.ask("POST", path, body=body, fine=(409,), accept=METADATA)
    if status:
        about = f"{path}/{catalogued.NAME}/status"
        await stage.wire.ask("PATCH", about, body={"status": status}, content_type=MERGE_PATCH, accept=METADATA)


async def _name(stage: Stage, namespace: str) -> None:
    body: Json = {"spec": {"workloads": {"kinds": catalogued.kinds()}}}
    path = f"{env_schedules(namespace)}/hours"
    await stage.wire.ask("PATCH", path, body=body, content_type=MERGE_PATCH, accept=METADATA)


@asynccontextmanager
async def _decided(stage: Stage, *, sweep_minutes: float = DEFAULT_SWEEP_MINUTES) -> AsyncIterator[Subject]:
    """A fresh operator that has decided about all envs."""
    async with stage.operator(sweep_minutes=sweep_minutes) as subject:
        await subject.decided(stage.load.envs, patience=START_PATIENCE)
        await subject.rest()
        yield subject


async def _asleep(stage: Stage, objects: list[tuple[str, PatchKind, Json, Json]]) -> None:
    """Wait until all of them carry the mark of a sleep."""
    deadline = time.monotonic() + _PATIENCE
    for namespace, row, _, _ in objects:
        path = f"{row.collection(namespace)}/{catalogued.NAME}"
        while ASLEEP_SINCE not in ((await stage.wire.ask("GET", path))["metadata"].get("annotations") or {}):
            if time.monotonic() > deadline:
                raise LabError(f"{path} does not fall asleep within {_PATIENCE:g} s")
            await asyncio.sleep(0.5)


async def _idling(stage: Stage, *, sweep_minutes: float, settling: float, seconds: float) -> tuple[Requests, float]:
    """What a fresh operator asks in so many seconds, once it has seen that all is as it should be, and in how many minutes.

    From one calm to another, so that no sweep counts in part.
    """
    async with _decided(stage, sweep_minutes=sweep_minutes):
        await asyncio.sleep(settling)
        await _calm(stage)
        log = stage.control_plane.audit_log
        begin, began = log.stat().st_size, time.monotonic()
        await asyncio.sleep(seconds)
        await _calm(stage)
        return count(_lines(log, begin), user=USER), (time.monotonic() - began) / 60


async def _calm(stage: Stage) -> None:
    log = stage.control_plane.audit_log
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        begin = log.stat().st_size
        await asyncio.sleep(_CALM)
        if not count(_lines(log, begin), user=USER).total:
            return
    raise LabError(f"the operator has something to ask all the time, for {_PATIENCE:g} s")


def _lines(log: Path, begin: int) -> Iterator[str]:
    with log.open("rb") as file:
        file.seek(begin)
        yield from (line.decode() for line in file if line.endswith(b"\n"))  # the last may be half written


def count(lines: Iterable[str], *, user: str) -> Requests:
    """What a user asked, by the lines of an audit log: a watch where it begins, anything else, refused watches included, where it
    is answered."""
    sorts: Counter[str] = Counter()
    watches = 0
    for event in map(json.loads, lines):
        if event["user"].get("username") != user:
            continue
        if event["verb"] == "watch" and event["responseStatus"]["code"] < 400:
            watches += event["stage"] == "ResponseStarted"
        elif event["stage"] == "ResponseComplete":
            about = event.get("objectRef") or {}
            what = "/".join(filter(None, (about.get("resource"), about.get("subresource"))))
            sorts[f"{event['verb']} {what or event['requestURI'].partition('?')[0]}"] += 1
    return Requests(dict(sorts), watches)
