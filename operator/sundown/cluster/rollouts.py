"""Whether a rollout is held back by its owner, from the few fields of a workload's JSON that say so.

At zero Kubernetes takes every rollout for finished: a StatefulSet's older revision is forgotten, and of a Deployment's
ReplicaSets the newest gets all pods when the count comes back. What somebody holds back must not go through a zero.
"""

from __future__ import annotations

import msgspec

from sundown.model.parts import Hold

_UNOBSERVED: Hold = "Unobserved"


class _RollingUpdate(msgspec.Struct, gc=False):
    partition: int | None = None


class Strategy(msgspec.Struct, rename="camel", gc=False):
    """A StatefulSet's ``spec.updateStrategy``."""

    type: str | None = None
    rolling_update: _RollingUpdate | None = None

    @property
    def partition(self) -> int:
        """Below which ordinal pods stay as they are."""
        return (self.rolling_update.partition or 0) if self.rolling_update is not None else 0


def held_back(
    *,
    paused: bool,
    begun: bool,
    strategy: Strategy | None,
    replicas: int,
    pods: int,
    updated: int,
    revisions: tuple[str | None, str | None],
    observed: bool,
) -> Hold | None:
    """How a rollout is held back that is not finished; ``Unobserved`` where one may be and its status is of before.

    ``begun`` is whether a Deployment has ever rolled anything out, ``updated`` counts the pods that are of the newest template,
    ``revisions`` are a StatefulSet's current and update revision.
    """
    on_delete = strategy is not None and strategy.type == "OnDelete"
    parted = strategy is not None and not on_delete and strategy.partition > 0
    if not (paused or on_delete or parted):
        return None
    if not observed:
        return _UNOBSERVED
    if paused:
        return "Paused" if begun and updated < max(pods, replicas) else None
    current, update = revisions
    if current == update:
        return None
    if on_delete:
        # The current revision stays for ever what it was when the strategy was chosen: the pods tell.
        return "OnDelete" if updated < pods else None
    return "Partition"
