"""Takes an override that is over out of a schedule, where stopping takes two people.

The guard ``sundown-wishes`` has no clock: for it, who has once asked for an env to stay awake asks for it still, and whoever
changes that by kubectl would need a second person for what nobody wants any more.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog

from sundown.cluster import paths
from sundown.cluster.errors import ApiError, Conflict
from sundown.cluster.gate import Urgency
from sundown.model.env import Env, Known
from sundown.model.spec import EnvScheduleSpec, Override
from sundown.reconcile.approvals import needing_two
from sundown.reconcile.env_stop import STOP
from sundown.reconcile.rooms import Rooms
from sundown.schedule.decision import Circumstances, decide
from sundown.schedule.instants import FOREVER
from sundown.schedule.timetable import Timetable

log = structlog.get_logger(__name__)

_SOON = timedelta(seconds=1)
_RETRY = timedelta(seconds=20)


def held_until(spec: EnvScheduleSpec, circumstances: Circumstances) -> datetime | None:
    """When what keeps an env awake by a person's wish ends, or has ended; None where nothing does, or for ever."""
    if spec.override is None or spec.override.state != "Awake":
        return None
    end = Timetable(spec, circumstances).override_end
    return end if end < FOREVER else None


def changes_nothing(spec: EnvScheduleSpec, circumstances: Circumstances, now: datetime) -> bool:
    """Whether the env is and becomes the same without the override: where a schedule only stops, it may count as a start."""
    without = spec.model_copy(update={"override": None})
    told, untold = decide(spec, circumstances, now), decide(without, circumstances, now)
    return (told.state, told.upcoming) == (untold.state, untold.upcoming)


class EndedOverrides:
    """Takes each out once: who has one in Git, which brings it back, is not fought with."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._taken: dict[str, tuple[str, Override]] = {}

    def forget(self, namespace: str) -> None:
        """Of an env that nobody governs nothing is taken."""
        self._taken.pop(namespace, None)

    async def take_out(self, env: Env, known: Known, circumstances: Circumstances) -> datetime | None:
        """Take it out if it is over, and say when to come again for it."""
        rooms, now = self._rooms, self._rooms.clock.now()
        if known.schedule is None or STOP.name not in needing_two(env):
            return None
        spec, metadata = known.schedule.spec, known.metadata
        end = held_until(spec, circumstances)
        if end is None or spec.override is None or end > now:
            return end
        if self._taken.get(env.name) == (metadata.uid, spec.override) or not changes_nothing(spec, circumstances, now):
            return None
        try:
            async with rooms.gate.slot(Urgency.HOLD, whose=env.name):
                await rooms.cluster.merge_patch(paths.env_schedule(env.name, metadata.name), without_override(known))
        except Conflict:
            return rooms.clock.now() + _SOON  # what came between is known by then
        except ApiError as error:
            log.warning("ended-override-kept", namespace=env.name, error=str(error))
            return rooms.clock.now() + _RETRY
        self._taken[env.name] = (metadata.uid, spec.override)
        log.info("ended-override-taken-out", namespace=env.name, name=metadata.name)
        return None


def without_override(known: Known) -> dict[str, Any]:
    """The merge patch that takes it out of this very version."""
    metadata = known.metadata
    return {"metadata": {"uid": metadata.uid, "resourceVersion": metadata.resource_version}, "spec": {"override": None}}
