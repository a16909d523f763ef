"""ActionRequest: what a person asked for that cannot be undone, and what became of it; equal to ``crds/actionrequests.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from sundown.errors import Mistake
from sundown.model.addresses import same_person
from sundown.model.base import Model
from sundown.model.resources import Lenient, Metadata
from sundown.model.scalars import ActionName, Flag, Instant, Said, Told

LONGEST_LIFE = timedelta(hours=24)
"""So long at most a request may wait: who confirmed it yesterday may not remember what stands there today."""

MOST_GROUPS = 100
"""So many groups of a person are asked about; Slack knows nobody in more."""

TO_CONFIRM = timedelta(minutes=5)
"""So long what is proposed waits to be confirmed."""

RequestState = Literal[
    "Pending", "Approved", "Done", "Refused", "Rejected", "Withdrawn", "Timeout", "Expired", "Failed"
]
IN_VAIN: frozenset[str] = frozenset({"Refused", "Rejected", "Withdrawn", "Timeout", "Expired", "Failed"})
"""It has come to its end, and nothing was done."""
FINISHED: frozenset[str] = IN_VAIN | {"Done"}

Way = Literal["slack", "kubectl", "api"]
"""By which a second person can approve."""

_DNS_LABEL = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"

NamespaceName = Annotated[str, StringConstraints(min_length=1, max_length=63, pattern=_DNS_LABEL)]
Asker = Annotated[str, StringConstraints(min_length=1, max_length=256)]
GroupName = Annotated[str, StringConstraints(min_length=1, max_length=256)]
ParameterName = Annotated[str, StringConstraints(max_length=63, pattern=r"^[a-z][A-Za-z0-9]*$")]
ParameterValue = Annotated[str, StringConstraints(max_length=253)]
MOST_PARAMETERS = 8
"""So many has an action at most; what each may be is said by the action's own row."""


class Target(Model):
    """The namespace that is meant, and which one of that name."""

    namespace: NamespaceName
    uid: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class Seen(Model):
    """What the person had before their eyes: of which object, and what they were told would change."""

    uid: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    resource_version: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None
    change: Annotated[str, StringConstraints(min_length=1, max_length=256)]


class Approval(Model):
    """Whether a second person has to agree, and who did."""

    required: Flag = False
    by: Asker | None = None
    groups: Annotated[tuple[GroupName, ...], Field(max_length=MOST_GROUPS)] = ()
    via: Way | None = None
    at: Instant | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.by is None) != (self.at is None):
            raise ValueError("by and at belong together")
        return self


class Answer(Model):
    """Who said no to it: somebody else, or the one who asked, who wants it no more."""

    by: Asker
    at: Instant
    reason: Annotated[str, StringConstraints(min_length=1, max_length=256)] | None = None


class ActionRequestSpec(Model):
    """What is asked for; it never changes, but for what people answer, each of which is given once."""

    action: ActionName
    target: Target
    parameters: Annotated[dict[ParameterName, ParameterValue], Field(max_length=MOST_PARAMETERS)] = Field(
        default_factory=dict
    )
    seen: Seen | None = None
    requested_by: Asker
    groups: Annotated[tuple[GroupName, ...], Field(max_length=MOST_GROUPS)] = ()
    via: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    requested_at: Instant
    expires_at: Instant
    confirmation: Annotated[str, StringConstraints(min_length=1, max_length=63)] | None = None
    approval: Approval | None = None
    rejected: Answer | None = None
    withdrawn: Answer | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.confirmation not in {None, self.target.namespace}:
            raise ValueError("confirmation must be the name of the target, letter by letter")
        of_the_system = [name for name in self.groups if name.startswith("system:") and name != "system:authenticated"]
        if of_the_system or self.requested_by.startswith("system:"):
            raise ValueError("requestedBy and groups are people: none begins with system: but system:authenticated")
        if not timedelta(0) < self.expires_at - self.requested_at <= LONGEST_LIFE:
            raise ValueError("expiresAt must be after requestedAt, by 24 hours at most")
        if self.approval is not None and same_person(self.approval.by, self.requested_by):
            raise ValueError("nobody approves a request of their own")
        return self

    @property
    def change(self) -> str:
        """What would change, as the one who asked saw it; where they do not say, all that they want besides the thing itself, letter
        by letter: nobody approves what is not shown.
        """
        if self.seen is not None:
            return self.seen.change
        wanted = ((key, value) for key, value in self.parameters.items() if key not in {"kind", "name"})
        return ", ".join(f"{key}: {value}" for key, value in wanted)

    @property
    def confirm_until(self) -> datetime:
        """When it is too late to confirm it."""
        return min(self.requested_at + TO_CONFIRM, self.expires_at)


MOST_HOLDING = 10
"""So many things that hold a namespace stand in a status."""


class RequestCondition(Lenient):
    """As in ``metav1.Condition``."""

    type: Literal["Complete", "Failed"]
    status: Literal["True", "False", "Unknown"]
    reason: str
    message: Told = ""
    last_transition_time: Instant
    observed_generation: int = 0


class ActionRequestStatus(Lenient):
    """What the operator did about it."""

    observed_generation: int = 0
    state: RequestState | None = None
    outcome: Said = ""
    held_by: Annotated[tuple[Said, ...], Field(max_length=MOST_HOLDING)] = ()
    approve_via: Annotated[tuple[Way, ...], Field(max_length=3)] = ()
    approved_at: Instant | None = None
    finished_at: Instant | None = None
    retained_until: Instant | None = None
    conditions: tuple[RequestCondition, ...] = ()

    @property
    def finished(self) -> bool:
        """Whether nothing will be done about it any more."""
        return self.state in FINISHED

    @property
    def worth_telling(self) -> bool:
        """Whether the person who asked wants to hear of it: how it ended, or that it does not come to an end."""
        return self.finished or bool(self.held_by)


class ActionRequest(Lenient):
    """A wish that needs confirmation, and the record of it."""

    api_version: Literal["sundown.dev/v1alpha1"] = "sundown.dev/v1alpha1"
    kind: Literal["ActionRequest"] = "ActionRequest"
    metadata: Metadata = Metadata()
    spec: ActionRequestSpec
    status: ActionRequestStatus = ActionRequestStatus()


@dataclass(frozen=True, slots=True)
class Asked:
    """An ActionRequest as far as it can be read; ``mistakes`` says why ``spec`` is not there."""

    metadata: Metadata
    status: ActionRequestStatus
    spec: ActionRequestSpec | None = None
    mistakes: tuple[Mistake, ...] = ()

    @property
    def key(self) -> str:
        """Its namespace and name."""
        return f"{self.metadata.namespace}/{self.metadata.name}"

    @property
    def made_at(self) -> datetime | None:
        """When the API server took it, whatever the one who asks says of the time; None of one that it has not."""
        return self.metadata.creation_timestamp
