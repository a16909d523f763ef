"""Tests with other projects' own controllers, each for as long as the tests of its file run."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sundown_lab.certs import Authority
from sundown_lab.cluster import Cluster
from sundown_lab.processes import LOOPBACK, free_ports
from support.apiserver import Api
from support.argo_cd import ArgoCd
from support.argo_cd import argo_cd as running_argo_cd
from support.artifacts import KIND, Artifacts
from support.artifacts import artifacts as serving_artifacts
from support.catalogued import crd
from support.controllers import Built, Controller, granted, running
from support.controllers import argo_rollouts as running_argo_rollouts
from support.metrics_api import Metrics, serving
from support.operators import Operator, Stage
from support.policies import Policies
from support.queues import Queues
from support.queues import queues as serving_queues

SOURCES = {
    "GitRepository": "gitrepositories",
    "OCIRepository": "ocirepositories",
    "Bucket": "buckets",
    "HelmChart": "helmcharts",
    KIND: "externalartifacts",
}


@pytest.fixture(scope="module")
def argo_rollouts(
    control_plane: Cluster, stage: Stage, built: Built, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Controller]:
    """Argo Rollouts' controller."""
    stage.usual()  # installs what the rights are added to
    binaries, directory = built("rollouts-controller"), tmp_path_factory.mktemp("argo-rollouts")
    with (
        granted(control_plane, "argo-rollout"),
        running_argo_rollouts(control_plane, binaries, directory) as controller,
    ):
        yield controller


@pytest.fixture
def operator(stage: Stage) -> Operator:
    """The operator, whichever controllers are there."""
    return stage.usual()


@pytest.fixture(scope="module")
def held(api: Api, stage: Stage) -> Iterator[None]:
    """The policies are in force, and the operator knows; for the rest of this file."""
    policies = Policies(api)
    policies.install()
    stage.look_again()
    yield
    policies.remove()
    stage.look_again()


@pytest.fixture(scope="module")
def metrics(control_plane: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Metrics]:
    """The API of metrics, which Kubernetes' own autoscaler asks."""
    with serving(control_plane, tmp_path_factory.mktemp("metrics")) as served:
        yield served


@pytest.fixture(scope="module")
def queues() -> Iterator[Queues]:
    """The queues by whose length KEDA scales."""
    with serving_queues() as found:
        yield found


@pytest.fixture(scope="module")
def keda(
    control_plane: Cluster, stage: Stage, built: Built, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Controller]:
    """KEDA's operator, without its adapter: what it does itself is scaling from 0 and to it, and jobs."""
    stage.usual()
    directory, authority = tmp_path_factory.mktemp("keda"), Authority()
    authority.pair.save(directory, "ca")
    authority.server(names=("keda-operator",), addresses=(LOOPBACK,)).save(directory, "tls")
    probes, metrics = free_ports(2)
    flags = (
        "--enable-prometheus-metrics=false",
        f"--health-probe-bind-address={LOOPBACK}:{probes}",
        f"--metrics-service-bind-address={LOOPBACK}:{metrics}",
        f"--cert-dir={directory}",
        "--kube-api-qps=200",
        "--kube-api-burst=400",
    )
    with (
        granted(control_plane, "keda"),
        running(
            control_plane,
            built("keda-operator"),
            "keda-operator",
            *flags,
            health=f"http://{LOOPBACK}:{probes}/readyz",
            directory=directory,
            environment={"WATCH_NAMESPACE": "", "KEDA_CLUSTER_OBJECT_NAMESPACE": "default"},
        ) as controller,
    ):
        yield controller


@pytest.fixture(scope="module")
def eck(
    control_plane: Cluster, stage: Stage, built: Built, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Controller]:
    """ECK, Elastic's operator. It has no probes: its metrics tell that it is there."""
    stage.usual()
    (metrics,) = free_ports(1)
    flags = (
        "manager",
        "--operator-namespace=default",
        "--enable-leader-election=false",
        "--enable-webhook=false",
        "--disable-telemetry",
        "--kube-client-qps=200",
        f"--metrics-host={LOOPBACK}",
        f"--metrics-port={metrics}",
    )
    with (
        granted(control_plane, "elastic"),
        running(
            control_plane,
            built("elastic-operator"),
            "elastic-operator",
            *flags,
            health=f"http://{LOOPBACK}:{metrics}/metrics",
            directory=tmp_path_factory.mktemp("eck"),
        ) as controller,
    ):
        yield controller


@pytest.fixture(scope="module")
def artifacts() -> Iterator[Artifacts]:
    """What Flux fetches."""
    with serving_artifacts() as found:
        yield found


@pytest.fixture(scope="module")
def sources(control_plane: Cluster) -> Iterator[None]:
    """The kinds of Flux's source-controller, whose part the tests play: theirs are open to any field."""
    items = [crd("source.toolkit.fluxcd.io", "v1", kind, plural) for kind, plural in SOURCES.items()]
    document = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    control_plane.kubectl("apply", "--server-side", "-f", "-", input=document)
    yield
    control_plane.kubectl("delete", "-f", "-", "--timeout=100s", input=document)


@contextmanager
def of_flux(name: str, *flags: str, cluster: Cluster, built: Built, directory: Path) -> Iterator[Controller]:
    """A controller of Flux's, by artifacts from anywhere and without chance in its intervals."""
    health, metrics = free_ports(2)
    usual = (
        "--feature-gates=ExternalArtifact=true",
        f"--health-addr={LOOPBACK}:{health}",
        f"--metrics-addr={LOOPBACK}:{metrics}",
        "--interval-jitter-percentage=0",
    )
    with (
        granted(cluster, "flux"),
        running(
            cluster,
            built(name),
            name,
            *usual,
            *flags,
            health=f"http://{LOOPBACK}:{health}/readyz",
            directory=directory,
            environment={"HOME": str(directory)},
        ) as controller,
    ):
        yield controller


@pytest.fixture(scope="module")
def flux(
    control_plane: Cluster, stage: Stage, built: Built, sources: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Controller]:
    """Flux's kustomize-controller."""
    del sources
    stage.usual()
    directory, name = tmp_path_factory.mktemp("flux"), "kustomize-controller"
    with of_flux(name, "--no-remote-bases", cluster=control_plane, built=built, directory=directory) as controller:
        yield controller


@pytest.fixture(scope="module")
def helm_controller(
    control_plane: Cluster, stage: Stage, built: Built, sources: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Controller]:
    """Flux's helm-controller."""
    del sources
    stage.usual()
    directory = tmp_path_factory.mktemp("helm-controller")
    with of_flux("helm-controller", cluster=control_plane, built=built, directory=directory) as controller:
        yield controller


@pytest.fixture(scope="module")
def argo_cd(
    control_plane: Cluster, stage: Stage, built: Built, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ArgoCd]:
    """Argo CD's application controller and what it needs."""
    stage.usual()
    with (
        granted(control_plane, "argo-cd"),
        running_argo_cd(control_plane, built("argocd"), tmp_path_factory.mktemp("argo-cd")) as found,
    ):
        yield found
