"""Faults that tests of the operator make: the API server away, restarted or killed, and watch history gone."""

import json
from collections.abc import Iterator

import pytest

from sundown_lab.cluster import Cluster
from sundown_lab.errors import LabError
from sundown_lab.processes import answers

pytestmark = pytest.mark.lab


@pytest.fixture
def fragile(control_plane: Cluster) -> Iterator[Cluster]:
    """The shared control plane, with its API server running again after the test whatever happened in it."""
    yield control_plane
    if not answers(f"{control_plane.server}/readyz", authority=control_plane.directory / "pki" / "ca.crt"):
        control_plane.stop_api_server(kill=True)
        control_plane.start_api_server()


@pytest.mark.parametrize("kill", [False, True], ids=["in order", "killed"])
def test_an_api_server_that_comes_back_has_all_data(fragile: Cluster, namespace: str, kill: bool) -> None:
    fragile.kubectl("create", "configmap", "kept", "-n", namespace, "--from-literal=a=b")
    fragile.restart_api_server(kill=kill)
    kept = fragile.kubectl("get", "configmap", "kept", "-n", namespace, "-o", "jsonpath={.data.a}").stdout
    assert kept == "b"


def test_an_api_server_that_comes_back_is_where_it_was(fragile: Cluster) -> None:
    before = fragile.server
    fragile.restart_api_server()
    assert fragile.server == before
    assert fragile.kubectl("get", "--raw", "/readyz").stdout == "ok"


def test_a_stopped_api_server_answers_nobody(fragile: Cluster) -> None:
    fragile.stop_api_server()
    refused = fragile.kubectl("get", "namespaces", check=False)
    fragile.start_api_server()
    assert "was refused" in refused.stderr


def test_pods_become_ready_after_a_restart(fragile: Cluster, namespace: str) -> None:
    fragile.restart_api_server(kill=True)
    fragile.kubectl("create", "deployment", "web", "-n", namespace, "--image=registry.example.com/web:1")
    fragile.kubectl("rollout", "status", "deployment/web", "-n", namespace, "--timeout=110s")
    ready = fragile.kubectl("get", "deployment/web", "-n", namespace, "-o", "jsonpath={.status.readyReplicas}").stdout
    assert ready == "1"


def test_a_service_account_token_outlives_a_restart(fragile: Cluster, namespace: str) -> None:
    login = fragile.service_account_kubeconfig(namespace, "default")
    fragile.restart_api_server()
    whoami = fragile.kubectl("auth", "whoami", "-o", "jsonpath={.status.userInfo.username}", kubeconfig=login)
    assert whoami.stdout == f"system:serviceaccount:{namespace}:default"


def test_watches_from_before_a_compaction_are_gone(fragile: Cluster, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    before = json.loads(fragile.kubectl("get", "--raw", path).stdout)["metadata"]["resourceVersion"]
    fragile.kubectl("create", "configmap", "later", "-n", namespace)
    fragile.compact()
    fragile.restart_api_server()
    watch = fragile.kubectl("get", "--raw", f"{path}?watch=1&resourceVersion={before}&timeoutSeconds=5", check=False)
    assert '"code":410' in watch.stdout


def test_an_api_server_that_runs_cannot_be_started_again(fragile: Cluster) -> None:
    with pytest.raises(LabError, match="kube-apiserver runs already"):
        fragile.start_api_server()
