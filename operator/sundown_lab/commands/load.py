"""`sundown-lab load`: many envs at once, to see how things are when there are many."""

import asyncio
import tempfile
from pathlib import Path

import click

from sundown_lab import instances
from sundown_lab.cluster import connect, require_lab
from sundown_lab.load import Load, clear, fill
from sundown_lab.progress import Progress
from sundown_lab.wire import Wire

EXAMPLES = """\b
Examples:
  sundown-lab load --envs 100 --workloads 10
  sundown-lab load --envs 200 --workloads 10        # makes the 100 that are missing
  sundown-lab load --envs 5 --workloads 2 --replicas 3 --prefix team --time-zone Europe/Berlin --from 08:00 --to 18:00
  sundown-lab load --remove                         # and --prefix team for the others
"""


@click.command(epilog=EXAMPLES)
@click.option("--envs", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many namespaces.")
@click.option("--workloads", type=click.IntRange(1, 100), default=10, show_default=True, help="How many in each.")
@click.option("--replicas", type=click.IntRange(0, 100), default=1, show_default=True, help="Pods of each workload.")
@click.option("--prefix", default="load", show_default=True, help="What their names begin with.")
@click.option("--time-zone", default="UTC", show_default=True, help="The zone of their schedules.")
@click.option("--from", "start", default="00:00", show_default=True, help="When they wake, every day.")
@click.option("--to", "end", default="24:00", show_default=True, help="When they fall asleep, every day.")
@click.option("--remove", is_flag=True, help="Take away what an earlier call with this prefix has made.")
@click.option("--name", help="Which lab; may be left out when there is only one.")
@click.option(
    "--kubeconfig",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A cluster that is not one of `sundown-lab status`, marked as a lab's.",
)
@click.option("--context", help="Another context of that file than its current one.")
def load(  # noqa: PLR0913 - a command's options
    *,
    envs: int,
    workloads: int,
    replicas: int,
    prefix: str,
    time_zone: str,
    start: str,
    end: str,
    remove: bool,
    name: str | None,
    kubeconfig: Path | None,
    context: str | None,
) -> None:
    """Make namespaces full of workloads (Deployments and StatefulSets in turn), each with an EnvSchedule.

    What is there is left as it is, so a second call makes what is missing. The CRDs have to be there.
    """
    if kubeconfig is None:
        if context is not None:
            raise click.UsageError("--context says which context of --kubeconfig")
        kubeconfig = instances.choose(name).cluster().kubeconfig
    days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    spec = {"timeZone": time_zone, "awake": [{"days": days, "from": start, "to": end}]}
    wanted = Load(envs=envs, workloads=workloads, replicas=replicas, name=prefix, spec=spec)
    with tempfile.TemporaryDirectory() as folder:
        if context is not None:
            kubeconfig = _narrowed(kubeconfig, context, Path(folder))
        require_lab(kubeconfig)
        count = asyncio.run(_run(kubeconfig, None if remove else wanted, prefix=prefix))
    click.echo(f"{count} namespaces are being deleted" if remove else f"{wanted.size}: {count} objects were missing")


async def _run(kubeconfig: Path, wanted: Load | None, *, prefix: str) -> int:
    progress = Progress()

    def step(what: str, of: int, through: int) -> None:
        progress.detail(f"{what} {through} of {of}")

    async with Wire(kubeconfig) as wire:
        if wanted is None:
            with progress.step(f"removing the envs {prefix}-*"):
                return await clear(wire, name=prefix, step=step)
        with progress.step(f"making {wanted.size} workloads"):
            return await fill(wire, wanted, step=step)


def _narrowed(kubeconfig: Path, context: str, folder: Path) -> Path:
    """A kubeconfig of its own for one context of another: all that looks at it, the guard too, sees the same cluster."""
    view = ("config", "view", "--minify", "--flatten", "--raw", "--context", context)
    text = connect(kubeconfig, directory=folder).kubectl(*view).stdout
    path = folder / "kubeconfig"
    path.touch(mode=0o600)
    path.write_text(text)
    return path
