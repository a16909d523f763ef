"""The log of the calls that came, whatever became of them."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

KEPT = 50_000


@dataclass
class Call:
    """One call. ``at`` in seconds since 1970, ``took`` in seconds, ``beside`` how many others were under way when it came.

    ``status`` is 0 and ``took`` None where it got no answer, or has none yet; ``error`` is AWS's code.
    """

    n: int
    at: float
    service: str
    operation: str
    region: str
    account: str
    fields: dict[str, Any] = field(default_factory=dict)
    beside: int = 0
    status: int = 0
    error: str | None = None
    took: float | None = None


class Traffic:
    """The last fifty thousand calls, in the order in which they came. Threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: list[Call] = []
        self._seq = 0
        self._under_way = 0

    def begin(self, *, service: str, operation: str, region: str, account: str, fields: dict[str, Any]) -> Call:
        """A call has come."""
        with self._lock:
            self._seq += 1
            call = Call(self._seq, time.time(), service, operation, region, account, fields, beside=self._under_way)
            self._under_way += 1
            self._calls.append(call)
            if len(self._calls) > KEPT:
                del self._calls[: KEPT // 2]
            return call

    def end(self, call: Call, *, status: int = 0, error: str | None = None) -> None:
        """It has been answered, or (status 0) dropped."""
        with self._lock:
            self._under_way -= 1
            call.status, call.error, call.took = status, error, time.time() - call.at

    def clear(self) -> None:
        """Forgets all; the numbers go on."""
        with self._lock:
            self._calls.clear()

    def since(self, number: int) -> dict[str, Any]:
        """The calls above a number, as the control API gives them."""
        with self._lock:
            return {"seq": self._seq, "calls": [dict(vars(call)) for call in self._calls if call.n > number]}
