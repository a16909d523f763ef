"""Carries out a plan: the steps of a wave together, the waves one after the other."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

import structlog

from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Busy, Conflict, Denied, Missing, Refused, Unreachable
from sundown.cluster.gate import Gate, Urgency
from sundown.errors import Mistake
from sundown.metrics import WRITES
from sundown.model.parts import Step
from sundown.reconcile.plan import Plan, step_for
from sundown.sleepers.replicas import look, write

log = structlog.get_logger(__name__)

_LOOKS = 8
"""So often a workload that others keep writing to is looked at again; then it waits for the next visit."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many writes were made, and which were refused for good."""

    written: int
    failures: tuple[Mistake, ...]


async def act(cluster: Cluster, gate: Gate, plan: Plan) -> Outcome:
    """Write every step; one that is refused does not stop the others.

    Raises:
        Unreachable, Busy: when the API server went away; the steps that were made stand.
    """
    written = 0
    failures: list[Mistake] = []
    for wave in plan.waves:
        results = await asyncio.gather(*(_write(cluster, gate, step) for step in wave), return_exceptions=True)
        lost: BaseException | None = None
        for step, result in zip(wave, results, strict=True):
            if isinstance(result, Denied | Refused | Conflict):
                failures.append(Mistake(step.workload.title, str(result)))
            elif isinstance(result, BaseException):
                lost = result
            else:
                written += result
        if lost is not None:
            raise lost
    return Outcome(written=written, failures=tuple(failures))


async def _write(cluster: Cluster, gate: Gate, step: Step) -> int:
    """Make one step; look again and think again as long as somebody else is faster."""
    current: Step | None = step
    wanted: Literal["Awake", "Asleep"] = "Asleep" if step.action == "Sleep" else "Awake"
    for attempt in range(_LOOKS):
        if current is None:
            return 0
        try:
            async with gate.slot(Urgency.SLEEP if wanted == "Asleep" else Urgency.WAKE):
                await write(cluster, current)
        except Conflict:
            WRITES.labels(current.action, "conflict").inc()
            if attempt:
                await asyncio.sleep(0.02 * 2**attempt)
            try:
                current = step_for(wanted, await look(cluster, current.workload))
            except Missing:
                return 0
        except Missing:
            return 0
        except (Busy, Unreachable):
            WRITES.labels(current.action, "lost").inc()
            raise
        except ApiError as error:
            WRITES.labels(current.action, "refused").inc()
            log.warning(
                "write-refused", namespace=step.workload.namespace, workload=step.workload.title, error=str(error)
            )
            raise
        else:
            WRITES.labels(current.action, "done").inc()
            return 1
    raise Conflict(f"{step.workload.title} was changed by somebody else {_LOOKS} times in a row", status=409)
