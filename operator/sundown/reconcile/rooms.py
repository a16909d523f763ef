"""What visits work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sundown.cluster.client import Cluster
from sundown.cluster.echoes import Made, unheard
from sundown.cluster.events import EventRecorder
from sundown.cluster.gate import Gate
from sundown.model.cloud import CloudPart
from sundown.model.env import Env, Known
from sundown.model.resources import EnvScheduleStatus
from sundown.reconcile.clouds import Clouds
from sundown.reconcile.drift_watch import DriftWatch
from sundown.reconcile.in_cloud import CLOUD_KINDS
from sundown.reconcile.memory import Memory, recall
from sundown.reconcile.resting import Resting
from sundown.reconcile.statuses import StatusWriter
from sundown.reconcile.store import Store
from sundown.reconcile.wake_queue import WakeQueue
from sundown.schedule.clock import Clock
from sundown.settings import Settings
from sundown.sleepers.cluster_rows import ClusterRows
from sundown.sleepers.leftovers import Leftovers
from sundown.sleepers.other_kinds import OtherKinds
from sundown.sleepers.replicas import NO_POLICIES, Policies
from sundown.sleepers.workload_listing import Census


@dataclass(frozen=True, slots=True)
class Rooms:
    """What a visit works with; ``clouds`` is None where there is nothing but the cluster."""

    cluster: Cluster
    gate: Gate
    census: Census
    others: OtherKinds
    cluster_rows: ClusterRows
    leftovers: Leftovers
    store: Store
    statuses: StatusWriter
    recorder: EventRecorder
    clock: Clock
    settings: Settings
    wakes: WakeQueue
    drift: DriftWatch
    resting: Resting
    clouds: Clouds | None = None
    policies: Policies = NO_POLICIES
    made: Made = unheard
    askers_proved: Callable[[], bool | None] = lambda: None
    """Whether the API server says who asks for an override; None while nobody knows."""

    def vouches(self, status: EnvScheduleStatus) -> bool:
        """Whether who asked for an override is who they say; what was said last, while nobody knows."""
        proved = self.askers_proved()
        return not status.unverified if proved is None else proved

    def holder(self, namespace: str) -> str:
        """In whose name parts in the cloud are stopped."""
        return f"{self.settings.cluster_name}/{namespace}"

    def memory_of(self, env: Env, known: Known | None = None) -> Memory:
        """What is remembered of an env. What was stopped in the cloud is kept in sight there, and forgotten once it is gone."""
        memory = recall(env, known)
        if self.clouds is None:
            return memory
        stopped = {key: record.uid for key, record in memory.records.items() if record.kind in CLOUD_KINDS}
        self.clouds.remember(env.name, tuple(stopped.values()))
        gone = {key for key, arn in stopped.items() if self.clouds.is_gone(arn)}
        left = {key: record for key, record in memory.records.items() if key not in gone}
        return replace(memory, records=left) if gone else memory

    def clouds_of(self, namespace: str) -> tuple[CloudPart, ...]:
        """The parts of an env in the cloud."""
        return self.clouds.of(namespace) if self.clouds is not None else ()

    def is_in_cloud(self, namespace: str, memory: Memory) -> bool:
        """Whether an env has anything to do with the cloud, where what cannot be reached is not told."""
        if self.clouds is None:
            return False
        remembered = any(record.kind in CLOUD_KINDS for record in memory.records.values())
        return remembered or bool(self.clouds.of(namespace) or self.clouds.meant_for(namespace))
