"""What other people write by day, the same again and again: a mix of what policies look at and what they do not. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from sundown_lab.load import Load, collection, manifest
from sundown_lab.wire import MERGE_PATCH, Json

APPLY = "application/apply-patch+yaml"
OWNER = "helm"
"""The field manager that applies what is applied."""
MIX = {"patch": 3, "apply": 3, "scale": 2, "lease": 1, "config": 1}
"""Of ten writes."""
COUNTS = (2, 3)


@dataclass(frozen=True)
class Write:
    """One request that changes something."""

    path: str
    body: Json
    content_type: str = MERGE_PATCH


@dataclass(frozen=True)
class Others:
    """People who have ``made`` some workloads and apply others, with a Lease and a ConfigMap for every ten of them."""

    made: Load
    applied: Load

    def makes(self) -> Iterator[tuple[str, Json]]:
        """Where each Lease and ConfigMap is made, and with which body."""
        for namespace, name in self._beside():
            yield _leases(namespace), {"metadata": {"name": name}, "spec": {"holderIdentity": "bench"}}
            yield _configs(namespace), {"metadata": {"name": name}, "data": {"number": "0"}}

    def applies(self, number: int) -> list[Write]:
        """Every applied workload as its manifest has it, whatever stands there."""
        return [self._apply(key, number) for key in self.applied.keys]

    def day(self, number: int) -> list[Write]:
        """One day's writes, sort by sort, in the shares of the mix. Each changes something, as long as the ``number`` is another."""
        share = (len(self.made.keys) + len(self.applied.keys)) // sum(MIX.values())
        made, applied, beside = self.made.keys, self.applied.keys, list(self._beside())
        writes = {
            "patch": [self._patch(key, number) for key in made],
            "apply": [self._apply(key, number) for key in applied],
            "scale": [self._scale(key, number) for key in made],
            "lease": [
                Write(f"{_leases(namespace)}/{name}", {"spec": {"renewTime": f"2026-11-23T18:00:00.{number:06d}Z"}})
                for namespace, name in beside
            ],
            "config": [
                Write(f"{_configs(namespace)}/{name}", {"data": {"number": str(number)}}) for namespace, name in beside
            ],
        }
        return [write for sort, some in writes.items() for write in some[: share * MIX[sort]]]

    def _beside(self) -> Iterator[tuple[str, str]]:
        for load in (self.made, self.applied):
            for number in range(0, len(load.keys), sum(MIX.values())):
                yield load.keys[number][1], f"bench-{number:05d}"

    def _patch(self, key: tuple[str, str, str], number: int) -> Write:
        restarted = {"kubectl.kubernetes.io/restartedAt": str(number)}
        return Write(_path(key), {"spec": {"template": {"metadata": {"annotations": restarted}}}})

    def _scale(self, key: tuple[str, str, str], number: int) -> Write:
        return Write(f"{_path(key)}/scale", {"spec": {"replicas": COUNTS[number % 2]}})

    def _apply(self, key: tuple[str, str, str], number: int) -> Write:
        kind, _, name = key
        body = manifest(self.applied, kind, name)
        body["spec"]["template"]["metadata"]["annotations"] = {"example.com/build": str(number)}
        return Write(f"{_path(key)}?fieldManager={OWNER}&force=true", body, APPLY)


def _path(key: tuple[str, str, str]) -> str:
    kind, namespace, name = key
    return f"{collection(kind, namespace)}/{name}"


def _leases(namespace: str) -> str:
    return f"/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases"


def _configs(namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/configmaps"
