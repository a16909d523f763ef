"""What is brought to the app, what it answers, and the one thing that every way of bringing has to be able to do."""

from dataclasses import dataclass
from typing import Protocol

from sundown_lab.slack.records import Json


@dataclass(frozen=True)
class Parcel:
    """One thing for the app. ``kind`` is "slash_commands", "interactive" or "events_api"; ``retry`` 0 is the first attempt."""

    kind: str
    type: str
    payload: Json
    retry: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Answer:
    """The app's ack: what it sent along, if anything. ``no_retry``: it asks not to be sent this again."""

    body: Json | None = None
    status: int | None = None
    no_retry: bool = False


class Unreachable(Exception):
    """Nobody took it: no connection, or an HTTP status that is no ack."""

    def __init__(self, text: str, *, status: int | None = None, no_retry: bool = False) -> None:
        super().__init__(text)
        self.status = status
        self.no_retry = no_retry


class Carrier(Protocol):
    """A way to the app."""

    async def carry(self, parcel: Parcel) -> Answer:
        """Brings it and returns with the ack, however long that takes. Raises Unreachable."""
        ...
