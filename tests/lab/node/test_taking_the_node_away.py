"""`sundown-lab up --real-node` and `down`, as a person types them: whatever happens in between, nothing of it is left."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sundown_lab import runs
from sundown_lab.node import cgroups, image, network
from support.apiserver import eventually
from support.envs import manifest
from support.node.machine_state import programs, state
from support.nodes import Ground, Node, really

pytestmark = pytest.mark.node


class Typed:
    """`sundown-lab` with a state folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._environment = {**os.environ, "SUNDOWN_LAB_STATE": str(folder), "SUNDOWN_LAB_KUBECONFIG": ""}

    def __call__(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "sundown_lab.cli", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=self._environment)
        assert not check or done.returncode == 0, done.stderr
        return done

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Type it, and do not wait for its end."""
        command = [sys.executable, "-m", "sundown_lab.cli", *arguments]
        return subprocess.Popen(command, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kubectl(self, *arguments: str) -> str:
        return self("kubectl", *arguments).stdout

    @property
    def supervisor(self) -> int | None:
        """The process that has the lab, once there is one."""
        return runs.owner(self.folder / "instances" / "default")


@pytest.fixture
def lab(machine: Node, standing: Ground, tmp_path: Path) -> Iterator[Typed]:
    """The machine's one node is free for it, and afterwards nothing is up that was not before."""
    standing.clear()
    machine.stop()
    one = Typed(tmp_path / "state")
    yield one
    one("down", "--all")


def test_up_image_and_down_leave_the_machine_as_it_was(lab: Typed) -> None:
    before = state()
    lab("up", "--real-node")
    assert "1 and a real one" in lab("status").stdout
    lab("image")
    for name, made in (("web", really(manifest("Deployment", "web", 2))), ("version", _version())):
        (lab.folder / f"{name}.json").write_text(json.dumps(made))
        lab.kubectl("apply", "-f", str(lab.folder / f"{name}.json"))
    lab.kubectl("rollout", "status", "deployment/web", "--timeout=110s")
    lab.kubectl("wait", "--for=condition=Complete", "job/version", "--timeout=110s")
    assert lab.kubectl("logs", "job/version").startswith("sundown ")
    assert lab("down").stdout == "the lab default is down\n"
    assert state() == before
    eventually(lambda: not programs(lab.folder), what="its programs are gone")


def _version() -> dict[str, object]:
    """Sundown's own image, by the name that deploy/base has for it."""
    job = really(manifest("Deployment", "version", None))
    pod = job["spec"]["template"]["spec"]
    pod |= {"restartPolicy": "Never"}
    pod["containers"] = [{"name": "main", "image": image.INSTALLED, "args": ["--version"]}]
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "version"},
        "spec": {"template": {"spec": pod}},
    }


def test_a_second_real_node_is_refused_with_a_sentence(lab: Typed, tmp_path: Path) -> None:
    lab("up", "--real-node")
    done = lab("up", "--name", "second", "--real-node", check=False)
    assert done.returncode == 1
    assert "has the real node of this machine" in done.stderr
    assert "second" not in lab("status").stdout
    assert "Ready" in lab.kubectl("get", "nodes", "-l", "lab.sundown.dev/real")  # the first one is as it was


def test_the_end_of_its_owner_ends_everything_and_down_takes_the_rest(lab: Typed) -> None:
    before = state()
    lab("up", "--real-node")
    path = lab.folder / "web.json"
    path.write_text(json.dumps(really(manifest("Deployment", "web", 2))))
    lab.kubectl("apply", "-f", str(path))
    lab.kubectl("rollout", "status", "deployment/web", "--timeout=110s")
    assert lab.supervisor is not None
    os.kill(lab.supervisor, signal.SIGKILL)
    eventually(lambda: not programs(lab.folder), what="the kernel has ended all of it")
    eventually(lambda: not network.exists(), what="and taken the link away")
    lab("down")
    assert state() == before


STAGES: dict[str, Callable[[Typed], bool]] = {
    "its-control-groups-are-made": lambda _: cgroups.exist(),
    "its-link-is-laid": lambda _: network.exists(),
    "kubelet-is-starting": lambda lab: (lab.folder / "instances" / "default" / "logs" / "kubelet.log").exists(),
}


@pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)
def test_killed_in_the_middle_of_up_it_is_taken_away_by_down(lab: Typed, stage: Callable[[Typed], bool]) -> None:
    before = state()
    typed = lab.begin("up", "--real-node")
    while not stage(lab):
        assert typed.poll() is None, "it ended before it came that far"
        time.sleep(0.01)
    assert lab.supervisor is not None
    os.kill(lab.supervisor, signal.SIGKILL)
    typed.kill()
    typed.wait()
    lab("down")
    assert state() == before
    eventually(lambda: not programs(lab.folder), what="its programs are gone")


def test_down_alone_cleans_up_after_a_run_of_tests_that_was_killed(lab: Typed) -> None:
    """Such a run has no name, so nobody can tell `down` of it."""
    before = state()
    cgroups.make()
    assert state() != before
    assert lab("down").stdout == "nothing was up\n"
    assert state() == before
