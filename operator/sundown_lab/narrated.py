"""Commands that take minutes: each line that they print shows beside the step in hand, and the last ones are kept."""

import os
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sundown_lab.errors import LabError
from sundown_lab.processes import TETHER
from sundown_lab.progress import Progress

KEPT_LINES = 25


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said last."""

    code: int
    last: tuple[str, ...]


def run(
    command: Sequence[str],
    *,
    progress: Progress,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Ended:
    """Runs the command to its end; it is gone when this process is, however that ends."""
    program, *arguments = command
    last: deque[str] = deque(maxlen=KEPT_LINES)
    with subprocess.Popen(
        [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), shutil.which(program) or program, *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        try:
            assert process.stdout is not None
            for line in process.stdout:
                last.append(line.rstrip())
                progress.detail(line.strip())
        except BaseException:
            process.terminate()  # Ctrl-C here must not leave it at work
            raise
    return Ended(process.returncode, tuple(last))


def insist(
    command: Sequence[str], *, what: str, progress: Progress, environment: Mapping[str, str] | None = None
) -> None:
    """The same for what has to succeed. Raises LabError: it did not; the hint holds its last lines."""
    ended = run(command, progress=progress, environment=environment)
    if ended.code != 0:
        raise LabError(f"{what} failed (exit code {ended.code})", hint="\n".join(["Its last lines:", *ended.last]))
