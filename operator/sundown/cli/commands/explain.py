"""``sundown explain``: when a schedule sleeps and wakes, and why; from a file it needs no cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from sundown.cli.shared import files, output
from sundown.cli.shared.cluster_options import cluster_options
from sundown.cli.shared.yaml_reader import Unreadable
from sundown.errors import NotFound
from sundown.model.base import parse
from sundown.model.resources import OWNER_ZONES, EnvSchedule
from sundown.model.scalars import format_instant
from sundown.schedule.clock import SystemClock
from sundown.schedule.decision import Circumstances, decide, turns
from sundown.schedule.instants import instant, later
from sundown.schedule.owners import parse_owner_zones
from sundown.schedule.reasons import moment
from sundown.schedule.timetable import zones_of

_SPAN = timedelta(days=7)


@click.command(
    epilog=output.examples(
        "sundown explain -f schedule.yaml",
        "sundown explain -f schedule.yaml --from 2026-12-01 --until 2027-01-31",
        "sundown explain -f schedule.yaml --from 2026-03-01T00:00:00Z --until 2026-04-01T00:00:00Z -o json",
        "sundown explain shop-dev",
    )
)
@click.argument("target", required=False, metavar="[NAMESPACE[/NAME]]")
@click.option("-f", "--filename", metavar="FILE", help="A file with one EnvSchedule, or - for stdin; needs no cluster.")
@click.option("--from", "start_text", metavar="TIME", help="Where to begin.  [default: now]")
@click.option("--until", "until_text", metavar="TIME", help="Where to end.  [default: a week later]")
@click.option("-o", "--output", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@cluster_options
def explain(
    *,
    target: str | None,
    filename: str | None,
    start_text: str | None,
    until_text: str | None,
    form: str,
    kubeconfig: Path | None,
    context: str | None,
) -> None:
    """Show when a schedule sleeps and wakes, and why.

    TIME is a timestamp such as 2026-11-23T08:00:00Z, or a date or a date and time in the time zone of the schedule.
    """
    if (target is None) == (filename is None):
        raise click.UsageError("say either which environment or which file: NAMESPACE, NAMESPACE/NAME or -f FILE")
    raw = _from_file(filename) if filename is not None else _from_cluster(target or "", kubeconfig, context)
    schedule = parse(EnvSchedule, raw)
    circumstances = _circumstances(schedule, from_cluster=filename is None)
    zone_name = zones_of(schedule.spec, circumstances)[0]
    start = SystemClock().now().replace(microsecond=0)
    if start_text is not None:
        start = _instant(start_text, zone_name, option="--from")
    until = later(start, _SPAN) if until_text is None else _instant(until_text, zone_name, option="--until")
    if until < start:
        raise click.BadParameter("must not be before --from", param_hint="--until")
    if schedule.spec.stops_only and circumstances.active_since is None:
        output.note("note: it has no status.activeSince: told as if it were applied at --from")
        circumstances = replace(circumstances, active_since=start)
    show = _as_json if form == "json" else _as_table
    show(schedule, circumstances, start, until)


def _from_file(file: str) -> Mapping[str, Any]:
    try:
        found = [each for each in files.objects(file) if each.ours]
    except Unreadable as error:
        raise Unreadable(f"{file}: {error}") from error
    schedules = [each.raw for each in found if each.kind == "EnvSchedule"]
    if len(schedules) != 1:
        others = ", ".join(each.title for each in found) or "nothing of Sundown's"
        raise NotFound(f"{file}: explain takes a file with one EnvSchedule; this one holds {others}")
    return schedules[0]


def _from_cluster(target: str, kubeconfig: Path | None, context: str | None) -> Mapping[str, Any]:
    from sundown.cli.shared.cluster_access import fetch_schedule  # noqa: PLC0415 - what talks to a cluster is slow to load

    return fetch_schedule(target, kubeconfig, context)


def _circumstances(schedule: EnvSchedule, *, from_cluster: bool) -> Circumstances:
    status, metadata = schedule.status, schedule.metadata
    zones, bad = parse_owner_zones(metadata.annotations.get(OWNER_ZONES, ""))
    for slip in bad:
        output.note(f"note: annotation {OWNER_ZONES}: {slip}")
    told_paused = from_cluster and status.state == "Paused" and not schedule.spec.paused
    return Circumstances(
        active_since=status.active_since or metadata.creation_timestamp,
        zones=zones,
        paused_by=status.paused_by or status.why if told_paused else None,
        env=metadata.namespace,
    )


def _instant(text: str, zone_name: str, *, option: str) -> datetime:
    """A time of the command line; without an offset it is on the wall clock of the schedule's zone."""
    try:
        given = datetime.fromisoformat(text)
        return given.astimezone(UTC) if given.tzinfo is not None else instant(zone_name, given)
    except (ValueError, OverflowError):
        wanted = "a timestamp such as 2026-11-23T08:00:00Z, or a date or a date and time in the schedule's zone"
        raise click.BadParameter(f'"{text}" is not {wanted}', param_hint=option) from None


def _as_json(schedule: EnvSchedule, circumstances: Circumstances, start: datetime, until: datetime) -> None:
    decision = decide(schedule.spec, circumstances, start)
    transitions = [
        {"at": turn.at.isoformat().replace("+00:00", "Z"), "to": turn.to, "why": turn.why.text}
        for turn in turns(schedule.spec, circumstances, start=start, until=until)
    ]
    output.as_json({"state": decision.state, "why": decision.why.text, "transitions": transitions})


def _as_table(schedule: EnvSchedule, circumstances: Circumstances, start: datetime, until: datetime) -> None:
    spec, metadata = schedule.spec, schedule.metadata
    zones = zones_of(spec, circumstances)
    decision = decide(spec, circumstances, start)
    name = "/".join(part for part in (metadata.namespace, metadata.name) if part) or "the schedule"
    output.say(f"{name} is {decision.state.lower()} at {moment(start, zones[0])}: {decision.why.text}")
    rows = [
        (*_times(turn.at, zones[0]), turn.to.lower(), turn.why.text)
        for turn in turns(spec, circumstances, start=start, until=until)
    ]
    if rows:
        output.say("")
        output.table((*dict.fromkeys((zones[0], "UTC")), "BECOMES", "WHY"), rows)
    else:
        output.say(f"It stays so until {moment(until, zones[0])}.")


def _times(at: datetime, zone_name: str) -> tuple[str, ...]:
    """A moment on the schedule's wall clock, and beside it in UTC where that is another."""
    local = moment(at, zone_name).removesuffix(f" {zone_name}")
    return (local,) if zone_name == "UTC" else (local, format_instant(at))
