"""Carries out a step on a workload: the patches are made in ``ways``, here is in which order they are sent.

The count and its record change in one PATCH that carries the resourceVersion of the object that was looked at: there is
no moment at which the one is written and the other is not, and nobody's edit in between is lost (409: look again).
"""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import Protocol

import structlog

from sundown.cluster.client import Cluster
from sundown.cluster.errors import Denied, Refused
from sundown.model.parts import Step, Workload
from sundown.sleepers.kinds import KINDS, Json
from sundown.sleepers.ways import (
    Taken,
    by_policy,
    direct,
    give_back,
    noting,
    policy_worked,
    read_note,
    taken,
    without_policy,
)

log = structlog.get_logger(__name__)


class Policies(Protocol):
    """Whether the API server writes counts and records by itself."""

    @property
    def current(self) -> bool:
        """Whether the policies of this version are there, as far as is known."""
        ...

    def doubt(self) -> None:
        """Take them for absent until somebody has looked: a write that was left to them came to nothing."""
        ...


class NoPolicies:
    """A cluster that serves none, or that nobody has looked at."""

    current = False

    def doubt(self) -> None:
        """Nothing that could be doubted."""


NO_POLICIES = NoPolicies()


async def write(cluster: Cluster, step: Step, policies: Policies = NO_POLICIES) -> None:
    """Carry out one step: in one write, but in two where fields are taken from whoever applied them.

    Raises:
        Conflict: when the workload has changed since it was read, or between the two writes.
        Missing: when it is gone.
    """
    found = step.workload
    row = KINDS[found.kind]
    path = f"{row.collection(found.namespace)}/{found.name}"
    body, whose = direct(step), taken(step)
    if whose and row.by_policy and policies.current:
        reply = await cluster.merge_patch(path, by_policy(step))
        if policy_worked(step, reply):
            return
        log.warning("policy-did-nothing", namespace=found.namespace, workload=found.title)
        policies.doubt()
        body = without_policy(step, reply)
    whose = (*read_note(found.taken_from), *whose)
    if not whose:
        await cluster.merge_patch(path, noting(body, whose) if found.taken_from is not None else body)
        return
    if step.action == "GiveBack":
        reply = await cluster.get(path)
    else:
        reply = await cluster.merge_patch(path, noting(body, whose))
    try:
        await cluster.merge_patch(path, give_back(reply["metadata"], whose))
    except (Refused, Denied) as refusal:
        if refusal.status == HTTPStatus.UNAUTHORIZED:
            raise
        log.warning("not-given-back", namespace=found.namespace, workload=found.title, error=str(refusal))
        await _give_back_what_is_taken(cluster, path, reply["metadata"], whose)


async def _give_back_what_is_taken(cluster: Cluster, path: str, metadata: Json, whose: tuple[Taken, ...]) -> None:
    """Without those whom the API server does not take as owners: the same would be refused for ever, and the rest with it."""
    accepted: list[Taken] = []
    for one in whose if len(whose) > 1 else ():
        with suppress(Refused, Denied):
            await cluster.merge_patch(path, give_back(metadata, (one,)), dryRun="All")
            accepted.append(one)
    await cluster.merge_patch(path, give_back(metadata, tuple(accepted)))


async def look(cluster: Cluster, found: Workload) -> Workload:
    """The workload as it is now.

    Raises:
        Missing: when it is gone.
    """
    row = KINDS[found.kind]
    return row.read(await cluster.get(f"{row.collection(found.namespace)}/{found.name}"))
