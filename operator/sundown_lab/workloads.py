"""Deployments and StatefulSets as demo and story see them.

Read from plain objects, without the operator's code: a mistake in there must not be in the yardstick too.
"""

import asyncio
from dataclasses import dataclass

from sundown_lab.load import PLURALS, collection
from sundown_lab.wire import Json, Wire

RECORD = "sundown.dev/previous-replicas"


@dataclass(frozen=True, order=True)
class Key:
    """Which workload."""

    namespace: str
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace} {self.kind}/{self.name}"


@dataclass(frozen=True)
class Count:
    """A workload as it is: the count in its spec, its pods (all, and those ready), and the record of its former count."""

    replicas: int
    pods: int
    ready: int
    record: str | None
    image: str

    @property
    def runs(self) -> bool:
        """Whether it has exactly the pods that it wants, and they are ready."""
        return self.pods == self.ready == self.replicas

    def __str__(self) -> str:
        return f"{self.replicas} ({self.ready} ready, {f'{self.record} recorded' if self.record else 'no record'})"


async def counts(wire: Wire) -> dict[Key, Count]:
    """Every workload of the cluster. Raises LabError: the API server does not answer."""
    answers = await asyncio.gather(*(wire.ask("GET", collection(kind)) for kind in PLURALS))
    return {
        Key(found["metadata"]["namespace"], kind, found["metadata"]["name"]): _count(found)
        for kind, answer in zip(PLURALS, answers, strict=True)
        for found in answer["items"]
    }


def _count(found: Json) -> Count:
    status = found.get("status") or {}
    return Count(
        replicas=found["spec"]["replicas"],
        pods=status.get("replicas") or 0,
        ready=status.get("readyReplicas") or 0,
        record=(found["metadata"].get("annotations") or {}).get(RECORD),
        image=found["spec"]["template"]["spec"]["containers"][0]["image"],
    )
