"""What people ask for elsewhere than here, by kubectl or ``sundown``, as far as an EnvSchedule that has changed tells; for the metrics.

Pure. Who snoozes and who starts cannot be told apart by what was written; both count as a start.
"""

from __future__ import annotations

from dataclasses import dataclass

from sundown.model.env import Known

HERE = frozenset({"slack", "api"})
"""The doors of the frontdesk, which counts what comes by them where it is asked for."""
KUBECTL = "kubectl"
DOORS = frozenset({"cli", KUBECTL})


@dataclass(frozen=True, slots=True)
class Heard:
    """A wish: its verb, the door, and by how many seconds it puts a shutdown off."""

    verb: str
    door: str
    seconds: float = 0.0


def heard(before: Known, after: Known) -> Heard | None:
    """The wish that an EnvSchedule has and did not have before; None where there is none, or where it came by a door of ours."""
    was, now = before.legible_spec.override, after.legible_spec.override
    # Who takes one away does not say by which door.
    if before.metadata.uid != after.metadata.uid or now is None or now == was or now.via in HERE:
        return None
    door = now.via if now.via in DOORS else KUBECTL
    if now.state == "Asleep":
        return Heard("stop", door)
    if not now.drop_at_reset:
        return Heard("start", door)
    until, shutdown = now.until, before.status.shutdown_at or now.at
    put_off = (until - shutdown).total_seconds() if until is not None and shutdown is not None else 0.0
    return Heard("extend", door, seconds=max(put_off, 0.0))
