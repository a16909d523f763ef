"""``sundown edit ENV FIELD=VALUE...``: have an environment sleep at other times."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from sundown import wording
from sundown.cli.shared.cluster_access import connected, identity
from sundown.cli.shared.cluster_options import cluster_options
from sundown.cli.shared.output import as_json, examples, say
from sundown.cluster.client import Cluster
from sundown.errors import NothingToDo
from sundown.model.scalars import format_instant
from sundown.schedule.clock import SystemClock
from sundown.schedule.decision import Decision
from sundown.usecases.edit import Edited
from sundown.usecases.edit import edit as edit_schedule
from sundown.usecases.find import settings
from sundown.usecases.proposals import Asker
from sundown.usecases.times import NoTimes, how_each_is_written, read_times
from sundown.usecases.wish import in_a_sentence

_HELP = f"""Change when an environment sleeps and wakes.

Each FIELD takes the place of what its schedule says there, none takes it away, and what is left out stays:

\b
{how_each_is_written("  ")}

Any of them can be JSON, as it stands in an EnvSchedule. Where it takes a second person to stop the environment, it takes one for
this too while it is awake: it is asked for then, and done once somebody else has approved it. To pause it takes nobody else."""


@click.command(
    "edit",
    help=_HELP,
    short_help="Change when an environment sleeps and wakes.",
    epilog=examples(
        'sundown edit dev1 awake="Mon-Fri 08:00-18:00" timeZone=Europe/Berlin',
        "sundown edit dev1 holidays=none --dry-run",
        "sundown edit dev1 paused=true",
    ),
)
@click.argument("env", metavar="ENV")
@click.argument("fields", nargs=-1, required=True, metavar="FIELD=VALUE...")
@cluster_options
@click.option("--dry-run", is_flag=True, help="Say what would change, and whether you may; write nothing.")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", help="How to print it.")
def edit(
    *, env: str, fields: tuple[str, ...], kubeconfig: Path | None, context: str | None, dry_run: bool, output: str
) -> None:
    try:
        given = read_times(fields)
    except NoTimes as error:
        raise click.UsageError(str(error)) from None
    now = SystemClock().now()

    async def work(cluster: Cluster) -> Edited:
        by, groups = await identity(cluster)
        asker = Asker(by, groups, "kubectl", now)
        return await edit_schedule(cluster, settings().namespace, env, given, asker=asker, dry_run=dry_run)

    try:
        edited = connected(work, kubeconfig=kubeconfig, context=context)
    except NothingToDo as error:
        raise NothingToDo(in_a_sentence(error, env)) from error
    if output == "json":
        as_json(_to_json(edited, dry_run=dry_run))
    else:
        _say(edited, dry_run=dry_run, now=now)


def _say(edited: Edited, *, dry_run: bool, now: datetime) -> None:
    env = edited.namespace
    say(f"{env}: {'would change' if dry_run or edited.request else 'changed'}, {edited.change}")
    if edited.request is not None:
        waits = "would wait" if dry_run else "waits"
        say(
            f"{env}: {waits} until somebody else approves it, for an hour at most: sundown approve areq/{edited.request}"
        )
    elif edited.decision is not None:
        say(f"{env}: {'would be ' if dry_run else ''}{_promise(edited.decision, now=now)}")


def _promise(decision: Decision, *, now: datetime) -> str:
    if decision.state == "Paused":
        return "paused, so that it is left as it is until somebody says paused=false"
    return wording.promise(decision, now=now)


def _to_json(edited: Edited, *, dry_run: bool) -> dict[str, Any]:
    until = edited.decision.until if edited.decision is not None else None
    return {
        "namespace": edited.namespace,
        "dryRun": dry_run,
        "change": edited.change,
        "request": None if dry_run else edited.request,
        "state": edited.decision.state if edited.decision is not None else None,
        "until": format_instant(until) if until is not None else None,
    }
