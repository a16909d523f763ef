"""`sundown-lab demo` and `story` as processes of their own, as a person or CI starts them."""

import os
import pty
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

COMMAND = (str(Path(sys.executable).with_name("sundown-lab")),)
UP_WITHIN = 240.0


class Spectacle:
    """A process whose output is collected, and everything that it ever started."""

    def __init__(self, process: subprocess.Popen[bytes], output: int) -> None:
        self.process = process
        self._output = output
        self._said = bytearray()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def said(self) -> str:
        """All output so far."""
        return bytes(self._said).decode(errors="replace")

    @property
    def family(self) -> list[int]:
        """The process and all that it started."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        return [self.process.pid, *(child.pid for child in children)]

    def wait_for(self, text: str) -> None:
        """Returns once it has said so. Raises AssertionError: it ended before, or has not in four minutes."""
        deadline = time.monotonic() + UP_WITHIN
        while text not in self.said:
            assert self.process.poll() is None, f"it ended before it said {text!r}:\n{self.said}"
            assert time.monotonic() < deadline, f"it does not say {text!r}:\n{self.said}"
            time.sleep(0.1)

    def end(self, *, within: float = UP_WITHIN) -> int:
        """Its exit code, once it has ended (by itself, in so many seconds) and all that it said is there."""
        code = self.process.wait(timeout=within)
        self._reader.join(timeout=10)
        return code

    def _read(self) -> None:
        while True:
            try:
                chunk = os.read(self._output, 65536)
            except OSError:  # how a pseudo-terminal says that nobody writes to it any more
                return
            if not chunk:
                return
            self._said += chunk


@contextmanager
def spectacle(
    *arguments: str, state: Path, terminal: bool = False, env: Mapping[str, str] | None = None
) -> Iterator[Spectacle]:
    """Runs `sundown-lab` with these arguments, on a pipe or on a terminal of 130 columns, for the length of the block."""
    reading, writing = pty.openpty() if terminal else os.pipe()
    terminal_size = {"COLUMNS": "130", "LINES": "45", "TERM": "xterm"}
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        stdin=writing if terminal else subprocess.DEVNULL,
        stdout=writing,
        stderr=writing,
        start_new_session=True,
        env={**os.environ, **terminal_size, "SUNDOWN_LAB_STATE": str(state), **(env or {})},
    )
    os.close(writing)
    try:
        yield Spectacle(process, reading)
    finally:
        process.kill()
        process.wait()
        os.close(reading)
