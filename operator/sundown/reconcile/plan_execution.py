"""Carries out a plan: the steps of a batch together, the batches one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from sundown.aws.errors import CloudError, CloudUnreachable
from sundown.backoff import Backoff
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Busy, Conflict, Missing, Unreachable
from sundown.cluster.gate import Gate, Urgency
from sundown.errors import Mistake
from sundown.metrics import WRITES
from sundown.model.cloud import CloudPart
from sundown.model.parts import Part, Step, Workload
from sundown.reconcile.clouds import Clouds
from sundown.reconcile.memory import NotRemembered
from sundown.reconcile.plan import Plan
from sundown.sleepers.replicas import NO_POLICIES, Policies, look, write

log = structlog.get_logger(__name__)

_AGAIN = Backoff(0.04, longest=3.0)

PATIENCE = 30.0
"""Seconds that a visit waits for the cloud: meanwhile nobody's wish for the env is followed."""

_LOOKS = 8
"""So often a workload that others keep writing to is looked at again; then it waits for the next visit."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many changes were made, which failed, and how many wait until the second place knows of them.

    ``spared`` are the ARNs of what was to be stopped in the cloud and was not, because it is different from what was known.
    """

    written: int
    failures: tuple[Mistake, ...]
    put_off: int = 0
    spared: frozenset[str] = frozenset()


async def act(
    cluster: Cluster,
    gate: Gate,
    plan: Plan,
    *,
    again: Callable[[Part], Step | None],
    clouds: Clouds | None = None,
    policies: Policies = NO_POLICIES,
) -> Outcome:
    """Make every step whose turn it is; one that is refused, or that nobody answers to, does not stop the others.

    ``again`` thinks anew about a part that has changed since the plan was made; it raises NotRemembered for what has to
    be remembered first.

    Raises:
        Unreachable: when no write to a workload of a batch had an answer; the steps that were made stand.
    """
    written = put_off = 0
    failures: list[Mistake] = []
    spared: set[str] = set()
    for batch in plan.batches:
        results = await asyncio.gather(
            *(_make(_Hands(cluster, gate, policies), step, again=again, clouds=clouds) for step in batch),
            return_exceptions=True,
        )
        for step, result in zip(batch, results, strict=True):
            if isinstance(result, ApiError | CloudError):
                failures.append(Mistake(step.part.title, str(result)))
            elif isinstance(result, NotRemembered):
                put_off += 1
            elif isinstance(result, BaseException):
                raise result
            else:
                written += result
                if not result and step.action == "Sleep" and isinstance(step.part, CloudPart):
                    spared.add(step.part.arn)
        answers = [result for step, result in zip(batch, results, strict=True) if isinstance(step.part, Workload)]
        if answers and all(isinstance(answer, Unreachable) for answer in answers):
            raise next(answer for answer in answers if isinstance(answer, Unreachable))
    return Outcome(written=written, failures=tuple(failures), put_off=put_off, spared=frozenset(spared))


@dataclass(frozen=True, slots=True)
class _Hands:
    """What workloads are written with."""

    cluster: Cluster
    gate: Gate
    policies: Policies


async def _make(hands: _Hands, step: Step, *, again: Callable[[Part], Step | None], clouds: Clouds | None) -> int:
    if isinstance(step.part, Workload):
        return await _write(hands, step, again)
    if clouds is None:
        raise TypeError(f"{step.part.title} is in a cloud, and there is none")
    try:
        async with asyncio.timeout(PATIENCE):
            return await clouds.carry_out(step, again)
    except TimeoutError as error:
        raise CloudUnreachable(f"AWS has not answered within {PATIENCE:g} s") from error
    except CloudError as error:
        log.warning("change-failed", namespace=step.part.namespace, part=step.part.title, error=str(error))
        raise


async def _write(hands: _Hands, step: Step, again: Callable[[Part], Step | None]) -> int:
    """Make one write; look again and think again as long as somebody else is faster."""
    current: Step | None = step
    for attempt in range(_LOOKS):
        if current is None:
            return 0
        try:
            urgency = Urgency.SLEEP if current.action == "Sleep" else Urgency.WAKE
            async with hands.gate.slot(urgency, whose=current.workload.namespace):
                await write(hands.cluster, current, hands.policies)
        except Conflict:
            WRITES.labels(current.action, "conflict").inc()
            if attempt:
                await asyncio.sleep(_AGAIN.after(attempt))
            try:
                current = again(await look(hands.cluster, current.workload))
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
