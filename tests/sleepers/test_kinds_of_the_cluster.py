"""A kind that is in no namespace is told as what it is, and not as one that is not served (G2)."""

from typing import Any

from sundown.cluster.client import Cluster
from sundown.cluster.gate import Gate
from sundown.cluster.served import Served
from sundown.model.spec import PatchRow, Workloads
from sundown.sleepers.chosen_rows import rows_for
from sundown.sleepers.other_kinds import OtherKinds


class Directory(Cluster):
    """A cluster that serves one kind in no namespace."""

    def __init__(self) -> None:
        pass

    async def directory(self, path: str, accept: str) -> dict[str, Any]:
        kind = {"resource": "pools", "responseKind": {"kind": "Pool"}, "scope": "Cluster"}
        versions = [{"version": "v1", "resources": [kind]}]
        return {"items": [{"metadata": {"name": "example.com"}, "versions": versions}]}


async def test_a_kind_of_the_whole_cluster_is_told_as_that() -> None:
    cluster = Directory()
    patches = [
        PatchRow(api_version="example.com/v1", kind=kind, asleep={"spec": {"a": 1}}) for kind in ("Pool", "Gone")
    ]
    others = OtherKinds(cluster, Gate(width=1), Served(cluster))
    found = await others.of("dev", rows_for(Workloads(patches=tuple(patches))))
    assert list(found.remarks) == [
        "Pool.example.com: is cluster-scoped, so that no environment has any",
        "Gone.example.com: this cluster serves no such kind",
    ]
