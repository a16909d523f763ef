"""How much memory a process has had, by the kernel's own high-water mark."""

from pathlib import Path

from sundown_lab.errors import LabError
from sundown_lab.processes import Process


def peak_mib(process: Process) -> float:
    """The most that it has had resident since its start, in MiB. Raises LabError: it does not run."""
    if process.pid is None:
        raise LabError(f"{process.name} does not run", hint=process.tail())
    status = Path(f"/proc/{process.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024
