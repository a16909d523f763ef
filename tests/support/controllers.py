"""Real controllers of other projects on the shared control plane: a process each, with their own CRDs and an account of their own.

They are built from pinned Go modules (``sundown-lab build --controllers``), and here where that was never done.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from _pytest.capture import CaptureManager

from sundown_lab.binaries import Binaries
from sundown_lab.build import find_or_build
from sundown_lab.cluster import KUSTOMIZATION, Cluster
from sundown_lab.processes import LOOPBACK, Command, Process, answers, free_ports, wait_until
from sundown_lab.progress import Progress
from support.apiserver import Api, Json, eventually
from support.audit import Audit
from support.operators import ROOT

READY_WITHIN = 90.0
COMPONENTS = ROOT / "deploy" / "components" / "kinds"
AGGREGATED = "/apis/rbac.authorization.k8s.io/v1/clusterroles/sundown-kinds"
TEN = 10
"""How many of its intervals a controller is given to wake what sleeps."""


class Controller:
    """One that runs. ``audit`` is what it asked of the API server."""

    def __init__(self, cluster: Cluster, process: Process, *, user: str) -> None:
        self.process = process
        self.audit = Audit(cluster, user=user)

    @property
    def log(self) -> str:
        """All that it has said."""
        return self.process.log.read_text(errors="replace")

    def said(self, *words: str) -> int:
        """How many lines of its log have all of these words."""
        return sum(all(word in line for word in words) for line in self.log.splitlines())

    def look(self, *words: str, times: int = TEN) -> None:
        """Return when it has said so as many times more: a line that it logs each time that it looks at an object."""
        before = self.said(*words)
        eventually(lambda: self.said(*words) >= before + times, what=f"{self.process.name} looks {times} times")


Built = Callable[[str], Binaries]


@pytest.fixture(scope="session")
def built(pytestconfig: pytest.Config) -> Built:
    """``built("rollouts-controller")`` has that program, built first where that was never done."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    assert isinstance(capture, CaptureManager)

    def find(name: str) -> Binaries:
        with capture.global_and_fixture_disabled():  # a first build takes minutes, which must be seen
            return find_or_build([name], progress=Progress())

    return find


@contextmanager
def running(
    cluster: Cluster,
    binaries: Binaries,
    name: str,
    *flags: str,
    health: str,
    directory: Path,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Controller]:
    """Serve its CRDs and run it, until it says at the URL ``health`` that it does; in the end neither is there any more.

    It logs in as a person of its own name, who may do everything: its own roles are not what is tried here.
    """
    cluster.install([binaries.crds(name)])
    login = cluster.user_kubeconfig(name, groups=("system:masters",))
    command = Command(name, (str(binaries[name]), *flags), env={**(environment or {}), "KUBECONFIG": str(login)})
    process = Process(command, log=directory / f"{name}.log")
    controller = Controller(cluster, process, user=name)
    process.start()
    try:
        wait_until(lambda: answers(health), what=f"{name} is ready", timeout=READY_WITHIN, processes=[process])
        yield controller
        # Before it ends, for it takes its finalizers off what goes with them. Other tests serve these kinds as they need them.
        option = "-k" if (binaries.crds(name) / KUSTOMIZATION).is_file() else "-f"
        cluster.kubectl("delete", option, str(binaries.crds(name)), "--timeout=100s")
    finally:
        process.stop()


@contextmanager
def argo_rollouts(cluster: Cluster, binaries: Binaries, directory: Path) -> Iterator[Controller]:
    """Argo Rollouts' controller, which looks at each Rollout every second. It has no flag for the address of its probes."""
    healthz, metrics = free_ports(2)
    flags = ("--leader-elect=false", "--rollout-resync=1", f"--healthzPort={healthz}", f"--metricsPort={metrics}")
    health = f"http://{LOOPBACK}:{healthz}/healthz"
    name = "rollouts-controller"
    with running(cluster, binaries, name, *flags, health=health, directory=directory) as controller:
        yield controller


@contextmanager
def granted(cluster: Cluster, component: str) -> Iterator[None]:
    """The rights on the kinds of a component, for as long as this lasts."""
    role: Json = yaml.safe_load((COMPONENTS / component / "clusterrole.yaml").read_text())
    document = json.dumps(role)
    cluster.kubectl("apply", "--server-side", "-f", "-", input=document)
    api = Api(cluster.kubeconfig)
    eventually(
        lambda: all(rule in (api.get(AGGREGATED)["rules"] or []) for rule in role["rules"]), what="rights are granted"
    )
    yield
    cluster.kubectl("delete", "-f", "-", input=document)
