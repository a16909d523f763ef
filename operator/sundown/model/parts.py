"""The things of an env that can sleep, as the plan sees them: plain, immutable, free of any API's form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sundown.model.cloud import CloudPart

Action = Literal["Sleep", "Wake", "Forget"]
"""Put to zero, or stop; give back the recorded count, or start; only drop the record, because it has served its time or
somebody else has set a count since."""


@dataclass(frozen=True, slots=True)
class Workload:
    """A Deployment or StatefulSet at the moment it was read.

    ``record`` is the raw annotation that remembers the count to wake to; ``exclude`` and ``wave`` are raw ones too.
    ``cpu`` (cores) and ``memory`` (GiB) are the requests of one pod; unknown requests count as zero. ``hindrance`` is why its
    pods do not come, where its conditions say so.
    """

    kind: str
    namespace: str
    name: str
    resource_version: str
    replicas: int
    pods: int
    ready: int
    settled: bool
    record: str | None = None
    exclude: str | None = None
    wave: str | None = None
    labels: Mapping[str, str] | None = None
    cpu: float = 0.0
    memory: float = 0.0
    uid: str = ""
    hindrance: str | None = None

    @property
    def previous(self) -> int | None:
        """The recorded count, or None where there is no record or one that cannot be read."""
        if self.record is not None and self.record.isascii() and self.record.isdecimal() and len(self.record) < 10:
            return int(self.record)
        return None

    @property
    def broken_record(self) -> bool:
        """Whether somebody spoiled the record, so that nobody knows the count to wake to."""
        return self.record is not None and self.previous is None

    @property
    def at_zero(self) -> bool:
        """Whether it wants no pods and has none left."""
        return self.replicas == 0 and self.pods == 0 and self.settled

    @property
    def is_ready(self) -> bool:
        """Whether every pod that it wants is there and ready."""
        return self.settled and self.ready >= self.replicas

    @property
    def title(self) -> str:
        """``Deployment/web``."""
        return f"{self.kind}/{self.name}"


Part = Workload | CloudPart
"""Whatever of an env can sleep."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change to one part. ``replicas`` is what a workload goes to, and says nothing of a part in the cloud."""

    action: Action
    part: Part
    replicas: int = 0

    @property
    def workload(self) -> Workload:
        """The part of a step that is known to be about a workload.

        Raises:
            TypeError: when it is about something in the cloud.
        """
        if isinstance(self.part, Workload):
            return self.part
        raise TypeError(f"{self.part.title} is no workload")

    def __str__(self) -> str:
        if isinstance(self.part, Workload):
            return f"{self.action} {self.part.title}: {self.part.replicas} -> {self.replicas}"
        return f"{self.action} {self.part.title}, which is {self.part.phase}"
