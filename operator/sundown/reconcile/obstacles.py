"""Why parts are not where they should be: their own conditions tell, else their pods, and of what neither tells Events."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from sundown.cluster.client import Cluster
from sundown.cluster.hindrances import says_why, shortened
from sundown.cluster.warning_events import newest_warning
from sundown.model.parts import Workload
from sundown.model.pods import UnreadyPod
from sundown.model.resources import EnvScheduleStatus
from sundown.reconcile.part_names import MOST_NAMED, Obstacle, standing
from sundown.reconcile.plan import Plan
from sundown.reconcile.revisits import MOVING
from sundown.sleepers.kinds import row_of
from sundown.sleepers.unready import lingering_of, unready_of

log = structlog.get_logger(__name__)

_ASKED_AGAIN = timedelta(minutes=2)
_PATIENCE = 5.0
"""So many seconds an env waits for a reason. It does all that it can without."""
_ENVS_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class _Told:
    """What was said of a part, at that moment and of that generation of it."""

    at: datetime
    generation: int
    standing: str
    reason: str | None


class Reasons:
    """Knows what hinders the parts of each env. Only for those that are late, and are named, anybody is asked.

    What was found is said for a while: a count that goes up and down, and words that come and go, would each be a status to
    write and an Event.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._told: dict[str, dict[str, _Told]] = {}
        self._turns = asyncio.Semaphore(_ENVS_AT_ONCE)

    def forget(self, namespace: str) -> None:
        """Nobody asks about this env any more."""
        self._told.pop(namespace, None)

    async def of(
        self, namespace: str, plan: Plan, *, among: Iterable[Workload], old: EnvScheduleStatus, now: datetime
    ) -> dict[str, Obstacle]:
        """What is known of those of an env that are late; ``among`` are all of its workloads."""
        parts = _named(plan, old)
        if not parts:
            self.forget(namespace)
            return {}
        before = self._told.get(namespace, {})
        told = {one.title: before[one.title] for one in parts if one.title in before}
        told = {title: one for title, one in told.items() if now - one.at < _ASKED_AGAIN}
        due = [one for one in parts if one.title not in told or told[one.title].generation != one.generation]
        found = await self._ask(namespace, [one for one in due if not says_why(one.hindrance)], among, now=now)
        told |= {one.title: _Told(now, one.generation, standing(one), found.get(one.title)) for one in due}
        self._told[namespace] = told
        return {one.title: Obstacle(told[one.title].standing, _reason(one, told[one.title])) for one in parts}

    async def _ask(
        self, namespace: str, parts: list[Workload], among: Iterable[Workload], *, now: datetime
    ) -> dict[str, str | None]:
        if not parts:
            return {}
        try:
            async with asyncio.timeout(_PATIENCE), self._turns:
                pods = await unready_of(self._cluster, namespace, parts, among=among)
                kept = await lingering_of(self._cluster, namespace, parts, among=among, now=now)
                told = {title: shortened(one.word, one.text) for title, one in kept.items()}
                others = [one for one in parts if one.title not in told]
                answers = await asyncio.gather(*(self._reason_of(one, pods.get(one.title)) for one in others))
        except TimeoutError:
            log.warning("reasons-not-found", namespace=namespace, after_seconds=_PATIENCE)
            return {}
        return told | {one.title: answer for one, answer in zip(others, answers, strict=True)}

    async def _reason_of(self, part: Workload, pod: UnreadyPod | None) -> str | None:
        if pod is not None and pod.trouble is not None:
            return shortened(pod.trouble.word, pod.trouble.text)
        namespace, said = part.namespace, None
        if pod is not None:
            said = await newest_warning(self._cluster, "Pod", namespace=namespace, name=pod.name, uid=pod.uid)
        if said is None and row_of(part).is_mute:
            said = await newest_warning(self._cluster, part.kind, namespace=namespace, name=part.name, uid=part.uid)
        if said is None and pod is not None and pod.state is not None:
            said = shortened(pod.state.word, pod.state.text)
        return said


def _named(plan: Plan, old: EnvScheduleStatus) -> list[Workload]:
    """The workloads among those that the Degraded condition will name."""
    titles = _overdue(plan, old)[:MOST_NAMED]
    return [part for part in plan.waited_for if isinstance(part, Workload) and part.title in titles]


def _overdue(plan: Plan, old: EnvScheduleStatus) -> tuple[str, ...]:
    """What has been waited for too long, or what a transition was over without, less what somebody fights for."""
    degraded = next((one for one in old.conditions if one.type == "Degraded"), None)
    without = degraded is not None and degraded.reason == "PartsNotReady" and old.state not in MOVING
    fought = {one.part.title for one in plan.fought}
    return tuple(title for title in plan.late or (plan.hanging if without else ()) if title not in fought)


def _reason(part: Workload, told: _Told) -> str:
    """Its own word, unless that is only that it has taken too long: then its pods know more."""
    known = (part.hindrance, told.reason) if says_why(part.hindrance) else (told.reason, part.hindrance)
    return next(filter(None, known), "")
