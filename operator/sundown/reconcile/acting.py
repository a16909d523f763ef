"""Carries out a plan: the steps of a wave together, the waves one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Busy, Conflict, Missing, Unreachable
from sundown.cluster.gate import Gate, Urgency
from sundown.errors import Mistake
from sundown.metrics import WRITES
from sundown.model.parts import Step, Workload
from sundown.reconcile.plan import Plan
from sundown.sleepers.replicas import look, write

log = structlog.get_logger(__name__)

_LOOKS = 8
"""So often a workload that others keep writing to is looked at again; then it waits for the next visit."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many writes were made, and which failed."""

    written: int
    failures: tuple[Mistake, ...]


async def act(cluster: Cluster, gate: Gate, plan: Plan, *, again: Callable[[Workload], Step | None]) -> Outcome:
    """Write every step; one that is refused, or that the API server has no answer to, does not stop the others.

    ``again`` thinks anew about a workload that has changed since the plan was made.

    Raises:
        Unreachable: when no step of a wave had an answer; the steps that were made stand.
    """
    written = 0
    failures: list[Mistake] = []
    for wave in plan.waves:
        results = await asyncio.gather(*(_write(cluster, gate, step, again) for step in wave), return_exceptions=True)
        if all(isinstance(result, Unreachable) for result in results):
            raise next(result for result in results if isinstance(result, Unreachable))
        for step, result in zip(wave, results, strict=True):
            if isinstance(result, ApiError):
                failures.append(Mistake(step.workload.title, str(result)))
            elif isinstance(result, BaseException):
                raise result
            else:
                written += result
    return Outcome(written=written, failures=tuple(failures))


async def _write(cluster: Cluster, gate: Gate, step: Step, again: Callable[[Workload], Step | None]) -> int:
    """Make one step; look again and think again as long as somebody else is faster."""
    current: Step | None = step
    for attempt in range(_LOOKS):
        if current is None:
            return 0
        try:
            async with gate.slot(Urgency.SLEEP if current.action == "Sleep" else Urgency.WAKE):
                await write(cluster, current)
        except Conflict:
            WRITES.labels(current.action, "conflict").inc()
            if attempt:
                await asyncio.sleep(0.02 * 2**attempt)
            try:
                current = again(await look(cluster, current.workload))
            except Missing:
                return 0
        except Missing:
            return 0
        except ApiError as error:
            lost = isinstance(error, Busy | Unreachable)
            WRITES.labels(current.action, "lost" if lost else "refused").inc()
            log.warning(
                "write-failed", namespace=step.workload.namespace, workload=step.workload.title, error=str(error)
            )
            raise
        else:
            WRITES.labels(current.action, "done").inc()
            return 1
    raise Conflict(f"{step.workload.title} was changed by somebody else {_LOOKS} times in a row", status=409)
