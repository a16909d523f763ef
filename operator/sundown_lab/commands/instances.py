"""`sundown-lab up`, `down`, `status` and `kubectl`: named control planes in the background."""

import json
import os
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from sundown_lab import instances
from sundown_lab.components import Options
from sundown_lab.instances import Instance
from sundown_lab.progress import Progress
from sundown_lab.releases import NEWEST, RELEASES

_WIDEST = 1000
COLOURS = {"up": "green", "external": "cyan", "starting": "yellow", "degraded": "red", "dead": "red"}


@click.command(
    epilog="""\b
Examples:
  sundown-lab up
  sundown-lab up --name load --nodes 5          # another one beside it, for many pods
  sundown-lab up --real-node                    # a node on which containers run, beside the pretended ones
  sundown-lab up --audit                        # writes who asked the API server for what
  sundown-lab up --without-policies             # without MutatingAdmissionPolicy, as before Kubernetes 1.36
  sundown-lab up --kubernetes 1.33              # the oldest release that Sundown promises to work with
  sundown-lab up --name kind --kubeconfig ~/.kube/kind.yaml
"""
)
@click.option("--name", default=instances.DEFAULT, show_default=True, help="What to call it.")
@click.option("--nodes", type=click.IntRange(1, 1000), default=1, show_default=True, help="Pretended nodes.")
@click.option("--real-node", is_flag=True, help="A kubelet with containerd too (root on Linux; see docs/real-node.md).")
@click.option("--audit", is_flag=True, help="Keep an audit log (metadata of each request).")
@click.option("--without-policies", is_flag=True, help="Do not serve MutatingAdmissionPolicy.")
@click.option(
    "--kubernetes", type=click.Choice(list(RELEASES)), default=NEWEST, show_default=True, help="Which release."
)
@click.option(
    "--kubeconfig",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar="SUNDOWN_LAB_KUBECONFIG",
    show_envvar=True,
    help="Start nothing: use the cluster of this file under that name.",
)
def up(
    *,
    name: str,
    nodes: int,
    real_node: bool,
    audit: bool,
    without_policies: bool,
    kubernetes: str,
    kubeconfig: Path | None,
) -> None:
    """Start a control plane in the background, and print how to use it.

    The first time its programs are built, which takes minutes; after that it is ready in seconds.
    """
    progress = Progress()
    if kubeconfig is not None:
        instance = instances.register(name, kubeconfig)
    else:
        options = Options(
            nodes=nodes, real_node=real_node, audit=audit, policies=not without_policies, kubernetes=kubernetes
        )
        instance = instances.up(name, options=options, progress=progress)
    assert instance.record is not None
    click.echo(f"export KUBECONFIG={instance.record.kubeconfig}")


@click.command(epilog="\b\nExamples:\n  sundown-lab down\n  sundown-lab down --name load\n  sundown-lab down --all\n")
@click.option("--name", help="Which one; may be left out when there is only one.")
@click.option("--all", "everything", is_flag=True, help="All of them.")
def down(*, name: str | None, everything: bool) -> None:
    """Stop a control plane and take its files away; one that is down already is no mistake.

    A cluster that was only given a name with --kubeconfig is forgotten and stays as it is.
    """
    if everything:
        names = [instance.name for instance in instances.every()]
    elif name is None and not instances.every():
        names = []
    else:
        names = [name or instances.choose(None).name]
    gone = [each for each in names if instances.down(each)]
    instances.sweep()
    click.echo("\n".join(f"the lab {each} is down" for each in gone) or "nothing was up")


@click.command(
    epilog="""\b
Examples:
  sundown-lab status
  sundown-lab status -o json
  export KUBECONFIG=$(sundown-lab status --name load -o kubeconfig)
"""
)
@click.option("--name", help="Only this one.")
@click.option("-o", "--output", type=click.Choice(["table", "json", "kubeconfig"]), default="table", show_default=True)
def status(*, name: str | None, output: str) -> None:
    """Show the control planes that run; `-o json` also tells where their files are."""
    if output == "kubeconfig":
        click.echo(instances.choose(name).cluster().kubeconfig)
        return
    shown = [instances.choose(name)] if name is not None else instances.every()
    if output == "json":
        click.echo(json.dumps([_as_json(instance) for instance in shown], indent=2))
    elif shown:
        table, console = _table(shown), Console()
        # What is cut off could not be read by anybody, and by no program behind a pipe.
        console.width = max(
            console.width, console.measure(table, options=console.options.update(max_width=_WIDEST)).maximum
        )
        console.print(table)
    else:
        click.echo(f"nothing is up; start something with: {instances.up_command(instances.DEFAULT)}")


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    epilog="\b\nExamples:\n  sundown-lab kubectl get pods -A\n  sundown-lab kubectl --name load -n team-a get envs\n",
)
@click.option("--name", help="Which control plane; may be left out when there is only one.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def kubectl(*, name: str | None, arguments: tuple[str, ...]) -> None:
    """Run kubectl as administrator against a control plane; everything after the options is kubectl's own."""
    cluster = instances.choose(name).cluster()
    program = cluster.binaries.kubectl
    sys.stdout.flush()
    os.execve(program, [str(program), *arguments], {**os.environ, "KUBECONFIG": str(cluster.kubeconfig)})  # noqa: S606


def _as_json(instance: Instance) -> dict[str, object]:
    known = asdict(instance.record) if instance.record is not None else {"name": instance.name}
    return {**known, "state": instance.state, "directory": str(instance.directory), "supervisor": instance.supervisor}


def _table(shown: list[Instance]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("NAME", "STATE", "SERVER", "KUBERNETES", "NODES", "MEMORY", "AGE"):
        table.add_column(column, no_wrap=True)
    for instance in shown:
        record = instance.record
        state = f"[{COLOURS[instance.state]}]{instance.state}[/]"
        if instance.ended_programs and instance.state == "degraded":
            state += f" ({', '.join(instance.ended_programs)} ended)"
        table.add_row(
            instance.name,
            state,
            record.server if record else "-",
            (record.kubernetes if record else "") or "-",
            f"{record.nodes}{' and a real one' if record.runtime else ''}" if record and record.nodes else "-",
            f"{instance.memory // 1024**2} MiB" if instance.memory else "-",
            _age(record.started) if record else "-",
        )
    return table


def _age(started: str) -> str:
    minutes = int((datetime.now(UTC) - datetime.fromisoformat(started)).total_seconds() // 60)
    return f"{minutes}m" if minutes < 120 else f"{minutes // 60}h"
