"""Wakes what sleeps from the records on the workloads alone: no schedule is asked, no operator has to run.

For the day on which Sundown is uninstalled. It may be broken off and begun again at any point, as the records go away
one by one with what they remember.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sundown.cluster import paths
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Denied, Missing
from sundown.cluster.gate import Gate
from sundown.errors import Mistake
from sundown.model.parts import Step, Workload
from sundown.model.resources import STATE_LABEL
from sundown.reconcile.acting import act
from sundown.reconcile.plan import Plan, plan, reconsider
from sundown.reconcile.standing import Goal
from sundown.schedule.clock import Clock
from sundown.settings import Settings
from sundown.sleepers.replicas import KINDS

_PAGE = 1000
_AT_ONCE = 8
_OVER = frozenset({"Succeeded", "Failed"})
OPERATOR_LABELS = "app.kubernetes.io/name=sundown,app.kubernetes.io/component=operator"


@dataclass(frozen=True, slots=True)
class Sleeping:
    """What sleeps in a namespace, as a plan to wake it; ``marked`` where the namespace is labelled as asleep."""

    namespace: str
    marked: bool
    goal: Goal
    plan: Plan


@dataclass(frozen=True, slots=True)
class Woken:
    """What was woken there, or would be, and what could not be."""

    namespace: str
    steps: tuple[Step, ...]
    failures: tuple[Mistake, ...]

    def to_json(self) -> dict[str, Any]:
        """The result for machines."""
        return {
            "namespace": self.namespace,
            "ok": not self.failures,
            "woken": [
                {"kind": step.workload.kind, "name": step.workload.name, "replicas": step.replicas}
                for step in self.steps
            ],
            "failures": [str(failure) for failure in self.failures],
        }


async def sleeping(
    cluster: Cluster, namespaces: tuple[str, ...], *, settings: Settings, clock: Clock
) -> list[Sleeping]:
    """Every namespace (of these, or of all) with a record or a label of sleep; never a protected one.

    Raises:
        ApiError: when it cannot be found out.
    """
    found: dict[str, list[Workload]] = {}
    for row in KINDS.values():
        for collection in [row.collection(one) for one in namespaces] or [row.collection()]:
            for raw in await cluster.list_all(collection, limit=_PAGE):
                workload = row.read(raw)
                if workload.record is not None:
                    found.setdefault(workload.namespace, []).append(workload)
    marked = await _marked(cluster, namespaces)
    # Nobody waits here until all are ready, so no wave waits for another either.
    goal = Goal(wanted="Awake", now=clock.now())
    return [
        Sleeping(name, marked=name in marked, goal=goal, plan=plan(goal, found.get(name, ())))
        for name in sorted(found.keys() | marked)
        if not settings.protects(name)
    ]


async def _marked(cluster: Cluster, namespaces: tuple[str, ...]) -> set[str]:
    if not namespaces:
        listed = await cluster.list_all(paths.NAMESPACES, limit=_PAGE, labelSelector=STATE_LABEL)
        return {raw["metadata"]["name"] for raw in listed}
    marked: set[str] = set()
    for name in namespaces:
        try:
            raw = await cluster.get(paths.namespace(name))
        except (Missing, Denied):
            continue
        if STATE_LABEL in (raw["metadata"].get("labels") or {}):
            marked.add(name)
    return marked


async def wake(cluster: Cluster, found: Iterable[Sleeping], *, width: int) -> list[Woken]:
    """Wake everything; a namespace that fails does not stop the others."""
    gate = Gate(width=width)
    limit = asyncio.Semaphore(_AT_ONCE)

    async def one(sleeper: Sleeping) -> Woken:
        async with limit:
            return await _wake(cluster, gate, sleeper)

    return await asyncio.gather(*(one(sleeper) for sleeper in found))


async def _wake(cluster: Cluster, gate: Gate, sleeper: Sleeping) -> Woken:
    failures = list(sleeper.plan.mistakes)
    try:
        if sleeper.marked:
            await unmark(cluster, sleeper.namespace)
        outcome = await act(cluster, gate, sleeper.plan, again=partial(reconsider, sleeper.goal))
    except ApiError as error:
        return Woken(sleeper.namespace, (), (*failures, Mistake("the namespace", str(error))))
    failures += outcome.failures
    refused = {failure.path for failure in outcome.failures}
    steps = tuple(step for step in sleeper.plan.steps if step.workload.title not in refused)
    return Woken(sleeper.namespace, steps, tuple(failures))


async def unmark(cluster: Cluster, namespace: str) -> None:
    """Take the label off the namespace, before anything there wakes: it is what holds workloads at zero."""
    try:
        await cluster.merge_patch(paths.namespace(namespace), {"metadata": {"labels": {STATE_LABEL: None}}})
    except Missing:
        return


async def running_operator(cluster: Cluster, *, settings: Settings) -> str | None:
    """The Deployment in Sundown's own namespace that runs an operator, or a pod that it has left behind.

    None proves nothing: an operator can run elsewhere, and this person may not be allowed to look.
    """
    for kind, collection in (
        ("Deployment", KINDS["Deployment"].collection(settings.namespace)),
        ("Pod", f"{paths.namespace(settings.namespace)}/pods"),
    ):
        try:
            listed = await cluster.list_all(collection, labelSelector=OPERATOR_LABELS)
        except (Denied, Missing):
            continue
        for raw in listed:
            if raw.get("spec", {}).get("replicas", 1) > 0 and raw.get("status", {}).get("phase") not in _OVER:
                return f"{kind} {settings.namespace}/{raw['metadata']['name']}"
    return None
