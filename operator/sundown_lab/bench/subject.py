"""The operator as the bench has it: a real process with its own ServiceAccount, watched by the kernel's figures."""

import asyncio
import http.client
import json
import os
import shlex
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sundown_lab.bench.cpu import at_rest, cpu_seconds
from sundown_lab.bench.memory import peak_mib
from sundown_lab.errors import LabError
from sundown_lab.processes import LOOPBACK, Command, Process, free_ports

COMMAND = (sys.executable, "-c", "from sundown.cli import main; main()", "operator")
POLL = 0.05
_IDLE = 0.03


class Subject:
    """One run of the operator. ``command`` replaces ``sundown operator``: another checkout's, say."""

    def __init__(self, kubeconfig: Path, *, log: Path, settings: Mapping[str, str], command: str | None = None) -> None:
        self._port = free_ports(1)[0]
        environment = {
            "KUBECONFIG": str(kubeconfig),
            "SUNDOWN_HTTP_HOST": LOOPBACK,
            "SUNDOWN_HTTP_PORT": str(self._port),
            **settings,
        }
        argv = tuple(shlex.split(command)) if command else COMMAND
        self._process = Process(Command("operator", argv, environment), log=log)
        self._began = 0.0
        self.peak_mib = 0.0

    def start(self) -> None:
        """Start it. Raises LabError: it cannot be executed."""
        self._began = time.perf_counter()
        self._process.start()

    def stop(self) -> None:
        """End it with SIGTERM, after a last look at its memory."""
        if self._process.pid is not None:
            self.look_at_memory()
        self._process.stop(grace=15)

    async def decided(self, envs: int, *, patience: float) -> float:
        """Wait until it has decided about so many envs; the seconds since its start.

        Raises:
            LabError: it ended, or has not after ``patience`` seconds.
        """
        while self.metrics().get("sundown_envs_decided", 0.0) < envs:
            if self._process.pid is None:
                raise LabError("the operator ended", hint=self._process.tail())
            if time.perf_counter() - self._began > patience:
                raise LabError(
                    f"the operator has not decided about {envs} envs after {patience:g} s", hint=self._process.tail()
                )
            await asyncio.sleep(POLL)
        return time.perf_counter() - self._began

    @property
    def cpu_seconds(self) -> float:
        """User and system time since its start."""
        return cpu_seconds(self._process)

    def look_at_memory(self) -> float:
        """The most that it has had resident since its start, in MiB (the kernel's high-water mark)."""
        self.peak_mib = max(self.peak_mib, peak_mib(self._process))
        return self.peak_mib

    async def rest(self, *, quiet: float = 1.0, patience: float = 60.0) -> None:
        """Wait until it has done next to nothing for ``quiet`` seconds. Raises LabError: not after ``patience``."""
        await at_rest(self._process, quiet=quiet, patience=patience, share=_IDLE)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stand it still for the length of the block: it must not undo what the bare loop does to its workloads."""
        os.kill(self._pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self._pid, signal.SIGCONT)

    def metrics(self) -> dict[str, float]:
        """Its metrics by name, those with labels summed up; empty while it does not answer."""
        connection = http.client.HTTPConnection(LOOPBACK, self._port, timeout=5)
        try:
            connection.request("GET", "/metrics")
            text = connection.getresponse().read().decode()
        except (OSError, http.client.HTTPException):
            return {}
        finally:
            connection.close()
        return {name: sum(values.values()) for name, values in samples(text).items()}

    @property
    def _pid(self) -> int:
        if self._process.pid is None:
            raise LabError("the operator does not run", hint=self._process.tail())
        return self._process.pid


def samples(text: str, *, only: str = "") -> dict[str, dict[str, float]]:
    """Metrics in Prometheus's text form: by name, then by their labels as text. ``only`` those names that begin so."""
    found: dict[str, dict[str, float]] = {}
    for line in text.splitlines():
        if not line or line.startswith("#") or not line.startswith(only):
            continue
        what, _, value = line.rpartition(" ")
        name, _, labels = what.partition("{")
        found.setdefault(name, {})[labels.rstrip("}")] = float(value)
    return found


def labels_of(text: str) -> dict[str, str]:
    """``verb="LIST",resource="pods"`` as a dict; values with commas in them are not read right, and are not needed."""
    pairs = (part.partition("=") for part in text.split(",") if "=" in part)
    return {
        key: json.loads(value) if value.startswith('"') and value.endswith('"') else value for key, _, value in pairs
    }
