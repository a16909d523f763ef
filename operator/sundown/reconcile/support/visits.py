"""Carries out what is planned about SupportPods; the scheduler says when, the watches of ``following`` what has changed.

It may be killed at any point: a pod that was made and not noted is found by its name and its maker at the next look.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar, get_args

import msgspec
import orjson
import structlog
from kubernetes_asyncio.client import Configuration

from sundown.cluster import paths, reading
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Busy, Conflict, Missing, Unreachable
from sundown.cluster.events import EventRecorder, Notice, Regarding
from sundown.cluster.following import Followers, Keeper, Read
from sundown.cluster.gate import Gate, Urgency
from sundown.cluster.scope import EVERYWHERE
from sundown.cluster.seen_pods import seen_pod
from sundown.cluster.slim import slim
from sundown.metrics import SUPPORT_ENDED, SUPPORT_PODS, SUPPORT_STARTED
from sundown.model.pods import SeenPod
from sundown.model.resources import API_VERSION
from sundown.model.support_pod import SupportCondition, SupportPodStatus, SupportState, Wanted
from sundown.reconcile.scheduler import Scheduler
from sundown.reconcile.support import plan
from sundown.reconcile.support.manifest import manifest
from sundown.reconcile.support.plan import Look, Reason, Refusal, Step
from sundown.schedule.clock import Clock
from sundown.settings import Settings

log = structlog.get_logger(__name__)

T = TypeVar("T")

_AGAIN = timedelta(seconds=1)
_NORMAL = frozenset({Reason.RUNNING, Reason.STARTING, Reason.OVER, Reason.OLD_POD, Reason.DRY_RUN})
"""What is no warning."""


class _Pods:
    """Keeps the pods of the namespace, whoever made them, and tells ``seen`` which has changed."""

    def __init__(self, there: dict[str, SeenPod], *, seen: Callable[[str], None]) -> None:
        self._there = there
        self._tell = seen

    def put(self, one: SeenPod, /) -> None:
        self._there[one.name] = one
        self._tell(one.name)

    def drop(self, one: SeenPod, /) -> None:
        self._there.pop(one.name, None)
        self._tell(one.name)

    def keep_only(self, all_of_them: Iterable[SeenPod], /) -> None:
        for name in self._there.keys() - {one.name for one in all_of_them}:
            del self._there[name]
            self._tell(name)


def _support_pod(raw: msgspec.Raw) -> Wanted:
    return reading.support_pod(slim(raw))


def _pod(raw: msgspec.Raw) -> SeenPod:
    return seen_pod(orjson.loads(memoryview(raw)))


class SupportPods:
    """Knows the SupportPods of one namespace and all pods beside them."""

    def __init__(
        self,
        configuration: Configuration,
        cluster: Cluster,
        gate: Gate,
        *,
        recorder: EventRecorder,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._cluster = cluster
        self._gate = gate
        self._recorder = recorder
        self._clock = clock
        self._settings = settings
        self._wanted: dict[str, Wanted] = {}
        self._pods: dict[str, SeenPod] = {}
        self._refusals: dict[str, Refusal] = {}
        self._visits = Scheduler(visit=self.visit, clock=clock, visited=lambda _: None)
        self._followers = Followers(configuration, cluster, scope=EVERYWHERE)
        self._unseen = {paths.support_pods(settings.support_namespace), paths.pods(settings.support_namespace)}
        self._known = asyncio.Event()

    def works(self) -> Iterable[tuple[str, Coroutine[Any, Any, None]]]:
        """What runs as long as the process."""
        return (("support-pods", self._follow()), ("support-visits", self._visit_all()))

    @property
    def trouble(self) -> str | None:
        """Why there are no support pods, in words; None where there are."""
        refused = next(iter(self._followers.refused.values()), None)
        return refused or (None if self._known.is_set() else "not looked yet")

    def count(self) -> None:
        """Set the metric of all that there are, by state."""
        counted = Counter(one.status.state or "Pending" for one in self._wanted.values())
        for state in get_args(SupportState):
            SUPPORT_PODS.labels(state).set(counted[state])

    def put(self, one: Wanted, /) -> None:
        """A SupportPod that is there, or is different."""
        before = self._wanted.get(one.name)
        if before is not None and before.metadata.uid == one.metadata.uid:
            if _older(one, before):
                return  # our own words have not come back yet
            known = before.metadata.generation == one.metadata.generation and before.status == one.status
            self._wanted[one.name] = one
            if known and one.metadata.deletion_timestamp is None:
                return
        else:
            self._refusals.pop(one.name, None)
        self._wanted[one.name] = one
        self._visits.touch({one.name})

    def drop(self, one: Wanted, /) -> None:
        """A SupportPod that is gone."""
        self._forget(one.name)

    def keep_only(self, all_of_them: Iterable[Wanted], /) -> None:
        """All SupportPods that there are."""
        for name in self._wanted.keys() - {one.name for one in all_of_them}:
            self._forget(name)

    async def visit(self, name: str) -> datetime | None:
        """Bring one SupportPod a step further.

        Raises:
            ApiError: when the API server could not be asked; the next visit goes on from what is there then.
        """
        wanted = self._wanted.get(name)
        if wanted is None or wanted.metadata.deletion_timestamp is not None:
            return None
        now = self._clock.now()
        seen = plan.look(
            wanted,
            self._pods.get(name),
            settings=self._settings,
            now=now,
            refusal=self._refusals.get(name),
            older=plan.older_of_owner(wanted, self._wanted.values()),
            before=plan.older(wanted, self._wanted.values()),
        )
        if not await self._say(wanted, seen, now=now):
            return None
        try:
            await self._do(wanted, seen, now=now)
        except (Conflict, Missing):
            return now + _AGAIN  # somebody was faster; what they did is on its way here
        if seen.step in {Step.MAKE, Step.CLEAR} and name in self._refusals:
            return now + _AGAIN
        return seen.again

    async def _visit_all(self) -> None:
        """Once both are known: who does not know the pods would make those again that are there."""
        await self._known.wait()
        await self._visits.run()

    async def _follow(self) -> None:
        home = self._settings.support_namespace
        async with self._followers, asyncio.TaskGroup() as group:
            group.create_task(self._follow_one(paths.support_pods(home), _support_pod, self))
            group.create_task(self._follow_one(paths.pods(home), _pod, _Pods(self._pods, seen=self._seen)))

    async def _follow_one(self, path: str, read: Read[T], keeper: Keeper[T]) -> None:
        def listed() -> None:
            if path not in self._followers.refused:
                self._unseen.discard(path)
            if not self._unseen:
                self._known.set()

        await self._followers.follow(path, read, keeper, listed=listed)

    def _seen(self, name: str) -> None:
        """Something is different about the pod of that name."""
        self._visits.touch({name} & self._wanted.keys())

    async def _do(self, wanted: Wanted, seen: Look, *, now: datetime) -> None:
        home, name = wanted.metadata.namespace, wanted.name
        match seen.step:
            case Step.MAKE:
                await self._make(wanted, seen, now=now)
            case Step.CLEAR if seen.pod is not None:
                async with self._gate.slot(Urgency.SLEEP, whose=home):
                    await self._cluster.delete(paths.pod(home, name), uid=seen.pod.uid)
            case Step.END:
                # By its version: who has extended it at the last moment has been heard.
                metadata = self._wanted[name].metadata
                async with self._gate.slot(Urgency.SLEEP, whose=home):
                    await self._cluster.delete(
                        paths.support_pod(home, name), uid=metadata.uid, resourceVersion=metadata.resource_version
                    )
                SUPPORT_ENDED.inc()
                log.info("support-pod-ended", name=name, owner=wanted.owner)
            case _:
                pass

    async def _make(self, wanted: Wanted, seen: Look, *, now: datetime) -> None:
        home, name = wanted.metadata.namespace, wanted.name
        body = manifest(wanted, memory=seen.memory, settings=self._settings)
        try:
            async with self._gate.slot(Urgency.WAKE, whose=home):
                made = await self._cluster.create(paths.pods(home), body)
        except (Busy, Unreachable, Conflict, Missing):
            raise
        except ApiError as error:
            self._refusals[name] = Refusal(now, str(error))
            return
        self._refusals.pop(name, None)
        pod = seen_pod(made)
        self._pods.setdefault(name, pod)  # its watch may have told more of it by now
        SUPPORT_STARTED.labels(seen.status.size).inc()
        log.info("support-pod-started", name=name, owner=wanted.owner, size=seen.status.size, memory=seen.memory)
        current = self._wanted.get(name)
        if current is not None and current.metadata.uid == wanted.metadata.uid:
            await self._write(current, plan.made(current.status, pod=pod.uid, now=now))

    async def _say(self, wanted: Wanted, seen: Look, *, now: datetime) -> bool:
        """Write what was found where it is news; false when the SupportPod is gone."""
        status = seen.status.model_copy(update={"conditions": (_condition(wanted, seen, now=now),)})
        if status == wanted.status:
            return True
        if not await self._write(wanted, status):
            return False
        if wanted.status.reason != seen.reason:
            self._tell(wanted, seen, now=now)
        return True

    async def _write(self, wanted: Wanted, status: SupportPodStatus) -> bool:
        metadata = wanted.metadata
        body = {
            "metadata": {"uid": metadata.uid, "resourceVersion": metadata.resource_version},
            "status": status.model_dump(mode="json", exclude_none=True),
        }
        try:
            async with self._gate.slot(Urgency.STATUS):
                path = paths.support_pod(metadata.namespace, metadata.name)
                reply = await self._cluster.merge_patch(f"{path}/status", body)
        except Missing:
            self._forget(wanted.name)
            return False
        written = Wanted(reading.metadata(reply), status, spec=wanted.spec, mistakes=wanted.mistakes)
        self._wanted[wanted.name] = written
        return True

    def _forget(self, name: str) -> None:
        self._wanted.pop(name, None)
        self._refusals.pop(name, None)

    def _tell(self, wanted: Wanted, seen: Look, *, now: datetime) -> None:
        metadata = wanted.metadata
        log.info("support-pod", name=wanted.name, state=seen.status.state, reason=seen.reason)
        self._recorder.post(
            Notice(
                Regarding(API_VERSION, "SupportPod", metadata.name, metadata.namespace, metadata.uid),
                seen.reason,
                seen.status.message,
                action=seen.step.value.capitalize() if seen.step is not None else "Look",
                at=now,
                type="Normal" if seen.reason in _NORMAL else "Warning",
            )
        )


def _older(one: Wanted, other: Wanted) -> bool:
    versions = one.metadata.resource_version, other.metadata.resource_version
    return all(version.isdecimal() for version in versions) and int(versions[0]) < int(versions[1])


def _condition(wanted: Wanted, seen: Look, *, now: datetime) -> SupportCondition:
    was = next(iter(wanted.status.conditions), None)
    holds = seen.status.state == "Running"
    since = was.last_transition_time if was is not None and (was.status == "True") == holds else now
    return SupportCondition(
        type="Ready",
        status="True" if holds else "False",
        reason=seen.reason,
        message=seen.status.message,
        last_transition_time=since,
        observed_generation=wanted.metadata.generation,
    )
