"""``sundown admission``: runs the admission webhook in the foreground."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sundown.admission import process
from sundown.admission.settings import AdmissionSettings
from sundown.cli.shared.output import examples
from sundown.cli.shared.programs import program_options, run_in_the_foreground
from sundown.cli.shared.settings_options import WithEnvironment, settings_from
from sundown.process import logs


class WithAdmission(WithEnvironment):
    """A command whose help lists the webhook's settings."""

    kinds = (AdmissionSettings,)


@click.command(
    cls=WithAdmission,
    epilog=examples(
        "sundown admission                                  # in a pod, with certificates of its own",
        "SUNDOWN_ADMISSION_TLS=/etc/tls sundown admission   # with a certificate from files, which may be renewed",
    ),
)
@program_options
def admission(*, kubeconfig: Path | None, context: str | None, **options: Any) -> None:
    """Answer the API server about namespaces and schedules until SIGTERM or Ctrl-C.

    For clusters without admission policies; settings are options or environment variables, and an option wins.
    """
    settings = settings_from(options, AdmissionSettings)
    logs.configure(settings)
    run_in_the_foreground(
        "admission webhook",
        lambda configuration: process.run(configuration, settings),
        kubeconfig=kubeconfig,
        context=context,
    )
