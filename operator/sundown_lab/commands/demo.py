"""`sundown-lab demo`: Sundown at work on a Kubernetes of its own, to be watched and tried."""

import click

from sundown_lab.demo.run import demo as run
from sundown_lab.releases import NEWEST, RELEASES

EXAMPLES = """\b
Examples:
  sundown-lab demo
  sundown-lab demo --name mine                  # a second one beside it
  sundown-lab demo --kubernetes 1.33            # an API server that holds nothing at night
  sundown-lab demo --seconds 180 | tee demo.log # ends by itself; a line for each change instead of the table
"""


@click.command(epilog=EXAMPLES)
@click.option("--name", default="demo", show_default=True, help="What to call its control plane.")
@click.option("--seconds", type=click.FloatRange(min=0), help="End by itself, so long after everything is up.")
@click.option(
    "--kubernetes", type=click.Choice(list(RELEASES)), default=NEWEST, show_default=True, help="Which release."
)
def demo(*, name: str, seconds: float | None, kubernetes: str) -> None:
    """Start a Kubernetes control plane with the operator and four sample teams, and show live what happens to them.

    One more environment falls asleep within a minute or so and wakes a minute later, again and again, and with it an EC2
    instance and a database in a simulated AWS. Ctrl-C or SIGTERM
    stops everything that was started; so does a kill -9. The first run builds Kubernetes, which takes minutes.
    """
    run(name=name, seconds=seconds, kubernetes=kubernetes)
