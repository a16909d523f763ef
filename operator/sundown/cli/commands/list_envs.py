"""``sundown list``: every env that this person may see."""

from __future__ import annotations

from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path

import click

from sundown import wording
from sundown.cli.shared.cluster_access import connected, context_namespace
from sundown.cli.shared.cluster_options import cluster_options
from sundown.cli.shared.output import as_json, examples, note, say, table
from sundown.cli.shared.visible_envs import Listed, visible
from sundown.cluster.client import Cluster
from sundown.model.addresses import folded
from sundown.model.cutting import some_of
from sundown.schedule.clock import SystemClock

_DEGRADED = "Degraded"
_NAMED = 3


@click.command(
    "list",
    epilog=examples(
        "sundown list",
        "sundown list --state asleep --owner 'ana@*'",
        "sundown list --state degraded",
        "sundown list -n team-a -n team-b -o wide",
        "sundown list -o json | jq -r '.[] | select(.next.to == \"Asleep\") | .namespace'",
    ),
)
@cluster_options
@click.option("-n", "--namespace", "namespaces", multiple=True, metavar="NAME", help="Only these; may be repeated.")
@click.option(
    "--state",
    type=click.Choice([*wording.STATES, _DEGRADED], case_sensitive=False),
    help="Only those in this state, or with which something is not well, whatever their state.",
)
@click.option("--owner", metavar="WHO", help="Only those of this owner; * and ? stand for any letters.")
@click.option("-o", "--output", type=click.Choice(["table", "wide", "json"]), default="table", help="How to print it.")
def list_envs(
    *,
    kubeconfig: Path | None,
    context: str | None,
    namespaces: tuple[str, ...],
    state: str | None,
    owner: str | None,
    output: str,
) -> None:
    """List environments: state, what comes next and when (your local time), owner, and why.

    Without the right to list the whole cluster it shows the namespaces that you may see.
    """

    async def work(cluster: Cluster) -> tuple[tuple[Listed, ...], bool]:
        return await visible(cluster, namespaces, own=lambda: context_namespace(kubeconfig, context))

    found, partial = connected(work, kubeconfig=kubeconfig, context=context)
    rows = [row for row in found if _wanted(row, state=state, owner=owner)]
    if output == "json":
        as_json([row.to_json() for row in rows])
        return
    if partial:
        note("you may not list the whole cluster: these are the environments in namespaces that you may see")
    if not rows:
        say(_nothing(len(found), namespaces, state=state, owner=owner))
        return
    now = SystemClock().now()
    _print(rows, wide=output == "wide", now=now)
    for row in rows:
        for mistake in row.misnamed:
            note(f"note: {row.namespace}: {mistake}")
    overdue = [row.namespace for row in rows if wording.is_overdue(row.status, now=now)]
    if overdue:
        note(f"note: overdue: {some_of(overdue, _NAMED)}; {wording.OPERATOR_AWAY}")


def _nothing(there: int, namespaces: tuple[str, ...], *, state: str | None, owner: str | None) -> str:
    """What is said where no row is left; with what makes the first one, where nobody has made any."""
    if not there and namespaces:
        return f"no environment in {', '.join(namespaces)}"
    if not there:
        return "no environments yet: a namespace becomes one when an EnvSchedule is applied in it"
    among = "the only environment is not" if there == 1 else f"none of the {there} environments is"
    are = [wording.STATES.get(state, state.lower())] if state is not None else []
    return f"{among} {' and '.join([*are, *([f'owned by {owner}'] if owner is not None else [])])}"


def _wanted(row: Listed, *, state: str | None, owner: str | None) -> bool:
    if state == _DEGRADED and not wording.is_degraded(row.status):
        return False
    if state not in {None, _DEGRADED, row.status.state}:
        return False
    return owner is None or fnmatchcase(folded(row.status.owner or ""), folded(owner))


def _print(rows: list[Listed], *, wide: bool, now: datetime) -> None:
    header = ["NAMESPACE", "STATE", "NEXT", "AT", "OWNER"]
    more = ["SINCE", "PARTS", "IN AWS", "COST", "SCHEDULE", "STILL RUNNING"] if wide else []
    table([*header, *more, "WHY"], [_cells(row, wide=wide, now=now) for row in rows])


def _cells(row: Listed, *, wide: bool, now: datetime) -> list[str]:
    status = row.status
    coming = status.next_transition
    cells = [
        row.namespace,
        wording.state(status),
        wording.STATES[coming.to] if coming is not None else "",
        wording.moment(coming.at, now=now) if coming is not None else "",
        status.owner or "",
    ]
    if wide:
        since = wording.clock_time(status.since, now=now) if status.since is not None else ""
        cost = wording.cost(status.cost) if status.cost is not None else ""
        left = wording.still_running(status.still_running) if status.still_running is not None else ""
        cells += [since, wording.parts(status.parts), wording.cloud(status.cloud), cost, row.known.metadata.name, left]
    place = status.wake_queue
    return [
        *cells,
        wording.why(status) if place is None else f"{wording.wake_queue(place, now=now)}: {wording.why(status)}",
    ]
