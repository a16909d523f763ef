"""What there is of the kinds of the catalogue that an env's schedule names: listed only for those who name them.

A kind that the cluster does not serve costs nothing but a look into the directory now and then, one that Sundown has no
rights on is told, and so is one of which no list can be had: its API server or its webhook of conversion may be down, while
the rest of the cluster is well. None of them keeps the rest of an env from sleeping and waking.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

import structlog

from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Denied, Missing, Unanswered, Unreachable
from sundown.cluster.gate import Gate
from sundown.cluster.hearing import seconds
from sundown.cluster.served import FRESH, Resource, Served
from sundown.model.parts import Workload
from sundown.sleepers.kept_lists import MOST, KeptLists
from sundown.sleepers.kinds import ReplicaKind
from sundown.sleepers.patch_kind import PatchKind
from sundown.sleepers.workload_listing import Census, Found

log = structlog.get_logger(__name__)

Row = ReplicaKind | PatchKind
_LISTS_AT_ONCE = 8
_GRANT = "grant get, list, watch and patch of {row.plural}.{row.group} by a ClusterRole with the label sundown.dev/aggregate-to-kinds"
_NOT_LISTED = "it cannot be listed now, and is looked at again soon: {error}"
COMPONENTS = "deploy/components/kinds"


@dataclass(frozen=True, slots=True)
class Others:
    """What was found of them. ``unlisted`` names the kinds that Sundown may not look at, and why, ``unanswered`` those of which
    it got no list now; ``absent`` are those that are not served."""

    workloads: tuple[Workload, ...] = ()
    unlisted: Mapping[str, str] = field(default_factory=dict)
    unanswered: Mapping[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    of_the_cluster: frozenset[str] = frozenset()
    """Those of the absent that are served, but in no namespace."""
    listed: tuple[PatchKind, ...] = ()
    """The kinds of which there was a list, in the version that is served."""
    began: float = math.inf
    """Seconds of the loop: when the first of these lists began, or was found to be as good as a new one."""
    oldest: float = math.inf
    """The same: when the oldest of these lists really began."""

    @property
    def remarks(self) -> Iterator[str]:
        """What is said of the kinds that are not there."""
        for kind in self.absent:
            why = (
                "is cluster-scoped, so that no environment has any"
                if kind in self.of_the_cluster
                else "this cluster serves no such kind"
            )
            yield f"{kind}: {why}"


NONE = Others()


class OtherKinds:
    """Answers what there is of them in an env; a list of each kind for all envs that ask at once, and where lists are ``kept``
    none for those that rest, and of which nothing has been heard since."""

    def __init__(
        self,
        cluster: Cluster,
        gate: Gate,
        served: Served,
        *,
        everywhere: bool = True,
        kept: KeptLists | None = None,
    ) -> None:
        self._cluster = cluster
        self._kept = kept
        # Where only named namespaces may be looked at, a list of all passes by those in which the kind is not granted.
        self._everywhere = everywhere
        self._lists = asyncio.Semaphore(_LISTS_AT_ONCE)
        self._gate = gate
        self._served = served
        self._censuses: dict[PatchKind, Census] = {}
        self._told_of: set[str] = set()

    async def of(
        self,
        namespace: str,
        rows: Iterable[Row],
        *,
        patient: bool = False,
        written: bool = False,
        resting: bool = False,
    ) -> Others:
        """The objects of these kinds in one env. ``resting`` says that it sleeps, and that nobody wants anything else of it.

        Raises:
            ApiError: when the API server cannot be asked; what it answers of one kind, or does not in time, is told of that kind.
        """
        wanted = [row for row in rows if isinstance(row, PatchKind)]
        if not wanted:
            return NONE
        if not resting:
            self.forget(namespace)
        look = partial(self._look, namespace, wanted, patient=patient, written=written, resting=resting)
        began = seconds()
        there, results = await look()
        if any(isinstance(result, Missing) for result in results):
            # Another version may be served by now: that there is none the directory says, as it is since this look began.
            self._served.forget(before=began)
            there, results = await look()
        found: list[Workload] = []
        unlisted: dict[str, str] = {}
        unanswered: dict[str, str] = {}
        gone: set[str] = set()
        first = oldest = math.inf
        for row, result in zip(there, results, strict=True):
            if isinstance(result, Denied):
                unlisted[row.kind] = not_granted(row)
                self._told(row, result, event="kind-not-granted")
            elif isinstance(result, Missing):
                gone.add(row.kind)
            elif isinstance(result, ApiError) and is_of_one_kind(result):
                unanswered[row.kind] = _NOT_LISTED.format(error=result)
                self._told(row, result, event="kind-not-listed")
            elif isinstance(result, BaseException):
                raise result
            else:
                self._told_of.discard(row.kind)
                found += result.workloads
                first = min(first, result.began)
                oldest = min(oldest, result.began if result.listed is None else result.listed)
        served = {row.kind for row in there} - gone
        absent = [row for row in wanted if row.kind not in served]
        known = await self._served.of({(row.group, row.api_kind) for row in absent}) if absent else {}
        wide = frozenset(row.kind for row in absent if _is_of_the_cluster(known[row.group, row.api_kind]))
        listed = tuple(row for row, result in zip(there, results, strict=True) if isinstance(result, Found))
        return Others(
            tuple(found), unlisted, unanswered, tuple(row.kind for row in absent), wide, listed, first, oldest
        )

    def forget(self, namespace: str) -> None:
        """Something is written there: what was found is not to be relied upon."""
        if self._kept is not None:
            self._kept.forget(namespace)

    async def close(self) -> None:
        """Stop asking."""
        await asyncio.gather(*(census.close() for census in self._censuses.values()))

    async def served(self, rows: Iterable[PatchKind], *, fresh: timedelta = FRESH) -> list[PatchKind]:
        """Those that are served, in a version that is, by a directory that is so ``fresh``.

        Raises:
            ApiError: when the API server cannot be asked.
        """
        rows = tuple(rows)
        served = await self._served.of({(row.group, row.api_kind) for row in rows}, fresh=fresh)
        resolved = [_as_served(row, served[row.group, row.api_kind]) for row in rows]
        if None in resolved:
            self._served.lacks_a_version()
        return [row for row in resolved if row is not None]

    async def _look(
        self, namespace: str, wanted: Iterable[PatchKind], *, patient: bool, written: bool, resting: bool
    ) -> tuple[list[PatchKind], list[Found | BaseException]]:
        # What goes while its env rests is missed by whoever watches or lists it, and that is looked into.
        fresh = self._kept.again if resting and self._kept is not None else FRESH
        there = await self.served(wanted, fresh=fresh)
        found = (self._found(row, namespace, patient=patient, written=written, resting=resting) for row in there)
        return there, await asyncio.gather(*found, return_exceptions=True)

    async def _found(self, row: PatchKind, namespace: str, *, patient: bool, written: bool, resting: bool) -> Found:
        kept = self._kept
        if kept is not None:
            kept.heed(row)
        if kept is None or not resting:
            return await self._listed(row, namespace, patient=patient, written=written)
        known = kept.of(row, namespace)
        if known is None and row in self._censuses:
            await self._censuses[row].kept()
            known = kept.of(row, namespace)
        if known is not None:
            return Found(known, seconds(), kept.listed(row, namespace))
        listed = await self._listed(row, namespace, patient=patient, written=written)
        kept.keep(row, namespace, listed.workloads, began=listed.began)
        return listed

    async def _listed(self, row: PatchKind, namespace: str, *, patient: bool, written: bool) -> Found:
        if row.own or not row.component:
            # Of these there are as many as people write.
            async with self._lists:
                began = seconds()
                found = await self._cluster.list_pages(row.collection(namespace), row.read_page)
                return Found(tuple(found), began)
        census = self._censuses.get(row)
        if census is None:
            census = self._censuses[row] = self._census_of(row)
        return await census.found(namespace, patient=patient, written=written)

    def _census_of(self, row: PatchKind) -> Census:
        of_one = partial(Census, self._cluster, self._gate, rows=(row,), wide=self._everywhere)
        kept = self._kept
        if kept is None:
            return of_one()
        return of_one(
            size=partial(kept.objects, row),
            keep=lambda found, began: kept.keep_all(row, found, began=began),
            most=MOST,
        )

    def _told(self, row: PatchKind, error: ApiError, *, event: str) -> None:
        if row.kind not in self._told_of:
            self._told_of.add(row.kind)
            log.warning(event, kind=row.kind, error=str(error))


def is_of_one_kind(error: ApiError) -> bool:
    """Whether it may be about that kind alone. One whose own API server hangs has no answer in time, and others have theirs."""
    return not isinstance(error, Unreachable) or isinstance(error, Unanswered)


def _is_of_the_cluster(known: tuple[Resource, ...]) -> bool:
    return bool(known) and not any(one.namespaced for one in known)


def _as_served(row: PatchKind, known: tuple[Resource, ...]) -> PatchKind | None:
    """The row in a version that is served, the first of its own; of a kind that only a record knows the cluster's first."""
    there = [one for one in known if one.namespaced]
    for version in row.versions or (one.version for one in there):
        resource = next((one for one in there if one.version == version), None)
        if resource is not None:
            return replace(row, versions=(version,), plural=resource.plural)
    return None


def not_granted(row: PatchKind) -> str:
    """What is said of a kind that is served and that Sundown may not touch."""
    return f"not put to sleep: Sundown has no rights on it; {granting(row)}"


def granting(row: Row) -> str:
    """What gives Sundown all rights that it makes use of on a kind."""
    if isinstance(row, ReplicaKind):
        return "apply the ClusterRole of this version, deploy/base/clusterrole-operator.yaml"
    return f"kubectl apply -k {COMPONENTS}/{row.component}" if row.component else _GRANT.format(row=row)
