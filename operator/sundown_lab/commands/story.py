"""`sundown-lab story`: the demo without a person, and a verdict."""

import sys
from pathlib import Path

import click

from sundown_lab.demo.ending import Ended
from sundown_lab.story.run import story as run

EXAMPLES = """\b
Examples:
  sundown-lab story
  sundown-lab story --logs story-logs           # keeps what every program logged, for CI to collect
"""


@click.command(epilog=EXAMPLES)
@click.option("--name", default="story", show_default=True, help="What to call its control plane.")
@click.option("--logs", type=click.Path(file_okay=False, path_type=Path), help="Copy the programs' logs there.")
def story(*, name: str, logs: Path | None) -> None:
    """Let four teams' environments fall asleep and wake, unattended, and compare every workload's count.

    Slack reminds their owners; they fall asleep by schedule at the next full minute; the operator is killed in the middle
    of it; a chart is upgraded with Helm while it sleeps, a workload is edited; a person, the deletion of a schedule, clicks in Slack, and a schedule wake
    them. One has an EC2 instance and a database in a simulated AWS, which sleep and wake with it. Prints what happens and a
    table. The exit code is 0, or 1 where anything is not as it should be, with what it is
    and the end of the operator's log.
    """
    try:
        fine = run(name=name, logs=logs)
    except Ended as ended:
        click.echo(f"\n{ended}: the story is broken off, and everything is stopped.", err=True)
        sys.exit(130)
    sys.exit(0 if fine else 1)
