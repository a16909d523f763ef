"""What the operator says of an env: its status, with conditions and history, and the Events that follow. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sundown import wording
from sundown.errors import Mistake
from sundown.model.cutting import clip
from sundown.model.parts import Workload
from sundown.model.record import HIGHEST_COUNT, Record, that_fit
from sundown.model.resources import (
    MOST_OUTDATED,
    PREVIOUS_REPLICAS,
    Condition,
    EnvScheduleStatus,
    HistoryEntry,
    Outdated,
    Parts,
    Savings,
    State,
    StillRunning,
    Transition,
)
from sundown.model.scalars import format_duration
from sundown.reconcile.cloud_status import tell
from sundown.reconcile.in_cloud import CLOUD_KINDS
from sundown.reconcile.mark_troubles import MarkTrouble
from sundown.reconcile.memory import by_key
from sundown.reconcile.part_names import Obstacles, named
from sundown.reconcile.plan import Plan
from sundown.schedule.decision import Decision

HISTORY = 10
_MESSAGE = 1000
_FIGHTS_TOLD = 3
_HARMLESS = frozenset({"Superseded", "NamespaceNotEnabled"})
_STABLE: tuple[State, ...] = ("Awake", "Asleep", "Paused")
_SLEEPY: tuple[State, ...] = ("FallingAsleep", "Asleep", "Waking")


@dataclass(frozen=True, slots=True)
class Finding:
    """What one visit found out, from which the status follows.

    ``dry_run`` keeps the env awake whatever was decided, ``frozen`` keeps it as it is, because the whole operator only
    reports. ``failures`` are the writes that failed, None before any was tried; ``remark`` is said next to a Ready that is
    true; ``not_ready`` is why an env rests although nobody asked for it. ``obstacles`` is what hinders parts that are late;
    ``still_running`` what runs in an env that has just fallen asleep. ``fought`` tells of each fight for a part. ``sleep`` is the id of
    the sleep that the env is in or being brought to, None where it is in none. ``mark_trouble`` is what could not be written on the
    namespace.
    """

    now: datetime
    generation: int
    owner: str | None
    active_since: datetime | None
    decision: Decision
    plan: Plan
    timeout: timedelta
    dry_run: bool = False
    frozen: bool = False
    failures: tuple[Mistake, ...] | None = None
    remark: str = ""
    not_ready: tuple[str, str] | None = None
    savings: Savings | None = None
    obstacles: Obstacles = field(default_factory=dict)
    still_running: StillRunning | None = None
    fought: tuple[str, ...] = ()
    sleep: str | None = None
    mark_trouble: MarkTrouble | None = None
    needs_approval: tuple[str, ...] = ()

    @property
    def kept_awake(self) -> bool:
        """Whether it stays awake although it should sleep, because the namespace does not take the mark."""
        return self.mark_trouble is not None and self.mark_trouble.keeps_awake


def state_of(old: EnvScheduleStatus, finding: Finding) -> State:
    """The state that an env is in, given what was said of it last."""
    decision, plan = finding.decision, finding.plan
    if finding.frozen and plan.sleepers > 0 and plan.parts.asleep == plan.parts.total:
        return "Asleep"
    if decision.state == "Asleep" and not finding.dry_run:
        if finding.kept_awake and old.state not in {"Asleep", "FallingAsleep"}:
            return "Awake"
        return "Asleep" if plan.settled else "FallingAsleep"
    at_rest: State = "Paused" if decision.state == "Paused" else "Awake"
    if finding.frozen:
        return at_rest
    if plan.lost or any(step.action == "Wake" for step in plan.to_come):
        return "Waking"
    # What nobody knows any more how to wake is not awake.
    waits = bool(plan.unknown) or (old.state is not None and bool(plan.hanging) and plan.next_limit is not None)
    return "Waking" if waits and old.state not in {"Awake", "Paused"} else at_rest


def next_status(old: EnvScheduleStatus, finding: Finding) -> EnvScheduleStatus:
    """The status to write; equal to ``old`` when there is nothing new to say."""
    decision, now = finding.decision, finding.now
    state = state_of(old, finding)
    changed = state != old.state
    why = decision.why.text
    if finding.dry_run and (decision.state == "Asleep") != (state == "Asleep"):
        why = f"dry run, nothing is changed; it would be {decision.state.lower()}: {why}"
    if finding.kept_awake and state == "Awake":
        why = f"it should be asleep, and the namespace does not take the mark: {why}"
    history = old.history
    if changed and state in _STABLE and old.state is not None:
        entry = HistoryEntry(at=now, to=state, why=why, by=decision.why.by)
        history = (entry, *history)[:HISTORY]
    upcoming = decision.upcoming[0] if decision.upcoming else None
    asleep = decision.state == "Asleep" and not finding.dry_run
    told = tell(finding.plan.clouds, old=old, asleep=asleep, now=now)
    status = EnvScheduleStatus(
        observed_generation=finding.generation,
        state=state,
        since=now if changed else old.since,
        why=why,
        paused_by=decision.why.paused_by if state == "Paused" else None,
        unverified=decision.why.unverified or None,
        needs_approval=finding.needs_approval or None,
        owner=finding.owner,
        active_since=finding.active_since,
        next_transition=Transition(at=upcoming.at, to=upcoming.to) if upcoming is not None else None,
        shutdown_at=decision.shutdown_at,
        parts=finding.plan.parts if changed or state in _STABLE else old.parts,
        history=history,
        savings=finding.savings,
        cloud=told.cloud,
        cost=told.cost,
        still_running=(finding.still_running if changed else old.still_running) if state == "Asleep" else None,
        wake_queue=finding.plan.waiting.place if state == "Waking" and finding.plan.waiting is not None else None,
        asleep_since=old.asleep_since if finding.frozen else finding.sleep if state in _SLEEPY else None,
        records=_records(old, finding, state=state),
    )
    ready = finding.not_ready or ("DryRun" if finding.dry_run else "Scheduled", finding.remark)
    conditions = (
        _condition(old, finding, "Ready", holds=finding.not_ready is None, reason=ready[0], message=ready[1]),
        _condition(old, finding, "Asleep", holds=state == "Asleep", reason=state, message=_runs_on(status)),
        _condition(old, finding, "Progressing", holds=state in {"FallingAsleep", "Waking"}, reason=state, message=""),
        _degraded(old, finding, state=state),
    )
    return status.model_copy(update={"conditions": conditions, "outdated": _outdated(old, status, finding)})


def _runs_on(status: EnvScheduleStatus) -> str:
    """What an env that is asleep does not have asleep; empty for nothing."""
    left = status.still_running
    return f"still running: {wording.still_running(left)}" if left is not None else ""


def worth_a_write(old: EnvScheduleStatus, new: EnvScheduleStatus) -> bool:
    """Whether a status differs in more than that one more part of a waking env has woken."""
    if new.state != "Waking" or new != old.model_copy(update={"records": new.records, "outdated": new.outdated}):
        return True
    return not set(new.records) <= set(old.records)


def _records(old: EnvScheduleStatus, finding: Finding, *, state: State) -> tuple[Record, ...]:
    """The second place: what is needed to wake the env, until it is awake; and then what could not be given back yet.

    What has woken goes one by one, for whoever puts it to zero then means it.
    """
    if finding.frozen:
        return old.records
    if state not in _SLEEPY:
        return that_fit(finding.plan.owed)
    if state == "Waking" and old.state == "Waking":
        woken, now = finding.plan.woken, by_key(finding.plan.records)
        return tuple(now.get(key, one) for key, one in by_key(old.records).items() if key not in woken)
    return that_fit(finding.plan.records)


def _outdated(old: EnvScheduleStatus, new: EnvScheduleStatus, finding: Finding) -> tuple[Outdated, ...]:
    """The least edition of a record of what has none in the second place, as long as a sleep lasts.

    What wakes is forgotten at once, and may sleep again before the env has woken. An old ReplicaSet keeps what stood on it.
    By kind: what of a kind could not be looked at under this schedule has never been in the second place.
    """
    if new.asleep_since is None or new.asleep_since != old.asleep_since:
        return ()
    if len(that_fit(finding.plan.records)) < len(finding.plan.records):
        return ()  # there are more than fit, so that one which is not there is not outdated
    below = {one.kind: one.below for one in old.outdated}
    left = {(one.kind, one.name, one.uid) for one in new.records}
    for one in old.records:
        if (one.kind, one.name, one.uid) not in left and one.kind not in CLOUD_KINDS:
            below[one.kind] = min(max(below.get(one.kind, 0), (one.edition or 0) + 1), HIGHEST_COUNT)
    return tuple(Outdated(kind=kind, below=least) for kind, least in sorted(below.items())[:MOST_OUTDATED])


def _degraded(old: EnvScheduleStatus, finding: Finding, *, state: State) -> Condition:
    plan = finding.plan
    was = next((one for one in old.conditions if one.type == "Degraded"), None)
    if finding.failures is None and plan.steps and was is not None and was.reason == "WriteFailed":
        # They are about to be tried again: not well yet, and no worse.
        return _condition(old, finding, "Degraded", holds=True, reason=was.reason, message=was.message)
    fought = {one.part.title for one in plan.fought}
    late = () if finding.frozen else tuple(title for title in plan.late if title not in fought)
    if not late and state in _STABLE and was is not None and was.reason == "PartsNotReady":
        # The transition is over, and what it was over without has not come since.
        late = tuple(title for title in plan.hanging if title not in fought)
    overdue = f"not where it should be after {format_duration(finding.timeout)}: {named(late, finding.obstacles)}"
    problems = (
        *(("WriteFailed", str(failure)) for failure in finding.failures or ()),
        *((("NamespaceNotMarked", str(finding.mark_trouble)),) if finding.mark_trouble is not None else ()),
        *(("Fought", text) for text in finding.fought[:_FIGHTS_TOLD]),
        *(("PatchNotKept", str(one)) for one in plan.impossible),
        *(("CloudUnreachable", str(one)) for one in plan.unreachable),
        *(("CloudBroken", str(one)) for one in plan.troubles),
        *((("PartsNotReady", overdue),) if late else ()),
        *(("InvalidAnnotation", str(mistake)) for mistake in plan.mistakes),
        *(("WokenOtherwise", str(mistake)) for mistake in plan.changed),
        *(("KindNotGranted", str(mistake)) for mistake in plan.unlisted),
        *(("KindNotListed", str(mistake)) for mistake in plan.unanswered),
        *(("KindNotServed", str(mistake)) for mistake in plan.unserved),
    )
    if problems:
        message = "; ".join(text for _, text in problems)
        return _condition(old, finding, "Degraded", holds=True, reason=problems[0][0], message=message)
    return _condition(old, finding, "Degraded", holds=False, reason="AllWell", message="")


def troubled_status(
    old: EnvScheduleStatus, *, reason: str, message: str, generation: int, now: datetime, owner: str | None = None
) -> EnvScheduleStatus:
    """The status of a schedule that may change nothing: everything stays as it was but the Ready condition."""
    ready = _with_time(
        old,
        Condition(
            type="Ready",
            status="False",
            reason=reason,
            message=clip(message, _MESSAGE),
            last_transition_time=now,
            observed_generation=generation,
        ),
    )
    # Of the env itself only the schedule in force speaks, or `kubectl wait` would be told what was long ago.
    others = (one for one in old.conditions if one.type != "Ready" and reason != "Superseded")
    update = {
        "observed_generation": generation,
        "conditions": (ready, *others),
        "next_transition": None,
        "shutdown_at": None,
    }
    if owner is not None:
        update["owner"] = owner
    if old.state is None:
        update["why"] = ready.message  # of an env that was never looked after, nothing else is said by `kubectl get`
    if reason == "Superseded":
        update |= {
            "state": None,
            "since": None,
            "why": message,
            "paused_by": None,
            "parts": Parts(),
            "cloud": (),
            "cost": None,
            "wake_queue": None,
        }
        update["still_running"] = None
        update |= {"asleep_since": None, "records": (), "outdated": ()}
    return old.model_copy(update=update)


def _condition(
    old: EnvScheduleStatus,
    finding: Finding,
    kind: Literal["Ready", "Asleep", "Progressing", "Degraded"],
    *,
    holds: bool,
    reason: str,
    message: str,
) -> Condition:
    return _with_time(
        old,
        Condition(
            type=kind,
            status="True" if holds else "False",
            reason=reason,
            message=clip(message, _MESSAGE),
            last_transition_time=finding.now,
            observed_generation=finding.generation,
        ),
    )


def _with_time(old: EnvScheduleStatus, new: Condition) -> Condition:
    """A condition keeps its time for as long as its status stays the same."""
    for condition in old.conditions:
        if condition.type == new.type and condition.status == new.status:
            return new.model_copy(update={"last_transition_time": condition.last_transition_time})
    return new


@dataclass(frozen=True, slots=True)
class Word:
    """An Event to be posted: a stable reason, and a text for people."""

    reason: str
    note: str
    warning: bool = False


def words(old: EnvScheduleStatus, new: EnvScheduleStatus) -> tuple[Word, ...]:
    """The Events that tell the difference between two statuses."""
    said: list[Word] = []
    # What was at rest when it was looked at first has gone through nothing; a namespace that is being made is empty at first.
    at_rest_already = old.state is None and new.state in {"Awake", "Asleep"}
    if new.state != old.state and new.state is not None and not at_rest_already:
        text = new.why
        if (
            new.state in _STABLE
            and old.since is not None
            and new.since is not None
            and old.state in {"FallingAsleep", "Waking"}
        ):
            text += f" (took {int((new.since - old.since).total_seconds())} s)"
        said.append(Word(new.state, text))
    for kind, bad in (("Ready", "False"), ("Degraded", "True")):
        before, after = (next((one for one in status.conditions if one.type == kind), None) for status in (old, new))
        if after is None or after.status != bad:
            continue
        if before is None or (before.status, before.reason, before.message) != (bad, after.reason, after.message):
            said.append(Word(after.reason, after.message, warning=after.reason not in _HARMLESS))
    return tuple(said)


def discarded(plan: Plan, *, failures: Iterable[Mistake]) -> tuple[str, ...]:
    """What is said of records that were taken off workloads which stay at 0: nobody can look them up afterwards."""
    failed = {failure.path for failure in failures}
    forgotten = (step.part for step in plan.steps if step.action == "Forget" and step.part.title not in failed)
    return tuple(
        f'{part.title}: annotation {PREVIOUS_REPLICAS} "{clip(part.record, 61)}" was of an earlier sleep and has been taken off; '
        "it stays at 0, which its owner has set since"
        for part in forgotten
        if isinstance(part, Workload) and part.replicas == 0 and part.record is not None
    )
