"""The control plane behaves as a Kubernetes cluster does, also when parts of it are away."""

import json
import subprocess
from collections.abc import Callable

import pytest

Kubectl = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.lab


def deployment(name: str, *, replicas: int, annotations: dict[str, str] | None = None) -> str:
    labels = {"app": name}
    pod = {
        "metadata": {"labels": labels, "annotations": annotations or {}},
        "spec": {"containers": [{"name": "main", "image": "registry.example.com/web:1"}]},
    }
    return json.dumps(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": name},
            "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": pod},
        }
    )


def test_pods_of_a_deployment_become_ready(kubectl: Kubectl, namespace: str) -> None:
    kubectl("apply", "-n", namespace, "-f", "-", input=deployment("web", replicas=3))
    kubectl("rollout", "status", "deployment/web", "-n", namespace, "--timeout=60s")
    ready = kubectl("get", "deployment/web", "-n", namespace, "-o", "jsonpath={.status.readyReplicas}").stdout
    assert ready == "3"


def test_a_deployment_scaled_to_zero_loses_its_pods(kubectl: Kubectl, namespace: str) -> None:
    kubectl("apply", "-n", namespace, "-f", "-", input=deployment("web", replicas=2))
    kubectl("rollout", "status", "deployment/web", "-n", namespace, "--timeout=60s")
    kubectl("scale", "deployment/web", "-n", namespace, "--replicas=0")
    kubectl("wait", "--for=delete", "pods", "--all", "-n", namespace, "--timeout=60s")
    assert kubectl("get", "pods", "-n", namespace, "-o", "name").stdout == ""
