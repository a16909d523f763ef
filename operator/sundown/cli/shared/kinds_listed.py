"""What there is of every kind that can sleep, kind by kind: one of which no list can be had stops none of the others.

Its API server, or its webhook of conversion, may be away while the rest of the cluster is well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Denied, Missing
from sundown.errors import Mistake
from sundown.model.parts import Workload
from sundown.sleepers.kinds import KINDS, ReplicaKind
from sundown.sleepers.other_kinds import is_of_one_kind
from sundown.sleepers.patch_kind import PatchKind

_PAGE = 1000

Row = ReplicaKind | PatchKind
Place = tuple[str, str | None]
"""A kind, and the namespace of which it was listed; None for all of them."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What was found, of which kinds no list could be had and why, and which of them the cluster serves."""

    workloads: tuple[Workload, ...]
    failed: Mapping[Place, ApiError]
    served: frozenset[str]

    @property
    def failures(self) -> Iterator[Mistake]:
        """What is said of the kinds of which no list could be had."""
        for (kind, namespace), error in self.failed.items():
            yield Mistake(
                kind if namespace is None else f"{kind} in {namespace}",
                f"what sleeps by it was not looked for: {error}; when it can be listed again, call this once more",
            )

    def unanswered(self, namespace: str) -> Mapping[str, str]:
        """The kinds of which nobody can tell what there is in a namespace, and why."""
        return {
            kind: f"it cannot be listed now: {error}"
            for (kind, place), error in self.failed.items()
            if place is None or place == namespace
        }


async def kinds_listed(
    cluster: Cluster, rows: Iterable[Row], namespaces: Collection[str], *, recorded: Collection[str]
) -> Listing:
    """Every object of these kinds, in these namespaces or in all. ``recorded`` are those by which something is known to sleep.

    Raises:
        ApiError: when the API server does not answer, or gives no list of what every cluster has.
    """
    found: list[Workload] = []
    failed: dict[Place, ApiError] = {}
    served: set[str] = set()
    for row in rows:
        served.add(row.kind)
        for namespace in namespaces or (None,):
            try:
                found += await cluster.list_pages(row.collection(namespace), row.read_page, limit=_PAGE)
            except Missing as error:
                if row.kind in KINDS:
                    failed[row.kind, namespace] = error
                else:
                    # The API server's directory is a moment behind what it serves.
                    served.discard(row.kind)
            except Denied as error:
                # Whoever may not see a kind that nobody knows to sleep there wakes the rest all the same.
                if row.kind in KINDS or row.kind in recorded:
                    failed[row.kind, namespace] = error
            except ApiError as error:
                if not is_of_one_kind(error):
                    raise
                failed[row.kind, namespace] = error
    usual = [(kind, namespace) for kind in KINDS for namespace in namespaces or (None,)]
    if all(place in failed for place in usual):
        raise failed[usual[0]]
    return Listing(tuple(found), failed, frozenset(served))
