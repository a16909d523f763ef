"""Child processes that never outlive their parent, write to a log file, and are ended in good order.

Linux only: the promise that nothing is left behind after `kill -9` of the parent is kept by the kernel (see `tether.py`).
"""

import http.client
import os
import queue
import random
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sundown_lab.errors import LabError

LOOPBACK = "127.0.0.1"
TETHER = Path(__file__).with_name("tether.py")
POLL = 0.05


@dataclass(frozen=True)
class Command:
    """What to run: `argv` begins with an absolute path; `env` is added to this process's environment."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)


class Spawner:
    """One thread that starts all children and lives as long as this process.

    The kernel sends the death signal when the *thread* that forked ends, so a child started by a worker thread that
    comes and goes would die with it.
    """

    def __init__(self) -> None:
        self._wishes: queue.SimpleQueue[tuple[Callable[[], subprocess.Popen[bytes]], Future[subprocess.Popen[bytes]]]]
        self._wishes = queue.SimpleQueue()
        self._pid = 0
        self._lock = threading.Lock()

    def start(self, spawn: Callable[[], subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
        """Runs `spawn` on the thread that lasts and returns (or raises) what it did."""
        with self._lock:
            if self._pid != os.getpid():  # a fork of this process has the object but not the thread
                self._pid = os.getpid()
                self._wishes = queue.SimpleQueue()
                threading.Thread(target=self._run, name="sundown-lab-spawner", daemon=True).start()
        answer: Future[subprocess.Popen[bytes]] = Future()
        self._wishes.put((spawn, answer))
        return answer.result()

    def _run(self) -> None:
        while True:
            spawn, answer = self._wishes.get()
            try:
                answer.set_result(spawn())
            except OSError as error:
                answer.set_exception(error)


_spawner = Spawner()


class Process:
    """A child with a log file. Starting, stopping and starting again keeps appending to the same log."""

    def __init__(self, command: Command, *, log: Path) -> None:
        self.command = command
        self.log = log
        self._popen: subprocess.Popen[bytes] | None = None

    @property
    def name(self) -> str:
        return self.command.name

    @property
    def pid(self) -> int | None:
        """The process id while it runs, else None."""
        return self._popen.pid if self._popen is not None and self._popen.poll() is None else None

    @property
    def exit_code(self) -> int | None:
        """How it ended (negative: by which signal), or None while it runs or was never started."""
        return self._popen.poll() if self._popen is not None else None

    def start(self) -> None:
        """Starts the command in a session of its own, so that Ctrl-C in the terminal reaches only the parent.

        Raises:
            LabError: it runs already, or cannot be executed.
        """
        if self.pid is not None:
            raise LabError(f"{self.name} runs already (pid {self.pid})")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        argv = [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), *self.command.argv]

        def spawn() -> subprocess.Popen[bytes]:
            with self.log.open("ab") as log:
                return subprocess.Popen(
                    argv,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env={**os.environ, **self.command.env},
                    start_new_session=True,
                )

        try:
            self._popen = _spawner.start(spawn)
        except OSError as error:
            raise LabError(f"{self.name} cannot be started: {error}") from error

    def stop(self, *, grace: float = 10.0) -> None:
        """Ends it with SIGTERM, and with SIGKILL after `grace` seconds; nothing happens when it is not running."""
        if self._popen is None or self._popen.poll() is not None:
            return
        self._popen.send_signal(signal.SIGTERM)
        try:
            self._popen.wait(timeout=grace)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Ends it with SIGKILL and waits for the kernel to take it away."""
        if self._popen is not None and self._popen.poll() is None:
            self._popen.kill()
            self._popen.wait()

    def tail(self, *, lines: int = 15) -> str:
        """The last lines of the log."""
        try:
            text = self.log.read_text(errors="replace")
        except FileNotFoundError:
            return ""
        return "\n".join(text.splitlines()[-lines:])


def wait_until(
    ready: Callable[[], bool], *, what: str, timeout: float, processes: Iterable[Process] = (), poll: float = POLL
) -> None:
    """Polls `ready` every `poll` seconds.

    Raises:
        LabError: `timeout` seconds passed, or one of `processes` ended; with the end of the log that tells why.
    """
    watched: Sequence[Process] = tuple(processes)
    deadline = time.monotonic() + timeout
    while not ready():
        for process in watched:
            if process.exit_code is not None:
                raise LabError(
                    f"{process.name} ended with code {process.exit_code} while waiting until {what}",
                    hint=f"The end of {process.log}:\n{process.tail()}",
                )
        if time.monotonic() > deadline:
            logs = "\n".join(f"The end of {process.log}:\n{process.tail()}" for process in watched)
            raise LabError(f"{what}: not after {timeout:g} s", hint=logs)
        time.sleep(poll)


def answers(url: str, *, authority: Path | None = None) -> bool:
    """Whether a GET of the `http(s)` URL is answered with 200 within 2 seconds; TLS is verified against `authority`."""
    address = urlsplit(url)
    connection: http.client.HTTPConnection
    if address.scheme == "https":
        context = ssl.create_default_context(cafile=authority)
        connection = http.client.HTTPSConnection(address.netloc, timeout=2, context=context)
    else:
        connection = http.client.HTTPConnection(address.netloc, timeout=2)
    try:
        connection.request("GET", address.path or "/")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def free_ports(count: int) -> tuple[int, ...]:
    """Distinct TCP ports of the loopback address that nobody listens on now.

    They lie below the kernel's ephemeral range: a port inside it can be taken by any outgoing connection while the API
    server that owns it is down, even by a client that keeps dialling that very port.

    Raises:
        LabError: too few free ports were found.
    """
    ephemeral = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()
    upper = int(ephemeral[0]) if int(ephemeral[0]) > 20000 else 65535
    found: list[int] = []
    for port in random.sample(range(12000, upper), k=min(2000, upper - 12000)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return tuple(found)
    raise LabError(f"found {len(found)} free ports on {LOOPBACK}, but {count} are needed")
