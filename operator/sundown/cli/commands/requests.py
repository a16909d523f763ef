"""``sundown requests``, and what is answered to one: ``approve``, ``reject``, ``withdraw``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from sundown import wording
from sundown.cli.shared.cluster_access import connected, identity
from sundown.cli.shared.cluster_options import cluster_options
from sundown.cli.shared.output import as_json, examples, say, table
from sundown.cluster.client import Cluster
from sundown.model.action_request import Asked
from sundown.model.scalars import format_instant
from sundown.schedule.clock import SystemClock
from sundown.usecases.find import settings
from sundown.usecases.requests import Human, Word, answer, listed, name_of

_SAID = {"approve": "approved", "reject": "rejected", "withdraw": "withdrawn"}


def to_json(asked: Asked) -> dict[str, Any]:
    """The request for machines."""
    spec, status = asked.spec, asked.status
    return {
        "name": asked.metadata.name,
        "spec": spec.to_json() if spec is not None else None,
        "state": status.state,
        "outcome": status.outcome,
        "finishedAt": format_instant(status.finished_at) if status.finished_at is not None else None,
    }


@click.command(
    "requests",
    epilog=examples("sundown requests", "sundown requests --all", "sundown requests -o json | jq '.[].name'"),
)
@cluster_options
@click.option("--all", "everything", is_flag=True, help="Those too that have come to their end.")
@click.option("-o", "--output", type=click.Choice(["table", "json"]), default="table", help="How to print it.")
def requests(*, kubeconfig: Path | None, context: str | None, everything: bool, output: str) -> None:
    """List what was asked for and waits for somebody, the newest first: who, what, when, and what has become of it."""
    home = settings().namespace
    found = connected(lambda cluster: listed(cluster, home), kubeconfig=kubeconfig, context=context)
    shown = [asked for asked in found if everything or not asked.status.finished]
    if output == "json":
        as_json([to_json(asked) for asked in shown])
    elif not shown:
        say("no requests" if everything else "no requests that wait; --all shows those that have come to their end")
    else:
        table(["NAME", "WHO", "WHAT", "WHERE", "WHEN", "APPROVED BY", "STATE", "OUTCOME"], map(_cells, shown))


def _cells(asked: Asked) -> list[str]:
    spec, status, now = asked.spec, asked.status, SystemClock().now()
    if spec is None:
        return [asked.metadata.name, "", "", "", "", "", status.state or "", status.outcome]
    named = "/".join(filter(None, (spec.parameters.get("kind"), spec.parameters.get("name"))))
    what = " ".join(filter(None, (spec.action.lower(), named, spec.change)))
    approved = (spec.approval.by if spec.approval is not None else None) or ""
    when = wording.moment(spec.requested_at, now=now)
    where = spec.target.namespace
    return [asked.metadata.name, spec.requested_by, what, where, when, approved, status.state or "", status.outcome]


def _answering(word: Word, text: str, *, with_reason: bool) -> click.Command:
    def call(
        *, kubeconfig: Path | None, context: str | None, names: tuple[str, ...], reason: str | None = None
    ) -> None:
        async def work(cluster: Cluster) -> list[str]:
            name, groups = await identity(cluster)
            human, now = Human(name, groups, "kubectl"), SystemClock().now()
            done: list[str] = []
            for each in names:
                asked = await answer(
                    cluster, settings().namespace, name_of(each), word, human=human, now=now, reason=reason
                )
                assert asked.spec is not None
                done.append(
                    f"{asked.metadata.name}: {_SAID[word]} by {name}: {asked.spec.action} {asked.spec.target.namespace}"
                )
            return done

        for line in connected(work, kubeconfig=kubeconfig, context=context):
            say(line)

    command: Callable[..., Any] = cluster_options(call)
    if with_reason:
        command = click.option("--reason", metavar="TEXT", help="Why, for the one who asked.")(command)
    command = click.argument("names", nargs=-1, required=True, metavar="NAME...")(command)
    lines = (f"sundown {word} areq/scale-dev1-0a1b2c3d4e5f", f"kubectl sundown {word} scale-dev1-0a1b2c3d4e5f")
    return click.command(word, help=text, epilog=examples(*lines))(command)


approve = _answering(
    "approve",
    "Approve what somebody else has asked for.\n\nNobody approves a request of their own, by whatever login: that is told by the "
    "e-mail address in it. It takes the right to approve envschedules in the namespace that is meant.",
    with_reason=False,
)
reject = _answering("reject", "Say no to what somebody has asked for; it is not done then.", with_reason=True)
withdraw = _answering("withdraw", "Take back what you have asked for, unless it is being done.", with_reason=True)
