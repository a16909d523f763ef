"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import click

from sundown.usecases.spans import parse_span

Command = TypeVar("Command", bound=Callable[..., Any])


def span(text: str) -> timedelta:
    """A length of time: ``2h``, ``90m``, ``1h30m``, ``3d``; a bare number is hours.

    Raises:
        click.BadParameter: for anything else.
    """
    try:
        return parse_span(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def cluster_options(command: Command) -> Command:
    """Add ``--kubeconfig`` and ``--context``, as kubectl has them."""
    for option in (
        click.option("--context", metavar="NAME", help="The context of the kubeconfig to use."),
        click.option(
            "--kubeconfig",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="The kubeconfig to use.  [default: $KUBECONFIG, ~/.kube/config, or the pod's own account]",
        ),
    ):
        command = option(command)
    return command


def wait_options(wanted: str) -> Callable[[Command], Command]:
    """Add ``--wait`` and ``--timeout``."""

    def add(command: Command) -> Command:
        for option in (
            click.option(
                "--timeout", type=span, default="20m", show_default=True, help="With --wait: fail after so long."
            ),
            click.option(
                "--wait", is_flag=True, help=f"Return when it is {wanted}, pods included, and say how long it took."
            ),
        ):
            command = option(command)
        return command

    return add
