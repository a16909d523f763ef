"""``sundown cloud list``: what belongs to environments in AWS, and what Sundown makes of it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import yaml

from sundown.aws.problems import Problem
from sundown.aws.settings import AwsSettings
from sundown.cli.shared.cloud_access import looking
from sundown.cli.shared.cluster_access import connected
from sundown.cli.shared.cluster_options import cluster_options
from sundown.cli.shared.output import as_json, examples, failed, note, printable, say, table
from sundown.cli.shared.settings_options import WithEnvironment, settings_from
from sundown.cli.shared.visible_envs import visible
from sundown.errors import SundownError
from sundown.model.cloud import CloudPart
from sundown.model.scalars import format_instant
from sundown.reconcile.part_verdict import Goal, excluded, stand
from sundown.schedule.clock import SystemClock
from sundown.usecases.find import settings

_HEADER = ("ENV", "KIND", "NAME", "ID", "REGION", "ACCOUNT", "STATE", "PRICE/H", "VERDICT")
_NARROWEST = 30
"""Letters in a line of a verdict, however narrow the terminal is."""
_COLOURS = {"running": "green", "stopped": "blue", "starting": "yellow", "stopping": "yellow", "busy": "magenta"} | {
    "broken": "red",
    "unknown": "red",
}


class WithAws(WithEnvironment):
    """A command whose help lists the settings for AWS."""

    kinds = (AwsSettings,)


@dataclass(frozen=True, slots=True)
class Seen:
    """A part, and what Sundown makes of it."""

    part: CloudPart
    verdict: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The row for people."""
        part = self.part
        name = part.name if part.name != part.identifier else ""
        price = f"{part.hourly:.4g} {part.currency}" if part.hourly is not None else ""
        where = (part.region, part.account)
        return part.namespace, part.kind, name, part.identifier, *where, part.state, price, self.verdict

    def to_json(self) -> dict[str, Any]:
        """The row for machines; what is not known is null."""
        part = self.part
        return {
            "env": part.namespace or None,
            "kind": part.kind,
            "name": part.name,
            "id": part.identifier,
            "arn": part.arn,
            "region": part.region,
            "account": part.account,
            "state": part.state,
            "phase": part.phase,
            "class": part.instance_class or None,
            "hourly": part.hourly,
            "currency": part.currency,
            "stoppedAt": format_instant(part.stopped_at) if part.stopped_at is not None else None,
            "stoppedFor": part.holder,
            "refused": str(part.refused) if part.refused is not None else None,
            "verdict": self.verdict,
        }


@dataclass(frozen=True, slots=True)
class Misspelt:
    """A thing that somebody wanted to sleep and tagged otherwise: all that is known of it is what its tags say."""

    problem: Problem

    @property
    def cells(self) -> tuple[str, ...]:
        """The row for people."""
        one = self.problem
        kind, _, identifier = one.title.partition("/")
        return one.namespace, kind, "", identifier, one.region, one.account, "", "", f"left alone: {one.text}"

    def to_json(self) -> dict[str, Any]:
        """The row for machines; what is not known is null."""
        one = self.problem
        kind, _, identifier = one.title.partition("/")
        known = {"env": one.namespace or None, "kind": kind, "name": identifier, "id": identifier, "arn": one.arn}
        unknown = ("state", "phase", "class", "hourly", "currency", "stoppedAt", "stoppedFor")
        return {
            **known,
            "region": one.region,
            "account": one.account,
            **dict.fromkeys(unknown),
            "refused": one.text,
            "verdict": f"left alone: {one.text}",
        }


def verdict(part: CloudPart, *, envs: Collection[str] | None, cluster_name: str, now: datetime) -> str:
    """What Sundown makes of a part, in words. ``envs`` are those that there are, None where nobody knows."""
    if not part.namespace:
        return f"left alone: {part.misspelt}" if part.misspelt else "no namespace tag"
    standing = stand(Goal(wanted="Awake", now=now, holder=f"{cluster_name}/{part.namespace}"), part)
    refused = standing.refused or part.refused
    if refused is not None:
        return f"refused: {refused}"
    if standing.mistakes:
        return str(standing.mistakes[0])
    gone = envs is not None and part.namespace not in envs
    if part.ours and part.state in {"stopped", "stopping"}:
        return f"stopped by Sundown for {part.namespace}{', env gone' if gone else ''}"
    return f"there is no env {part.namespace}" if gone else _habit(part, now=now)


def _habit(part: CloudPart, *, now: datetime) -> str:
    """What becomes of a part when its env falls asleep and wakes."""
    if excluded(part, now=now)[0] is not None:
        return "stays awake: tag sundown:exclude"
    if not part.enabled:
        return "stays awake: the scheduler tag is gone"
    if part.state == "stopped":
        return f"stopped by somebody: stays so when {part.namespace} wakes"
    return f"sleeps with {part.namespace}"


@click.group(epilog=examples("sundown cloud list", "sundown cloud list --help"))
def cloud() -> None:
    """What belongs to environments in AWS."""


@cloud.command(
    "list",
    cls=WithAws,
    epilog=examples(
        "sundown cloud list",
        "sundown cloud list --region eu-central-1 --region eu-west-1 --env dev1",
        "sundown cloud list -o json | jq -r '.[] | select(.refused) | .arn'",
        "kubectl -n sundown-system exec deploy/sundown -- sundown cloud list    # as the operator sees it",
    ),
)
@cluster_options
@click.option("--env", "envs", multiple=True, metavar="NAME", help="Only what is tagged for these; may be repeated.")
@click.option(
    "--region",
    "regions",
    multiple=True,
    metavar="NAME",
    help="Look here instead of where SUNDOWN_AWS_REGIONS says; may be repeated.",
)
@click.option("--no-cluster", is_flag=True, help="Do not ask the cluster which environments there are.")
@click.option("-o", "--output", type=click.Choice(["table", "json", "yaml"]), default="table", help="How to print it.")
def list_cloud(
    *,
    kubeconfig: Path | None,
    context: str | None,
    envs: tuple[str, ...],
    regions: tuple[str, ...],
    no_cluster: bool,
    output: str,
) -> None:
    """List all EC2 instances, RDS databases and Aurora clusters that are tagged for an environment, and what becomes of them.

    AWS is asked with your own credentials, as the AWS command line finds them (AWS_PROFILE, AWS_ACCESS_KEY_ID and so on).
    Whether an instance is protected against being stopped is only found out by the operator.
    """
    wanted = settings_from({"regions": regions or None}, AwsSettings)
    cluster_name = settings().cluster_name
    there = None if no_cluster or not wanted.wanted else _envs(kubeconfig, context)
    parts, misspelt, failures = asyncio.run(_look(wanted, cluster_name))
    now = SystemClock().now()
    seen: list[Seen | Misspelt] = [
        *(
            Seen(part, verdict(part, envs=there, cluster_name=cluster_name, now=now))
            for part in parts
            if not envs or {part.namespace, part.meant_for} & set(envs)
        ),
        *(Misspelt(one) for one in misspelt if not envs or one.namespace in envs),
    ]
    _show(seen, output=output)
    for failure in failures:
        failed(failure)
    if failures:
        raise SystemExit(1)


async def _look(wanted: AwsSettings, cluster_name: str) -> tuple[list[CloudPart], list[Problem], list[str]]:
    """What there is, what was likely meant to be there, and what could not be looked at."""
    async with looking(wanted, cluster_name=cluster_name) as found:
        parts = sorted(found.inventory.parts, key=lambda part: (part.namespace, part.kind, part.name, part.arn))
        known = {part.arn for part in parts}
        misspelt = sorted(
            (one for one in found.problems if one.arn not in known), key=lambda one: (one.namespace, one.title)
        )
        return parts, misspelt, list(dict.fromkeys(found.inventory.failing.values()))


def _envs(kubeconfig: Path | None, context: str | None) -> frozenset[str] | None:
    """The environments of the cluster, or None where they cannot all be known."""
    try:
        rows, partial = connected(visible, kubeconfig=kubeconfig, context=context)
    except SundownError as error:
        note(f"whether the environments exist is not known: {error}")
        return None
    return None if partial else frozenset(row.namespace for row in rows)


def _show(seen: Sequence[Seen | Misspelt], *, output: str) -> None:
    if output == "json":
        as_json([one.to_json() for one in seen])
    elif output == "yaml":
        click.echo(yaml.safe_dump([one.to_json() for one in seen], sort_keys=False, allow_unicode=True), nl=False)
    elif not seen:
        say("nothing is tagged for an environment")
    elif sys.stdout.isatty():
        _draw([one.cells for one in seen])
    else:
        table(_HEADER, (one.cells for one in seen))


def _draw(rows: Sequence[Sequence[str]]) -> None:
    """The table on a terminal, where a long verdict goes on in the next line."""
    from rich.console import Console  # noqa: PLC0415 - only here, and it takes a while
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    cells = [tuple(printable(cell) or "-" for cell in row) for row in rows]
    drawn = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="")
    for name in _HEADER:
        drawn.add_column(name, no_wrap=name != "VERDICT")
    for row in cells:
        drawn.add_row(*(Text(cell, style=_COLOURS.get(cell, "")) for cell in row))
    needed = sum(3 + max(map(len, column)) for column in list(zip(_HEADER, *cells, strict=True))[:-1])
    console = Console(highlight=False)
    console.width = max(console.width, needed + _NARROWEST)
    console.print(drawn)
