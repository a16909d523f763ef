"""The demo from its start to its end: what it says on a terminal and on a pipe, and that nothing is left of it."""

import os
import re
import signal
from pathlib import Path

import pytest
from click.testing import CliRunner

from sundown_lab.cli import cli
from sundown_lab.demo.companions import COMPANIONS
from support.lab.gone import wait_until_gone
from support.lab.spectacle import spectacle

pytestmark = [pytest.mark.lab, pytest.mark.slow, pytest.mark.timeout(600)]

UP = "Ctrl-C stops everything."
DOWN = "Everything is stopped, nothing is left running."
# The demo itself, the control plane's five, and the companions.
PROGRAMS = 1 + 5 + len(COMPANIONS)


def files(state: Path) -> list[Path]:
    return [path for path in state.rglob("*") if path.is_file() and not path.name.startswith(".making")]


def test_on_a_pipe_the_demo_says_what_to_type_and_prints_a_line_for_each_env(tmp_path: Path) -> None:
    with spectacle("demo", "--seconds", "5", state=tmp_path) as demo:
        code = demo.end()
        said = demo.said
    assert code == 0, said
    assert f"export KUBECONFIG={tmp_path}/instances/demo/kubeconfig" in said
    for env in ("demo-nap", "team-auckland", "team-berlin", "team-kolkata", "team-new-york"):
        assert f"  {env}" in said.partition(UP)[2]
    # Where it takes its time the nap has begun, so there is no saying in which state they are.
    assert re.search(r"EC2 worker \w+", said.partition(UP)[2])
    assert re.search(r"RDS demo-nap-db \w+", said.partition(UP)[2])
    assert "sundown cloud list" in said.partition(UP)[0]
    assert said.rstrip().endswith(DOWN)
    assert files(tmp_path) == []


def test_ctrl_c_in_the_terminal_ends_the_demo_with_0_and_leaves_nothing_running(tmp_path: Path) -> None:
    with spectacle("demo", "--name", "mine", state=tmp_path, terminal=True) as demo:
        demo.wait_for("LATEST EVENTS")
        pids = demo.family
        os.killpg(demo.process.pid, signal.SIGINT)  # what the terminal does: to everybody in the foreground
        code = demo.end()
        said = demo.said
    assert code == 0, said
    assert DOWN in said
    assert len(pids) == PROGRAMS
    assert wait_until_gone(pids) == []
    assert files(tmp_path) == []


def test_sigterm_while_kubernetes_starts_ends_the_demo_too(tmp_path: Path) -> None:
    with spectacle("demo", state=tmp_path) as demo:
        demo.wait_for("starting Kubernetes")
        pids = demo.family
        demo.process.terminate()
        code = demo.end()
        said = demo.said
    assert code == 0, said
    assert DOWN in said
    assert wait_until_gone(pids) == []


def test_a_killed_demo_leaves_no_process_behind_and_can_be_started_again(tmp_path: Path) -> None:
    with spectacle("demo", state=tmp_path) as demo:
        demo.wait_for(UP)
        pids = demo.family
        demo.process.kill()
        demo.end()
    assert len(pids) == PROGRAMS
    assert wait_until_gone(pids) == []
    with spectacle("demo", "--seconds", "0", state=tmp_path) as again:
        assert again.end() == 0, again.said


def test_lab_commands_know_the_demo_and_down_ends_it(tmp_path: Path) -> None:
    environment = {"SUNDOWN_LAB_STATE": str(tmp_path)}
    with spectacle("demo", state=tmp_path) as demo:
        demo.wait_for(UP)
        assert "https://127.0.0.1" in CliRunner().invoke(cli, ["status", "--name", "demo"], env=environment).output
        answer = CliRunner().invoke(cli, ["down", "--name", "demo"], env=environment)
        code = demo.end()
    assert (answer.output, code) == ("the lab demo is down\n", 0)
