"""Named control planes that outlive the command that starts them: each has a folder and a supervisor that owns it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import psutil

from sundown_lab import runs
from sundown_lab.build import find_or_build
from sundown_lab.cluster import Cluster, connect
from sundown_lab.components import Options
from sundown_lab.errors import LabError
from sundown_lab.node import realnode
from sundown_lab.node.preparing import prepare
from sundown_lab.progress import Progress
from sundown_lab.releases import NEWEST

RECORD = "instance.json"
LOG = "supervisor.log"
DEFAULT = "default"
START_TIMEOUT = 180.0
STOP_TIMEOUT = 60.0
NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?")

State = Literal["up", "starting", "degraded", "dead", "external"]


@dataclass(frozen=True)
class Record:
    """What a supervisor says about its control plane once it is ready; `programs` are pids by name, `started` is UTC, `runtime` is
    the socket of a real node's containerd, `kubernetes` the minor release of what the lab started itself.
    """

    name: str
    kubeconfig: str
    server: str
    started: str
    nodes: int = 0
    audit_log: str = ""
    programs: dict[str, int] = field(default_factory=dict)
    external: bool = False
    runtime: str = ""
    kubernetes: str = ""

    def save(self, directory: Path) -> None:
        """Writes the record whole: a reader sees all of it or none."""
        draft = directory / f".{RECORD}"
        draft.write_text(json.dumps(asdict(self), indent=2))
        draft.replace(directory / RECORD)


@dataclass(frozen=True)
class Instance:
    """A named control plane as it is now; `record` is None until it was ready for the first time."""

    name: str
    directory: Path
    supervisor: int | None
    record: Record | None

    @property
    def state(self) -> State:
        if self.record is not None and self.record.external:
            return "external"
        if self.supervisor is None:
            return "dead"
        if self.record is None:
            return "starting"
        return "degraded" if self.ended_programs else "up"

    @property
    def ended_programs(self) -> tuple[str, ...]:
        """The programs that should run and do not."""
        programs = self.record.programs if self.record is not None else {}
        return tuple(name for name, pid in programs.items() if not psutil.pid_exists(pid))

    @property
    def memory(self) -> int:
        """Resident bytes of all its programs together."""
        total = 0
        for pid in self.record.programs.values() if self.record is not None else ():
            try:
                total += psutil.Process(pid).memory_info().rss
            except psutil.Error:
                continue
        return total

    def cluster(self) -> Cluster:
        """The cluster behind it. Raises LabError where it does not run."""
        if self.record is None or self.state == "dead":
            raise LabError(f"the lab {self.name} is {self.state}", hint=f"Start it with: {up_command(self.name)}")
        release = self.record.kubernetes or NEWEST
        return connect(Path(self.record.kubeconfig), directory=self.directory, kubernetes=release)


def up(name: str = DEFAULT, *, options: Options, progress: Progress) -> Instance:
    """Starts a named control plane in the background and returns when it is ready; one that runs is left as it is.

    Raises:
        LabError: the name cannot be one, a program could not be built, or the control plane does not become ready.
    """
    directory = _directory(name)
    if options.real_node and options.kubernetes != NEWEST:
        raise LabError(f"a real node runs Kubernetes {NEWEST} only", hint="Leave out --kubernetes or --real-node.")
    find_or_build(
        kubernetes=options.kubernetes, progress=progress
    )  # here and not in the supervisor, so that whoever waits can see it
    if options.real_node:
        prepare(progress)
    with runs.exclusive(directory.parent, name):
        instance = get(name)
        if instance is not None and instance.state in {"up", "external"}:
            _same_release(instance, options)
            progress.say(f"the lab {name} is up already")
            return instance
        if instance is not None and instance.state in {"starting", "degraded"}:
            raise LabError(f"the lab {name} is {instance.state}", hint=f"Take it away first: {down_command(name)}")
        if instance is not None:
            progress.say(f"the lab {name} was killed; starting it afresh")
            shutil.rmtree(directory, ignore_errors=True)
        if options.real_node:
            realnode.claim().close()  # before anything is started that would have to be taken away
        directory.mkdir(mode=0o700)
        with progress.step(f"starting the lab {name}"):
            _start_supervisor(name, directory, options=options)
    ready = get(name)
    assert ready is not None
    return ready


def register(name: str, kubeconfig: Path) -> Instance:
    """Gives a cluster that exists already a name, as if it were a lab; nothing is changed in it.

    Raises:
        LabError: the name is taken or cannot be one, or the cluster does not answer.
    """
    directory = _directory(name)
    if get(name) is not None:
        raise LabError(f"there is a lab {name} already", hint=f"Take it away first: {down_command(name)}")
    cluster = connect(kubeconfig.absolute(), directory=directory)
    cluster.kubectl("get", "--raw", "/readyz", "--request-timeout=10s")
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    started = datetime.now(UTC).isoformat(timespec="seconds")
    record = Record(
        name=name, kubeconfig=str(cluster.kubeconfig), server=cluster.server, started=started, external=True
    )
    record.save(directory)
    return Instance(name=name, directory=directory, supervisor=None, record=record)


def down(name: str) -> bool:
    """Stops a named control plane and takes its files away; False where there was none.

    A cluster that only got its name from `register` is forgotten and stays as it is.
    """
    instance = get(name)
    if instance is None:
        return False
    if instance.supervisor is not None:
        os.kill(instance.supervisor, signal.SIGTERM)
        if not _wait(lambda: runs.owner(instance.directory) is None, timeout=STOP_TIMEOUT):
            os.kill(instance.supervisor, signal.SIGKILL)  # the kernel then ends all it started
            _wait(lambda: runs.owner(instance.directory) is None, timeout=5)
    realnode.sweep(instance.directory / "node")
    shutil.rmtree(instance.directory, ignore_errors=True)
    return True


def sweep() -> None:
    """Takes away what the real node of a killed run has left on this machine; one that lives stays."""
    realnode.sweep()


def get(name: str) -> Instance | None:
    """The named control plane, in whatever state, or None. Raises LabError: the name cannot be one."""
    directory = _directory(name)
    if not directory.is_dir():
        return None
    try:
        record = Record(**json.loads((directory / RECORD).read_text()))
    except FileNotFoundError:
        record = None
    return Instance(name=name, directory=directory, supervisor=runs.owner(directory), record=record)


def every() -> list[Instance]:
    """All named control planes, in the order of their names."""
    folder = runs.home() / "instances"
    names = sorted(entry.name for entry in folder.iterdir() if entry.is_dir()) if folder.is_dir() else []
    return [instance for name in names if (instance := get(name)) is not None]


def choose(name: str | None) -> Instance:
    """The control plane that a command means: the named one, else the only one there is, else `default`.

    Raises:
        LabError: there is none of that name, or several and none was named.
    """
    if name is None:
        present = every()
        if len(present) == 1:
            return present[0]
        name = DEFAULT
        if present and get(name) is None:
            listed = ", ".join(instance.name for instance in present)
            raise LabError(f"there are several labs ({listed})", hint="Say which one with --name.")
    instance = get(name)
    if instance is None:
        raise LabError(f"there is no lab {name}", hint=f"Start it with: {up_command(name)}")
    return instance


def up_command(name: str) -> str:
    """What to type to start it."""
    return "sundown-lab up" if name == DEFAULT else f"sundown-lab up --name {name}"


def down_command(name: str) -> str:
    """What to type to take it away."""
    return "sundown-lab down" if name == DEFAULT else f"sundown-lab down --name {name}"


def _same_release(instance: Instance, options: Options) -> None:
    there = instance.record.kubernetes if instance.record is not None else ""
    if there and there != options.kubernetes:
        raise LabError(
            f"the lab {instance.name} is up with Kubernetes {there}, not {options.kubernetes}",
            hint=f"Take it away first: {down_command(instance.name)}, or choose another name with --name.",
        )


def _start_supervisor(name: str, directory: Path, *, options: Options) -> None:
    arguments = json.dumps({"name": name, "directory": str(directory), "options": asdict(options)})
    with (directory / LOG).open("ab") as log:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "sundown_lab.supervisor", arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(lambda: (directory / RECORD).exists() or supervisor.poll() is not None, timeout=START_TIMEOUT)
    except BaseException:
        supervisor.terminate()
        raise
    if not (directory / RECORD).exists():
        supervisor.terminate()
        said = (directory / LOG).read_text(errors="replace")[-4000:]
        raise LabError(f"the lab {name} did not start", hint=f"What its supervisor said:\n{said}")


def _directory(name: str) -> Path:
    if not NAME.fullmatch(name):
        raise LabError(f"{name!r} is no name for a lab", hint="Use up to 40 of a-z, 0-9 and -, such as demo-2.")
    return runs.home() / "instances" / name


def _wait(done: Callable[[], bool], *, timeout: float) -> bool:
    deadline = time.monotonic() + timeout
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
