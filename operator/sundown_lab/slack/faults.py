"""What can go wrong with Slack, on demand."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from sundown_lab.slack.changes import Changes
from sundown_lab.slack.records import Json

RESPOND = "respond"


class Fault(BaseModel):
    """The next ``times`` calls of a method fail; None: all of them. ``carried_out``: the call has its effect all the same.

    ``retry_after`` in seconds. The method ``respond`` stands for the response_urls.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    method: Annotated[str, Field(pattern=r"^(\*|[A-Za-z.]+)$")]
    kind: Literal["429", "500", "404", "silence", "error"]
    retry_after: Annotated[int, Field(ge=0, le=3600)] = 1
    error: str = "fatal_error"
    times: Annotated[int, Field(ge=1)] | None = 1
    carried_out: bool = False


class Faults:
    """Those in force, oldest first."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._faults: list[tuple[Fault, int]] = []

    def add(self, fault: Fault) -> None:
        """From the next call on."""
        self._faults.append((fault, 0))
        self._changes.tell("faults")

    def clear(self) -> None:
        """All is well again."""
        self._faults.clear()
        self._changes.tell("faults")

    def take(self, method: str) -> Fault | None:
        """The fault that this call of a method meets, which is then one time less to come."""
        for index, (fault, used) in enumerate(self._faults):
            if fault.method == method or (fault.method == "*" and method != RESPOND):
                if fault.times is not None and used + 1 >= fault.times:
                    del self._faults[index]
                else:
                    self._faults[index] = (fault, used + 1)
                self._changes.tell("faults")
                return fault
        return None

    def listed(self) -> list[Json]:
        """As the control API gives them; ``times`` is what is left."""
        return [
            {**fault.model_dump(), "times": None if fault.times is None else fault.times - used}
            for fault, used in self._faults
        ]
