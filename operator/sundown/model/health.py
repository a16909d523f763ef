"""How pods, nodes and rollouts are, as far as alerts have to know: plain, small, one for each of ten thousand pods."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ContainerHealth:
    """A container that has been restarted, waits for something, or has ended; nothing is kept of others.

    ``ended`` and ``ended_at`` tell of its last end, ``waiting`` why it does not run now.
    """

    name: str
    restarts: int = 0
    waiting: str = ""
    ended: str = ""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PodHealth:
    """A pod. ``owner`` is the controller above its ReplicaSet or Job; ``over``: it has run to its end, or is being deleted."""

    namespace: str
    name: str
    owner_kind: str
    owner: str
    node: str
    ready: bool
    over: bool
    containers: tuple[ContainerHealth, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeHealth:
    """A node. ``ready`` is the status of its condition (``True``, ``False``, ``Unknown``), ``since`` when that began.

    ``leaves``: somebody has taken it out of service, by hand or as an autoscaler does.
    """

    name: str
    ready: str
    since: datetime | None
    created_at: datetime | None
    leaves: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RolloutHealth:
    """A Deployment. ``revision`` is the one that is being rolled out, ``completed_at`` when a rollout was completed last.

    ``complete`` is ``kubectl rollout status``'s own test.
    """

    namespace: str
    name: str
    revision: int
    replicas: int
    complete: bool
    completed_at: datetime | None
    images: tuple[str, ...] = ()


Health = PodHealth | NodeHealth | RolloutHealth
