"""`--help` of every command."""

from collections.abc import Callable

import pytest

from sundown.cli.app import COMMANDS
from support.commandline import Called


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_shows_examples_and_its_exit_codes(call: Callable[..., Called], command: str) -> None:
    shown = call(command, "--help").out
    assert "Examples:\n" in shown
    assert f"sundown {command}" in shown.partition("Examples:")[2]
    assert "Exit codes: 0 done, 1 refused or failed, 2 wrong usage." in shown
