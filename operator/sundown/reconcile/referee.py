"""Watches over the fights for workloads: plans with them in mind, counts what is written, and finds out who sets it back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sundown.cluster.client import Cluster
from sundown.cluster.contenders import SOMEBODY, contender, last_writer
from sundown.cluster.errors import ApiError
from sundown.errors import Mistake
from sundown.metrics import FIGHTS, FIGHTS_BEGUN
from sundown.model.cloud import CloudPart
from sundown.model.parts import Workload
from sundown.reconcile.admission import ADMISSION
from sundown.reconcile.fights import Fights, told
from sundown.reconcile.part_verdict import Goal
from sundown.reconcile.plan import Plan, plan
from sundown.schedule.clock import Clock
from sundown.sleepers.kinds import row_of
from sundown.sleepers.merge_patches import leaves
from sundown.sleepers.patch_kind import PatchKind

_NAMED = 3
"""So many fights of an env are told, and so many looked into."""


class Referee:
    """Knows the fights of all envs."""

    def __init__(self, cluster: Cluster, clock: Clock) -> None:
        self._cluster = cluster
        self._clock = clock
        self._fights = Fights()

    def plan(
        self, namespace: str, goal: Goal, workloads: tuple[Workload, ...], clouds: tuple[CloudPart, ...]
    ) -> tuple[Goal, Plan]:
        """What to do in an env, and the goal that it serves, in the light of the fights there."""
        goal = replace(goal, fights=self._fights.of(namespace))
        found = plan(goal, workloads, clouds)
        quiet = [one.part.title for one in found.fought if one.quiet]
        self._fights.settle(namespace, quiet=quiet, wanted="Sleep" if goal.wanted == "Asleep" else "Wake", now=goal.now)
        if quiet:
            goal = replace(goal, fights=self._fights.of(namespace))
            found = plan(goal, workloads, clouds)
        FIGHTS.set(self._fights.count)
        return goal, found

    async def told(self, namespace: str, found: Plan) -> tuple[str, ...]:
        """What is said of each fight; who it is with is looked up once."""
        said: list[str] = []
        for one in found.fought[:_NAMED]:
            title = one.part.title
            known = self._fights.of(namespace).get(title)
            if known is None or not isinstance(one.part, Workload):
                continue
            if one.kept_up:
                self._fights.name(namespace, title, f"{ADMISSION}, which sets it to {one.part.replicas}")
            elif known.by is None:
                self._fights.name(namespace, title, await self.who(one.part))
            said.append(told(title, self._fights.of(namespace)[title], counted=one.part.switch is None))
        return tuple(said)

    def written(self, namespace: str, found: Plan, *, failures: Iterable[Mistake]) -> None:
        """Count the writes of a plan, but for those that failed."""
        failed = {failure.path for failure in failures}
        made = [step for step in found.steps if step.part.title not in failed]
        FIGHTS_BEGUN.inc(self._fights.written(namespace, made, now=self._clock.now()))

    def forget(self, namespace: str) -> None:
        """Nobody fights for an env any more that is not governed."""
        self._fights.forget(namespace)

    async def who(self, workload: Workload, *, since: datetime | None = None) -> str:
        """Who set it as it is; where nobody has that field any more, and ``since`` is given, who has written it since."""
        row = row_of(workload)
        try:
            raw = await self._cluster.get(f"{row.collection(workload.namespace)}/{workload.name}")
        except ApiError:
            return SOMEBODY
        if isinstance(row, PatchKind):
            by = contender(raw, fields=[field for field, _ in leaves(row.asleep(workload))])
        else:
            by = contender(raw)
        return last_writer(raw, since=since) if by == SOMEBODY and since is not None else by
