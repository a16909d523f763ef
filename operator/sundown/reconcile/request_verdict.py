"""What can be said of an ActionRequest: the next state, and why, as data. ``request_status`` makes sentences of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from sundown.model.action_request import IN_VAIN, ActionRequestSpec, Asked, RequestState, Way
from sundown.model.actions import Parameters
from sundown.model.env import Env
from sundown.reconcile.governance import Governance, Role
from sundown.reconcile.workload_changes import Subject
from sundown.settings import Settings


class Reason(StrEnum):
    """Why; the value is what a condition says, but for ``UNDER_WAY`` and ``DONE``, for which each action has its own word,
    and ``HELD``, ``REFUSED_BY_API`` and ``OF_ITS_KIND``, for which the verdict brings one.
    """

    UNDER_WAY = "UnderWay"
    HELD = "Held"
    DONE = "Done"
    WAITING_FOR_CONFIRMATION = "WaitingForConfirmation"
    WAITING_FOR_APPROVAL = "WaitingForApproval"
    UNCONFIRMED = "Unconfirmed"
    WITHDRAWN = "Withdrawn"
    REJECTED = "Rejected"
    OWN_APPROVAL = "OwnApproval"
    NO_ADDRESS = "NoAddress"
    OTHER_WAY = "OtherWay"
    APPROVER_FORBIDDEN = "ApproverForbidden"
    EXPIRED = "Expired"
    WRONG_NAMESPACE = "WrongNamespace"
    INVALID_SPEC = "InvalidSpec"
    UNKNOWN_ACTION = "UnknownAction"
    NOT_FOUND = "NotFound"
    NEWER_NAMESPACE = "NewerNamespace"
    DELETED_ALREADY = "DeletedAlready"
    NO_SUCH_WORKLOAD = "NoSuchWorkload"
    NOTHING_TO_DO = "NothingToDo"
    CHANGED = "Changed"
    PROTECTED_NAMESPACE = "ProtectedNamespace"
    INVALID_LABEL = "InvalidLabel"
    PAUSED = "Paused"
    NO_SCHEDULE = "NoSchedule"
    NOT_ALLOWED = "NotAllowed"
    DRY_RUN = "DryRun"
    FORBIDDEN = "Forbidden"
    MISCONFIGURED = "Misconfigured"
    REFUSED_BY_API = "RefusedByApi"
    OF_ITS_KIND = "OfItsKind"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The next state of a request, why, and when to look again.

    ``act`` says that everything is in order for carrying it out, ``held_by`` what keeps what was begun from its end, ``ways`` by
    which somebody else can approve it.
    ``schedule`` is the EnvSchedule that the reason is about; ``word`` and ``detail`` are what others say: the API server, the
    room that governs, the kind of the action.
    """

    state: RequestState
    reason: Reason
    act: bool = False
    again: datetime | None = None
    held_by: tuple[str, ...] = ()
    ways: tuple[Way, ...] = ()
    schedule: str = ""
    word: str = ""
    detail: str = ""

    @property
    def in_vain(self) -> bool:
        """Whether it is clear that it will not be done."""
        return self.state in IN_VAIN


@dataclass(frozen=True, slots=True)
class Case:
    """A request that can be read, and what there is at this moment. ``env`` has no namespace where there is none of that name.

    ``subject`` is the workload that is meant, None where none is, or where it is not there.
    """

    asked: Asked
    spec: ActionRequestSpec
    env: Env
    governance: Governance
    settings: Settings
    now: datetime
    parameters: Parameters
    subject: Subject | None = None

    @property
    def begun(self) -> bool:
        """Whether it was found in order before, and so may have been carried out."""
        return self.asked.status.state == "Approved"

    @property
    def gone(self) -> bool:
        """Whether the namespace that was meant is not there any more."""
        return self.env.namespace is None or self.env.namespace.uid != self.spec.target.uid


def refused(reason: Reason, *, schedule: str = "", word: str = "", detail: str = "") -> Verdict:
    """A check failed."""
    return Verdict("Refused", reason, schedule=schedule, word=word, detail=detail)


# Objections that an action may have or not.


def left_alone(case: Case) -> Iterator[Verdict]:
    """An env that no schedule governs, or that was taken out of Sundown's hands."""
    governance = case.governance
    if governance.trouble is not None:
        role, text = governance.trouble
        yield refused(_of_trouble(role), detail=text)
    if governance.paused_by is not None:
        yield refused(Reason.PAUSED, detail=governance.paused_by[1])
    chosen = governance.in_force
    if chosen is None or chosen.schedule is None:
        yield refused(Reason.NO_SCHEDULE)
    elif chosen.schedule.spec.paused:
        yield refused(Reason.PAUSED, schedule=chosen.metadata.name)


def only_tried(case: Case) -> Iterator[Verdict]:
    """An env whose schedule is a dry run."""
    chosen = case.governance.in_force
    if chosen is not None and chosen.legible_spec.dry_run:
        yield refused(Reason.DRY_RUN, schedule=chosen.metadata.name)


def _of_trouble(role: Role) -> Reason:
    match role:
        case "ProtectedNamespace":
            return Reason.PROTECTED_NAMESPACE
        case "InvalidLabel":
            return Reason.INVALID_LABEL
        case "InvalidSpec":
            return Reason.INVALID_SPEC
        case "InForce" | "Superseded" | "NamespaceNotEnabled" | "NotCovered":
            return Reason.PAUSED
        case _:
            assert_never(role)
