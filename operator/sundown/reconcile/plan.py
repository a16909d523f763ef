"""The plan: which workloads change, and how, so that an env becomes what it should be. Pure, so a dry run prints it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, datetime
from fnmatch import fnmatchcase

from sundown.errors import Mistake
from sundown.model.parts import Step, Workload
from sundown.model.resources import EXCLUDE, PREVIOUS_REPLICAS, Parts
from sundown.model.scalars import parse_instant
from sundown.model.spec import Selection, Wanted, Workloads

FALLING_ASLEEP_ORDER = ("Deployment", "StatefulSet")
"""Who calls goes before who is called; waking is the reverse."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do now, and what the env looks like before it is done.

    ``waves`` run one after the other, the steps of a wave together. ``revisit`` is when an annotation changes what
    is selected. ``hanging`` names what is not yet where it should be although nothing is left to write.
    """

    waves: tuple[tuple[Step, ...], ...]
    parts: Parts
    hanging: tuple[str, ...]
    mistakes: tuple[Mistake, ...]
    records: int
    sleeping_cpu: float
    sleeping_memory: float
    running_cpu: float
    running_memory: float
    revisit: datetime | None

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, in order."""
        return tuple(step for wave in self.waves for step in wave)

    @property
    def settled(self) -> bool:
        """Whether the env is what it should be, pods included."""
        return not self.hanging and not any(self.waves)


def plan(wanted: Wanted, workloads: Iterable[Workload], *, selection: Workloads, now: datetime) -> Plan:
    """Compare what should be with what is.

    A workload that is not selected and carries a record was put to sleep before it was excluded: it is woken, whatever
    the rest of the env does. One without a record that stands at zero is somebody's wish and stays as it is.
    """
    ours: list[Workload] = []
    steps: list[Step] = []
    mistakes: list[Mistake] = []
    hanging: list[str] = []
    revisit: datetime | None = None
    records = 0
    for workload in workloads:
        excluded_until, mistake = excluded(workload, now=now)
        if mistake is not None:
            mistakes.append(mistake)
        if excluded_until is not None and excluded_until.year < MAXYEAR:
            revisit = min(excluded_until, revisit or excluded_until)
        if workload.record is not None:
            records += 1
        if workload.broken_record and workload.replicas == 0:
            mistakes.append(_broken(workload))
        mine = excluded_until is None and selected(workload, selection=selection)
        if mine:
            ours.append(workload)
        step = step_for(wanted if mine else "Awake", workload)
        if step is not None:
            steps.append(step)
        elif mine and not (workload.at_zero if wanted == "Asleep" else workload.is_ready):
            hanging.append(workload.title)
    return Plan(
        waves=_waves(steps, reverse=wanted == "Awake"),
        parts=Parts(
            total=len(ours),
            asleep=sum(workload.replicas == 0 for workload in ours),
            ready=sum(workload.replicas > 0 and workload.is_ready for workload in ours),
        ),
        hanging=tuple(hanging),
        mistakes=tuple(mistakes),
        records=records,
        sleeping_cpu=sum((workload.previous or 0) * workload.cpu for workload in ours if workload.replicas == 0),
        sleeping_memory=sum((workload.previous or 0) * workload.memory for workload in ours if workload.replicas == 0),
        running_cpu=sum(workload.replicas * workload.cpu for workload in ours),
        running_memory=sum(workload.replicas * workload.memory for workload in ours),
        revisit=revisit,
    )


def reconsider(wanted: Wanted, workload: Workload, *, selection: Workloads, now: datetime) -> Step | None:
    """The write to a workload that has changed since it was planned for: it may have been excluded meanwhile."""
    until, _ = excluded(workload, now=now)
    mine = until is None and selected(workload, selection=selection)
    return step_for(wanted if mine else "Awake", workload)


def step_for(wanted: Wanted, workload: Workload) -> Step | None:
    """The write that brings one workload to where it should be, or None."""
    if wanted == "Asleep":
        # Whoever set a count above zero set it after the record was written, so that count is the one to remember.
        return Step("Sleep", workload, 0) if workload.replicas > 0 else None
    if workload.record is not None and workload.replicas > 0:
        return Step("Forget", workload, workload.replicas)
    return Step("Wake", workload, workload.previous) if workload.previous is not None else None


def _waves(steps: list[Step], *, reverse: bool) -> tuple[tuple[Step, ...], ...]:
    order = list(FALLING_ASLEEP_ORDER) + sorted({step.workload.kind for step in steps} - set(FALLING_ASLEEP_ORDER))
    if reverse:
        order.reverse()
    waves = (tuple(step for step in steps if step.workload.kind == kind) for kind in order)
    return tuple(wave for wave in waves if wave)


def selected(workload: Workload, *, selection: Workloads) -> bool:
    """Whether the spec's lists say that this workload sleeps: of its kinds, included, and not excluded."""
    if workload.kind not in selection.kinds:
        return False
    include, exclude = selection.include, selection.exclude
    matches = _matches(workload, include)
    if any(match is False for match in matches):
        return False
    return not any(_matches(workload, exclude))


def _matches(workload: Workload, chosen: Selection) -> tuple[bool | None, ...]:
    """For each list whether the workload is on it; None where the list is empty."""
    labels = workload.labels or {}
    return (
        workload.kind in chosen.kinds if chosen.kinds else None,
        any(fnmatchcase(workload.name, name) for name in chosen.names) if chosen.names else None,
        all(labels.get(key) == value for key, value in chosen.labels.items()) if chosen.labels else None,
    )


def excluded(workload: Workload, *, now: datetime) -> tuple[datetime | None, Mistake | None]:
    """Until when the annotation keeps the workload out of it (the end of time for ``"true"``), and what is wrong with it.

    A value that cannot be read keeps the workload out: leaving something running is the mistake that harms nobody.
    """
    text = workload.exclude
    for_ever = datetime.max.replace(tzinfo=now.tzinfo)
    if text is None or text.strip().lower() in {"", "false"}:
        return None, None
    if text.strip().lower() == "true":
        return for_ever, None
    try:
        until = parse_instant(text.strip())
    except ValueError:
        shown = text if len(text) <= 60 else text[:60] + "…"
        return for_ever, Mistake(
            f"{workload.title}: annotation {EXCLUDE}",
            f'must be "true" or a timestamp such as "2026-12-24T12:00:00Z", got "{shown}"; it is left running',
        )
    return (until, None) if until > now else (None, None)


def _broken(workload: Workload) -> Mistake:
    shown = (workload.record or "")[:60]
    return Mistake(
        f"{workload.title}: annotation {PREVIOUS_REPLICAS}",
        f'must be a count, got "{shown}"; nobody knows what to wake it to: scale it by hand',
    )
