"""The operator process: its rooms put together, started and stopped; what Kopf's handlers delegate to."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import Iterable
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, get_args

import kopf
import structlog
from kubernetes_asyncio.client import Configuration

from sundown.aws.settings import AwsSettings
from sundown.cluster import reading
from sundown.cluster.client import Cluster
from sundown.cluster.echoes import Echoes
from sundown.cluster.events import EventRecorder
from sundown.cluster.gate import Gate
from sundown.cluster.guards import TELLING, Guards
from sundown.cluster.hearing import Hearings
from sundown.cluster.policies import HoldPolicies
from sundown.cluster.scope import Scope
from sundown.cluster.served import Served
from sundown.kopf_glue import setup
from sundown.metrics import ENVS, SAVED_CPU, SAVED_MEMORY, SLEPT, WAKE_QUEUE_ENVS, WAKE_QUEUE_PODS
from sundown.model import managers
from sundown.model.resources import State
from sundown.process.probes import Health, serve
from sundown.process.supervisor import Supervisor
from sundown.reconcile.defaults import Defaults
from sundown.reconcile.drift_watch import DriftWatch
from sundown.reconcile.requests import Requests
from sundown.reconcile.resting import Resting
from sundown.reconcile.rooms import Rooms
from sundown.reconcile.scheduler import Scheduler
from sundown.reconcile.statuses import StatusWriter
from sundown.reconcile.store import Store
from sundown.reconcile.support.visits import SupportPods
from sundown.reconcile.sweep import Sweep
from sundown.reconcile.visit import Visitor
from sundown.reconcile.wake_queue import WakeQueue
from sundown.schedule.clock import Clock, SystemClock
from sundown.settings import Settings
from sundown.sleepers.cluster_rows import ClusterRows
from sundown.sleepers.kept_lists import KeptLists, again_after
from sundown.sleepers.leftovers import Leftovers
from sundown.sleepers.other_kinds import OtherKinds
from sundown.sleepers.workload_listing import Census

if TYPE_CHECKING:
    from sundown.aws.cloud import AwsCloud

log = structlog.get_logger(__name__)

_LAST_WORDS = 2.0
_HOUR = 3600
_STALLED = timedelta(seconds=90)
_GUARDS_SEEN_EVERY = 6
"""So many sweeps: nothing is done differently with or without them, and each look takes ten requests."""


class Operator:
    """Everything that runs in the operator's process beside Kopf."""

    def __init__(
        self, configuration: Configuration, settings: Settings, aws: AwsSettings, *, clock: Clock | None = None
    ) -> None:
        self._configuration = configuration
        self._settings = settings
        self._clock = clock or SystemClock()
        scope = Scope(settings.namespaces, home=settings.namespace)
        self._cluster = Cluster(
            configuration, request_timeout=settings.request_timeout_seconds, manager=managers.OPERATOR, scope=scope
        )
        gate = Gate(width=settings.writes_in_flight)
        self._echoes = Echoes({"EnvSchedule": self.env_schedule_event, "Namespace": self.namespace_event})
        self._statuses = StatusWriter(self._cluster, gate, self._clock, fought=self._look_again, made=self._echoes.made)
        self._store = Store(heard=self._statuses.heard)
        self._defaults = Defaults(self._cluster, gate, store=self._store, clock=self._clock)
        self._recorder = EventRecorder(self._cluster, gate, instance=socket.gethostname())
        self._census = Census(self._cluster, gate)
        hearings = Hearings()
        again = again_after(settings.sweep)
        kept = KeptLists(hearings, again=again, scope=scope)
        resting = Resting(hearings, again=again, clock=self._clock, scope=scope)

        def told(path: str, namespace: str) -> None:
            kept.told(path, namespace)
            resting.told(namespace)

        self._others = OtherKinds(
            self._cluster, gate, Served(self._cluster), everywhere=not settings.namespaces, kept=kept
        )
        self._policies = HoldPolicies(self._cluster, clock=self._clock)
        self._guards = Guards(self._cluster, changed=self._visit_whom_somebody_asked)
        self._admission = Guards(self._cluster, TELLING)
        self._leftovers = Leftovers(self._cluster)
        self._aws = self._door_to(aws) if aws.wanted else None
        self._wakes = WakeQueue(
            pods_per_minute=settings.wake_pods_per_minute,
            cpu_per_minute=settings.wake_cpu_per_minute,
            call=self._look_again,
        )
        self._drift = DriftWatch(
            configuration,
            self._cluster,
            gate,
            scope=scope,
            clock=self._clock,
            due=self._look_at,
            hearings=hearings,
            news=told,
        )
        rooms = Rooms(
            cluster=self._cluster,
            gate=gate,
            census=self._census,
            others=self._others,
            cluster_rows=ClusterRows(self._cluster, home=settings.namespace),
            leftovers=self._leftovers,
            store=self._store,
            statuses=self._statuses,
            recorder=self._recorder,
            clock=self._clock,
            settings=settings,
            wakes=self._wakes,
            drift=self._drift,
            resting=resting,
            clouds=self._aws,
            policies=self._policies,
            made=self._echoes.made,
            askers_proved=lambda: self._guards.askers_proved,
        )
        self._scheduler = Scheduler(visit=Visitor(rooms).visit, clock=self._clock)
        self._requests = Requests(
            self._cluster,
            gate,
            store=self._store,
            recorder=self._recorder,
            clock=self._clock,
            settings=settings,
            changed=self._scheduler.touch,
        )
        self._request_visits = Scheduler(visit=self._requests.visit, clock=self._clock, visited=lambda _: None)
        self._sweep = Sweep(
            rooms,
            defaults=self._defaults,
            scheduler=self._scheduler,
            requests=self._requests,
            visits=self._request_visits,
        )
        self._support = self._support_pods(gate) if settings.support_namespace else None
        self._resources = AsyncExitStack()
        self._tasks = Supervisor()
        self.stopped = asyncio.Event()

    async def start(self) -> None:
        """Open the connection and the probes, learn what there is, and begin to act."""
        await self._resources.enter_async_context(self._cluster)
        await self._resources.enter_async_context(
            serve(self.health, refresh=self.count_envs, host=self._settings.http_host, port=self._settings.http_port)
        )
        seen = await self._policies.look()
        await self._sweep.first()
        self._wakes.resume(self._store.in_line(), now=self._clock.now())
        if not seen:
            await self._policies.look()
        for name, work in (
            ("scheduler", self._visit_envs()),
            ("requests", self._request_visits.run()),
            ("sweep", self._sweep.run()),
            ("events", self._recorder.run()),
            ("drift", self._drift.run()),
            ("policies", self._policies.run(self._settings.sweep)),
            ("guards", self._guards.run(_GUARDS_SEEN_EVERY * self._settings.sweep)),
            ("admission", self._admission.run(_GUARDS_SEEN_EVERY * self._settings.sweep)),
            *(self._support.works() if self._support is not None else ()),
        ):
            self._tasks.start(name, work)
        _spare_the_collector()
        log.info("started", envs=len(self._store.with_schedules), dry_run=self._settings.dry_run)

    async def stop(self) -> None:
        """Stop acting, write the statuses that are on their way, and close the connection."""
        await self._tasks.stop()
        if self._aws is not None:
            await self._aws.close()
        await self._census.close()
        await self._others.close()
        await self._leftovers.close()
        await self._defaults.close()
        await self._statuses.close(at_most=_LAST_WORDS)
        await self._resources.aclose()
        log.info("stopped")
        self.stopped.set()

    async def credentials(self) -> kopf.AiohttpSession:
        """What Kopf logs in with."""
        return await setup.credentials(self._configuration, echoes=self._echoes)

    def health(self) -> Health:
        """What the probes answer."""
        beat = self._scheduler.beat
        failed = self._sweep.listing.failed
        stalled = beat is not None and self._clock.now() - beat > _STALLED
        dead = [*self._tasks.dead, *(self._aws.dead if self._aws is not None else [])]
        alive = not stalled and not dead
        text = "ok" if alive else f"stopped: {', '.join(dead) or 'scheduler stalled'}"
        if not self._sweep.done.is_set():
            return Health(alive=alive, ready=False, text=failed or "learning what there is")
        if self._aws is not None and not self._aws.known:
            return Health(alive=alive, ready=False, text="learning what there is in AWS" if alive else text)
        if self._aws is not None and self._aws.health_for_everybody:
            text += f"; AWS: {self._aws.health_for_everybody}"  # what is in the cluster sleeps and wakes all the same
        remark = (
            f"policies: {self._policies.finding.text}; guards: {self._guards.text}; admission: {self._admission.text}"
        )
        if self._support is not None and self._support.trouble is not None:
            remark += f"; no support pods: {self._support.trouble}"
        return Health(alive=alive, ready=alive and failed is None, text=failed or text, remark=remark)

    def _visit_whom_somebody_asked(self) -> None:
        """What is said of who asked depends on the guards."""
        self._scheduler.touch(self._store.with_askers)

    def count_envs(self) -> None:
        """Set the metrics of all envs: how many are in which state, and what they have saved."""
        counted = self._store.states()
        for state in get_args(State):
            ENVS.labels(state).set(counted[state])
        waiting, pods = self._wakes.waiting
        WAKE_QUEUE_ENVS.set(waiting)
        WAKE_QUEUE_PODS.set(pods)
        saved = self._store.savings()
        SLEPT.set(saved.asleep_hours * _HOUR)
        SAVED_CPU.set(saved.cpu_hours * _HOUR)
        SAVED_MEMORY.set(saved.memory_gib_hours * 2**30 * _HOUR)
        if self._support is not None:
            self._support.count()
        if self._aws is not None:
            self._aws.count()

    def namespace_event(self, kind: str | None, raw: dict[str, Any]) -> None:
        """A namespace came, changed or went."""
        if not self._settings.covers(raw["metadata"]["name"]):
            return
        self._sweep.listing.notice(kind, raw)
        namespace = reading.namespace(raw)
        if kind == "DELETED":
            self._store.drop_namespace(namespace.name, resource_version=namespace.resource_version)
            self._request_visits.touch(self._requests.about(namespace.name))
        else:
            self._scheduler.touch(self._store.put_namespace(namespace))

    def env_schedule_event(self, kind: str | None, raw: dict[str, Any]) -> None:
        """An EnvSchedule came, changed or went."""
        self._sweep.listing.notice(kind, raw)
        known = reading.env_schedule(raw)
        metadata = known.metadata
        if kind == "DELETED":
            self._statuses.forget(known)
            self._scheduler.touch(self._store.drop_schedule(metadata.namespace, metadata.name, uid=metadata.uid))
        else:
            self._scheduler.touch(self._store.put_schedule(known))

    def cluster_env_schedule_event(self, kind: str | None, raw: dict[str, Any]) -> None:
        """A ClusterEnvSchedule came, changed or went."""
        self._sweep.listing.notice(kind, raw)
        if kind == "DELETED":
            self._scheduler.touch(self._store.drop_default(raw["metadata"]["name"], uid=raw["metadata"]["uid"]))
            return
        self._scheduler.touch(self._defaults.take(raw))

    def action_request_event(self, kind: str | None, raw: dict[str, Any]) -> None:
        """An ActionRequest came, changed or went."""
        self._sweep.listing.notice(kind, raw)
        asked = reading.action_request(raw)
        if kind == "DELETED":
            self._requests.drop(asked.key)
        else:
            self._request_visits.touch(self._requests.take(asked))

    async def _visit_envs(self) -> None:
        """Once AWS is known: an env whose databases nobody knows of would be called asleep too early.

        Not a part of the start, which Kopf would have to wait for: AWS may take its time, and SIGTERM come meanwhile.
        """
        if self._aws is not None:
            await self._aws.start()
        await self._scheduler.run()

    def _door_to(self, aws: AwsSettings) -> AwsCloud:
        from sundown.aws.cloud import AwsCloud  # noqa: PLC0415 - boto3 takes 40 MiB, and most do without AWS

        return AwsCloud(
            aws, cluster_name=self._settings.cluster_name, clock=self._clock, changed=self._in_aws, known=self._knows
        )

    def _look_again(self, namespaces: Iterable[str]) -> None:
        self._scheduler.touch(namespaces)

    def _look_at(self, namespace: str, when: datetime) -> None:
        self._scheduler.touch_at(namespace, when)

    def _support_pods(self, gate: Gate) -> SupportPods:
        return SupportPods(
            self._configuration,
            self._cluster,
            gate,
            recorder=self._recorder,
            clock=self._clock,
            settings=self._settings,
        )

    def _in_aws(self, namespaces: Iterable[str]) -> None:
        """Something of these envs is different in AWS; a name that is on a tag only is nobody's."""
        self._scheduler.touch(name for name in namespaces if self._store.env(name).namespace is not None)

    def _knows(self, namespace: str) -> bool:
        return not self._sweep.done.is_set() or self._store.env(namespace).namespace is not None


def _spare_the_collector() -> None:
    """Have what is there now, most of it code, not looked through again by each garbage collection."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
