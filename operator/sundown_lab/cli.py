"""`sundown-lab`: the command line of the lab. The table below is its table of contents."""

import importlib
import sys
from dataclasses import dataclass

import click
from rich.console import Console
from rich.markup import escape

from sundown_lab.errors import LabError

EXAMPLES = """\b
Examples:
  sundown-lab up                        # a control plane in the background; builds its programs the first time
  sundown-lab kubectl get nodes
  sundown-lab up --name second          # a second one beside it
  export KUBECONFIG=$(sundown-lab status -o kubeconfig)
  sundown-lab down
"""


@dataclass(frozen=True)
class Row:
    """A command: what is typed, what `--help` says of it, and where it is (`module:attribute`)."""

    name: str
    summary: str
    where: str


COMMANDS = (
    Row("demo", "Watch four teams' environments fall asleep and wake.", "sundown_lab.commands.demo:demo"),
    Row("story", "The same unattended: compares every count, says how it went.", "sundown_lab.commands.story:story"),
    Row("up", "Start a control plane in the background.", "sundown_lab.commands.instances:up"),
    Row("down", "Stop one and take its files away.", "sundown_lab.commands.instances:down"),
    Row("status", "Show what runs.", "sundown_lab.commands.instances:status"),
    Row("kubectl", "Run kubectl against one.", "sundown_lab.commands.instances:kubectl"),
    Row("load", "Fill one with envs, or take them away.", "sundown_lab.commands.load:load"),
    Row("bench", "Measure the operator against the design's bars.", "sundown_lab.commands.bench:bench"),
    Row("slack", "Start a Slack workspace with a page to act in it.", "sundown_lab.commands.slack:slack"),
    Row("aws", "Start an AWS with EC2, RDS and DynamoDB.", "sundown_lab.commands.aws:aws"),
    Row("image", "Build Sundown's image, and give it to the real node.", "sundown_lab.commands.image:image"),
    Row("docs", "Write the pages of docs/ that are made from the code.", "sundown_lab.commands.docs:docs"),
    Row("build", "Build the programs without starting anything.", "sundown_lab.commands.build:build"),
)


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called, so that `--help` and completion stay quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [row.name for row in COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for row in COMMANDS:
            if row.name == cmd_name:
                module, _, attribute = row.where.partition(":")
                command = getattr(importlib.import_module(module), attribute)
                assert isinstance(command, click.Command)
                return command
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(row.name, row.summary) for row in COMMANDS])


@click.group(cls=LazyGroup, epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sundown", prog_name="sundown-lab")
def cli() -> None:
    """A real Kubernetes control plane on this machine, without containers.

    etcd, the API server, the controller manager and the scheduler run as processes; kwok pretends to be the nodes, so
    that pods become ready at once and use nothing.
    """


def main() -> None:
    """Runs the command line; a `LabError` ends it with code 1 and its text on stderr, Ctrl-C with 130."""
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except LabError as error:
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        console.print(f"[red]Error:[/red] {escape(str(error))}")
        if error.hint:
            console.print(escape(error.hint))
        sys.exit(1)


if __name__ == "__main__":
    main()
