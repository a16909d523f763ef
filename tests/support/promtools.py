"""Prometheus's own promtool of the lab: what it says of metrics and of rules."""

import subprocess
from pathlib import Path

import pytest
from _pytest.capture import CaptureManager

from sundown_lab.build import find_or_build
from sundown_lab.progress import Progress


class Promtool:
    """``promtool("check", "metrics", input=...)`` gives what it has to complain of; empty where that is nothing."""

    def __init__(self, program: Path) -> None:
        self._program = program

    def __call__(self, *arguments: str, input: str | None = None) -> str:  # noqa: A002 - as subprocess has it
        done = subprocess.run(
            [self._program, *arguments], input=input, capture_output=True, text=True, check=False, timeout=180
        )
        said = f"{done.stdout}{done.stderr}".strip()
        return "" if done.returncode == 0 else said or f"exit code {done.returncode}"


@pytest.fixture(scope="session")
def promtool(pytestconfig: pytest.Config) -> Promtool:
    """Promtool, built first where that was never done."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    assert isinstance(capture, CaptureManager)
    with capture.global_and_fixture_disabled():  # a first build takes minutes, which must be seen
        return Promtool(find_or_build(["promtool"], progress=Progress())["promtool"])
