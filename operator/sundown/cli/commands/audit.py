"""``sundown audit``: what people have done, cluster-wide."""

from __future__ import annotations

import csv
import sys
from datetime import timedelta
from pathlib import Path

import click

from sundown import wording
from sundown.cli.shared.cluster_access import connected, context_namespace
from sundown.cli.shared.cluster_options import cluster_options
from sundown.cli.shared.cluster_options import span as span_type
from sundown.cli.shared.output import as_json, examples, note, printable, say, table
from sundown.cli.shared.visible_envs import Listed, visible
from sundown.cluster.client import Cluster
from sundown.errors import SundownError
from sundown.model.action_request import Asked
from sundown.schedule.clock import SystemClock
from sundown.usecases.audit import COLUMNS, Deed, deeds
from sundown.usecases.find import NotAllowed, settings
from sundown.usecases.requests import listed


@click.command(
    "audit",
    epilog=examples("sundown audit", "sundown audit --since 7d", "sundown audit --since 90d -o csv > audit.csv"),
)
@cluster_options
@click.option(
    "--since", type=span_type, metavar="SPAN", help="Only what was done in the last 2h, 90m, 7d.  [default: all]"
)
@click.option("-o", "--output", type=click.Choice(["table", "json", "csv"]), default="table", help="How to print it.")
def audit(*, kubeconfig: Path | None, context: str | None, since: timedelta | None, output: str) -> None:
    """List what people have asked for and done, the newest first: who, what, where, who approved it, what came of it.

    From the ActionRequests, which are kept for SUNDOWN_REQUESTS_RETENTION, and, of each environment, from its last transitions and
    from what is asked of it now.
    """
    now = SystemClock().now()

    async def work(cluster: Cluster) -> tuple[list[Asked], tuple[Listed, ...], bool, str | None]:
        envs, partial = await visible(cluster, own=lambda: context_namespace(kubeconfig, context))
        try:
            return await listed(cluster, settings().namespace), envs, partial, None
        except NotAllowed as error:
            return [], envs, partial, _in_short(error)

    asked, envs, partial, trouble = connected(work, kubeconfig=kubeconfig, context=context)
    found = deeds(asked, (env.known for env in envs), since=now - since if since is not None else None)
    if partial:
        note("you may not list the whole cluster: this is what was done in namespaces that you may see")
    if trouble is not None:
        note(f"without what was asked for by request: {trouble}")
    if output == "json":
        as_json([deed.to_json() for deed in found])
    elif output == "csv":
        _as_csv(found)
    elif not found:
        say("nothing was done by anybody")
    else:
        heading = ["WHEN", "WHO", "WHAT", "WHERE", "TARGET", "VIA", "APPROVED BY", "STATE", "OUTCOME"]
        rows = ([wording.moment(deed.at, now=now), *deed.cells()[1:-1]] for deed in found)
        table(heading, rows)


def _in_short(error: SundownError) -> str:
    return str(error).partition(": ")[0]


def _as_csv(found: tuple[Deed, ...]) -> None:
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(COLUMNS)
    for deed in found:
        out.writerow([_harmless(cell) for cell in deed.cells()])


def _harmless(cell: str) -> str:
    """A text that no spreadsheet takes for a formula: names and reasons come from anybody."""
    text = printable(cell)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
