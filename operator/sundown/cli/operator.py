"""``sundown operator``: runs the operator in the foreground."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError
from pydantic_settings import SettingsError

from sundown import handlers, logs
from sundown.cli.connecting import cluster_options
from sundown.cli.output import examples
from sundown.cluster.client import load_configuration
from sundown.errors import SundownError
from sundown.model.base import mistakes_of
from sundown.settings import Settings

PREFIX = "SUNDOWN_"


class NotStarted(SundownError):
    """The operator could not be started, or broke down."""

    reason = "NotStarted"


class WithEnvironment(click.Command):
    """A command whose help lists the environment variables of all settings."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        with formatter.section("Environment"):
            formatter.write_dl(list(environment()))


def environment() -> tuple[tuple[str, str], ...]:
    """Each environment variable, and what it does."""
    return tuple(
        (f"{PREFIX}{name.upper()}", f"{field.description}  [default: {_shown(field.default)}]")
        for name, field in Settings.model_fields.items()
    )


def _shown(default: object) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, tuple):
        return "[" + ", ".join(f'"{item}"' for item in default) + "]"
    return str(default) or '""'


def settings_from(options: dict[str, Any]) -> Settings:
    """The settings: what was given as an option, else the environment, else the default.

    Logs are for people where somebody looks on, unless it was said otherwise.

    Raises:
        click.UsageError: for a value that cannot be; the text names the variable.
    """
    given = {name: value for name, value in options.items() if value is not None}
    if f"{PREFIX}LOG_FORMAT" not in os.environ and sys.stderr.isatty():
        given.setdefault("log_format", "console")
    try:
        return Settings(**given)
    except ValidationError as error:
        texts = (f"{PREFIX}{mistake.path.upper()}: {mistake.text}" for mistake in mistakes_of(error))
        raise click.UsageError("\n".join(texts)) from None
    except SettingsError as error:
        raise click.UsageError(f"{error}; a list is written as JSON") from None


@click.command(
    cls=WithEnvironment,
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
    settings = settings_from(options)
    logs.configure(settings)
    asyncio.run(_run(kubeconfig, context, settings))


async def _run(kubeconfig: Path | None, context: str | None, settings: Settings) -> None:
    configuration = await load_configuration(kubeconfig=kubeconfig, context=context)
    try:
        await handlers.run(configuration, settings)
    except Exception as error:
        # Kopf has logged the details; its own exception has no public name and says only that something failed.
        raise NotStarted(f"the operator could not go on: {error.__cause__ or error}") from error
