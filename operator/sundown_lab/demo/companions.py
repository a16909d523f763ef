"""What runs beside the control plane, one row each: a new companion is a row of `COMPANIONS` and nothing else."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

from sundown_lab.controlplane import ControlPlane
from sundown_lab.processes import LOOPBACK, Command, Process, answers, free_ports, wait_until

HOME = "sundown-system"
ACCOUNT = "sundown-operator"
A_MONTH = 30 * 86400
READY_WITHIN = 60.0
# People try things by hand here: what they change while an env sleeps shall be noticed while they still look.
SWEEP_MINUTES = "0.25"


@dataclass(frozen=True)
class Companion:
    """A program: what it does, its command line given a free port, and the path that answers 200 when it is ready.

    `page` is the path that people are told of.
    """

    name: str
    does: str
    command: Callable[[ControlPlane, int], Command]
    ready: str
    page: str


def operator(control_plane: ControlPlane, port: int) -> Command:
    """The real operator, logged in as its own ServiceAccount with the rights of deploy/base."""
    # Longer than anybody lets a demo run: nobody renews the token in this file, as a kubelet would.
    account = control_plane.service_account_kubeconfig(HOME, ACCOUNT, seconds=A_MONTH)
    environment = {
        "KUBECONFIG": str(account),
        "SUNDOWN_HTTP_HOST": LOOPBACK,
        "SUNDOWN_HTTP_PORT": str(port),
        "SUNDOWN_LOG_FORMAT": "console",
        "SUNDOWN_SWEEP_MINUTES": SWEEP_MINUTES,
    }
    return Command("operator", (sys.executable, "-m", "sundown", "operator"), env=environment)


COMPANIONS = (
    Companion("operator", "puts envs to sleep and wakes them", command=operator, ready="/readyz", page="/metrics"),
)


class Running:
    """A companion as a process of its own; it ends with the process that started it, however that goes."""

    def __init__(self, companion: Companion, control_plane: ControlPlane) -> None:
        (port,) = free_ports(1)
        self.companion = companion
        self.url = f"http://{LOOPBACK}:{port}"
        log = control_plane.directory / "logs" / f"{companion.name}.log"
        self.process = Process(companion.command(control_plane, port), log=log)

    def start(self) -> None:
        """Starts it, and returns when it is ready. Raises LabError: it ends or is not ready in time."""
        self.process.start()
        wait_until(
            lambda: answers(self.url + self.companion.ready),
            what=f"{self.companion.name} is ready",
            timeout=READY_WITHIN,
            processes=[self.process],
        )
