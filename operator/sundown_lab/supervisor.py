"""The process behind `sundown-lab up`: owns one control plane, ends it on SIGTERM, and takes it along when it is killed."""

import json
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from sundown_lab import runs
from sundown_lab.build import find_or_build
from sundown_lab.components import Options
from sundown_lab.controlplane import ControlPlane
from sundown_lab.errors import LabError
from sundown_lab.instances import Record


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
    control_plane = ControlPlane(name=name, directory=directory, binaries=find_or_build(), options=options)
    control_plane.start()
    Record(
        name=name,
        kubeconfig=str(control_plane.kubeconfig),
        server=control_plane.server,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        nodes=options.nodes,
        audit_log=str(control_plane.audit_log) if options.audit else "",
        programs=control_plane.pids,
    ).save(directory)
    known: set[str] = set()
    while not asked.wait(1):
        # Asking also takes a dead child out of the process table, where `status` would still count it as running.
        for program, process in control_plane.processes.items():
            if process.exit_code is not None and program not in known:
                known.add(program)
                print(f"{program} ended with code {process.exit_code}; see {process.log}", flush=True)
    control_plane.stop()
    run.end()


def main() -> None:
    """Reads its one argument, JSON of `name`, `directory` and `options`."""
    wish = json.loads(sys.argv[1])
    try:
        supervise(name=wish["name"], directory=Path(wish["directory"]), options=Options(**wish["options"]))
    except LabError as error:
        sys.exit(f"{error}\n{error.hint}".strip())


if __name__ == "__main__":
    main()
