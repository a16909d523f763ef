"""``sundown operator``: runs the operator in the foreground."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sundown import handlers
from sundown.aws.settings import AwsSettings
from sundown.cli.shared.output import examples
from sundown.cli.shared.programs import program_options, run_in_the_foreground
from sundown.cli.shared.settings_options import WithEnvironment, settings_from
from sundown.process import logs
from sundown.settings import NAMELESS, Settings

_WITHOUT_A_NAME = (
    f'SUNDOWN_CLUSTER_NAME: is "{NAMELESS}", which any cluster is called; with AWS (SUNDOWN_AWS_REGIONS) give this one a name '
    "that no other has, for by that name it knows what it has stopped there and may start. What sleeps in AWS by the old name "
    f"is started with: SUNDOWN_CLUSTER_NAME={NAMELESS} sundown wake-all --direct"
)


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
@program_options
@click.option("--dry-run/--no-dry-run", default=None, help="Report what would be done, change no workload.")
def operator(*, kubeconfig: Path | None, context: str | None, **options: Any) -> None:
    """Run the operator until SIGTERM or Ctrl-C.

    Settings are options or environment variables; an option wins.
    """
    settings = settings_from(options, Settings)
    aws = settings_from({}, AwsSettings)
    if aws.wanted and settings.cluster_name == NAMELESS:
        raise click.UsageError(_WITHOUT_A_NAME)
    logs.configure(settings)
    run_in_the_foreground(
        "operator",
        lambda configuration: handlers.run(configuration, settings, aws),
        kubeconfig=kubeconfig,
        context=context,
    )
