"""What settles for good whether a namespace takes part, and by whose schedule: a label, and the schedule made for it.

None of it may keep an env from waking: what cannot be written is tried again beside what else there is to do.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from cachetools import FIFOCache

from sundown.cluster.errors import ApiError, Conflict
from sundown.cluster.gate import Urgency
from sundown.model.env import Env, Known
from sundown.reconcile.approvals import needing_two
from sundown.reconcile.env_stop import STOP
from sundown.reconcile.generated_schedule import delete, generate, hand_over, is_current
from sundown.reconcile.governance import Governance
from sundown.reconcile.namespace_marks import NamespaceMarks
from sundown.reconcile.report import Word
from sundown.reconcile.reporter import Reporter
from sundown.reconcile.rooms import Rooms

log = structlog.get_logger(__name__)

_SOON = timedelta(seconds=1)
_RETRY = timedelta(seconds=20)
_MOST_HANDED_OVER = 4096
_TAKEN_OVER = (
    "somebody has edited or applied what was generated from a ClusterEnvSchedule: it is theirs from now on, as it stands, and "
    "the ClusterEnvSchedule neither changes nor deletes it"
)


class Settling:
    """Makes generated schedules, keeps them in step, hands them over, and deletes them. Each answers when to come again."""

    def __init__(self, rooms: Rooms, marks: NamespaceMarks, reporter: Reporter) -> None:
        self._rooms = rooms
        self._marks = marks
        self._reporter = reporter
        self._handed_over: FIFOCache[str, str] = FIFOCache(_MOST_HANDED_OVER)

    async def settle(self, env: Env, governance: Governance) -> datetime | None:
        """Label the namespace, hand over what has become somebody's, and generate.

        Raises:
            ApiError: when there is no schedule yet, and none could be made.
        """
        rooms = self._rooms
        if governance.label_enabled:
            await self._marks.label(env, rooms.settings.scheduler_label, "enabled")
        takes_part = governance.generate is not None or (governance.in_force is not None and governance.trouble is None)
        two = tuple(action for action in needing_two(env) if action == STOP.name)
        if takes_part and (two or not env.unreadable_defaults):
            await self._marks.guard(env, two)
        try:
            for known in governance.taken_over:
                await self._hand_over(env, known)
            cover = governance.generate
            if cover is not None and not is_current(env, cover):
                async with rooms.gate.slot(Urgency.HOLD, whose=env.name):
                    await generate(rooms.cluster, env, cover)
        except Conflict:
            return rooms.clock.now() + _SOON  # what came between is known by then
        except ApiError as error:
            if governance.in_force is None:
                raise
            log.warning("generated-schedule-delayed", namespace=env.name, error=str(error))
            return rooms.clock.now() + _RETRY
        return None

    async def retire(self, env: Env, governance: Governance) -> datetime | None:
        """Delete a generated one whose template is gone, once nothing sleeps by it any more."""
        rooms, known = self._rooms, governance.retire
        if known is None:
            return None
        there = rooms.store.env(env.name).schedules
        latest = next((one for one in there if one.metadata.uid == known.metadata.uid and one.generated), None)
        if latest is None:
            return None
        if not _is_at_rest(latest, governance):
            return rooms.clock.now() + _RETRY
        try:
            await delete(rooms.cluster, latest)
        except Conflict:
            return rooms.clock.now() + _SOON
        except ApiError as error:
            log.warning("generated-schedule-kept", namespace=env.name, error=str(error))
            return rooms.clock.now() + _RETRY
        return None

    async def _hand_over(self, env: Env, known: Known) -> None:
        metadata = known.metadata
        if self._handed_over.get(metadata.uid) == metadata.resource_version:
            return
        async with self._rooms.gate.slot(Urgency.HOLD, whose=env.name):
            done = await hand_over(self._rooms.cluster, known)
        self._handed_over[metadata.uid] = metadata.resource_version
        if done:
            self._reporter.say(known, Word("TakenOver", _TAKEN_OVER))


def is_settled(env: Env, governance: Governance) -> bool:
    """Whether the namespace and its schedule are as a template wants them, as far as is known. Pure.

    Of what is written over the mark of a template no event leads here, or two who write it would never come to an end.
    """
    cover = governance.generate
    is_open = governance.label_enabled or governance.retire is not None
    return not is_open and (cover is None or is_current(env, cover))


def _is_at_rest(known: Known, governance: Governance) -> bool:
    """Whether nothing has to be remembered in it any more: what it had put to sleep is awake."""
    status = known.status
    in_force = governance.in_force is not None and governance.in_force.metadata.uid == known.metadata.uid
    woken = status.state == "Paused" and status.asleep_since is None and not status.records
    return woken or not in_force or known.schedule is None
