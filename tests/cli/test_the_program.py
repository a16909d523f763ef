"""The command line as a whole."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from sundown import __version__
from sundown.cli.app import COMMANDS
from support.commandline import Called

Call = Callable[..., Called]


def test_its_help_names_every_command_with_examples(call: Call) -> None:
    told = call("--help")
    assert told.code == 0
    assert "Examples:" in told.out
    assert all(f"  {name} " in told.out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_each_command_has_examples_of_it(call: Call, name: str) -> None:
    told = call(name, "--help")
    assert told.code == 0
    assert f"  sundown {name}" in told.out


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_knows_each_command_by_its_own_name(call: Call, name: str) -> None:
    assert f"Usage: sundown {name}" in call(name, "--help").out


def test_it_says_its_version(call: Call) -> None:
    assert call("--version").out == f"sundown {__version__}\n"


def test_an_unknown_command_is_a_wrong_call(call: Call) -> None:
    told = call("expalin")
    assert told.code == 2
    assert "No such command 'expalin'" in told.err


def test_its_help_loads_no_command() -> None:
    program = "import sys; from sundown.cli.app import cli; cli(['--help'], standalone_mode=False); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "sundown.cli.app" in loaded
    assert not {"pydantic", "kopf", "aiohttp", "kubernetes_asyncio", "holidays", "sundown.cli.commands.explain"} & set(
        loaded
    )


def test_looking_at_files_loads_nothing_that_talks_to_a_cluster() -> None:
    program = "import sys; import sundown.cli.commands.explain, sundown.cli.commands.validate; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not {"kopf", "aiohttp", "kubernetes_asyncio"} & set(loaded)
