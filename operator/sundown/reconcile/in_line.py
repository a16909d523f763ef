"""What an env's place in the line to wake means for its plan, and for the time limits of its waves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sundown.model.resources import EnvScheduleStatus
from sundown.model.spec import Wanted
from sundown.reconcile.plan import Plan, began
from sundown.reconcile.wake_queue import WakeQueue
from sundown.schedule.decision import Decision


def since(queue: WakeQueue, name: str, old: EnvScheduleStatus, *, wanted: Wanted, now: datetime) -> datetime:
    """When the transition began, as far as the time limits of its waves are concerned: the time in line does not count."""
    beginning = began(old, wanted, now=now)
    if wanted == "Asleep" or not queue.limited:
        return beginning
    waited = queue.waited(name, now)
    if waited is None:
        # The line of the process before: how long it stood there nobody knows any more.
        return now if old.wake_queue is not None else beginning
    return min(beginning + waited, now)


def in_turn(
    queue: WakeQueue, name: str, plan: Plan, *, old: EnvScheduleStatus, decision: Decision, dry_run: bool, now: datetime
) -> Plan:
    """The plan, and what of it has to wait for others in the cluster."""
    if decision.state == "Asleep" or dry_run or plan.settled:
        queue.leave(name)
        return plan
    urgent = _is_urgent(old, decision, now=now)
    return replace(
        plan, waiting=queue.ask(name, plan.starts, urgent=urgent, began=began(old, "Awake", now=now), now=now)
    )


def _is_urgent(old: EnvScheduleStatus, decision: Decision, *, now: datetime) -> bool:
    """Whether a person waits for it, rather than the clock."""
    if decision.why.reason == "Override":
        return True
    due = old.next_transition
    return old.state in {"Asleep", "FallingAsleep"} and (due is None or due.to != "Awake" or due.at > now)
