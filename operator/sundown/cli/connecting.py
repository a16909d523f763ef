"""The two options with which every command is told its cluster."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


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
