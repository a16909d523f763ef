"""What people have done to a single workload, Scale and Restart: as it is now, and what would change. Pure.

Both processes use it: the one to show what is proposed, the other to see whether that is still what there is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints, field_validator
from pydantic_core import PydanticKnownError

from sundown.model.actions import Action, Parameters, Right
from sundown.model.env import Env, Known
from sundown.model.parts import Step, Workload
from sundown.model.record import Restoring
from sundown.reconcile.memory import Memory, believed, recall
from sundown.reconcile.part_verdict import excluded, selected
from sundown.schedule.instants import BEGINNING
from sundown.sleepers.kinds import KINDS

RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
"""Annotation of a pod template, as ``kubectl rollout restart`` writes it."""

MOST_REPLICAS = 1000
"""So many at most: a slip of the finger must not fill a cluster."""

_COUNT = re.compile(r"-?[0-9]+")
WorkloadName = Annotated[
    str, StringConstraints(max_length=253, pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$")
]


class OfWorkload(Parameters):
    """Which workload is meant."""

    kind: str
    name: WorkloadName

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: str) -> str:
        if kind not in KINDS:
            raise ValueError(f'nothing is known of a kind "{kind[:60]}"; known are {", ".join(KINDS)}')
        return kind

    @property
    def title(self) -> str:
        """``Deployment/web``."""
        return f"{self.kind}/{self.name}"


def _written_plainly(count: object) -> object:
    """A count as it is shown to who approves it: not ``+3``, which may mean three more, nor ``3.0`` or ``1_0``."""
    if isinstance(count, str) and not _COUNT.fullmatch(count):
        raise PydanticKnownError("int_parsing")
    return count


class ScaleTo(OfWorkload):
    """And how many pods it is to have."""

    replicas: Annotated[int, BeforeValidator(_written_plainly), Field(ge=0, le=MOST_REPLICAS)]


def _right(meant: OfWorkload, *, subresource: str = "") -> Right:
    row = KINDS[meant.kind]
    group, _, version = row.api_version.rpartition("/")
    return Right("patch", row.plural, group=group, version=version, subresource=subresource, name=meant.name)


SCALE = Action(
    "Scale",
    'scale {kind}/{name} in "{namespace}"',
    lambda meant: _right(meant, subresource="scale"),
    parameters=ScaleTo,
)
RESTART = Action("Restart", 'restart {kind}/{name} in "{namespace}"', _right, parameters=OfWorkload)


@dataclass(frozen=True, slots=True)
class Subject:
    """A workload, with what only these actions want to know of it."""

    workload: Workload
    restarted_at: str | None = None
    rollout_paused: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What would be different, of which object: compared with what somebody was shown."""

    text: str
    uid: str
    resource_version: str


@dataclass(frozen=True, slots=True)
class Asleep:
    """A workload at zero that its env keeps there: ``wakes_to`` is the count that it gets back, None where nobody knows one."""

    memory: Memory
    wakes_to: Restoring | None


def asleep(env: Env, known: Known | None, subject: Subject) -> Asleep | None:
    """What is remembered of a workload that sleeps with its env; None for one that runs, or that is at zero by itself."""
    found, memory = subject.workload, recall(env, known)
    if found.replicas > 0 or memory.sleep is None or known is None:
        return None
    wakes_to = believed(found, memory).restoring
    # Whether an exclusion has run out is the next visit's to say: with a mark on it, it is woken by its record at once.
    kept_out = excluded(found, now=BEGINNING)[0] is not None or not selected(
        found, selection=known.legible_spec.workloads
    )
    return None if wakes_to is None and kept_out else Asleep(memory, wakes_to)


def scaling(subject: Subject, meant: ScaleTo, sleeping: Asleep | None) -> Change:
    """``3 -> 0``; of one that sleeps, what it wakes to."""
    found = subject.workload
    if sleeping is None:
        text = f"{found.replicas} -> {meant.replicas}"
    else:
        now = sleeping.wakes_to.replicas if sleeping.wakes_to is not None else 0
        text = f"{now} -> {meant.replicas} when it wakes, for it is asleep"
    return Change(text, found.uid, found.resource_version)


def restarting(subject: Subject) -> Change:
    """How many pods are replaced."""
    found = subject.workload
    pods = "1 pod is" if found.replicas == 1 else f"{found.replicas} pods are"
    return Change(f"{pods} replaced, one after another", found.uid, found.resource_version)


def remembering(subject: Subject, meant: ScaleTo, sleeping: Asleep) -> Step:
    """The step that has a sleeping workload wake to another count."""
    found = subject.workload
    known = sleeping.wakes_to if sleeping.wakes_to is not None else KINDS[found.kind].restoring(found)
    assert sleeping.memory.sleep is not None
    restoring = replace(known, replicas=meant.replicas)
    return Step("Remember", found, 0, restoring, sleeping.memory.sleep)


def nothing_to_scale(subject: Subject, meant: ScaleTo, sleeping: Asleep | None) -> str | None:
    """Why scaling would change nothing."""
    if sleeping is not None:
        same = sleeping.wakes_to is not None and sleeping.wakes_to.replicas == meant.replicas
        return f"{meant.title} wakes to {meant.replicas} already" if same else None
    return f"{meant.title} has {meant.replicas} already" if subject.workload.replicas == meant.replicas else None


def nothing_to_restart(subject: Subject, meant: OfWorkload, sleeping: Asleep | None) -> str | None:
    """Why restarting would come to nothing."""
    if sleeping is not None:
        return f"{meant.title} is asleep: its pods are new ones when it wakes"
    if subject.workload.replicas == 0:
        return f"{meant.title} has no pods: scale it up"
    if subject.rollout_paused:
        return f"the rollout of {meant.title} is paused: kubectl rollout resume it first"
    return None
