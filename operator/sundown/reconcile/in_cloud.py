"""A part in the cloud as one env sees it: whose it is, what to do with it, what is wrong with it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args

from sundown.aws import tags
from sundown.model.cloud import CloudKind, CloudPart
from sundown.model.parts import Step
from sundown.model.record import PLANNED, Record
from sundown.model.spec import Wanted

CLOUD_KINDS = frozenset(get_args(CloudKind))

RESTORE = "running"
"""What the second place says of a part in the cloud that Sundown has stopped."""

_IN_USE = frozenset({"running", "busy"})


@dataclass(frozen=True, slots=True, kw_only=True)
class InCloud:
    """``mine`` says that it is meant to sleep and wake with the env, ``remembered`` that by the env's own word Sundown has
    stopped it, whatever its tags say. ``holder`` is in whose name the env stops things."""

    part: CloudPart
    wanted: Wanted
    mine: bool
    remembered: bool
    holder: str
    now: datetime

    @property
    def ours(self) -> bool:
        """Whether Sundown stopped it, by its tags or by the second place."""
        return self.part.ours or self.remembered

    @property
    def tags_are_gone(self) -> bool:
        """Whether it was stopped by Sundown, and its tags do not say so any more."""
        return self.remembered and not self.part.ours

    @property
    def disputed(self) -> str | None:
        """What to do where the env remembers that it stopped it, and its tags name another that did: either may be wrong."""
        part = self.part
        if (
            self.wanted == "Asleep"
            or not (self.mine and self.remembered and part.ours)
            or self._holds
            or part.state in _IN_USE
        ):
            return None
        return (
            f"was stopped for this environment, and its tag {tags.HOLDER} says {part.holder}: set it to {self.holder}, and it is "
            "started; or start it by hand"
        )

    @property
    def refused(self) -> str | None:
        """Why it is never touched: AWS would not have it, or somebody else stopped it and will start it again."""
        part = self.part
        if self.tags_are_gone and part.state not in _IN_USE:
            return None
        if part.refused is not None:
            # Nobody else knows that it does not stand still by its owner's wish.
            left = part.ours and part.state == "stopped" and self.wanted == "Awake" and self._holds
            return f"{part.refused}; Sundown stopped it before: start it by hand" if left else str(part.refused)
        if part.ours and not self._holds:
            return f"was stopped by {part.holder}, which alone starts it again"
        return None

    @property
    def step(self) -> Step | None:
        """The change that brings it to where it should be, or None."""
        part = self.part
        if self.wanted == "Asleep":
            if part.state == "running":
                return Step("Sleep", part)
            return Step("Remember", part) if part.state == "stopped" and self.tags_are_gone else None
        if not self.ours:
            return None
        if part.state == "stopped":
            return Step("Wake", part) if self._may_start else None
        return Step("Forget", part) if part.state == "running" and part.record is not None else None

    @property
    def hangs(self) -> bool:
        """Whether nothing can be done but wait. What is busy can be used, and not be stopped; for what is broken nobody who
        wants to sleep has to wait."""
        state = self.part.state
        if self.wanted == "Asleep":
            return state in {"starting", "stopping", "busy", "unknown"}
        if self.ours:
            return state not in _IN_USE and not self._may_start
        # What somebody else stops is going where they want it.
        return self.mine and state in {"starting", "broken", "unknown"}

    @property
    def trouble(self) -> str | None:
        """What is wrong with it: of what is broken it is told in any case, of others where somebody waits for them."""
        takes_part = self.mine or (self.ours and self.wanted == "Awake")
        told = takes_part and (self._waits or self.part.state == "broken")
        return self.part.trouble if self.part.trouble and told else None

    @property
    def lost(self) -> bool:
        """Whether Sundown stopped it, and it does not come back."""
        return self.wanted == "Awake" and self.ours and bool(self.part.trouble) and self._waits

    @property
    def record(self) -> Record | None:
        """What the second place has to know of it before it is stopped, and until it runs again."""
        step, state = self.step, self.part.state
        falls_asleep = step is not None and step.action == "Sleep"
        # Half a record is nobody's: this is all that says whose it is, until it is off.
        half = self.tags_are_gone and self.part.record is not None
        if falls_asleep or (self.ours and (self.wanted == "Asleep" or state not in _IN_USE or half)):
            says = RESTORE if self.remembered or self._is_seen_to_be_ours else PLANNED
            return Record(self.part.kind, self.part.identifier, self.part.arn, says)
        return None

    @property
    def _is_seen_to_be_ours(self) -> bool:
        """Whether the record stands on it: what an earlier run saw may have been taken off since, and it stopped by its owner."""
        return self.part.ours and not self.part.recalled

    @property
    def _holds(self) -> bool:
        return self.part.holder == self.holder or self.tags_are_gone

    @property
    def _waits(self) -> bool:
        return self.hangs or self.step is not None

    @property
    def _may_start(self) -> bool:
        """Whether it is stopped, and its turn to be started again if that came to nothing before."""
        return self.part.state == "stopped" and (self.part.not_before is None or self.part.not_before <= self.now)


def carried_out(records: Iterable[Record], *, arns: Collection[str]) -> tuple[Record, ...]:
    """Records, of which those of what has been stopped are no plan any more."""
    return tuple(
        replace(one, restore=RESTORE) if one.restore == PLANNED and one.uid in arns else one for one in records
    )


def missing(record: Record) -> str:
    """What to tell of a part that Sundown has stopped and does not see."""
    _, _, _, region, account, *_ = (*record.uid.split(":"), "", "", "", "", "")
    return (
        f"Sundown stopped it in {region} of account {account} and does not see it: AWS has not answered yet, or is not looked at "
        "there any more (SUNDOWN_AWS_REGIONS, SUNDOWN_AWS_ROLES); where it is to be left to others, start it by hand and set "
        "spec.aws.enabled to false"
    )
