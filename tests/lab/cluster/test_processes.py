"""Children end when they are told to, and when nobody is left to tell them."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sundown_lab.errors import LabError
from sundown_lab.processes import LOOPBACK, TETHER, Command, Process, answers, free_ports, wait_until
from support.lab.gone import wait_until_gone

# Who is started in the background by a shell has SIGINT ignored, and hands that on.
PARENT = """
import signal, sys, time
from pathlib import Path
from sundown_lab.processes import Command, Process
signal.signal(signal.SIGINT, signal.default_int_handler)
child = Process(Command("sleep", ("/bin/sleep", "600")), log=Path(sys.argv[1]))
child.start()
print(child.pid, flush=True)
time.sleep(600)
"""


def shell(script: str, tmp_path: Path) -> Process:
    return Process(Command("shell", ("/bin/sh", "-c", script)), log=tmp_path / "logs" / "shell.log")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_child_ends_with_its_parent_however_that_ends(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path / "log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.send_signal(number)
        parent.wait()
    assert wait_until_gone([child]) == []


def test_a_child_started_by_a_passing_thread_stays(tmp_path: Path) -> None:
    child = shell("sleep 600", tmp_path)
    thread = threading.Thread(target=child.start)
    thread.start()
    thread.join()
    time.sleep(0.3)  # the kernel would have killed it at the thread's end, well before this
    pid = child.pid
    child.kill()
    assert pid is not None


def test_a_child_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    child = shell("trap '' TERM; echo ready; while :; do sleep 0.1; done", tmp_path)
    child.start()
    wait_until(lambda: "ready" in child.tail(), what="the trap is set", timeout=60)
    child.stop(grace=0.2)
    assert child.exit_code == -signal.SIGKILL


def test_a_child_that_heeds_sigterm_ends_by_it(tmp_path: Path) -> None:
    child = shell("trap 'exit 7' TERM; echo ready; while :; do sleep 0.05; done", tmp_path)
    child.start()
    wait_until(lambda: "ready" in child.tail(), what="the trap is set", timeout=60)
    child.stop()
    assert child.exit_code == 7


def test_a_child_keeps_its_log_over_a_restart(tmp_path: Path) -> None:
    child = shell("echo line", tmp_path)
    for _ in range(2):
        child.start()
        wait_until(lambda: child.exit_code is not None, what="it ended", timeout=60)
    assert child.tail() == "line\nline"


def test_a_child_that_runs_is_not_started_twice(tmp_path: Path) -> None:
    child = shell("sleep 600", tmp_path)
    child.start()
    with pytest.raises(LabError, match="shell runs already"):
        child.start()
    child.kill()


def test_waiting_ends_early_when_the_process_did_and_quotes_its_log(tmp_path: Path) -> None:
    child = shell("echo cannot bind; exit 3", tmp_path)
    child.start()
    with pytest.raises(LabError, match="shell ended with code 3 while waiting until it is ready") as failed:
        wait_until(lambda: False, what="it is ready", timeout=60, processes=[child])
    assert "cannot bind" in failed.value.hint


def test_waiting_too_long_says_for_what() -> None:
    with pytest.raises(LabError, match=r"the moon is blue: not after 0\.1 s"):
        wait_until(lambda: False, what="the moon is blue", timeout=0.1)


def test_ctrl_c_in_the_terminal_does_not_reach_children(tmp_path: Path) -> None:
    child = shell("sleep 600", tmp_path)
    child.start()
    assert child.pid is not None
    group = os.getpgid(child.pid)
    child.kill()
    assert group != os.getpgid(0)


def test_free_ports_are_distinct_and_outside_the_ephemeral_range() -> None:
    ports = free_ports(20)
    first_ephemeral = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert len(set(ports)) == 20
    assert max(ports) < first_ephemeral


def test_nobody_answers_on_a_free_port() -> None:
    (port,) = free_ports(1)
    assert not answers(f"http://{LOOPBACK}:{port}/")


def test_a_taken_port_is_not_offered() -> None:
    ports = free_ports(5)
    with socket.socket() as taken:
        taken.bind((LOOPBACK, ports[0]))
        taken.listen()
        assert ports[0] not in free_ports(200)


def test_nothing_is_started_for_a_parent_that_is_gone_already(tmp_path: Path) -> None:
    not_the_parent = "1"
    started = tmp_path / "started"
    ended = subprocess.run([sys.executable, "-I", "-S", TETHER, not_the_parent, "/bin/touch", started], check=False)
    assert ended.returncode == 1
    assert not started.exists()
