"""Carries out a step on a workload: the patches are made in ``ways``, here is in which order they are sent.

The count and its record change in one PATCH that carries the resourceVersion of the object that was looked at: there is
no moment at which the one is written and the other is not, and nobody's edit in between is lost (409: look again).
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Protocol

import structlog

from sundown.backoff import Backoff
from sundown.cluster.client import Cluster
from sundown.cluster.errors import AdmissionAway, Conflict, Denied, Missing, Refused, Unanswered
from sundown.model.parts import Step, Workload
from sundown.sleepers import patched_owners
from sundown.sleepers.giving_back import asleep, awake, brought_back, set_aside, taken_back
from sundown.sleepers.kinds import Json, row_of
from sundown.sleepers.merge_patches import merged
from sundown.sleepers.notes import Taken, at_night, read_note
from sundown.sleepers.patch_kind import PatchKind
from sundown.sleepers.ways import (
    by_policy,
    direct,
    in_whose_name,
    is_at_night,
    is_for_policy,
    is_held,
    note_for,
    noting,
    owed,
    policy_worked,
    taken,
    without_policy,
)

log = structlog.get_logger(__name__)

_TRIES = 10
"""So often the second write meets somebody else's: a controller writes on as its pods come, which takes it seconds."""
_AGAIN = Backoff(0.03, longest=1.0)
_KNOWN_AFTER = (0.02, 0.1, 0.3)
"""Seconds. The policies look at the namespace's label, which the API server finds there some milliseconds after it is written."""


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


@dataclass(frozen=True, slots=True)
class Debt:
    """What a first write leaves to a second: whose fields Sundown has. ``metadata`` are the workload's after the first.

    ``otherwise`` is the count that it has where admission has made another of what was written in somebody's name.
    """

    path: str
    step: Step
    whose: tuple[Taken, ...]
    note: str | None
    metadata: Json
    otherwise: int | None = None

    @property
    def patch(self) -> Json | None:
        """The second write, None where there is nothing left to do."""
        if is_at_night(self.step):
            return asleep(self.metadata, self.whose, note=at_night(self.note))
        back = taken_back(self.metadata, self.whose) if self.otherwise is not None else None
        return back or awake(self.metadata, self.whose)

    @property
    def count(self) -> int:
        """What it has after the first write, as long as nobody sets another."""
        if self.otherwise is not None:
            return self.otherwise
        return 0 if is_at_night(self.step) else self.step.replicas


async def write(cluster: Cluster, step: Step, policies: Policies = NO_POLICIES) -> None:
    """Carry out one step: in one write, but in two where Sundown may not keep what it wrote.

    Raises:
        Conflict: when the workload has changed since it was read, or between the two writes.
        Missing: when it is gone.
    """
    debt = await begin(cluster, step, policies)
    if debt is not None:
        await settle(cluster, debt)


async def begin(cluster: Cluster, step: Step, policies: Policies = NO_POLICIES) -> Debt | None:
    """The write that changes something, and what it leaves to be done.

    What admission does not let wake, or keeps waiting for too long, is woken by its ``scale``, an object of its own that
    few rules are about. Its record stays on it until it can be written.

    Raises:
        Conflict: when the workload has changed since it was read.
        Missing: when it is gone.
    """
    try:
        return await _begin(cluster, step, policies)
    except (Refused, Denied, AdmissionAway, Unanswered) as refusal:
        if step.action != "Wake" or step.replicas == 0 or refusal.status == HTTPStatus.UNAUTHORIZED:
            raise
        if not await _wake_by_scale(cluster, step):
            raise
        log.warning(
            "woken-by-scale", namespace=step.workload.namespace, workload=step.workload.title, error=str(refusal)
        )
        return None


async def _wake_by_scale(cluster: Cluster, step: Step) -> bool:
    found, row = step.workload, row_of(step.workload)
    if isinstance(row, PatchKind):
        return False
    path = f"{row.collection(found.namespace)}/{found.name}/scale"
    about = {"resourceVersion": found.resource_version}
    try:
        await cluster.merge_patch(path, {"metadata": about, "spec": {"replicas": step.replicas}})
    except (Refused, Denied, AdmissionAway, Missing):
        return False
    return True


async def _begin(cluster: Cluster, step: Step, policies: Policies) -> Debt | None:
    found = step.workload
    row = row_of(found)
    path = f"{row.collection(found.namespace)}/{found.name}"
    if isinstance(row, PatchKind):
        if step.action == "GiveBack":
            await patched_owners.give_back(cluster, path, asleep=row.writes())
        else:
            patch = row.asleep(found) if step.action == "Sleep" else None
            await patched_owners.write(cluster, path, direct(step), asleep=row.writes(), patch=patch)
        return None
    body, whose = direct(step), owed(step)
    note = note_for(step, whose)
    if row.by_policy and policies.current and is_for_policy(step):
        reply = await _leave_to_policy(cluster, path, step, whose=whose)
        if policy_worked(step, reply):
            return None
        log.warning("policy-did-nothing", namespace=found.namespace, workload=found.title)
        policies.doubt()
        body = without_policy(step, reply)
    elif (owner := in_whose_name(step, whose)) is not None:
        reply = await _write_as(cluster, path, noting(step, direct(step), None), owner=owner)
        metadata = reply.get("metadata") or {}
        if reply and not is_held(metadata):
            count = (reply.get("spec") or {}).get("replicas", step.replicas)
            debt = Debt(path, step, whose, None, metadata, count if count != step.replicas else None)
            return debt if debt.patch is not None else None
        body["metadata"]["resourceVersion"] = metadata.get("resourceVersion", found.resource_version)
    debt = Debt(path, step, whose, note, {})
    if step.action == "GiveBack":
        # Another object of the name may be there by now, from whose owners nothing was taken.
        debt = await _read_again(cluster, debt)
    else:
        reply = await cluster.merge_patch(path, noting(step, body, note))
        debt = replace(debt, metadata=reply.get("metadata") or {})
    return debt if debt.patch is not None else None


async def try_out(cluster: Cluster, step: Step) -> str | None:
    """Why an object cannot be put to sleep by its patch, as a dry run tells; None where it can.

    Raises:
        ApiError: the API server does not say.
    """
    found, row = step.workload, row_of(step.workload)
    if not isinstance(row, PatchKind):
        return None
    path = f"{row.collection(found.namespace)}/{found.name}"
    return await patched_owners.try_out(cluster, path, direct(step), patch=row.asleep(found))


async def _write_as(cluster: Cluster, path: str, body: Json, *, owner: str) -> Json:
    """The object after a write in the name of an owner; an empty one where it is not taken in that name."""
    try:
        return await cluster.merge_patch(path, body, whole=True, fieldManager=owner)
    except (Refused, Denied) as refusal:
        if refusal.status == HTTPStatus.UNAUTHORIZED:
            raise
        log.info("not-taken-as-the-owner", path=path, owner=owner, error=str(refusal))
        return {}


async def _leave_to_policy(cluster: Cluster, path: str, step: Step, *, whose: tuple[Taken, ...]) -> Json:
    """The object after a patch that leaves the rest to the policies, made again while they may not know of the sleep yet."""
    body = await _for_policy(cluster, path, step, whose=whose)
    reply = await cluster.merge_patch(path, body)
    for pause in _KNOWN_AFTER if step.action == "Sleep" else ():
        if policy_worked(step, reply):
            break
        await asyncio.sleep(pause)
        version = reply["metadata"]["resourceVersion"]
        reply = await cluster.merge_patch(path, merged(body, {"metadata": {"resourceVersion": version}}))
    return reply


async def _for_policy(cluster: Cluster, path: str, step: Step, *, whose: tuple[Taken, ...]) -> Json:
    """The patch for the policies; the owners that they do not know of stand in it."""
    body = by_policy(step)
    falls_asleep = step.action == "Sleep"
    noting(step, body, at_night(note_for(step, whose)) if falls_asleep else None)
    updates = any(not one.applies for one in (taken(step) if falls_asleep else whose))
    if updates or any(one.applies for one in read_note(step.workload.taken_from)):
        metadata = (await cluster.get(path))["metadata"]
        if metadata["resourceVersion"] != step.workload.resource_version:
            raise Conflict(f"{step.workload.title} has changed since it was looked at", status=HTTPStatus.CONFLICT)
        body["metadata"]["managedFields"] = (set_aside if falls_asleep else brought_back)(metadata, whose)
    return body


async def settle(cluster: Cluster, debt: Debt) -> None:
    """The second write.

    Raises:
        Conflict: when somebody has changed the count since the first.
        Missing: when it is gone.
    """
    for attempt in range(_TRIES):
        patch = debt.patch
        if patch is None:
            return None
        try:
            reply = await cluster.merge_patch(debt.path, patch)
        except Conflict:
            # Most often it is the controller of its kind, which has seen the count.
            if attempt:
                await asyncio.sleep(_AGAIN.after(attempt))
            debt = await _read_again(cluster, debt)
        except (Refused, Denied) as refusal:
            if refusal.status == HTTPStatus.UNAUTHORIZED:
                raise
            found = debt.step.workload
            log.warning("not-given-back", namespace=found.namespace, workload=found.title, error=str(refusal))
            return await _settle_what_is_taken(cluster, debt)
        else:
            if debt.otherwise is None:
                return None
            debt = replace(debt, metadata=reply["metadata"])
    raise Conflict(f"{debt.step.workload.title} is changed all the time", status=HTTPStatus.CONFLICT)


async def _read_again(cluster: Cluster, debt: Debt) -> Debt:
    found, raw = debt.step.workload, await cluster.get(debt.path)
    now = row_of(found).read(raw)
    if now.uid != found.uid or now.replicas != debt.count:
        raise Conflict(f"{found.title} has changed since it was looked at", status=HTTPStatus.CONFLICT)
    return replace(debt, metadata=raw["metadata"])


async def _settle_what_is_taken(cluster: Cluster, debt: Debt) -> None:
    """Without those whom the API server does not take as owners: the same would be refused for ever, and the rest with it."""
    accepted: list[Taken] = []
    for one in debt.whose if len(debt.whose) > 1 else ():
        patch = replace(debt, whose=(one,)).patch
        with suppress(Refused, Denied):
            if patch is not None:
                await cluster.merge_patch(debt.path, patch, dryRun="All")
                accepted.append(one)
    patch = replace(debt, whose=tuple(accepted)).patch
    if patch is None:
        return
    try:
        await cluster.merge_patch(debt.path, patch)
    except (Refused, Denied):
        del patch["metadata"]["managedFields"]
        if "annotations" in patch["metadata"]:
            await cluster.merge_patch(debt.path, patch)


async def look(cluster: Cluster, found: Workload) -> Workload:
    """The workload as it is now.

    Raises:
        Missing: when it is gone.
    """
    row = row_of(found)
    return row.read(await cluster.get(f"{row.collection(found.namespace)}/{found.name}"))
