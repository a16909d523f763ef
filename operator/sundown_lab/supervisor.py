"""The process behind `sundown-lab up`: owns one control plane, ends it on SIGTERM, and takes it along when it is killed."""

import json
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from sundown_lab import runs
from sundown_lab.build import find_or_build
from sundown_lab.components import Options
from sundown_lab.controlplane import ControlPlane
from sundown_lab.errors import LabError
from sundown_lab.instances import Record
from sundown_lab.progress import Progress

if TYPE_CHECKING:
    from sundown_lab.node.realnode import RealNode


def supervise(*, name: str, directory: Path, options: Options) -> None:
    """Runs the control plane until SIGTERM or SIGINT, then stops it in order and removes its folder.

    Raises:
        LabError: it does not start; its logs stay in the folder.
    """
    asked = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        asked.set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end)
    run = runs.claim(directory)
    binaries = find_or_build(kubernetes=options.kubernetes)
    control_plane = ControlPlane(name=name, directory=directory, binaries=binaries, options=options)
    control_plane.start()
    processes, node = dict(control_plane.processes), None
    if options.real_node:
        node = _real_node(control_plane)
        processes |= node.processes
    Record(
        name=name,
        kubeconfig=str(control_plane.kubeconfig),
        server=control_plane.server,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        kubernetes=options.kubernetes,
        nodes=options.nodes,
        audit_log=str(control_plane.audit_log) if options.audit else "",
        programs={name: process.pid for name, process in processes.items() if process.pid is not None},
        runtime=str(node.layout.socket) if node is not None else "",
    ).save(directory)
    known: set[str] = set()
    while not asked.wait(1):
        # Asking also takes a dead child out of the process table, where `status` would still count it as running.
        for program, process in processes.items():
            if process.exit_code is not None and program not in known:
                known.add(program)
                print(f"{program} ended with code {process.exit_code}; see {process.log}", flush=True)
    if node is not None:
        node.stop()
    control_plane.stop()
    run.end()


def _real_node(control_plane: ControlPlane) -> "RealNode":
    from sundown_lab.node.preparing import prepare  # noqa: PLC0415 - few ask for it
    from sundown_lab.node.realnode import RealNode  # noqa: PLC0415

    node = RealNode(control_plane, prepare(Progress()))
    try:
        node.start()
    except BaseException:
        control_plane.stop()
        raise
    return node


def main() -> None:
    """Reads its one argument, JSON of `name`, `directory` and `options`."""
    wish = json.loads(sys.argv[1])
    try:
        supervise(name=wish["name"], directory=Path(wish["directory"]), options=Options(**wish["options"]))
    except LabError as error:
        sys.exit(f"{error}\n{error.hint}".strip())


if __name__ == "__main__":
    main()
