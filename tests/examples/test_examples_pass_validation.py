"""The examples, as the command line sees them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "examples"
OF_ONE_ENV = [file for file in sorted(FOLDER.glob("*.yaml")) if "kind: EnvSchedule" in file.read_text("utf-8")]


def sundown(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "sundown", *arguments], capture_output=True, text=True, check=False)


def test_validate_finds_no_mistake_in_the_examples() -> None:
    done = sundown("validate", "-f", str(FOLDER))
    assert done.returncode == 0, done.stdout
    assert "no mistakes" in done.stdout


@pytest.mark.parametrize("file", [pytest.param(file, id=file.stem) for file in OF_ONE_ENV])
def test_explain_tells_a_week_of_an_example(file: Path) -> None:
    done = sundown("explain", "-f", str(file), "--from", "2026-11-23T00:00:00Z", "--until", "2026-11-30T00:00:00Z")
    assert done.returncode == 0, done.stderr
    assert "/default is " in done.stdout
