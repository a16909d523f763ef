"""``sundown frontdesk``: runs the frontdesk in the foreground."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sundown.cli.shared.output import examples
from sundown.cli.shared.programs import program_options, run_in_the_foreground
from sundown.cli.shared.settings_options import WithEnvironment, settings_from
from sundown.frontdesk import handlers
from sundown.frontdesk.settings import FrontdeskSettings
from sundown.process import logs


class WithSlack(WithEnvironment):
    """A command whose help lists the frontdesk's settings."""

    kinds = (FrontdeskSettings,)


@click.command(
    cls=WithSlack,
    epilog=examples(
        "sundown frontdesk                                  # SLACK_BOT_TOKEN and SLACK_APP_TOKEN: Socket Mode",
        "sundown frontdesk --slack-port 3000                # with SLACK_SIGNING_SECRET: Slack posts to /slack/events",
        "SUNDOWN_SLACK_COMMAND=/env sundown frontdesk       # the slash command as the Slack app has it",
    ),
)
@program_options
@click.option("--cluster-name", metavar="NAME", help="What people call this cluster in env@cluster.")
@click.option("--slack-port", type=int, metavar="PORT", help="The port of the HTTP door; 0: any free one.")
def frontdesk(*, kubeconfig: Path | None, context: str | None, **options: Any) -> None:
    """Talk with people in Slack until SIGTERM or Ctrl-C.

    Settings are options or environment variables; an option wins. Tokens and secrets come from the environment only.
    """
    settings = settings_from(options, FrontdeskSettings)
    logs.configure(settings)
    run_in_the_foreground(
        "frontdesk",
        lambda configuration: handlers.run(configuration, settings),
        kubeconfig=kubeconfig,
        context=context,
    )
