"""Carries out a plan: the steps of a batch together, the batches one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog

from sundown.aws.errors import CloudError, CloudUnreachable
from sundown.backoff import Backoff
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Busy, Conflict, Missing, Unanswered, Unreachable
from sundown.cluster.gate import Gate, Urgency
from sundown.errors import Mistake, SundownError
from sundown.metrics import WRITES
from sundown.model.cloud import CloudPart
from sundown.model.parts import QUIET, Part, Step, Workload
from sundown.reconcile.clouds import Clouds
from sundown.reconcile.memory import Carried, Memory, NotRemembered, carried, was_never_written
from sundown.reconcile.part_verdict import Tried, tried_as
from sundown.reconcile.plan import Plan
from sundown.sleepers.patch_kind import PatchKind
from sundown.sleepers.patched_owners import NotKept
from sundown.sleepers.replicas import NO_POLICIES, Policies, begin, look, settle

log = structlog.get_logger(__name__)

_AGAIN = Backoff(0.04, longest=3.0)

PATIENCE = 30.0
"""Seconds that a visit waits for the cloud: meanwhile nobody's wish for the env is followed."""

_LOOKS = 8
"""So often a workload that others keep writing to is looked at again; then it waits for the next visit."""


class _SwitchedOff(SundownError):
    """Somebody has put to 0 what ran, and what Sundown would only have tidied up, or was about to put to sleep.

    That is their wish, and what this visit remembers is older: of the night, for its env is awake by now, as far as they can
    see, or of the count that it had.
    """

    reason = "SwitchedOff"

    def __init__(self, found: Workload, *, unwritten: bool) -> None:
        super().__init__(f"{found.title} has been put to 0 since it was looked at")
        self.unwritten = {found.uid: carried(found)} if unwritten else {}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many changes were made, which failed, and how many wait until the second place knows of them, or are taken back.

    ``stopped`` are the ARNs of what was stopped in the cloud, ``spared`` those of what was to be stopped there and was not, because
    it is different from what was known. ``made`` are the steps as they were written to workloads, ``not_kept`` says of which
    of these the API server has made something else, and what. ``unwritten`` are the uids of workloads that
    somebody else put to 0 before they could be put to sleep, with what they carry.
    """

    written: int
    failures: tuple[Mistake, ...]
    put_off: int = 0
    spared: frozenset[str] = frozenset()
    stopped: frozenset[str] = frozenset()
    made: tuple[Step, ...] = ()
    not_kept: Mapping[Tried, str] = field(default_factory=dict)
    unwritten: Mapping[str, Carried] = field(default_factory=dict)


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
    stopped: set[str] = set()
    not_kept: dict[Tried, str] = {}
    unwritten: dict[str, Carried] = {}
    hands = _Hands(cluster, gate, policies)
    for batch in plan.batches:
        results = await asyncio.gather(
            *(_make(hands, step, again=again, clouds=clouds) for step in batch),
            return_exceptions=True,
        )
        for step, result in zip(batch, results, strict=True):
            if isinstance(result, NotKept) and isinstance(step.part, Workload):
                not_kept[tried_as(step.part)] = str(result)
                put_off += 1
            elif isinstance(result, ApiError | CloudError):
                failures.append(Mistake(step.part.title, _told(step, result)))
            elif isinstance(result, NotRemembered | _SwitchedOff):
                put_off += 1
                unwritten |= result.unwritten if isinstance(result, _SwitchedOff) else {}
            elif isinstance(result, BaseException):
                raise result
            else:
                written += result
                if step.action == "Sleep" and isinstance(step.part, CloudPart):
                    (stopped if result else spared).add(step.part.arn)
        answers = [
            (step, result) for step, result in zip(batch, results, strict=True) if isinstance(step.part, Workload)
        ]
        away = [result for step, result in answers if isinstance(result, Unreachable) and not _may_wait(step, result)]
        if answers and len(away) == len(answers):
            raise away[0]
    return Outcome(
        written=written,
        failures=tuple(failures),
        put_off=put_off,
        spared=frozenset(spared),
        stopped=frozenset(stopped),
        made=tuple(hands.made),
        not_kept=not_kept,
        unwritten=unwritten,
    )


def _may_wait(step: Step, error: Unreachable) -> bool:
    """Whether it is rather a webhook that keeps a write waiting on which nothing depends."""
    return isinstance(error, Unanswered) and step.action in QUIET


def _told(step: Step, error: ApiError | CloudError) -> str:
    """What is said of a write that failed, and what is left to do where that is all."""
    runs = step.action in {"Forget", "GiveBack"} and isinstance(step.part, Workload) and step.part.replicas > 0
    return f"it runs, and what Sundown wrote on it cannot be taken off yet: {error}" if runs else str(error)


@dataclass(frozen=True, slots=True)
class _Hands:
    """What workloads are written with, and what has been."""

    cluster: Cluster
    gate: Gate
    policies: Policies
    made: list[Step] = field(default_factory=list)


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
        begun = False
        try:
            urgency = Urgency.SLEEP if current.action == "Sleep" else Urgency.WAKE
            async with hands.gate.slot(urgency, whose=current.workload.namespace):
                debt = await begin(hands.cluster, current, hands.policies)
            begun = True
            if debt is not None:
                # Nobody waits for it, but before it is done nothing is said to be over.
                async with hands.gate.slot(Urgency.SLEEP, whose=current.workload.namespace):
                    await settle(hands.cluster, debt)
        except Conflict:
            WRITES.labels(current.action, "conflict").inc()
            if attempt:
                await asyncio.sleep(_AGAIN.after(attempt))
            try:
                found = await look(hands.cluster, current.workload)
            except Missing:
                return 0
            unwritten = not begun and _is_left_to_its_owner(current, found)
            if unwritten or (current.action in QUIET and current.workload.replicas > 0 and found.replicas == 0):
                raise _SwitchedOff(found, unwritten=unwritten) from None
            current = again(found)
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
            hands.made.append(current)
            return 1
    raise Conflict(f"{step.workload.title} was changed by somebody else {_LOOKS} times in a row", status=409)


def _is_left_to_its_owner(step: Step, found: Workload) -> bool:
    """Whether it was to be put to sleep, and somebody else has put it to 0 instead; of a patch its record tells that."""
    planned_for = step.workload
    if step.action != "Sleep" or planned_for.replicas == 0 or isinstance(planned_for.row, PatchKind):
        return False
    return was_never_written(found, Memory(unwritten={planned_for.uid: carried(planned_for)}))
