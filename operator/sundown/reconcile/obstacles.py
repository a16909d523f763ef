"""Why parts are not where they should be: their own conditions tell, and for what has none, and is late, Events."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from sundown.cluster.client import Cluster
from sundown.cluster.warning_events import newest_warning
from sundown.model.parts import Workload
from sundown.model.resources import EnvScheduleStatus
from sundown.reconcile.part_names import MOST_NAMED, Reasons
from sundown.reconcile.plan import Plan
from sundown.sleepers.kinds import row_of

_ASKED_AGAIN = timedelta(minutes=2)


class Obstacles:
    """Knows what hinders the parts of each env. Only for what is late, and has no conditions, anybody is asked."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._asked: dict[str, dict[str, tuple[datetime, str | None]]] = {}

    async def of(self, namespace: str, plan: Plan, *, old: EnvScheduleStatus, now: datetime) -> Reasons:
        """What hinders those of an env that are waited for."""
        waited_for = [part for part in plan.waited_for if isinstance(part, Workload)]
        reasons = {part.title: part.hindrance for part in waited_for if part.hindrance is not None}
        if not is_late(plan, old):
            self._asked.pop(namespace, None)
            return reasons
        mute = [one for one in waited_for[:MOST_NAMED] if row_of(one).is_mute and one.title not in reasons]
        before = self._asked.get(namespace, {})
        known = {one.title: before[one.title] for one in mute if one.title in before}
        known = {title: told for title, told in known.items() if now - told[0] < _ASKED_AGAIN}
        unknown = [part for part in mute if part.title not in known]
        answers = await asyncio.gather(*(newest_warning(self._cluster, part) for part in unknown))
        known |= {part.title: (now, answer) for part, answer in zip(unknown, answers, strict=True)}
        self._asked[namespace] = known
        return reasons | {title: text for title, (_, text) in known.items() if text is not None}


def is_late(plan: Plan, old: EnvScheduleStatus) -> bool:
    """Whether something has been waited for too long, or was when a transition ended without it."""
    degraded = next((one for one in old.conditions if one.type == "Degraded"), None)
    return bool(plan.late) or (degraded is not None and degraded.reason == "PartsNotReady" and bool(plan.hanging))
