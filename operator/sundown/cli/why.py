"""``sundown why``: all that is known of one env, and why."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import click

from sundown import wording
from sundown.cli.cluster_access import Found, connected, find
from sundown.cli.connecting import cluster_options
from sundown.cli.output import as_json, examples, say, table
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError
from sundown.model.parts import Workload
from sundown.model.resources import EnvScheduleStatus
from sundown.model.scalars import format_instant
from sundown.reconcile.plan import Plan, plan
from sundown.schedule.clock import SystemClock
from sundown.schedule.decision import Decision, decide
from sundown.sleepers.replicas import KINDS

_LATE = timedelta(minutes=2)
_WELL_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Picture:
    """An env at one moment. ``plan`` is what the operator would do now, None where the workloads may not be seen."""

    found: Found
    now: datetime
    decision: Decision | None
    workloads: tuple[Workload, ...]
    plan: Plan | None

    @property
    def status(self) -> EnvScheduleStatus:
        """What the operator says."""
        return self.found.known.status

    @property
    def by(self) -> str | None:
        """Who brought the present state about, where it was a person."""
        return self.decision.why.by if self.decision is not None else None

    @property
    def hanging(self) -> tuple[Workload, ...]:
        """The workloads that are not where they should be."""
        if self.plan is None:
            return ()
        titles = {*self.plan.hanging, *(step.workload.title for step in self.plan.steps)}
        return tuple(workload for workload in self.workloads if workload.title in titles)

    @property
    def notes(self) -> tuple[str, ...]:
        """What makes the operator's word doubtful."""
        known, status = self.found.known, self.status
        said: list[str] = []
        if self.found.trouble is not None:
            said.append(self.found.trouble)
        coming = status.next_transition
        if status.observed_generation < known.metadata.generation:
            said.append(f"{wording.NOT_YET} since it was changed")
        elif coming is not None and self.now - coming.at > _LATE:
            said.append(
                f"{wording.STATES[coming.to]} is overdue since {wording.moment(coming.at, now=self.now)}; "
                f"{wording.OPERATOR_AWAY}"
            )
        if self.plan is None:
            said.append("you may not look at its workloads, so those that hang are not shown")
        return tuple(said)


async def look(cluster: Cluster, namespace: str, *, now: datetime) -> Picture:
    """Everything about one env.

    Raises:
        SundownError: when there is no such env, or it may not be seen.
    """
    found = await find(cluster, namespace)
    workloads = await _workloads(cluster, namespace)
    schedule = found.known.schedule
    if schedule is None:
        return Picture(found, now, decision=None, workloads=workloads or (), plan=None)
    decision = decide(schedule.spec, found.circumstances(), now)
    asleep = decision.state == "Asleep" and not schedule.spec.dry_run
    wanted: Literal["Awake", "Asleep"] = "Asleep" if asleep else "Awake"
    the_plan = plan(wanted, workloads, selection=schedule.spec.workloads, now=now) if workloads is not None else None
    return Picture(found, now, decision=decision, workloads=workloads or (), plan=the_plan)


async def _workloads(cluster: Cluster, namespace: str) -> tuple[Workload, ...] | None:
    """What runs there; None where that cannot be seen."""
    try:
        listed = await asyncio.gather(*(cluster.list_all(row.collection(namespace)) for row in KINDS.values()))
    except ApiError:
        return None
    return tuple(row.read(raw) for row, raws in zip(KINDS.values(), listed, strict=True) for raw in raws)


def to_json(picture: Picture) -> dict[str, Any]:
    """The picture for machines."""
    status, decision = picture.status, picture.decision
    coming = status.next_transition
    return {
        "namespace": picture.found.namespace,
        "schedule": picture.found.known.metadata.name,
        "state": status.state,
        "since": format_instant(status.since) if status.since is not None else None,
        "why": wording.why(status),
        "by": picture.by,
        "owner": status.owner,
        "next": {"at": format_instant(coming.at), "to": coming.to} if coming is not None else None,
        "upcoming": [
            {"at": format_instant(turn.at), "to": turn.to, "why": turn.why.text}
            for turn in (decision.upcoming if decision is not None else ())
        ],
        "parts": status.parts.model_dump(),
        "troubles": [
            {
                "type": one.type,
                "status": one.status,
                "reason": one.reason,
                "message": one.message,
                "since": format_instant(one.last_transition_time),
            }
            for one in wording.troubles(status)
        ],
        "hanging": [
            {"kind": one.kind, "name": one.name, "replicas": one.replicas, "pods": one.pods, "ready": one.ready}
            for one in picture.hanging
        ],
        "history": [
            {"at": format_instant(entry.at), "to": entry.to, "why": entry.why, "by": entry.by}
            for entry in status.history
        ],
        "notes": list(picture.notes),
    }


@click.command(
    "why", epilog=examples("sundown why dev1", "sundown why dev1 -o json | jq .hanging", "kubectl sundown why dev1")
)
@cluster_options
@click.argument("env", metavar="ENV")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", help="How to print it.")
def why(*, kubeconfig: Path | None, context: str | None, env: str, output: str) -> None:
    """Say why an environment is in its state, who did it, and what comes next.

    With it: what is not well, which workloads are not where they should be, and its last ten transitions.
    """
    now = SystemClock().now()
    picture = connected(lambda cluster: look(cluster, env, now=now), kubeconfig=kubeconfig, context=context)
    if output == "json":
        as_json(to_json(picture))
    else:
        _tell(picture)


def _tell(picture: Picture) -> None:
    status, decision, now = picture.status, picture.decision, picture.now
    since = f" since {wording.moment(status.since, now=now)}" if status.since is not None else ""
    say(f"{picture.found.namespace}: {wording.state(status)}{since}")
    _line("why", wording.why(status))
    if decision is not None and decision.state != "Paused":
        _line("who", picture.by or "its schedule")
        turns = [wording.turn(turn, now=now) for turn in decision.upcoming]
        _line("next", *(turns or ["nothing is scheduled"]))
    _line("parts", wording.parts(status.parts))
    _line("owner", status.owner or "nobody: annotate the namespace with email or sundown.dev/owner")
    generated = ", from a ClusterEnvSchedule" if picture.found.known.generated else ""
    _line("schedule", f"EnvSchedule {picture.found.known.metadata.name}{generated}")
    _line("not well", *(f"{one.reason}: {one.message}" for one in wording.troubles(status)))
    _line("hanging", *_hanging(picture))
    _line("note", *picture.notes)
    if status.history:
        say("")
        table(
            ["WHEN", "STATE", "WHO", "WHY"],
            [
                [wording.moment(entry.at, now=now), wording.STATES[entry.to], entry.by or "", entry.why]
                for entry in status.history
            ],
        )


def _hanging(picture: Picture) -> list[str]:
    told = [f"{one.title}: {_standing(one)}" for one in picture.hanging]
    more = len(told) - _WELL_SHOWN
    return [*told[:_WELL_SHOWN], f"and {more} more"] if more > 0 else told


def _standing(workload: Workload) -> str:
    if workload.replicas == 0 and workload.previous is not None:
        return f"at 0, was {workload.previous}"
    if workload.replicas == 0:
        return f"at 0, {workload.pods} still running"
    return f"{workload.ready} of {workload.replicas} ready"


def _line(name: str, *texts: str) -> None:
    """A name and what is said to it, the further lines below the first; nothing where there is nothing to say."""
    for index, text in enumerate(texts):
        say(f"  {name if index == 0 else '':<10}{text}")
