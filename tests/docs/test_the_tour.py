"""What the pages show is what is printed: of commands that need no cluster word for word, of others in the order of time."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from sundown.cli.app import cli

ROOT = Path(__file__).parents[2]
NO_CLUSTER = re.compile(r"sundown (validate|explain) .*-f ")


def _shown() -> Iterator[tuple[str, str]]:
    """Each command with the output that stands below it."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for block in re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for typed in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = typed.partition("\n")
            if NO_CLUSTER.match(command):
                yield command, output.strip()


SHOWN = dict(_shown())


def test_there_are_such_commands() -> None:
    assert {command.split()[1] for command in SHOWN} == {"validate", "explain"}


@pytest.mark.parametrize("command", SHOWN)
def test_the_readme_shows_what_is_printed(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By files that are in the checkout, so that everybody can try it."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "200")
    said = CliRunner().invoke(cli, command.split()[1:]).output
    assert [line.rstrip() for line in said.strip().splitlines()] == SHOWN[command].splitlines()


def test_in_what_is_shown_time_does_not_run_backwards() -> None:
    shown = re.findall(
        r"^```\w*\n(.*?)^```", (ROOT / "docs/demo.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    times = [re.findall(r"^\d\d:\d\d:\d\d", block, re.MULTILINE) for block in shown]
    assert max(len(each) for each in times) > 10
    assert [each for each in times if each != sorted(each)] == []
