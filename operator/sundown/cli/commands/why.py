"""``sundown why``: all that is known of one env, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sundown import wording
from sundown.cli.shared.cluster_access import connected
from sundown.cli.shared.cluster_options import cluster_options
from sundown.cli.shared.output import as_json, examples, say, table
from sundown.model.cutting import first_of
from sundown.model.scalars import format_instant
from sundown.schedule.clock import SystemClock
from sundown.usecases.look import Picture, look

_WELL_SHOWN = 20


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
        "unverified": picture.unverified,
        "owner": status.owner,
        "next": {"at": format_instant(coming.at), "to": coming.to} if coming is not None else None,
        "upcoming": [
            {"at": format_instant(turn.at), "to": turn.to, "why": turn.why.text}
            for turn in (decision.upcoming if decision is not None else ())
        ],
        "parts": status.parts.model_dump(),
        "cloud": [one.to_json() for one in status.cloud],
        "cost": status.cost.to_json() if status.cost is not None else None,
        **({"wakeQueue": status.wake_queue.to_json()} if status.wake_queue is not None else {}),
        **({"stillRunning": status.still_running.to_json()} if status.still_running is not None else {}),
        "waiting": picture.waiting,
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
            {
                "kind": one.kind,
                "name": one.name,
                "replicas": one.replicas,
                "pods": one.pods,
                "ready": one.ready,
                "late": one.title in picture.late,
            }
            for one in picture.hanging
        ],
        "rehearsal": [
            {"wave": wave.number, "steps": [str(step) for step in wave.steps]}
            for wave in (picture.rehearsal.waves if picture.rehearsal is not None else ())
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

    With it: what it has in AWS and what that costs, what is not well, which parts are not where they should be (hanging,
    once their time is over) and which wait for them, what a dry run would do, wave after wave, and its last ten transitions.

    Times are in your own time zone; reasons name the one that they are in.
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
        _line("who", picture.who)
        turns = [wording.turn(turn, now=now) for turn in decision.upcoming]
        _line("next", *(turns or ["nothing is scheduled"]))
    _line("parts", wording.parts(status.parts))
    _line(
        "in AWS",
        *first_of([f"{wording.cloud_title(one)}: {wording.cloud_part(one)}" for one in status.cloud], _WELL_SHOWN),
    )
    if status.wake_queue is not None:
        _line("in line", wording.wake_queue(status.wake_queue, now=now))
    if status.still_running is not None:
        _line("runs on", wording.still_running(status.still_running))
    if status.cost is not None:
        _line("costs", f"in AWS, awake: {wording.cost(status.cost)}")
    _line("owner", status.owner or "nobody: annotate the namespace with email or sundown.dev/owner")
    generated = ", from a ClusterEnvSchedule" if picture.found.known.generated else ""
    _line("schedule", f"EnvSchedule {picture.found.known.metadata.name}{generated}")
    _line("not well", *wording.not_well(status, said=wording.why(status)))
    _line("hanging", *first_of(picture.missing(late=True), _WELL_SHOWN))
    _line("waits for", *first_of(picture.missing(late=False), _WELL_SHOWN))
    _line("waves", *([picture.waiting] if picture.waiting is not None else []))
    _line("would do", *(str(wave) for wave in (picture.rehearsal.waves if picture.rehearsal is not None else ())))
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


def _line(name: str, *texts: str) -> None:
    """A name and what is said to it, the further lines below the first; nothing where there is nothing to say."""
    for index, text in enumerate(texts):
        say(f"  {name if index == 0 else '':<10}{text}")
