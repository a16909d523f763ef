"""One real node beside the pretended ones: started, given images, and taken away without a trace.

It belongs to the process that starts it, and ends with it, even after `kill -9`: the kernel ends every process in the node's
namespaces, and takes mounts, links and sockets along. What is left then are files and empty control groups; the next start, or
`sundown-lab down`, removes them.
"""

import json
import shutil
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import psutil

from sundown_lab import kubeconfig
from sundown_lab.components import REAL_NODE
from sundown_lab.controlplane import ControlPlane
from sundown_lab.errors import LabError
from sundown_lab.node import cgroups, network, settings
from sundown_lab.node.preparing import Prepared
from sundown_lab.node.runtime import Containerd
from sundown_lab.node.settings import NODE_NAME, Layout
from sundown_lab.processes import LOOPBACK, Command, Process, wait_until

START_TIMEOUT = 60.0
LOCK = "\0sundown-lab/real-node"
# The lab has RBAC and no authorizer for nodes.
RIGHTS = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "ClusterRoleBinding",
    "metadata": {"name": "sundown-lab-nodes"},
    "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "system:node"},
    "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "system:nodes"}],
}


class RealNode:
    """A kubelet with containerd and runc, in namespaces of its own, for the control plane of this process.

    `with RealNode(control_plane, prepare(progress)) as node:` takes it away at the end of the block; else call `stop()`.
    """

    def __init__(self, control_plane: ControlPlane, prepared: Prepared) -> None:
        self._control_plane = control_plane
        self._prepared = prepared
        directory = control_plane.directory
        self.layout = Layout(directory / "node", pki=directory / "pki", logs=directory / "logs")
        self.runtime = Containerd(self.layout.socket)
        self._claim: socket.socket | None = None
        self._processes: dict[str, Process] = {}
        self._pid = 0

    @property
    def processes(self) -> Mapping[str, Process]:
        """The programs by name, in the order in which they start."""
        return self._processes

    @property
    def pids(self) -> dict[str, int]:
        """The process ids of the programs that run, by program."""
        return {name: process.pid for name, process in self._processes.items() if process.pid is not None}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Starts everything, and returns when the node is ready; some seconds.

        Raises:
            LabError: this machine has a real node already, or a program ended or is not ready in time; nothing is left then.
        """
        self._claim = claim()
        try:
            self._begin()
            self._enter_namespaces()
            self._start("containerd", ("containerd", "--config", str(self.layout["containerd.toml"])))
            wait_until(
                self.runtime.answers,
                what="containerd answers",
                timeout=START_TIMEOUT,
                processes=[self._processes["containerd"]],
            )
            for image in self._prepared.images:
                self.runtime.load(image)
            self._start("kubelet", settings.kubelet_command(self._prepared.kubelet, layout=self.layout))
            wait_until(
                self._ready, what="the real node is ready", timeout=START_TIMEOUT, processes=self._processes.values()
            )
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Ends everything in the node and removes what it leaves. A second call does nothing."""
        if self._claim is None:
            return
        for process in reversed(self._processes.values()):
            process.kill()
        clean(self.layout.directory)
        self._claim.close()
        self._claim = None

    def _begin(self) -> None:
        clean(self.layout.directory)
        network.require_free()
        self.layout.directory.mkdir(parents=True)
        settings.SOCKETS.mkdir(mode=0o700)
        settings.write(self.layout)
        cgroups.make()
        endpoint = kubeconfig.Endpoint(f"https://{network.API_SERVER}:443", self._control_plane.endpoint.authority)
        login = self._control_plane.client_certificate(f"system:node:{NODE_NAME}", groups=("system:nodes",))
        kubeconfig.write(self.layout["kubelet.kubeconfig"], endpoint=endpoint, login=login)
        self._control_plane.kubectl("apply", "-f", "-", input=json.dumps(RIGHTS))

    def _enter_namespaces(self) -> None:
        ready = self.layout["ready"]
        kept = [self._control_plane.directory, self._prepared.kubelet.parent, settings.SOCKETS]
        places = {str(path): str(path) for path in kept} | {settings.KUBELET: str(self.layout["kubelet"])}
        wish = json.dumps({"ready": str(ready), "keep": places})
        keeper = self._process(
            "namespaces",
            *(_path("unshare"), "--net", "--pid", "--fork", "--kill-child", "--mount", "--mount-proc"),
            *("--propagation", "private", sys.executable, "-m", "sundown_lab.node.keeper", wish),
        )
        keeper.start()
        wait_until(ready.exists, what="namespaces are made", timeout=START_TIMEOUT, processes=[keeper])
        assert keeper.pid is not None
        (self._pid,) = (child.pid for child in psutil.Process(keeper.pid).children())
        network.lay(self._pid)
        relayed = (str(self._pid), network.API_SERVER, "443", LOOPBACK, str(self._control_plane.ports.api_server))
        self._process("api-relay", sys.executable, "-m", "sundown_lab.node.relay", *relayed).start()

    def _start(self, name: str, command: tuple[str, ...]) -> None:
        inside = (_path("nsenter"), f"--target={self._pid}", "--net", "--mount", "--pid", "--", *command)
        self._process(name, *inside).start()

    def _process(self, name: str, *command: str) -> Process:
        one = Process(Command(name, command), log=self.layout.logs / f"{name}.log")
        self._processes[name] = one
        return one

    def _ready(self) -> bool:
        done = self._control_plane.kubectl("get", "nodes", "-l", REAL_NODE, "-o", "json", check=False)
        nodes = json.loads(done.stdout or "{}").get("items", [])
        conditions = [each for node in nodes for each in node.get("status", {}).get("conditions", [])]
        return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def claim() -> socket.socket:
    """One node a machine, for its addresses are fixed. The name is the kernel's: it is free again when its holder is gone.

    Raises:
        LabError: a lab has it.
    """
    lock = socket.socket(socket.AF_UNIX)
    try:
        lock.bind(LOCK)
    except OSError as error:
        lock.close()
        raise LabError(
            "another lab, or a run of the tests, has the real node of this machine",
            hint="sundown-lab status shows labs; wait for a run of tests to end.",
        ) from error
    return lock


def clean(directory: Path | None) -> None:
    """Removes what a node leaves whose processes are gone, or are about to go: control groups, a link, files.

    Raises:
        LabError: processes are still in its control groups.
    """
    left = cgroups.remove()
    if left:
        raise LabError(
            f"processes of a real node do not end; they are in {left[0]}", hint="Call sundown-lab down again."
        )
    network.remove()
    for folder in (settings.SOCKETS, *([directory] if directory is not None else [])):
        shutil.rmtree(folder, ignore_errors=True)


def sweep(directory: Path | None = None) -> None:
    """The same for a node whose owner was killed; while another one lives, what it has is left alone."""
    folders = [settings.SOCKETS, *([directory] if directory is not None else [])]
    if not (cgroups.exist() or network.exists() or any(folder.exists() for folder in folders)):
        return
    try:
        claimed = claim()
    except LabError:
        return
    with claimed:
        clean(directory)


def _path(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise LabError(f"there is no {program} on the PATH")
    return found
