"""When an env has to be looked at again, though nobody says that anything has changed. Pure.

Looks fall on round moments, so that envs that fell asleep together are looked at together, in one list.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sundown.model.resources import Condition, EnvScheduleStatus
from sundown.reconcile.report import Finding

MOVING = frozenset({"FallingAsleep", "Waking"})

_SOON = timedelta(milliseconds=50)
_LATE = timedelta(seconds=30)
_FIRST_RETRY = timedelta(seconds=2)
_LONGEST_RETRY = timedelta(minutes=1)
_CLOUDS = 15.0
_SLOWLY = 4.0
AFTER_A_CHANGE = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60))
"""So long after a schedule is new, or another, a sleeping env is looked at."""


def next_look(
    status: EnvScheduleStatus, *, old: EnvScheduleStatus, finding: Finding, acted: bool, now: datetime
) -> datetime | None:
    """The next turn, the end of an exclusion or of a wave's time, or the next look at the parts, whichever comes first.

    ``acted`` says that this visit wrote something, ``now`` is when it ended.
    """
    moments = [at for at in (finding.decision.until, finding.plan.revisit) if at is not None]
    # Where something has been written just now, or has still to end, its time is over, and nothing new is known yet.
    times = [one.fought.due for one in finding.plan.fought if one.fought is not None]
    moments += [due if due > now else _round_up(now, _SLOWLY) for due in times]
    if status.state in MOVING and finding.plan.next_limit is not None:
        moments.append(max(finding.plan.next_limit, now))
    failing = next((one for one in status.conditions if one.type == "Degraded" and one.status == "True"), None)
    if finding.plan.unanswered and failing is not None and not finding.frozen:
        # Nobody says when it answers again, and what it has is asleep or awake against its schedule until then.
        moments.append(_later_and_later(failing, now))
    if (finding.failures or finding.mark_trouble is not None) and failing is not None:
        # Whoever refuses the writes will not change their mind with every second.
        moments.append(_later_and_later(failing, now))
    elif not finding.frozen and not finding.plan.only_fights_hang:
        moving = acted or status.state in MOVING
        look = _on_the_way(old, finding, acted=acted, now=now) if moving else _afterwards(status, finding, now=now)
        if look is not None:
            moments.append(look)
    return min(moments, default=None)


def _on_the_way(old: EnvScheduleStatus, finding: Finding, *, acted: bool, now: datetime) -> datetime:
    """Often at first, then every few seconds, and seldom when it takes longer than it may, or the cloud tells by itself."""
    plan = finding.plan
    if plan.unknown and not plan.waves:
        # What only a person can decide is looked at now and then.
        return now + _LATE
    if plan.late and plan.next_limit is None:
        # What was refused for long and has been written now may be all that was missing.
        return _round_up(now, _SLOWLY) if acted else now + _LATE
    if plan.waiting is not None and not plan.hanging:
        return max(plan.waiting.look(now), now + _SOON)
    if plan.only_clouds_hang and not acted:
        return _round_up(now, _CLOUDS)
    began = old.since if old.state in MOVING and old.since is not None else finding.now
    waited = (finding.now - began).total_seconds()
    return _round_up(now, next((step for step in (0.5, 1.0, 2.0) if waited < 8 * step), _SLOWLY))


def _afterwards(status: EnvScheduleStatus, finding: Finding, *, now: datetime) -> datetime | None:
    """A few looks at a sleeping env whose schedule is new: ``kubectl apply -f folder/`` makes the schedule first, and then
    the workloads, which would else run until the next sweep. And looks at what a transition was over without: it may come."""
    degraded = next((one for one in status.conditions if one.type == "Degraded" and one.status == "True"), None)
    if degraded is not None and degraded.reason == "PartsNotReady":
        return _later_and_later(degraded, now)
    if status.state != "Asleep" or finding.active_since is None:
        return None
    ahead = (finding.active_since + span for span in AFTER_A_CHANGE)
    return next((_round_up(look, 5.0) for look in ahead if look > now), None)


def _later_and_later(degraded: Condition, now: datetime) -> datetime:
    return now + min(max((now - degraded.last_transition_time) / 4, _FIRST_RETRY), _LONGEST_RETRY)


def _round_up(at: datetime, interval: float) -> datetime:
    return datetime.fromtimestamp((at.timestamp() // interval + 1) * interval, tz=at.tzinfo)
