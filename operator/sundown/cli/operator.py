"""``sundown operator``: runs the operator in the foreground."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from sundown import handlers, logs
from sundown.aws.settings import AwsSettings
from sundown.cli.connecting import cluster_options
from sundown.cli.output import examples
from sundown.cli.settings_options import NotStarted, WithEnvironment, settings_from
from sundown.cluster.client import load_configuration
from sundown.settings import Settings


class WithAws(WithEnvironment):
    """A command whose help lists the operator's settings, those for AWS among them."""

    kinds = (Settings, AwsSettings)


@click.command(
    cls=WithAws,
    epilog=examples(
        "sundown operator                                   # in a pod: as its ServiceAccount",
        "sundown operator --context staging --dry-run       # on a laptop: say what would be done",
        "SUNDOWN_HTTP_PORT=0 sundown operator               # probes on any free port; the log says which",
    ),
)
@cluster_options
@click.option("--namespace", metavar="NAME", help="The namespace that Sundown itself lives in.")
@click.option("--dry-run/--no-dry-run", default=None, help="Report what would be done, change no workload.")
@click.option(
    "--http-port", type=int, metavar="PORT", help="Where /livez, /readyz and /metrics listen; 0: any free one."
)
@click.option(
    "--log-format",
    type=click.Choice(["json", "console"]),
    help="For machines or for people.  [default: console on a terminal, else json]",
)
@click.option("--log-level", type=click.Choice(["debug", "info", "warning", "error"]), help="What is logged.")
def operator(*, kubeconfig: Path | None, context: str | None, **options: Any) -> None:
    """Run the operator until SIGTERM or Ctrl-C.

    Settings are options or environment variables; an option wins.
    """
    settings = settings_from(options, Settings)
    aws = settings_from({}, AwsSettings)
    logs.configure(settings)
    asyncio.run(_run(kubeconfig, context, settings, aws))


async def _run(kubeconfig: Path | None, context: str | None, settings: Settings, aws: AwsSettings) -> None:
    configuration = await load_configuration(kubeconfig=kubeconfig, context=context)
    try:
        await handlers.run(configuration, settings, aws)
    except Exception as error:
        # Kopf has logged the details; its own exception has no public name and says only that something failed.
        raise NotStarted(f"the operator could not go on: {error.__cause__ or error}") from error
