"""SupportPod: a pod for management work, for a while; equal to ``crds/supportpods.yaml``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from sundown.errors import Mistake
from sundown.model.base import Model
from sundown.model.resources import Lenient, Metadata
from sundown.model.scalars import Duration, Instant, Said, Told

SHORTEST_LIFE = timedelta(minutes=5)
LONGEST_LIFE = timedelta(days=7)
"""Who needs one for longer needs a Deployment."""

MOST_REPLACED = 1_000_000

LONGEST_NAME = 63
"""The pod has its name, and a host of it: a label of the DNS."""

SupportState = Literal["Pending", "Running", "Failed", "Ending"]

SizeName = Annotated[str, StringConstraints(max_length=16, pattern=r"^[A-Z0-9]+$")]
Owner = Annotated[str, StringConstraints(min_length=1, max_length=256)]


class SupportPodSpec(Model):
    """What is wanted; size and owner never change."""

    size: SizeName | None = None
    ttl: Duration | None = None
    owner: Owner | None = None


class SupportCondition(Lenient):
    """As in ``metav1.Condition``."""

    type: Literal["Ready"]
    status: Literal["True", "False", "Unknown"]
    reason: str
    message: Told = ""
    last_transition_time: Instant
    observed_generation: int = 0


class SupportPodStatus(Lenient):
    """How it is."""

    observed_generation: int = 0
    state: SupportState | None = None
    message: Said = ""
    size: str = ""
    memory: str = ""
    pod: str = ""
    started_at: Instant | None = None
    replaced: Annotated[int, Field(ge=0, le=MOST_REPLACED)] = 0
    ends_at: Instant | None = None
    conditions: tuple[SupportCondition, ...] = ()

    @property
    def reason(self) -> str:
        """Why it is ready or not, for machines."""
        return self.conditions[0].reason if self.conditions else ""


class SupportPod(Lenient):
    """A wish for a pod."""

    api_version: Literal["sundown.dev/v1alpha1"] = "sundown.dev/v1alpha1"
    kind: Literal["SupportPod"] = "SupportPod"
    metadata: Metadata = Metadata()
    spec: SupportPodSpec
    status: SupportPodStatus = SupportPodStatus()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A SupportPod as far as it can be read; ``mistakes`` says why ``spec`` is not there."""

    metadata: Metadata
    status: SupportPodStatus
    spec: SupportPodSpec | None = None
    mistakes: tuple[Mistake, ...] = ()

    @property
    def name(self) -> str:
        """Its name, which is its pod's too."""
        return self.metadata.name

    @property
    def owner(self) -> str:
        """Who started it; empty where nobody says."""
        return (self.spec.owner if self.spec is not None else None) or ""


def ends_at(wanted: Wanted, *, usual: timedelta) -> datetime | None:
    """When its time is over; None for one that was never created."""
    made, spec = wanted.metadata.creation_timestamp, wanted.spec
    if made is None:
        return None
    ttl = spec.ttl if spec is not None and spec.ttl is not None else usual
    return made + min(max(ttl, SHORTEST_LIFE), LONGEST_LIFE)


def safe_name(typed: str) -> str:
    """The name that a pod can have for what somebody has typed: small letters, digits, hyphens; empty where none is left."""
    return re.sub(r"[^a-z0-9]+", "-", typed.lower()).strip("-")[:LONGEST_NAME].rstrip("-")
