"""The log of what went over the wire: every call of the app, every delivery to it, and how long the acks took."""

from dataclasses import dataclass, field

from sundown_lab.slack.changes import Changes
from sundown_lab.slack.records import Json

KEPT = 20_000


@dataclass
class Call:
    """A Web API call, or (``method`` "respond") the use of a response_url. ``took`` in seconds."""

    n: int
    at: float
    method: str
    args: Json
    ok: bool = False
    error: str | None = None
    status: int = 0
    took: float | None = None


@dataclass
class Delivery:
    """One attempt to bring something to the app. ``acked`` is None while an answer is awaited; ``took`` in seconds."""

    n: int
    at: float
    kind: str
    type: str
    via: str
    payload: Json
    retry: int = 0
    acked: bool | None = None
    took: float | None = None
    late: bool = False
    status: int | None = None
    error: str | None = None
    response: Json | None = field(default=None)


class Traffic:
    """The last twenty thousand entries, in the order of their numbers."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._seq = 0
        self._entries: list[Call | Delivery] = []

    def number(self) -> int:
        """The number of the next entry."""
        self._seq += 1
        return self._seq

    def add(self, entry: Call | Delivery) -> None:
        """Takes an entry, which may still change."""
        self._entries.append(entry)
        if len(self._entries) > KEPT:
            del self._entries[: KEPT // 2]
        self._changes.tell("traffic")

    def changed(self) -> None:
        """An entry is no longer what it was."""
        self._changes.tell("traffic")

    def clear(self) -> None:
        """Forgets all; the numbers go on."""
        self._entries.clear()

    def since(self, number: int) -> Json:
        """The entries above a number, as the control API gives them."""
        deliveries = [each for each in self._entries if isinstance(each, Delivery)]
        return {
            "seq": self._seq,
            "late": sum(each.late for each in deliveries),
            "missed": sum(each.acked is False and not each.late for each in deliveries),
            "calls": [dict(vars(each)) for each in self._entries if isinstance(each, Call) and each.n > number],
            "deliveries": [dict(vars(each)) for each in deliveries if each.n > number],
        }
