"""Where an env stands, as notices have to know it. Pure.

The operator's word counts, for it is what will happen. Between a person's wish and the operator's word on it the schedule is
asked instead, so that people are answered at once, whether or not the operator is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sundown import wording
from sundown.model.resources import CloudStatus, Cost, EnvScheduleStatus, Parts, State, StillRunning, WakeQueuePlace
from sundown.model.spec import EnvScheduleSpec, Override
from sundown.schedule.decision import Circumstances, Decision, decide
from sundown.usecases.find import Found

_ASLEEP: frozenset[State | None] = frozenset({"Asleep", "FallingAsleep"})


@dataclass(frozen=True, slots=True)
class Standing:
    """One env at one moment.

    ``shutdown_at`` and ``wakes_at`` are None where none is in sight. ``asked`` is the override in force. ``certain`` says that
    the operator has seen the schedule as it is now. ``answered_at`` is when somebody chose the coming shutdown,
    ``prolonged`` whether it would come sooner had they not. ``silent`` says why nobody is to be told of shutdowns. ``cloud``
    is what the operator says of its parts in AWS, ``cost`` what an hour of them costs, None where it has none.
    ``doubted``: that it was asked for by whom ``asked`` names is only what somebody wrote.
    ``still_running`` is what runs although it sleeps, ``wakes_all_the_same`` whether a wish wakes it in spite of ``silent``.
    """

    namespace: str
    uid: str
    owner: str | None
    state: State
    since: datetime | None
    certain: bool
    shutdown_at: datetime | None
    wakes_at: datetime | None
    parts: Parts
    asked: Override | None
    answered_at: datetime | None
    prolonged: bool
    before: tuple[timedelta, ...]
    allow_delete: bool
    silent: str | None = None
    wakes_all_the_same: bool = False
    degraded: str | None = None
    why: str = ""
    cloud: tuple[CloudStatus, ...] = ()
    cost: Cost | None = None
    still_running: StillRunning | None = None
    wake_queue: WakeQueuePlace | None = None
    doubted: bool = False

    @property
    def sleeps(self) -> bool:
        """Whether it sleeps or is about to."""
        return self.state in _ASLEEP

    @property
    def wakeable(self) -> bool:
        """Whether it sleeps, or is about to, and whoever asks for it wakes it."""
        return self.sleeps and (self.silent is None or self.wakes_all_the_same)

    @property
    def runs(self) -> bool:
        """Whether anything of it runs that a shutdown would end: a pod, or something in AWS (A6).

        Who works on an instance of the env is as surprised when it stops as who works on a pod.
        """
        return self.state in {"Awake", "Waking"} and (self.parts.ready > 0 or bool(wording.running(self.cloud)))


def standing(found: Found, *, now: datetime, vouched: Callable[[Found], bool] = lambda _: False) -> Standing:
    """Where the env stands at ``now``. ``vouched`` says whether the override was asked for in Slack, by whom it names."""
    spec, known = found.spec, found.known
    status = known.status
    certain = status.state is not None and status.observed_generation >= known.metadata.generation
    decision = None if certain else _decided(found, now=now)
    shutdown_at = status.shutdown_at if decision is None else decision.shutdown_at
    if found.trouble is not None:
        shutdown_at = None
    override = spec.override
    asked = override if override is not None and _in_force(override, status, decision, now=now) else None
    chosen = asked is not None and asked.state == "Awake" and shutdown_at is not None
    return Standing(
        namespace=found.namespace,
        uid=known.metadata.uid,
        owner=status.owner or (found.space.owner if found.space is not None else None),
        state=_state(status, decision),
        since=status.since,
        certain=certain,
        shutdown_at=shutdown_at,
        wakes_at=_wakes_at(status, decision),
        parts=status.parts,
        asked=asked,
        answered_at=asked.at if chosen and asked is not None else None,
        prolonged=chosen and _puts_off(spec, found.circumstances(), shutdown_at, now=now),
        before=spec.notify.before,
        allow_delete=spec.allow_delete,
        silent=_silent(spec, found, status),
        wakes_all_the_same=found.wakes_all_the_same,
        degraded=_degraded(status),
        why=status.why if decision is None else decision.why.text,
        cloud=status.cloud,
        cost=status.cost,
        still_running=status.still_running,
        wake_queue=status.wake_queue,
        doubted=asked is not None and bool(asked.by and status.unverified) and not vouched(found),
    )


def _decided(found: Found, *, now: datetime) -> Decision | None:
    """What the schedule says; None where it cannot be followed, and so puts nothing to sleep."""
    decision = decide(found.spec, found.circumstances(), now)
    return None if found.trouble is not None and decision.state == "Asleep" else decision


def _state(status: EnvScheduleStatus, decision: Decision | None) -> State:
    if decision is None:
        return status.state or "Awake"
    if decision.state == "Paused":
        return "Paused"
    if decision.state == "Asleep":
        return "Asleep" if status.state == "Asleep" else "FallingAsleep"
    return "Waking" if status.state in _ASLEEP or status.state == "Waking" else "Awake"


def _wakes_at(status: EnvScheduleStatus, decision: Decision | None) -> datetime | None:
    if decision is not None:
        return next((turn.at for turn in decision.upcoming if turn.to == "Awake"), None)
    coming = status.next_transition
    return coming.at if coming is not None and coming.to == "Awake" else None


def _in_force(override: Override, status: EnvScheduleStatus, decision: Decision | None, *, now: datetime) -> bool:
    """Whether the state follows from what somebody asked for.

    Once more from the spec, not from a text: its beginning and end, and that the state is the one that was asked for.
    """
    if decision is not None:
        return decision.why.reason == "Override"
    started = override.at is None or override.at <= now
    lasts = override.until is None or now < override.until
    asleep = status.state in _ASLEEP
    return started and lasts and status.state != "Paused" and asleep == (override.state == "Asleep")


def _puts_off(
    spec: EnvScheduleSpec, circumstances: Circumstances, shutdown_at: datetime | None, *, now: datetime
) -> bool:
    """Whether the shutdown would come sooner, or would have come already, without the override."""
    unasked = decide(spec.model_copy(update={"override": None}), circumstances, now)
    if unasked.state == "Asleep":
        return True
    return unasked.shutdown_at is not None and shutdown_at is not None and unasked.shutdown_at < shutdown_at


def _silent(spec: EnvScheduleSpec, found: Found, status: EnvScheduleStatus) -> str | None:
    if found.trouble is not None:
        return found.trouble
    if spec.paused or found.paused_by is not None or status.state == "Paused":
        return "it is paused"
    rehearsed = any(one.type == "Ready" and one.reason == "DryRun" for one in status.conditions)
    return "its schedule is a dry run" if spec.dry_run or rehearsed else None


def _degraded(status: EnvScheduleStatus) -> str | None:
    found = next((one for one in status.conditions if one.type == "Degraded" and one.status == "True"), None)
    return found.message or found.reason if found is not None else None
