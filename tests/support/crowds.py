"""Envs that wake all at once, in front of the line in which they wait, in a time that a test makes pass."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sundown.model.resources import WakeQueuePlace
from sundown.reconcile.wake_queue import Load, Waiting, WakeQueue
from support.samples import NOW


class Crowd:
    """A cluster's envs in front of the line; each comes when it was told to, or when it is called.

    ``wants`` is what sleeps still, ``told`` the place that stands in the status of each: they are in the cluster, and all that
    a killed operator leaves behind.
    """

    def __init__(self, *, pods: float = 0, cpu: float = 0) -> None:
        self._limits = {"pods_per_minute": pods, "cpu_per_minute": cpu}
        self.queue = WakeQueue(**self._limits, call=self._call)
        self.wants: dict[str, list[Load]] = {}
        self.urgent: set[str] = set()
        self.comes: dict[str, datetime] = {}
        self.told: dict[str, WakeQueuePlace] = {}
        self.started: list[tuple[datetime, str, int]] = []
        self.now = NOW

    def add(self, name: str, *pods: int, cpu: float = 0, urgent: bool = False, at: datetime | None = None) -> None:
        self.wants[name] = [Load(f"{name}-{n}", count, count * cpu) for n, count in enumerate(pods)]
        self.urgent |= {name} if urgent else set()
        self.comes[name] = at or self.now

    def _call(self, names: Iterable[str]) -> None:
        for name in names:
            if name in self.comes:
                self.comes[name] = self.now

    def ask(self, name: str) -> Waiting | None:
        return self.queue.ask(name, self.wants[name], urgent=name in self.urgent, began=self.comes[name], now=self.now)

    def visit(self, name: str) -> None:
        """As an env is visited: it asks, starts what it may, and comes again."""
        began, waiting = NOW, None
        waiting = self.queue.ask(name, self.wants[name], urgent=name in self.urgent, began=began, now=self.now)
        waits = waiting.uids if waiting is not None else frozenset()
        self.started += [(self.now, name, one.pods) for one in self.wants[name] if one.uid not in waits]
        self.wants[name] = [one for one in self.wants[name] if one.uid in waits]
        if waiting is None:
            del self.comes[name]
            self.told.pop(name, None)
            self.queue.leave(name)
        else:
            self.told[name] = waiting.place
            self.comes[name] = max(waiting.look(self.now), self.now + timedelta(milliseconds=50))

    def run(self, *, until: datetime | None = None) -> None:
        """Until all are awake."""
        while self.comes:
            name, self.now = min(self.comes.items(), key=lambda one: (one[1], one[0]))
            if until is not None and self.now > until:
                return
            self.visit(name)

    def kill(self, *, at: datetime, away: timedelta, unwritten: Iterable[str] = ()) -> None:
        """End the operator; the next one finds what is in the cluster, and looks at all of it.

        Of those who are ``unwritten`` the line had granted what it could, and nothing had been written.
        """
        self.now = at
        for name in unwritten:
            self.ask(name)
        self.now = at + away
        self.queue = WakeQueue(**self._limits, call=self._call)
        self.queue.resume(self.told.values(), now=self.now)
        self.comes = {
            name: max(self.now, comes) if comes > at and name not in self.told else self.now
            for name, comes in self.comes.items()
        }

    def most_in_a_minute(self, *, late: timedelta = timedelta()) -> int:
        """The most pods that can have started in a minute, where each may have come so much later than it was let."""
        minute = timedelta(minutes=1) + late
        return max(
            sum(pods for at, _, pods in self.started if begin <= at < begin + minute) for begin, _, _ in self.started
        )

    def order(self) -> list[str]:
        return list(dict.fromkeys(name for _, name, _ in self.started))
