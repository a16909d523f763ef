"""What the app is handed for a while: a trigger_id opens one modal within 3 s, a response_url takes 5 answers in 30 minutes."""

from dataclasses import dataclass

from sundown_lab.slack.clock import Clock
from sundown_lab.slack.errors import Refused

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 30 * 60.0
RESPONSE_USES = 5


@dataclass
class Trigger:
    """Somebody's action, which entitles the app to open a modal for them. ``in_modal``: it happened in one."""

    user: str
    issued: float
    in_modal: bool
    used: bool = False


@dataclass
class Reply:
    """Where a response_url leads. ``ts`` is the message that the action came from, if it came from one."""

    user: str
    channel: str
    ts: str | None
    issued: float
    uses: int = 0


class Tickets:
    """Gives them out and takes them back; lifetimes go by the simulator's clock."""

    def __init__(self, clock: Clock) -> None:
        self.trigger_seconds = TRIGGER_SECONDS
        self._clock = clock
        self._number = 0
        self._triggers: dict[str, Trigger] = {}
        self._replies: dict[str, Reply] = {}

    def forget(self) -> None:
        """None of those given out is worth anything any more."""
        self._triggers.clear()
        self._replies.clear()

    def trigger(self, user: str, *, in_modal: bool = False) -> str:
        """A new trigger_id."""
        self._number += 1
        trigger_id = f"{self._number}.{int(self._clock.now() * 1000)}.{user.lower()}"
        self._triggers[trigger_id] = Trigger(user, self._clock.now(), in_modal)
        return trigger_id

    def redeem(self, trigger_id: object) -> Trigger:
        """Uses a trigger_id. Raises Refused: invalid_trigger_id, expired_trigger_id, exchanged_trigger_id."""
        found = self._triggers.get(str(trigger_id))
        if found is None:
            raise Refused("invalid_trigger_id")
        if found.used:
            raise Refused("exchanged_trigger_id")
        if self._clock.now() - found.issued > self.trigger_seconds:
            raise Refused("expired_trigger_id")
        found.used = True
        return found

    def reply(self, user: str, channel: str, *, ts: str | None = None) -> str:
        """A new response_url's last part."""
        self._number += 1
        name = f"{self._number}-{user}"
        self._replies[name] = Reply(user, channel, ts, self._clock.now())
        return name

    def peek(self, name: str) -> Reply | None:
        """Where a response_url leads, without using it: what comes with an ack is not counted."""
        return self._replies.get(name)

    def answer(self, name: str) -> Reply:
        """Uses a response_url. Raises Refused: invalid_url, expired_url, used_url (more than five times)."""
        found = self._replies.get(name)
        if found is None:
            raise Refused("invalid_url")
        if self._clock.now() - found.issued > RESPONSE_SECONDS:
            raise Refused("expired_url")
        if found.uses >= RESPONSE_USES:
            raise Refused("used_url")
        found.uses += 1
        return found
