"""The states in between that moto lacks: ``stopping``, ``starting``, ``pending``, and any other for a while, on demand."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sundown_lab.aws import things
from sundown_lab.aws.asked import Asked
from sundown_lab.aws.things import Thing

CHANGES: Mapping[tuple[str, str], tuple[str, str, str]] = {
    ("ec2", "StopInstances"): ("running", "stopping", "stopped"),
    ("ec2", "StartInstances"): ("stopped", "pending", "running"),
    ("rds", "StopDBInstance"): ("available", "stopping", "stopped"),
    ("rds", "StartDBInstance"): ("stopped", "starting", "available"),
    ("rds", "StopDBCluster"): ("available", "stopping", "stopped"),
    ("rds", "StartDBCluster"): ("stopped", "starting", "available"),
}
"""By call: the state before, that in between, and that after."""

_REASONS = {"stopped": ("Client.UserInitiatedShutdown", "Client.UserInitiatedShutdown: User initiated shutdown")}
"""EC2's StateReason of what was stopped by a call; what runs has none."""

SHOWN_TERMINATED = 60.0
"""Seconds for which a terminated instance is still described; AWS takes about an hour."""


@dataclass
class Delays:
    """How long the states in between last, in seconds, by service; None: until they are settled by hand."""

    by_service: dict[str, float | None] = field(default_factory=lambda: {"ec2": 0.0, "rds": 0.0})


@dataclass(frozen=True)
class Ending:
    """What a start leads to instead of what it should: a state, and for an instance why (EC2's StateReason)."""

    phase: str
    code: str = ""
    message: str = ""


@dataclass(frozen=True)
class Coming:
    """What something will come to at ``due``, on the monotonic clock; None: when it is settled by hand."""

    thing: Thing
    ending: Ending
    due: float | None


class Transitions:
    """What is on its way. The caller sees to it that one thread at a time is in here."""

    def __init__(self) -> None:
        self.delays = Delays()
        self._coming: dict[tuple[str, str, str, str], Coming] = {}
        self._terminated: dict[str, tuple[Thing, float]] = {}
        self.starts_end: dict[str, Ending] = {}
        """By name: how every start of something ends that AWS accepts and that comes to nothing."""

    def before(self, call: Asked) -> list[Thing]:
        """Of the things that the call is about, those that it can move."""
        change = CHANGES.get((call.service, call.operation))
        return [thing for thing in _meant(call) if change is not None and thing.phase == change[0]]

    def began(self, call: Asked, moved: Iterable[Thing]) -> str | None:
        """The call was carried out: what moved is in between for a while. Returns that state, or None."""
        if (call.service, call.operation) == ("ec2", "TerminateInstances"):
            for thing in _meant(call):
                self._terminated[thing.name] = (thing, time.monotonic() + SHOWN_TERMINATED)
        change = CHANGES.get((call.service, call.operation))
        if change is None:
            return None
        delay = self.delays.by_service[call.service]
        for thing in moved:
            ending = Ending(change[2], *_REASONS.get(change[2], ("", "")))
            if call.operation.startswith("Start"):
                ending = self.starts_end.get(thing.name, ending)
            if delay == 0:
                _end(thing, ending)
            else:
                self.be(thing, change[1], then=ending, seconds=delay)
        return change[1]

    def be(self, thing: Thing, phase: str, *, then: Ending | None = None, seconds: float | None = None) -> None:
        """Puts something into a state, for good or (``then``) for so many seconds; None: until it is settled."""
        key = (thing.kind, thing.account, thing.region, thing.name)
        self._coming.pop(key, None)
        thing.be(phase)
        if then is not None:
            self._coming[key] = Coming(thing, then, None if seconds is None else time.monotonic() + seconds)

    def settle(self, *, at_once: bool = False) -> None:
        """Lets come what is due, or everything."""
        now = time.monotonic()
        for key, coming in list(self._coming.items()):
            if at_once or (coming.due is not None and coming.due <= now):
                _end(coming.thing, coming.ending)
                del self._coming[key]
        for name, (thing, until) in list(self._terminated.items()):
            if at_once or until <= now:
                things.forget(thing)
                del self._terminated[name]

    def reset(self) -> None:
        """Nothing is on its way, and nothing lasts."""
        self.delays = Delays()
        self._coming.clear()
        self._terminated.clear()
        self.starts_end.clear()


def _end(thing: Thing, ending: Ending) -> None:
    thing.be(ending.phase)
    thing.because(ending.code, ending.message)


def _meant(call: Asked) -> list[Thing]:
    if call.service == "ec2" and call.operation in {"StopInstances", "StartInstances", "TerminateInstances"}:
        return list(things.instances(call.account, call.region, frozenset(call.listed("InstanceId"))).values())
    if call.service == "rds" and call.operation in {"StopDBInstance", "StartDBInstance"}:
        found = things.databases(call.account, call.region).get(call.said("DBInstanceIdentifier"))
        return [found] if found is not None else []
    if call.service == "rds" and call.operation in {"StopDBCluster", "StartDBCluster"}:
        found = things.clusters(call.account, call.region).get(call.said("DBClusterIdentifier"))
        return [found] if found is not None else []
    return []
