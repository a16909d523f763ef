"""A process of Sundown's as tests run it: the installed command, with its log, its probes and its end."""

import http.client
import os
import re
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sundown_lab.processes import LOOPBACK, Command, Process, wait_until

READY_WITHIN = 120.0
SIGTERM_WITHIN = 20.0
PORT = re.compile(r'"port": (\d+), "event": "probes-listening"')


class Program:
    """``sundown operator`` or ``sundown frontdesk``, which can be ended, killed and started again.

    ``with_rows`` is Python that is run before it begins: rows that a test adds to the tables of the product.
    """

    def __init__(
        self, name: str, kubeconfig: Path, *, log: Path, settings: Mapping[str, str], with_rows: str = ""
    ) -> None:
        environment = {
            "SUNDOWN_HTTP_HOST": LOOPBACK,
            "SUNDOWN_HTTP_PORT": "0",
            "SUNDOWN_LOG_FORMAT": "json",
            **settings,
            "KUBECONFIG": str(kubeconfig),
        }
        command: tuple[str, ...] = (str(Path(sys.executable).with_name("sundown")), name)
        if with_rows:
            command = (sys.executable, "-c", f"{with_rows}\nfrom sundown.cli import main\nmain()", name)
        self.log = log
        self.process = Process(Command(name, command, env=environment), log=log)
        self._begin = 0

    @property
    def runs(self) -> bool:
        """Whether the process is there."""
        return self.process.pid is not None

    @property
    def output(self) -> str:
        """What it has logged since it was started last."""
        with self.log.open("rb") as file:
            file.seek(self._begin)
            return file.read().decode(errors="replace")

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it runs."""
        return self.process.exit_code

    def launch(self) -> None:
        """Start it and do not wait for anything."""
        self._begin = self.log.stat().st_size if self.log.exists() else 0
        self.process.start()

    def start(self) -> None:
        """Start it, and return when it says that it is ready."""
        self.launch()
        self.await_ready()

    def await_ready(self, *, within: float = READY_WITHIN) -> None:
        """Return when ``/readyz`` says yes. Raises LabError: when it ended, or did not say so in time."""
        wait_until(
            lambda: self.port is not None and self.probe("/readyz")[0] == http.HTTPStatus.OK,
            what=f"the {self.process.name} is ready",
            timeout=within,
            processes=[self.process],
        )

    def kill(self) -> None:
        """End it as a crash would."""
        self.process.kill()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Stand it still for the length of the block: what it looks at changes as one."""
        pid = self.process.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def terminate(self) -> int | None:
        """End it as Kubernetes would, with SIGTERM; the exit code, or -9 where it did not end in time."""
        self.process.stop(grace=SIGTERM_WITHIN)
        return self.process.exit_code

    @property
    def port(self) -> int | None:
        """Where its probes are; None while it has not opened them."""
        found = PORT.search(self.output)
        return int(found[1]) if found is not None else None

    def metric(self, sample: str) -> float:
        """The value of a sample of its metrics, such as `sundown_envs{state="Asleep"}`; 0 where there is none."""
        found = re.search(rf"^{re.escape(sample)} (\S+)$", self.probe("/metrics")[1], re.MULTILINE)
        return float(found[1]) if found is not None else 0.0

    def probe(self, path: str) -> tuple[int, str]:
        """Status and text of ``/livez``, ``/readyz`` or ``/metrics``; 0 where nobody answers."""
        assert self.port is not None
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=30)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()
