"""What ``sundown operator`` and ``sundown frontdesk`` have in common: their options, and how they begin and end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click
from kubernetes_asyncio.client import Configuration

from sundown.cli.shared.cluster_options import Command, cluster_options
from sundown.cli.shared.settings_options import NotStarted
from sundown.cluster.credentials import load_configuration

Program = Callable[[Configuration], Coroutine[Any, Any, None]]
"""What runs until SIGTERM or SIGINT."""


def program_options(command: Command) -> Command:
    """Add the options of every long-running process."""
    for option in (
        click.option("--log-level", type=click.Choice(["debug", "info", "warning", "error"]), help="What is logged."),
        click.option(
            "--log-format",
            type=click.Choice(["json", "console"]),
            help="For machines or for people.  [default: console on a terminal, else json]",
        ),
        click.option(
            "--http-port", type=int, metavar="PORT", help="Where /livez, /readyz and /metrics listen; 0: any free one."
        ),
        click.option("--namespace", metavar="NAME", help="The namespace that Sundown itself lives in."),
        cluster_options,
    ):
        command = option(command)
    return command


def run_in_the_foreground(name: str, program: Program, *, kubeconfig: Path | None, context: str | None) -> None:
    """Log in, and run it to its end.

    Raises:
        NotStarted: it broke down.
        SundownError: there is nothing to log in with.
    """
    asyncio.run(_run(name, program, kubeconfig=kubeconfig, context=context))


async def _run(name: str, program: Program, *, kubeconfig: Path | None, context: str | None) -> None:
    configuration = await load_configuration(kubeconfig=kubeconfig, context=context)
    try:
        await program(configuration)
    except Exception as error:
        # Kopf has logged the details; its own exception has no public name and says only that something failed.
        raise NotStarted(f"the {name} could not go on: {error.__cause__ or error}") from error
