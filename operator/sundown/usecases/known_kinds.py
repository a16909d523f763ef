"""The catalogue against one cluster: which of its kinds are served there, on which Sundown's operator has rights, and which are held."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sundown.cluster import policies
from sundown.cluster.client import Cluster
from sundown.cluster.errors import Denied, Missing
from sundown.cluster.reviews import NotAsked, review
from sundown.cluster.served import Resource, Served
from sundown.sleepers import hold_policy
from sundown.sleepers.kinds import CATALOGUE, ReplicaKind
from sundown.sleepers.patch_kind import PatchKind

WATCH = "watch"
VERBS = ("get", "list", "patch", WATCH)
_GROUPS = ("system:serviceaccounts", "system:authenticated")


class Held(Enum):
    """Whether the API server keeps what sleeps of a kind asleep, by policies as this version brings them."""

    YES = "yes"
    NO = "no"
    OTHERWISE = "otherwise"
    """There are some, of another version or changed."""


@dataclass(frozen=True, slots=True)
class KnownKind:
    """A row, the version in which the cluster serves it (None: it does not), and the verbs that the operator lacks on it.

    ``lacking`` is None where this person may not ask what somebody else may do, ``held`` where they may not look, or where there
    is nothing to hold.
    """

    row: ReplicaKind | PatchKind
    version: str | None
    lacking: tuple[str, ...] | None
    held: Held | None = None

    @property
    def granted(self) -> bool | None:
        """Whether the operator may put it to sleep; None where that is not known, or it is not there."""
        return None if self.lacking is None or self.version is None else not set(self.lacking) - {WATCH}

    @property
    def watched(self) -> bool | None:
        """Whether it hears at once of who wakes one at night; None where that is not known, or it is not there."""
        return None if self.lacking is None or self.version is None else WATCH not in self.lacking

    def to_json(self) -> dict[str, Any]:
        """The same for machines."""
        row = self.row
        group = row.api_version.rpartition("/")[0]
        patched = row if isinstance(row, PatchKind) else None
        return {
            "kind": row.kind,
            "group": group,
            "plural": row.plural,
            "title": patched.title if patched is not None else row.kind,
            "asleep": patched.patch if patched is not None else '{"spec":{"replicas":0}}',
            "asleepWhen": str(patched.resting) if patched is not None and patched.resting is not None else None,
            "readyWhen": str(patched.ready) if patched is not None and patched.ready is not None else None,
            "wave": row.wave,
            "source": patched.source if patched is not None else None,
            "tried": patched.tried if patched is not None else None,
            "component": f"deploy/components/kinds/{patched.component}" if patched is not None else None,
            "version": self.version,
            "served": self.version is not None,
            "granted": self.granted,
            "watched": self.watched,
            "lacking": list(self.lacking) if self.lacking is not None else None,
            "held": self.held.value if self.held is not None else None,
        }


async def known_kinds(cluster: Cluster, *, account: str) -> list[KnownKind]:
    """Every row of the catalogue, as this cluster has it, what it serves and what sleeps unnamed first; ``account`` is the operator's.

    Raises:
        ApiError: the cluster cannot be asked.
    """
    rows = tuple(CATALOGUE.values())
    served = await Served(cluster).of({_named(row) for row in rows})
    versions = [_version(row, served[_named(row)]) for row in rows]
    found = await asyncio.gather(
        *(_known(cluster, row, version, account) for row, version in zip(rows, versions, strict=True))
    )
    return sorted(found, key=lambda one: (one.version is None, isinstance(one.row, PatchKind)))


async def _known(cluster: Cluster, row: ReplicaKind | PatchKind, version: str | None, account: str) -> KnownKind:
    if version is None:
        return KnownKind(row, None, None)
    lacking, held = await asyncio.gather(_lacking(cluster, row, account), _held(cluster, row))
    return KnownKind(row, version, lacking, held)


async def _held(cluster: Cluster, row: ReplicaKind | PatchKind) -> Held | None:
    if isinstance(row, ReplicaKind):
        brought = policies.shipped()
    elif hold_policy.is_held(row):
        brought = (hold_policy.policy(row), hold_policy.binding(row))
    else:
        return None
    try:
        found = await asyncio.gather(*(cluster.get(policies.path(each)) for each in brought))
    except Missing:
        return Held.NO
    except Denied:
        return None
    is_ours = not any(policies.differences(ours, theirs) for ours, theirs in zip(brought, found, strict=True))
    return Held.YES if is_ours else Held.OTHERWISE


def _named(row: ReplicaKind | PatchKind) -> tuple[str, str]:
    return row.api_version.rpartition("/")[0], row.kind


def _version(row: ReplicaKind | PatchKind, there: tuple[Resource, ...]) -> str | None:
    known = {one.version for one in there if one.namespaced}
    wanted = row.versions if isinstance(row, PatchKind) else (row.api_version.rpartition("/")[2],)
    return next((version for version in wanted if version in known), None)


async def _lacking(cluster: Cluster, row: ReplicaKind | PatchKind, account: str) -> tuple[str, ...] | None:
    group = row.api_version.rpartition("/")[0]
    try:
        reviews = await asyncio.gather(
            *(
                review(cluster, account, _GROUPS, {"verb": verb, "group": group, "resource": row.plural})
                for verb in VERBS
            )
        )
    except NotAsked:
        return None
    return tuple(verb for verb, found in zip(VERBS, reviews, strict=True) if not found.allowed)
