"""What is to go wrong in a model of the world of a frontdesk: a fault for each thing done, used up one by one."""

from dataclasses import dataclass, field

from sundown.cluster.errors import Conflict
from sundown.frontdesk.alerts.channel_backoff import Busy, Refusal, Silent


class Killed(BaseException):
    """The process is no more."""


@dataclass
class FaultPlan:
    """``version`` is that of the object in which a frontdesk remembers: a conflict is another's write to it."""

    version: int = 1
    faults: list[str] = field(default_factory=list)

    def fault(self, *, writes: bool = False) -> str:
        """The fault of what is about to be done, where it does not fail at once."""
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "killed before":
            raise Killed
        if fault == "conflict" and writes:
            self.version += 1
            raise Conflict("409", status=409)
        if not writes and fault in {"busy", "refused", "lost"}:
            raise {"busy": Busy("429", retry_after=3), "refused": Refusal("is_archived"), "lost": Silent("500")}[fault]
        return fault

    def after(self, fault: str, *, writes: bool = False) -> None:
        """What becomes of it once it is done."""
        if fault == "killed after":
            raise Killed
        if fault == "silent after" and not writes:
            raise Silent("no answer")
