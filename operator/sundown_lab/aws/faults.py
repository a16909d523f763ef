"""What can go wrong with AWS, on demand."""

import threading
import time
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sundown_lab.aws import answers
from sundown_lab.aws.answers import Refusal
from sundown_lab.aws.asked import Asked

LONGEST_SILENCE = 600.0

Json = dict[str, Any]


class Fault(BaseModel):
    """Calls that match (``*``: all) fail, the next ``times`` of them; None: until it is taken away.

    ``resource`` is an id or an ARN that the call names. ``slow`` waits so many ``seconds`` and goes on, ``silence`` never
    answers, ``dropped`` closes the connection, ``error`` says ``code``, ``message`` and ``status``. ``carried_out``: the
    call has its effect all the same, only its answer is the fault's. ``because`` is why a call is ``denied``, in AWS's words;
    ``not-enabled`` is what a region says that the account has not enabled.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal[
        "throttled", "500", "503", "slow", "silence", "dropped", "expired", "denied", "not-enabled", "capacity", "error"
    ]
    service: str = "*"
    operation: str = "*"
    region: str = "*"
    account: str = "*"
    resource: str = "*"
    times: Annotated[int, Field(ge=1)] | None = None
    seconds: Annotated[float, Field(ge=0, le=600)] = 1.0
    code: str = "InternalError"
    message: str = "An error of the lab"
    status: Annotated[int, Field(ge=400, le=599)] = 400
    carried_out: bool = False
    because: str = ""

    def meets(self, call: Asked) -> bool:
        """Whether a call is one of those that fail."""
        given = (self.service, self.operation, self.region, self.account)
        said = (call.service, call.operation, call.region, call.account)
        fits = all(wanted in {"*", actual} for wanted, actual in zip(given, said, strict=True))
        return fits and (self.resource == "*" or self.resource in call.values)

    def refusal(self, call: Asked) -> Refusal | None:
        """What AWS says, or None where the kind of fault has no words."""
        if self.kind == "error":
            return Refusal(self.code, self.message, self.status)
        if self.kind == "denied":
            return answers.denied(call, because=self.because)
        words = {
            "throttled": answers.throttled,
            "500": answers.broken,
            "503": answers.unavailable,
            "expired": answers.expired,
            "not-enabled": answers.not_enabled,
            "capacity": answers.no_capacity,
        }.get(self.kind)
        return words(call) if words is not None else None


class Faults:
    """Those in force, oldest first. Threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mended = threading.Event()
        self._faults: list[tuple[Fault, int]] = []

    def add(self, fault: Fault) -> None:
        """From the next call on."""
        with self._lock:
            self._faults.append((fault, 0))

    def clear(self) -> None:
        """All is well again; calls that wait for an answer lose their connection."""
        with self._lock:
            self._faults.clear()
            self._mended.set()
            self._mended = threading.Event()

    def take(self, call: Asked) -> Fault | None:
        """The fault that a call meets, which is then one time less to come."""
        with self._lock:
            for index, (fault, used) in enumerate(self._faults):
                if fault.meets(call):
                    if fault.times is not None and used + 1 >= fault.times:
                        del self._faults[index]
                    else:
                        self._faults[index] = (fault, used + 1)
                    return fault
        return None

    @property
    def mended(self) -> threading.Event:
        """What comes when all is well again next; to be asked for before a fault is taken, which may be mended meanwhile."""
        with self._lock:
            return self._mended

    def wait(self, fault: Fault, mended: threading.Event) -> None:
        """Lets the time of a slow call pass, or that of silence."""
        if fault.kind == "slow":
            time.sleep(fault.seconds)
        elif fault.kind == "silence":
            mended.wait(LONGEST_SILENCE)

    def listed(self) -> list[Json]:
        """As the control API gives them; ``times`` is what is left."""
        with self._lock:
            return [
                {**fault.model_dump(), "times": None if fault.times is None else fault.times - used}
                for fault, used in self._faults
            ]
