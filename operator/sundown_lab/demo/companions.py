"""What runs beside the control plane, one row each: a new companion is a row of `COMPANIONS` and nothing else."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sundown_lab.aws import process as aws_process
from sundown_lab.controlplane import ControlPlane
from sundown_lab.demo import cloud
from sundown_lab.processes import LOOPBACK, Command, Process, answers, free_ports, wait_until
from sundown_lab.slack.remote import Workspace

HOME = "sundown-system"
OPERATOR, FRONTDESK = "sundown-operator", "sundown-frontdesk"
CHANNEL, ALERTS = "#dev", "#alerts"
SUPPORT = "sundown-support"
PEOPLE = Path(__file__).parents[1] / "data" / "workspace.yaml"
A_MONTH = 30 * 86400
READY_WITHIN = 60.0
# People try things by hand here: what they change while an env sleeps shall be noticed while they still look.
SWEEP_MINUTES = "0.25"
# And nobody wants to wait for ten minutes to be told that it is over.
ALERTS_CLOSE_AFTER = "5s"

Urls = Mapping[str, str]


@dataclass(frozen=True)
class Companion:
    """A program: what it does, its command line, and the path that answers 200 when it is ready.

    The command is made of the control plane, a free port, and the URLs of the companions that run already, by name; ``api`` is
    where the REST API is to be.
    `page` is the path that people are told of.
    """

    name: str
    does: str
    command: Callable[[ControlPlane, int, Urls], Command]
    ready: str
    page: str


def aws(_control_plane: ControlPlane, port: int, _urls: Urls) -> Command:
    """The AWS simulator."""
    return aws_process.command(port)


def operator(control_plane: ControlPlane, port: int, urls: Urls) -> Command:
    """The real operator, logged in as its own ServiceAccount with the rights of deploy/."""
    environment = {
        **_product(control_plane, OPERATOR, port),
        **cloud.settings(urls["aws"]),
        "SUNDOWN_SWEEP_MINUTES": SWEEP_MINUTES,
    }
    return Command("operator", (sys.executable, "-m", "sundown", "operator"), env=environment)


def slack(_control_plane: ControlPlane, port: int, _urls: Urls) -> Command:
    """The Slack simulator, with the owners of the sample teams in it."""
    arguments = ("-m", "sundown_lab", "slack", "--port", str(port), "--workspace", str(PEOPLE))
    return Command("slack", (sys.executable, *arguments))


def frontdesk(control_plane: ControlPlane, port: int, urls: Urls) -> Command:
    """The real frontdesk, by Socket Mode and with the REST API, under an account of its own as with deploy/components/split."""
    environment = {
        **_product(control_plane, FRONTDESK, port),
        "SUNDOWN_API_HOST": LOOPBACK,
        "SUNDOWN_API_PORT": urls["api"].rpartition(":")[2],
        **Workspace(urls["slack"]).environment,
        "SUNDOWN_CLUSTER_NAME": cloud.CLUSTER,
        "SUNDOWN_SLACK_CHANNEL": CHANNEL,
        "SUNDOWN_ALERTS_CHANNEL": ALERTS,
        "SUNDOWN_ALERTS_CLOSE_AFTER": ALERTS_CLOSE_AFTER,
    }
    return Command("frontdesk", (sys.executable, "-m", "sundown", "frontdesk"), env=environment)


def _product(control_plane: ControlPlane, account: str, port: int) -> dict[str, str]:
    # Longer than anybody lets a demo run: nobody renews the token in this file, as a kubelet would.
    kubeconfig = control_plane.service_account_kubeconfig(HOME, account, seconds=A_MONTH)
    return {
        "KUBECONFIG": str(kubeconfig),
        "SUNDOWN_HTTP_HOST": LOOPBACK,
        "SUNDOWN_HTTP_PORT": str(port),
        "SUNDOWN_LOG_FORMAT": "console",
        "SUNDOWN_SUPPORT_NAMESPACE": SUPPORT,
    }


COMPANIONS = (
    Companion("aws", "plays AWS: EC2 and RDS", command=aws, ready=aws_process.READY, page="/_lab/state"),
    Companion("operator", "puts envs to sleep and wakes them", command=operator, ready="/readyz", page="/metrics"),
    Companion("slack", "plays Slack", command=slack, ready="/control/clock", page="/"),
    Companion("frontdesk", "talks with people in Slack", command=frontdesk, ready="/readyz", page="/metrics"),
)


class Running:
    """A companion as a process of its own; it ends with the process that started it, however that goes."""

    def __init__(self, companion: Companion, control_plane: ControlPlane, urls: Urls) -> None:
        (port,) = free_ports(1)
        self.companion = companion
        self.url = f"http://{LOOPBACK}:{port}"
        log = control_plane.directory / "logs" / f"{companion.name}.log"
        self.process = Process(companion.command(control_plane, port, urls), log=log)

    def start(self) -> None:
        """Starts it, and returns when it is ready. Raises LabError: it ends or is not ready in time."""
        self.process.start()
        wait_until(
            lambda: answers(self.url + self.companion.ready),
            what=f"{self.companion.name} is ready",
            timeout=READY_WITHIN,
            processes=[self.process],
        )
