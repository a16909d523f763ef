"""A model of the cluster, of Slack and of the clock, on which the promises about alerts are tried. No second passes by itself."""

import asyncio
import weakref
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from sundown.cluster.errors import Conflict
from sundown.frontdesk.alerts.courier import Courier
from sundown.frontdesk.envs.mirror import Board
from sundown.frontdesk.incidents.choices import Choices
from sundown.frontdesk.incidents.incident import Book, Incident, Written
from sundown.frontdesk.incidents.kinds import ALERT_KINDS, AlertKind
from sundown.frontdesk.incidents.loop import Alerting
from sundown.frontdesk.incidents.mirror import Mirror
from sundown.frontdesk.incidents.teller import Said, Teller
from sundown.frontdesk.incidents.telling import Alert, Summary
from sundown.model.health import ContainerHealth, NodeHealth, PodHealth, RolloutHealth
from support.frontdesk.fault_plan import FaultPlan

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def container(restarts: int = 0, *, waiting: str = "", ended: str = "", at: datetime | None = None) -> ContainerHealth:
    """The container ``main``."""
    return ContainerHealth("main", restarts=restarts, waiting=waiting, ended=ended, ended_at=at)


def pod(name: str = "web-1", *containers: ContainerHealth, ready: bool = True, **changes: str | bool) -> PodHealth:
    """A pod of the Deployment ``web`` in ``team-a``."""
    usual = PodHealth("team-a", name, "Deployment", "web", "node-1", ready=ready, over=False, containers=containers)
    return replace(usual, **changes)  # type: ignore[arg-type]


def crashing(name: str = "web-1", restarts: int = 3, **changes: str | bool) -> PodHealth:
    """A pod that crashes."""
    return pod(name, container(restarts, waiting="CrashLoopBackOff", ended="Error"), ready=False, **changes)


def killed(name: str = "web-1", *, at: datetime, ready: bool = True, **changes: str | bool) -> PodHealth:
    """A pod whose container was killed, and runs again."""
    return pod(name, container(1, ended="OOMKilled", at=at), ready=ready, **changes)


def node(ready: str = "True", *, since: datetime = NOW - timedelta(days=1), **changes: object) -> NodeHealth:
    """A node that is a day old."""
    usual = NodeHealth("node-1", ready, since, NOW - timedelta(days=1))
    return replace(usual, **changes)  # type: ignore[arg-type]


def rollout(revision: int, *, at: datetime, replicas: int = 1, complete: bool = True) -> RolloutHealth:
    """The Deployment ``web``, whose last rollout was completed then."""
    return RolloutHealth("team-a", "web", revision, replicas, complete, at, ("registry/web:2",))


@dataclass
class Posted:
    """A message of the model's Slack."""

    ts: str
    channel: str
    key: str
    said: Said
    under: str = ""

    @property
    def is_over(self) -> bool:
        message = self.said.message
        return bool(message.incident.ended if isinstance(message, Alert) else message.digest.ended)


@dataclass
class World(FaultPlan):
    """What outlives a frontdesk, and what is to go wrong next."""

    time: datetime = NOW
    stored: str = ""
    messages: list[Posted] = field(default_factory=list)
    posted: Counter[str] = field(default_factory=Counter)
    pods: dict[tuple[str, str], PodHealth] = field(default_factory=dict)
    nodes: dict[str, NodeHealth] = field(default_factory=dict)
    rollouts: dict[tuple[str, str], RolloutHealth] = field(default_factory=dict)
    name: str = "eu"
    channels: dict[str, str] = field(default_factory=lambda: {"": "C1"})
    log: str | None = "the last line"

    def now(self) -> datetime:
        return self.time

    def has(self, *things: PodHealth | NodeHealth | RolloutHealth) -> None:
        """These are there, each in the place of the one of its name."""
        for one in things:
            if isinstance(one, PodHealth):
                self.pods[one.namespace, one.name] = one
            elif isinstance(one, NodeHealth):
                self.nodes[one.name] = one
            else:
                self.rollouts[one.namespace, one.name] = one

    # What people see.

    @property
    def alerts(self) -> list[Posted]:
        """The messages that are no log lines."""
        return [one for one in self.messages if not one.under]

    @property
    def open(self) -> list[Posted]:
        """Those that are not closed."""
        return [one for one in self.alerts if not one.is_over]

    def shown(self) -> list[str]:
        """Each message in a few words."""
        return [_in_words(one.said) for one in self.alerts]

    def book(self) -> Book:
        """What is remembered."""
        return Book.of(Written.model_validate_json(self.stored))

    # Slack.

    async def post(self, said: Said, /, *, key: str) -> str:
        await asyncio.sleep(0)
        fault = self.fault()
        ts = f"{len(self.messages)}.1"
        self.messages.append(Posted(ts, said.channel, key, said, said.under))
        self.posted[key] += 1
        self.after(fault)
        return ts

    async def update(self, said: Said, /, *, ts: str, key: str) -> None:
        await asyncio.sleep(0)
        fault = self.fault()
        message = next(one for one in self.messages if one.ts == ts)
        assert message.key == key
        message.said = said
        self.after(fault)

    async def find(self, channel: str, *, key: str, what: str, since: datetime) -> str | None:
        await asyncio.sleep(0)
        fault = self.fault()
        found = [one.ts for one in self.messages if (one.channel, one.key, one.said.finds) == (channel, key, what)]
        self.after(fault)
        return found[-1] if found else None

    # Where it is remembered.

    async def read(self, *, now: datetime) -> Book:
        await asyncio.sleep(0)
        return self.book() if self.stored else Book(began=now)

    async def write(self, book: Book) -> None:
        await asyncio.sleep(0)
        fault = self.fault(writes=True)
        self.stored = book.written().model_dump_json(exclude_defaults=True)
        self.version += 1
        self.after(fault, writes=True)


def _in_words(said: Said) -> str:
    message = said.message
    if isinstance(message, Summary):
        counts = ", ".join(f"{count} {kind}" for kind, count in sorted(message.digest.total.items()))
        return f"{message.digest.ended or 'open'}: {counts} and {message.more} more"
    incident = message.incident
    return f"{incident.ended or 'open'}: {incident.kind} {incident.namespace}/{incident.name}/{incident.part}"


class Desk:
    """One frontdesk before that world. ``step`` is one look, and what it leads to at once."""

    def __init__(self, world: World, *, rows: Mapping[str, AlertKind] = ALERT_KINDS, **choices: object) -> None:
        self.world = world
        self.mirror = Mirror()
        self.board = Board()
        self.board.complete.set()
        chosen = {"namespaces": {}, "to_owners": frozenset(), **choices}
        self.alerting = Alerting(
            mirror=self.mirror,
            store=world,
            board=self.board,
            choices=Choices(rows=rows, **chosen),  # type: ignore[arg-type]
            clock=world,
            teller=Teller(
                courier=Courier(speaker=world, clock=world),
                which=self._which,
                logs=self._logs,
                clock=world,
                cluster_name=world.name,
            ),
        )

    async def begin(self) -> None:
        """As it starts."""
        with suppress(Conflict):
            await self.alerting.begin()
        self.see()
        self.alerting.touch()

    def see(self) -> None:
        """The watches bring what there is."""
        self.mirror.nodes.keep_only(self.world.nodes.values())
        self.mirror.pods.keep_only(self.world.pods.values())
        self.mirror.rollouts.keep_only(self.world.rollouts.values())
        for one in self.world.nodes.values():
            self.mirror.put_node(one)
        for each in self.world.pods.values():
            self.mirror.put_pod(each)
        for some in self.world.rollouts.values():
            self.mirror.put_rollout(some)

    async def step(self) -> None:
        """Look until there is nothing more to do now."""
        self.see()
        for _ in range(12):
            await self.alerting.look_until_it_works()
            if not self.mirror.some.is_set() and not self.alerting.is_due:
                return

    async def _which(self, to: str) -> str:
        return self.world.channels.get(to, self.world.channels.get("", ""))

    async def _logs(self, incident: Incident) -> str | None:
        return self.world.log


class Cluster:
    """The same without a loop: what happens is a step each, by the clock."""

    def __init__(self, world: World | None = None, **choices: object) -> None:
        self.world = world or World()
        self.choices = choices
        self.desk: Desk | None = None
        self._loop = self._fresh()

    def _fresh(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.new_event_loop()
        weakref.finalize(self, loop.close)
        return loop

    def restart(self) -> None:
        """The frontdesk ends, and another begins."""
        self.desk = None
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()
        self._loop = self._fresh()

    def look(self, *things: PodHealth | NodeHealth | RolloutHealth, after: timedelta = timedelta(seconds=1)) -> None:
        """Time passes, these are there now, and the frontdesk looks."""
        self.world.time += after
        self.world.has(*things)
        self._loop.run_until_complete(self._look())

    async def _look(self) -> None:
        if self.desk is None:
            self.desk = Desk(self.world, **self.choices)  # type: ignore[arg-type]
            await self.desk.begin()
        await self.desk.step()

    def gone(self, names: Iterable[str], *, after: timedelta = timedelta(seconds=1)) -> None:
        """Pods of ``team-a`` are deleted."""
        for name in names:
            del self.world.pods["team-a", name]
        self.look(after=after)
