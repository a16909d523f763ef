"""``sundown frontdesk``: runs the frontdesk in the foreground."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from sundown import logs
from sundown.cli.connecting import cluster_options
from sundown.cli.output import examples
from sundown.cli.settings_options import NotStarted, WithEnvironment, settings_from
from sundown.cluster.client import load_configuration
from sundown.frontdesk import watches
from sundown.frontdesk.settings import FrontdeskSettings


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
@cluster_options
@click.option("--namespace", metavar="NAME", help="The namespace that Sundown itself lives in.")
@click.option("--cluster-name", metavar="NAME", help="What people call this cluster in env@cluster.")
@click.option("--slack-port", type=int, metavar="PORT", help="The port of the HTTP door; 0: any free one.")
@click.option(
    "--http-port", type=int, metavar="PORT", help="Where /livez, /readyz and /metrics listen; 0: any free one."
)
@click.option(
    "--log-format",
    type=click.Choice(["json", "console"]),
    help="For machines or for people.  [default: console on a terminal, else json]",
)
@click.option("--log-level", type=click.Choice(["debug", "info", "warning", "error"]), help="What is logged.")
def frontdesk(*, kubeconfig: Path | None, context: str | None, **options: Any) -> None:
    """Talk with people in Slack until SIGTERM or Ctrl-C.

    Settings are options or environment variables; an option wins. Tokens and secrets come from the environment only.
    """
    settings = settings_from(options, FrontdeskSettings)
    logs.configure(settings)
    asyncio.run(_run(kubeconfig, context, settings))


async def _run(kubeconfig: Path | None, context: str | None, settings: FrontdeskSettings) -> None:
    configuration = await load_configuration(kubeconfig=kubeconfig, context=context)
    try:
        await watches.run(configuration, settings)
    except Exception as error:
        # Kopf has logged the details; its own exception has no public name and says only that something failed.
        raise NotStarted(f"the frontdesk could not go on: {error.__cause__ or error}") from error
