"""The examples, as the command line sees them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sundown.cli.app import cli

FOLDER = Path(__file__).parents[2] / "examples"
OF_ONE_ENV = [file for file in sorted(FOLDER.glob("*.yaml")) if "kind: EnvSchedule" in file.read_text("utf-8")]


def sundown(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def test_validate_finds_no_mistake_in_the_examples() -> None:
    done = sundown("validate", "-f", str(FOLDER))
    assert done.exit_code == 0, done.output
    assert "no mistakes" in done.stdout


@pytest.mark.parametrize("file", [pytest.param(file, id=file.stem) for file in OF_ONE_ENV])
def test_explain_tells_a_week_of_an_example(file: Path) -> None:
    done = sundown("explain", "-f", str(file), "--from", "2026-11-23T00:00:00Z", "--until", "2026-11-30T00:00:00Z")
    assert done.exit_code == 0, done.output
    assert "/default is " in done.stdout
