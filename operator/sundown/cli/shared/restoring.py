"""Wakes what sleeps from its records: no schedule is asked, no operator has to run.

For the day on which Sundown is uninstalled. The records on the workloads count as they do for the operator, and so does
what the status of an EnvSchedule remembers, where there still is one. It may be broken off and begun again at any point:
records go away one by one with what they remember, and the mark of the namespace when nothing there sleeps any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Any

from sundown.cli.shared.kinds_listed import Listing, kinds_listed
from sundown.cluster import paths, reading
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Denied, Missing
from sundown.cluster.gate import Gate
from sundown.cluster.served import Served
from sundown.errors import Mistake
from sundown.model.env import Env, Known, Namespace
from sundown.model.parts import Step, Workload
from sundown.model.resources import ASLEEP_BY, ASLEEP_SINCE, STATE_LABEL
from sundown.model.spec import Workloads
from sundown.reconcile import asleep_by
from sundown.reconcile.memory import Memory, recall
from sundown.reconcile.part_verdict import Goal
from sundown.reconcile.plan import Plan, plan, reconsider
from sundown.reconcile.plan_execution import act
from sundown.schedule.clock import Clock
from sundown.settings import Settings
from sundown.sleepers.chosen_rows import all_rows, rows_for
from sundown.sleepers.kinds import KINDS, ReplicaKind, row_of
from sundown.sleepers.other_kinds import OtherKinds, Others
from sundown.sleepers.patch_kind import PatchKind

_AT_ONCE = 8
_OVER = frozenset({"Succeeded", "Failed"})
_OF_A_SLEEP = ("asleepSince", "records", "outdated")
OPERATOR_LABELS = "app.kubernetes.io/name=sundown,app.kubernetes.io/component=operator"


@dataclass(frozen=True, slots=True)
class Sleeping:
    """What sleeps in a namespace, as a plan to wake it.

    ``marked`` where the namespace says that it sleeps; ``schedules`` are those whose status says so; ``unseen`` is what sleeps
    there, or may, by kinds that the cluster does not serve now, or of which no list can be had.
    """

    namespace: str
    marked: bool
    goal: Goal
    plan: Plan
    schedules: tuple[Known, ...] = ()
    unseen: tuple[Mistake, ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """What sleeps, by namespace, and of which kinds nobody could look."""

    sleeping: tuple[Sleeping, ...]
    failures: tuple[Mistake, ...] = ()


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
            "woken": [{"kind": step.workload.kind, "name": step.workload.name, **_change(step)} for step in self.steps],
            "failures": [str(failure) for failure in self.failures],
        }


def _change(step: Step) -> dict[str, Any]:
    """What waking it changes, for machines: its count, or the merge patch of what sleeps by another field."""
    row = row_of(step.workload)
    if not isinstance(row, PatchKind) or (step.restoring is not None and step.restoring.rest is None):
        return {"replicas": step.replicas}
    return {"patch": row.awake(step.workload, step.restoring, step.replicas)}


async def sleeping(cluster: Cluster, namespaces: tuple[str, ...], *, settings: Settings, clock: Clock) -> Survey:
    """Every namespace (of these, or of all) with a record or a label of sleep; never a protected one.

    Raises:
        ApiError: when it cannot be found out.
    """
    envs = await _envs(cluster, namespaces)
    memories = {name: _memory(env) for name, env in envs.items()}
    recorded = {one.kind for memory in memories.values() for one in memory.records.values()}
    noted = {name: asleep_by.read(env.namespace.asleep_by) for name, env in envs.items() if env.namespace is not None}
    rows = await _rows(cluster, recorded, chain.from_iterable(noted.values()))
    known_to_sleep = recorded.union(row.kind for its in noted.values() for row in its)
    listing = await kinds_listed(cluster, rows, namespaces, recorded=known_to_sleep)
    found: dict[str, list[Workload]] = {}
    for workload in listing.workloads:
        known = memories.get(workload.namespace, Memory()).records
        if not workload.leaving and (workload.carries or (workload.kind, workload.name, workload.uid) in known):
            found.setdefault(workload.namespace, []).append(workload)
    marked = {name for name, env in envs.items() if env.namespace is not None and env.namespace.marked_asleep}
    unseen = {name: _unseen(name, its, memories[name], listing) for name, its in noted.items()}
    doubtful = {name for name, its in noted.items() if its and unseen[name]}
    return Survey(
        tuple(
            replace(
                _sleeping(envs[name] if name in envs else Env(name, None), found.get(name, []), clock=clock),
                unseen=unseen.get(name, ()),
            )
            for name in sorted(found.keys() | marked | doubtful)
            if not settings.protects(name)
        ),
        tuple(listing.failures),
    )


def _unseen(namespace: str, noted: tuple[PatchKind, ...], memory: Memory, listing: Listing) -> tuple[Mistake, ...]:
    """What may sleep on there, because nobody can look at it now."""
    absent = tuple(row.kind for row in noted if row.kind not in listing.served)
    unanswered = listing.unanswered(namespace)
    told = tuple(asleep_by.mistakes(asleep_by.hidden(noted, Others(absent=absent, unanswered=unanswered))))
    # What sleeps by its replicas is said nowhere: it is found where it is.
    kinds = {*KINDS, *(one.kind for one in memory.records.values())} - {row.kind for row in noted}
    return (*told, *(Mistake(kind, f"may sleep still: {why}") for kind, why in unanswered.items() if kind in kinds))


async def _rows(
    cluster: Cluster, recorded: set[str], noted: Iterable[PatchKind]
) -> tuple[ReplicaKind | PatchKind, ...]:
    """Every kind that can have been put to sleep."""
    rows = {row.kind: row for row in (*rows_for(Workloads(), recorded), *noted, *all_rows())}
    others = OtherKinds(cluster, Gate(width=1), Served(cluster))
    return (*KINDS.values(), *await others.served(rows.values()))


def _sleeping(env: Env, found: list[Workload], *, clock: Clock) -> Sleeping:
    # Nobody waits here until all are ready, so no wave waits for another either.
    goal = Goal(wanted="Awake", now=clock.now(), memory=_memory(env))
    return Sleeping(
        env.name,
        marked=env.namespace is not None and env.namespace.marked_asleep,
        goal=goal,
        plan=plan(goal, found),
        schedules=tuple(one for one in env.schedules if one.status.asleep_since is not None),
    )


def _memory(env: Env) -> Memory:
    return recall(env, _governing(env.schedules), by_order=True)


def _governing(schedules: tuple[Known, ...]) -> Known | None:
    """The schedule whose word counts: the one that knows of a sleep, else the oldest."""
    return min(schedules, key=lambda one: (one.status.asleep_since is None, one.age), default=None)


async def _envs(cluster: Cluster, namespaces: tuple[str, ...]) -> dict[str, Env]:
    """The namespaces with their schedules, as far as they may be seen."""
    spaces = {one.name: one for one in await _namespaces(cluster, namespaces)}
    schedules: dict[str, list[Known]] = {}
    for path in [paths.env_schedules(one) for one in namespaces] or [paths.ENV_SCHEDULES]:
        try:
            listed = await cluster.list_as(path, reading.env_schedule)
        except (Missing, Denied):
            # Sundown's own kinds may be gone already.
            continue
        for known in listed:
            schedules.setdefault(known.metadata.namespace, []).append(known)
    return {
        name: Env(name, spaces.get(name), tuple(schedules.get(name, ()))) for name in spaces.keys() | schedules.keys()
    }


async def _namespaces(cluster: Cluster, names: tuple[str, ...]) -> list[Namespace]:
    if not names:
        return await cluster.list_as(paths.NAMESPACES, reading.namespace)
    found: list[Namespace] = []
    for name in names:
        try:
            found.append(reading.namespace(await cluster.get(paths.namespace(name))))
        except (Missing, Denied):
            continue
    return found


async def wake(cluster: Cluster, found: Iterable[Sleeping], *, width: int) -> list[Woken]:
    """Wake everything; a namespace that fails does not stop the others."""
    gate = Gate(width=width)
    limit = asyncio.Semaphore(_AT_ONCE)

    async def one(sleeper: Sleeping) -> Woken:
        async with limit:
            return await _wake(cluster, gate, sleeper)

    return await asyncio.gather(*(one(sleeper) for sleeper in found))


async def _wake(cluster: Cluster, gate: Gate, sleeper: Sleeping) -> Woken:
    failures = [*sleeper.plan.mistakes, *sleeper.unseen]
    try:
        outcome = await act(cluster, gate, sleeper.plan, again=partial(reconsider, sleeper.goal))
    except ApiError as error:
        return Woken(sleeper.namespace, (), (*failures, Mistake("the namespace", str(error))))
    failures += outcome.failures
    refused = {failure.path for failure in outcome.failures}
    steps = tuple(step for step in sleeper.plan.steps if step.workload.title not in refused)
    if not outcome.failures and not sleeper.unseen:
        failures += await _let_go(cluster, sleeper)
    return Woken(sleeper.namespace, steps, tuple(failures))


async def _let_go(cluster: Cluster, sleeper: Sleeping) -> list[Mistake]:
    """Say that nothing sleeps there any more, where it was said that it does; what went wrong with that."""
    failures: list[Mistake] = []
    for known in sleeper.schedules:
        path = f"{paths.env_schedule(sleeper.namespace, known.metadata.name)}/status"
        try:
            await cluster.merge_patch(path, {"status": dict.fromkeys(_OF_A_SLEEP)})
        except (Missing, Denied):
            # The status is the operator's; whoever may not write it leaves it with records that nothing asks for.
            continue
        except ApiError as error:
            failures.append(Mistake(f"EnvSchedule/{known.metadata.name}", str(error)))
    if sleeper.marked:
        try:
            await unmark(cluster, sleeper.namespace)
        except ApiError as error:
            failures.append(
                Mistake("the namespace", f"is still marked as asleep, although all in it was woken: {error}")
            )
    return failures


async def unmark(cluster: Cluster, namespace: str) -> None:
    """Take off what says that the namespace sleeps, when nothing in it does any more."""
    body = {"metadata": {"labels": {STATE_LABEL: None}, "annotations": {ASLEEP_SINCE: None, ASLEEP_BY: None}}}
    try:
        await cluster.merge_patch(paths.namespace(namespace), body)
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
