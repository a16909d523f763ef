"""The table of commands, and how what goes wrong in any of them is told."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import click

from sundown import __version__
from sundown.cli.shared import guidance, output
from sundown.errors import InvalidObject, SundownError

COMMANDS: Mapping[str, tuple[str, str]] = {
    "list": ("sundown.cli.commands.list_envs:list_envs", "List the environments: state, what comes next, owner, why."),
    "why": ("sundown.cli.commands.why:why", "Say why an environment is in its state, who did it, and what comes next."),
    "start": ("sundown.cli.commands.wish:start", "Wake environments until their next scheduled shutdown."),
    "stop": ("sundown.cli.commands.wish:stop", "Put environments to sleep until their next scheduled wake."),
    "extend": ("sundown.cli.commands.wish:extend", "Put off the next shutdown of environments."),
    "snooze": ("sundown.cli.commands.wish:snooze", "Hold environments awake for a while from now."),
    "reset": ("sundown.cli.commands.wish:reset", "Give environments back to their schedule."),
    "edit": ("sundown.cli.commands.edit:edit", "Change when an environment sleeps and wakes."),
    "requests": ("sundown.cli.commands.requests:requests", "List what was asked for and waits for somebody."),
    "approve": ("sundown.cli.commands.requests:approve", "Approve what somebody else has asked for."),
    "reject": ("sundown.cli.commands.requests:reject", "Say no to what somebody has asked for."),
    "withdraw": ("sundown.cli.commands.requests:withdraw", "Take back what you have asked for."),
    "audit": ("sundown.cli.commands.audit:audit", "List what people have asked for and done, cluster-wide."),
    "wake-all": ("sundown.cli.commands.wake_all:wake_all", "Wake every environment, before an uninstallation say."),
    "cloud": ("sundown.cli.commands.cloud:cloud", "List what belongs to environments in AWS: sundown cloud list."),
    "api": ("sundown.cli.commands.api:api", "Get a token to call the REST API with: sundown api token."),
    "support": (
        "sundown.cli.commands.support:support",
        "Start, extend, stop and list support pods, for management work.",
    ),
    "kinds": ("sundown.cli.commands.kinds:kinds", "List the kinds that can sleep, and what of them this cluster has."),
    "explain": ("sundown.cli.commands.explain:explain", "Show when a schedule sleeps and wakes, and why."),
    "validate": ("sundown.cli.commands.validate:validate", "Look for mistakes in schedules, without a cluster."),
    "operator": ("sundown.cli.commands.operator:operator", "Run the operator."),
    "frontdesk": ("sundown.cli.commands.frontdesk:frontdesk", "Run the frontdesk, which talks with people in Slack."),
    "admission": (
        "sundown.cli.commands.admission:admission",
        "Run the admission webhook, where policies are not served.",
    ),
}
"""Each command: where it is, and what it does in a line."""

_EXAMPLES = """\b
Examples:
  sundown list
  sundown extend shop-dev 2h
  sundown explain -f schedule.yaml --until 2027-01-31
  sundown validate -f examples/
  sundown COMMAND --help
"""


class Refused(click.ClickException):
    """What Sundown refuses or cannot do: a line on stderr for each thing, and exit code 1."""

    def show(self, file: object = None) -> None:
        for line in self.message.splitlines():
            output.failed(line)


class LazyGroup(click.Group):
    """A group that knows its commands by the table and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise guidance.before_the_command(error) from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS:
            raise guidance.no_such_command(ctx, args[0], COMMANDS)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (click.MissingParameter, click.NoSuchOption) as error:
            raise guidance.with_an_example(error) from None
        except InvalidObject as error:
            raise Refused("\n".join(str(mistake) for mistake in error.mistakes)) from error
        except SundownError as error:
            raise Refused(str(error)) from error


@click.group(
    cls=LazyGroup,
    epilog=_EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="sundown %(version)s")
def cli() -> None:
    """Puts Kubernetes dev and test environments to sleep when nobody works in them, and wakes them the moment somebody does."""


def main() -> None:
    """Run the command line and exit: 0 done, 1 refused or failed, 2 called wrongly."""
    _have_a_home()
    cli(prog_name="kubectl sundown" if Path(sys.argv[0]).name == "kubectl-sundown" else "sundown")


def _have_a_home() -> None:
    """Live in ``/``, as containers have it, where neither HOME nor the list of users knows better: libraries insist on a home."""
    try:
        Path.home()
    except RuntimeError:
        os.environ["HOME"] = "/"
