"""`sundown-lab` as a person types it."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sundown_lab import instances
from sundown_lab.cli import COMMANDS, Row, cli
from sundown_lab.instances import Instance, Record
from sundown_lab.releases import NEWEST


def run(*arguments: str, state: Path) -> Result:
    return CliRunner().invoke(cli, arguments, env={"SUNDOWN_LAB_STATE": str(state), "SUNDOWN_LAB_KUBECONFIG": ""})


def test_help_lists_every_command_with_its_summary(tmp_path: Path) -> None:
    answer = run("--help", state=tmp_path)
    assert answer.exit_code == 0
    for row in COMMANDS:
        assert re.search(rf"{row.name}\s+{re.escape(row.summary)}", answer.output)


@pytest.mark.parametrize("row", COMMANDS, ids=lambda row: row.name)
def test_help_of_every_command_has_examples(tmp_path: Path, row: Row) -> None:
    answer = run(row.name, "--help", state=tmp_path)
    assert answer.exit_code == 0
    assert f"sundown-lab {row.name}" in answer.output.partition("Examples:")[2]


def test_help_imports_no_command() -> None:
    code = "import sys; from sundown_lab.cli import cli; cli(['--help'], standalone_mode=False); print(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name for name in answer.stdout.split() if name.startswith("sundown_lab.commands")}
    assert loaded == set()


def test_status_of_nothing_says_what_to_type(tmp_path: Path) -> None:
    assert run("status", state=tmp_path).output == "nothing is up; start something with: sundown-lab up\n"


def test_status_cuts_nothing_off_however_narrow_it_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    record = Record("n" * 60, "k", "https://127.0.0.1:16443", "2026-11-29T00:00:00+00:00", nodes=1, runtime="socket")
    one = Instance(record.name, tmp_path, os.getpid(), replace(record, kubernetes=NEWEST))
    monkeypatch.setattr(instances, "every", lambda: [one])
    shown = run("status", state=tmp_path).output
    cells = [cell.strip() for cell in shown.splitlines()[-1].split("  ")]
    assert [record.name, "up", record.server, NEWEST, "1 and a real one"] == list(filter(None, cells))[:5]


def test_status_for_machines_is_an_array(tmp_path: Path) -> None:
    assert json.loads(run("status", "-o", "json", state=tmp_path).output) == []


def test_down_of_nothing_is_no_mistake(tmp_path: Path) -> None:
    answer = run("down", state=tmp_path)
    assert (answer.exit_code, answer.output) == (0, "nothing was up\n")


@pytest.mark.parametrize("arguments", [["kubectl", "get", "pods"], ["status", "-o", "kubeconfig"]])
def test_a_lab_that_is_not_there_ends_with_1_and_a_sentence(tmp_path: Path, arguments: list[str]) -> None:
    command = [sys.executable, "-m", "sundown_lab.cli", *arguments]
    answer = subprocess.run(
        command, capture_output=True, text=True, check=False, env={"SUNDOWN_LAB_STATE": str(tmp_path)}
    )
    assert answer.returncode == 1
    assert answer.stderr == "Error: there is no lab default\nStart it with: sundown-lab up\n"


def test_a_command_that_does_not_exist_ends_with_2(tmp_path: Path) -> None:
    assert run("upp", state=tmp_path).exit_code == 2


@pytest.mark.lab
def test_up_status_kubectl_and_down_work_together(tmp_path: Path) -> None:
    def lab(*arguments: str) -> str:
        command = [sys.executable, "-m", "sundown_lab.cli", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout

    environment = {**os.environ, "SUNDOWN_LAB_STATE": str(tmp_path), "SUNDOWN_LAB_KUBECONFIG": ""}
    assert lab("up", "--name", "cli").startswith("export KUBECONFIG=")
    assert re.search(rf"cli\s+up\s+https://127\.0\.0\.1:\d+\s+{re.escape(NEWEST)}\s+1\s", lab("status"))
    assert lab("kubectl", "get", "nodes", "-o", "name") == "node/node-1\n"
    assert "\x1b" not in lab("status")
    assert lab("down") == "the lab cli is down\n"
    assert lab("status", "-o", "json") == "[]\n"
