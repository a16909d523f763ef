"""Tries the patches that put objects to sleep before anything is written, and remembers which of them cannot be.

What the API server makes of a patch nobody knows but itself: defaults, a schema that drops fields, admission. It tells by a
dry run. Where it makes something else of a patch, the object is left running, and told, for as long as the env sleeps.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import structlog

from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError
from sundown.cluster.gate import Gate, Urgency
from sundown.model.parts import Step, Workload
from sundown.reconcile.part_verdict import Goal, Tried, tried_as
from sundown.reconcile.plan import Plan
from sundown.sleepers.patch_kind import PatchKind
from sundown.sleepers.replicas import try_out

log = structlog.get_logger(__name__)

_NOTHING: Mapping[Tried, str] = MappingProxyType({})


class Trials:
    """Knows of all envs which patches came out otherwise in the sleep that they are in."""

    def __init__(self, cluster: Cluster, gate: Gate) -> None:
        self._cluster = cluster
        self._gate = gate
        self._known: dict[str, tuple[str, dict[Tried, str]]] = {}

    async def plan(
        self, namespace: str, goal: Goal, make: Callable[[Goal], tuple[Goal, Plan]], *, frozen: bool
    ) -> tuple[Goal, Plan]:
        """What to do in an env, less what was tried and cannot be; where nothing may be written at all, nothing is tried."""
        goal, found = make(replace(goal, impossible=self._of(namespace, goal.sleep)))
        if frozen:
            return goal, found
        tried = await asyncio.gather(*(self._try(step) for step in found.steps if _is_to_be_tried(step)))
        wrong = {key: why for key, why in tried if why is not None}
        if not wrong:
            return goal, found
        self.note(namespace, goal.sleep, wrong)
        return make(replace(goal, impossible=self._of(namespace, goal.sleep)))

    def note(self, namespace: str, sleep: str, wrong: Mapping[Tried, str]) -> None:
        """Remember what cannot be until the env sleeps anew."""
        if wrong:
            self._known[namespace] = (sleep, {**self._of(namespace, sleep), **wrong})

    def forget(self, namespace: str) -> None:
        """Nobody puts an env to sleep any more that is not governed."""
        self._known.pop(namespace, None)

    def _of(self, namespace: str, sleep: str) -> Mapping[Tried, str]:
        known = self._known.get(namespace)
        return known[1] if known is not None and known[0] == sleep else _NOTHING

    async def _try(self, step: Step) -> tuple[Tried, str | None]:
        key = tried_as(step.workload)
        try:
            async with self._gate.slot(Urgency.SLEEP, whose=step.workload.namespace):
                return key, await try_out(self._cluster, step)
        except ApiError as error:
            # A webhook that does not let itself be tried, say: what becomes of the patch the write tells.
            log.info("not-tried", namespace=step.workload.namespace, workload=step.workload.title, error=str(error))
            return key, None


def _is_to_be_tried(step: Step) -> bool:
    return step.action == "Sleep" and isinstance(step.part, Workload) and isinstance(step.part.row, PatchKind)
