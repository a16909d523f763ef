"""The custom resources as a whole, and their status."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from sundown.model.base import Model
from sundown.model.cloud import CloudKind, CloudState
from sundown.model.record import HIGHEST_COUNT, MOST_RECORDS, Record, SleepId
from sundown.model.scalars import ActionName, Count, Instant, LabelKey, LabelValue, Named, Person, Said, Told
from sundown.model.spec import EnvScheduleSpec

GROUP = "sundown.dev"
VERSION = "v1alpha1"
API_VERSION = f"{GROUP}/{VERSION}"

GENERATED_NAME = "default"
MANAGED_BY = "app.kubernetes.io/managed-by"
TEMPLATE = f"{GROUP}/template"
"""Annotation of a generated EnvSchedule: what it was made from, and what it was made to say; see ``template_mark``."""
PREVIOUS_REPLICAS = f"{GROUP}/previous-replicas"
PREVIOUS = f"{GROUP}/previous"
ASLEEP_SINCE = f"{GROUP}/asleep-since"
"""On a namespace the id of its sleep; on a workload the mark, ``id/uid``: which sleep, which object."""
ASLEEP_BY = f"{GROUP}/asleep-by"
"""On a namespace by which kinds something sleeps there by a patch: should its schedule go, nothing else tells."""
TAKEN_FROM = f"{GROUP}/taken-from"
WAKE_TO = f"{GROUP}/wake-to"
WAKE_WHEN_SCALED = f"{GROUP}/wake-when-scaled"
WAVE = f"{GROUP}/wave"
EXCLUDE = f"{GROUP}/exclude"
ROLLOUT = f"{GROUP}/rollout"
"""``finish`` allows that a rollout which is held back is finished by a night."""
STATE_LABEL = f"{GROUP}/state"
GUARDED = f"{GROUP}/guarded"
"""Label of a namespace in which what cannot easily be undone takes two people."""
NEEDS_APPROVAL = f"{GROUP}/needs-approval"
"""Annotation of a namespace in which to stop the env takes two people: nobody who may only edit what is in it can take it off."""
ASLEEP = "asleep"
OWNER = f"{GROUP}/owner"
OWNER_EMAIL = "email"
UNREACHED = f"{GROUP}/unreached"
OWNER_ZONES = f"{GROUP}/owner-time-zones"
URL = f"{GROUP}/url"

State = Literal["Awake", "FallingAsleep", "Asleep", "Waking", "Paused"]


class Lenient(Model):
    """What the API server or a later version writes may hold more than we read."""

    model_config = ConfigDict(extra="ignore")


class Metadata(Lenient):
    """The part of an object's metadata that Sundown reads."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    generation: int = 0
    labels: dict[str, str] = Field(default_factory=dict)
    annotations: dict[str, str] = Field(default_factory=dict)
    creation_timestamp: Instant | None = None
    deletion_timestamp: Instant | None = None


class Transition(Lenient):
    """The next change of state: when, and to what."""

    at: Instant
    to: Literal["Awake", "Asleep"]


class Parts(Lenient):
    """How many things of the env can sleep, how many are at zero, how many of the others are ready."""

    total: Count = 0
    asleep: Count = 0
    ready: Count = 0


class HistoryEntry(Lenient):
    """One past transition: when it was finished, to what, why, and who asked for it."""

    at: Instant
    to: State
    why: Said = ""
    by: Person | None = None


class Condition(Lenient):
    """As in ``metav1.Condition``."""

    type: Literal["Ready", "Asleep", "Progressing", "Degraded"]
    status: Literal["True", "False", "Unknown"]
    reason: str
    message: Told = ""
    last_transition_time: Instant
    observed_generation: int = 0


class Savings(Lenient):
    """What sleeping has saved so far, in hours times what the sleeping pods had requested.

    CPU is in core hours, memory in GiB hours. ``potential_*`` is a week of a dry run: what the schedule would save.
    """

    asleep_hours: float = 0.0
    cpu_hours: float = 0.0
    memory_gib_hours: float = 0.0
    potential_asleep_hours: float | None = None
    potential_cpu_hours: float | None = None
    potential_memory_gib_hours: float | None = None


class CloudStatus(Lenient):
    """Something of the env in AWS: where it stands, why it is never touched, what else there is to know of it."""

    kind: CloudKind
    id: Named
    name: Named | None = None
    region: Named | None = None
    account: Named | None = None
    state: CloudState
    phase: Named | None = None
    wave: int | None = None
    refused: Said | None = None
    left_stopped: bool | None = None
    """Whether somebody else stopped it, so that Sundown does not start it; None where not."""
    started_by_aws: bool | None = None
    """Whether AWS has started it in this sleep, as it does after seven days; None where not."""
    unheard_since: Instant | None = None
    note: Said | None = None

    @property
    def title(self) -> str:
        """``RDSInstance/dev1-db``."""
        return f"{self.kind}/{self.id}"


class Cost(Lenient):
    """What an hour awake costs in AWS: the sum of the prices that are known, of how many parts, and of how many not."""

    per_hour: Annotated[float, Field(ge=0)] | None = None
    currency: str = "USD"
    priced: Count
    unpriced: Count


WhyRunning = Literal["Excluded", "OtherKind", "Unowned", "StartedSince", "HeldBack", "BeingDeleted"]
"""Why a pod runs although its env sleeps: its workload is left out by a person; nothing of its kind sleeps; no workload owns it;
its workload, which does sleep, was started by somebody; has a rollout that is held back, which a zero would finish; or is being
deleted, so that no count of it matters any more."""


class Owned(Lenient):
    """Pods that still run, by who owns them."""

    kind: Named
    name: Named
    pods: Count
    why: WhyRunning


MOST_STILL_RUNNING = 20
"""So many owners of pods that still run stand in a status."""


class StillRunning(Lenient):
    """What still ran when the env had fallen asleep: how many pods of how many owners, and the first of these."""

    pods: Count
    owners: Count
    first: Annotated[tuple[Owned, ...], Field(max_length=MOST_STILL_RUNNING)] = ()


MOST_TWO_PEOPLE = 32
"""So many actions that take two people stand in a status: as many as a policy can name."""

MOST_CLOUD = 50
"""So many parts in AWS stand in a status."""


class WakeQueuePlace(Lenient):
    """Which place in the line an env that wakes has, the first being 1, and when its turn is expected."""

    position: Annotated[int, Field(ge=1)]
    at: Instant


MOST_OUTDATED = 100


class Outdated(Lenient):
    """Of a kind some objects have woken in this sleep and left ``records``: editions below this one are no record of theirs."""

    kind: Annotated[str, Field(max_length=64)]
    below: Annotated[int, Field(ge=1, le=HIGHEST_COUNT)]


class EnvScheduleStatus(Lenient):
    """What the operator says of the env."""

    observed_generation: int = 0
    state: State | None = None
    since: Instant | None = None
    why: Said = ""
    paused_by: Said | None = None
    unverified: bool | None = None
    """Whether who asked for the override in force is only what somebody wrote; None where not."""
    needs_approval: Annotated[tuple[ActionName, ...], Field(max_length=MOST_TWO_PEOPLE)] | None = None
    """Which actions take a second person here; None for none."""
    owner: Person | None = None
    active_since: Instant | None = None
    next_transition: Transition | None = None
    shutdown_at: Instant | None = None
    parts: Parts = Parts()
    conditions: tuple[Condition, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    savings: Savings | None = None
    cloud: Annotated[tuple[CloudStatus, ...], Field(max_length=MOST_CLOUD)] = ()
    cost: Cost | None = None
    still_running: StillRunning | None = None
    wake_queue: WakeQueuePlace | None = None
    asleep_since: SleepId | None = None
    records: Annotated[tuple[Record, ...], Field(max_length=MOST_RECORDS)] = ()
    outdated: Annotated[tuple[Outdated, ...], Field(max_length=MOST_OUTDATED)] = ()


class EnvSchedule(Lenient):
    """The schedule of the namespace that it lives in."""

    api_version: Literal["sundown.dev/v1alpha1"] = "sundown.dev/v1alpha1"
    kind: Literal["EnvSchedule"] = "EnvSchedule"
    metadata: Metadata = Metadata()
    spec: EnvScheduleSpec
    status: EnvScheduleStatus = EnvScheduleStatus()


class Requirement(Model):
    """As in ``metav1.LabelSelectorRequirement``."""

    key: LabelKey
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist"]
    values: Annotated[tuple[LabelValue, ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _values_fit(self) -> Self:
        needs = self.operator in {"In", "NotIn"}
        if needs != bool(self.values):
            raise ValueError(f"operator {self.operator} {'needs' if needs else 'takes no'} values")
        return self


class LabelSelector(Model):
    """As in ``metav1.LabelSelector``; empty, it selects everything."""

    match_labels: Annotated[dict[LabelKey, LabelValue], Field(max_length=32)] = Field(default_factory=dict)
    match_expressions: Annotated[tuple[Requirement, ...], Field(max_length=32)] = ()

    def matches(self, labels: dict[str, str]) -> bool:
        """Whether an object with these labels is selected."""
        if any(labels.get(key) != value for key, value in self.match_labels.items()):
            return False
        return all(_holds(requirement, labels) for requirement in self.match_expressions)


def _holds(requirement: Requirement, labels: dict[str, str]) -> bool:
    there = requirement.key in labels
    match requirement.operator:
        case "In":
            return there and labels[requirement.key] in requirement.values
        case "NotIn":
            return not there or labels[requirement.key] not in requirement.values
        case "Exists":
            return there
        case "DoesNotExist":
            return not there


class ApprovalPolicy(Model):
    """What needs a second person: ``actions`` in every namespace, ``guarded`` in those that are marked as guarded."""

    actions: Annotated[tuple[ActionName, ...], Field(max_length=16)] = ()
    guarded: Annotated[tuple[ActionName, ...], Field(max_length=16)] = ("Delete", "Restart", "Scale")
    via: Annotated[tuple[Literal["slack", "kubectl", "api"], ...], Field(min_length=1, max_length=3)] = (
        "slack",
        "kubectl",
        "api",
    )


class ClusterEnvScheduleSpec(Model):
    """The default schedule of the namespaces that the selector matches and that have none of their own."""

    namespace_selector: LabelSelector = LabelSelector()
    priority: Annotated[int, Field(ge=-1000, le=1000, strict=True)] = 0
    approval: ApprovalPolicy = ApprovalPolicy()
    template: EnvScheduleSpec

    @model_validator(mode="before")
    @classmethod
    def _no_override(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and isinstance(raw.get("template"), dict) and raw["template"].get("override"):
            raise ValueError("template.override is not allowed: an override belongs to one env")
        return raw


class ClusterEnvScheduleStatus(Lenient):
    """What the operator says of the default: whether it can be taken as it is."""

    observed_generation: int = 0
    conditions: tuple[Condition, ...] = ()


class ClusterEnvSchedule(Lenient):
    """The cluster owner's default for many namespaces."""

    api_version: Literal["sundown.dev/v1alpha1"] = "sundown.dev/v1alpha1"
    kind: Literal["ClusterEnvSchedule"] = "ClusterEnvSchedule"
    metadata: Metadata = Metadata()
    spec: ClusterEnvScheduleSpec
    status: ClusterEnvScheduleStatus = ClusterEnvScheduleStatus()
