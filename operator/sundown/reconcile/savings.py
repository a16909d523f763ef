"""What sleep saves: hours asleep times what the sleeping pods had requested. Pure."""

from __future__ import annotations

from datetime import timedelta

from sundown.model.resources import EnvScheduleStatus, Savings
from sundown.model.spec import EnvScheduleSpec
from sundown.reconcile.plan import Plan
from sundown.reconcile.report import Finding
from sundown.schedule.decision import Circumstances, asleep_time

_DIGITS = 3
_WEEK = timedelta(days=7)


def _hours(span: timedelta) -> float:
    return max(span.total_seconds(), 0.0) / 3600


def saved(before: Savings | None, *, asleep: timedelta, plan: Plan) -> Savings:
    """The savings after a sleep of that length has ended; ``plan`` is the one that wakes the env."""
    had = before or Savings()
    hours = _hours(asleep)
    return had.model_copy(
        update={
            "asleep_hours": round(had.asleep_hours + hours, _DIGITS),
            "cpu_hours": round(had.cpu_hours + hours * plan.sleeping_cpu, _DIGITS),
            "memory_gib_hours": round(had.memory_gib_hours + hours * plan.sleeping_memory, _DIGITS),
        }
    )


def potential(before: Savings | None, *, asleep_a_week: timedelta, plan: Plan) -> Savings:
    """What a dry run would save in the coming week, from what runs now."""
    had = before or Savings()
    hours = _hours(asleep_a_week)
    return had.model_copy(
        update={
            "potential_asleep_hours": round(hours, _DIGITS),
            "potential_cpu_hours": round(hours * plan.running_cpu, _DIGITS),
            "potential_memory_gib_hours": round(hours * plan.running_memory, _DIGITS),
        }
    )


def without_potential(before: Savings | None) -> Savings | None:
    """The same without the figures of a dry run that is over."""
    if before is None:
        return None
    return Savings(
        asleep_hours=before.asleep_hours, cpu_hours=before.cpu_hours, memory_gib_hours=before.memory_gib_hours
    )


def after_visit(
    old: EnvScheduleStatus, finding: Finding, spec: EnvScheduleSpec, circumstances: Circumstances
) -> Savings | None:
    """The savings after a visit, where ``old`` is what was said before it."""
    now = finding.now
    if finding.dry_run:
        # Counted over the calendar week, so that the figure does not change, and is not written, with every visit.
        monday = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=now.weekday())
        asleep = asleep_time(spec, circumstances, start=monday, until=monday + _WEEK)
        return potential(old.savings, asleep_a_week=asleep, plan=finding.plan)
    before = without_potential(old.savings)
    if finding.decision.state != "Asleep" and old.state == "Asleep" and old.since is not None:
        return saved(before, asleep=now - old.since, plan=finding.plan)
    return before
