"""Tests with other projects' own controllers, each for as long as the tests of its file run."""

from collections.abc import Iterator

import pytest

from sundown_lab.cluster import Cluster
from sundown_lab.processes import LOOPBACK, free_ports
from support.controllers import Built, Controller, granted, running
from support.metrics_api import Metrics, serving
from support.operators import Operator, Stage


@pytest.fixture(scope="module")
def argo_rollouts(
    control_plane: Cluster, stage: Stage, built: Built, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Controller]:
    """Argo Rollouts' controller, which looks at each Rollout every second. It has no flag for the address of its probes."""
    stage.usual()  # installs what the rights are added to
    binaries = built("rollouts-controller")
    healthz, metrics = free_ports(2)
    flags = ("--leader-elect=false", "--rollout-resync=1", f"--healthzPort={healthz}", f"--metricsPort={metrics}")
    with (
        granted(control_plane, "argo-rollout"),
        running(
            control_plane,
            binaries,
            "rollouts-controller",
            *flags,
            health=f"http://{LOOPBACK}:{healthz}/healthz",
            directory=tmp_path_factory.mktemp("argo-rollouts"),
        ) as controller,
    ):
        yield controller


@pytest.fixture
def operator(stage: Stage) -> Operator:
    """The operator, whichever controllers are there."""
    return stage.usual()


@pytest.fixture(scope="module")
def metrics(control_plane: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Metrics]:
    """The API of metrics, which Kubernetes' own autoscaler asks."""
    with serving(control_plane, tmp_path_factory.mktemp("metrics")) as served:
        yield served
