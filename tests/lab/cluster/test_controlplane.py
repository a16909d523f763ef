"""The control plane behaves as a Kubernetes cluster does, and so do its pretended nodes."""

import json
import subprocess
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from sundown_lab.cluster import Cluster
from sundown_lab.errors import KubectlError

Kubectl = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.lab

# `kubectl wait` of a selector that matches nothing yet fails at once.
MADE = "--for=jsonpath={.status.replicas}=1"


def workload(kind: str, *, replicas: int | None = None, annotations: dict[str, str] | None = None) -> str:
    labels = {"app": "web"}
    pod: dict[str, Any] = {
        "metadata": {"labels": labels, "annotations": annotations or {}},
        "spec": {"containers": [{"name": "main", "image": "registry.example.com/web:1"}]},
    }
    spec: dict[str, Any] = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": pod}
    if kind == "Job":
        pod["spec"]["restartPolicy"] = "Never"
        spec = {"template": pod}
    version = "batch/v1" if kind == "Job" else "apps/v1"
    return json.dumps({"apiVersion": version, "kind": kind, "metadata": {"name": "web"}, "spec": spec})


def pods(kubectl: Kubectl, namespace: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(kubectl("get", "pods", "-n", namespace, "-o", "json").stdout)["items"]
    return found


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
def test_pods_of_a_workload_become_ready(kubectl: Kubectl, namespace: str, kind: str) -> None:
    kubectl("apply", "-n", namespace, "-f", "-", input=workload(kind, replicas=3))
    kubectl("rollout", "status", f"{kind}/web", "-n", namespace, "--timeout=110s")
    answer = kubectl("get", f"{kind}/web", "-n", namespace, "-o", "jsonpath={.status.readyReplicas}")
    assert answer.stdout == "3"


def test_a_deployment_scaled_to_zero_loses_its_pods(kubectl: Kubectl, namespace: str) -> None:
    kubectl("apply", "-n", namespace, "-f", "-", input=workload("Deployment", replicas=2))
    kubectl("rollout", "status", "deployment/web", "-n", namespace, "--timeout=110s")
    kubectl("scale", "deployment/web", "-n", namespace, "--replicas=0")
    kubectl("wait", "--for=delete", "pods", "--all", "-n", namespace, "--timeout=110s")
    assert pods(kubectl, namespace) == []


def test_a_job_completes(kubectl: Kubectl, namespace: str) -> None:
    kubectl("apply", "-n", namespace, "-f", "-", input=workload("Job"))
    kubectl("wait", "--for=condition=Complete", "job/web", "-n", namespace, "--timeout=110s")
    assert kubectl("get", "job/web", "-n", namespace, "-o", "jsonpath={.status.succeeded}").stdout == "1"


def test_a_pod_can_take_its_time_to_become_ready(kubectl: Kubectl, namespace: str) -> None:
    slow = {"lab.sundown.dev/ready-after": "1h"}
    kubectl("apply", "-n", namespace, "-f", "-", input=workload("Deployment", replicas=1, annotations=slow))
    kubectl("wait", "deployment/web", MADE, "-n", namespace, "--timeout=110s")
    kubectl("wait", "--for=condition=PodScheduled", "pods", "-l", "app=web", "-n", namespace, "--timeout=110s")
    assert [pod["status"]["phase"] for pod in pods(kubectl, namespace)] == ["Pending"]


def test_a_pod_can_take_its_time_to_go(kubectl: Kubectl, namespace: str) -> None:
    slow = {"lab.sundown.dev/stops-after": "1h"}
    kubectl("apply", "-n", namespace, "-f", "-", input=workload("Deployment", replicas=1, annotations=slow))
    kubectl("rollout", "status", "deployment/web", "-n", namespace, "--timeout=110s")
    kubectl("delete", "pods", "-l", "app=web", "-n", namespace, "--wait=false")
    kubectl("wait", "deployment/web", "--for=jsonpath={.status.readyReplicas}=1", "-n", namespace, "--timeout=110s")
    going = [pod for pod in pods(kubectl, namespace) if "deletionTimestamp" in pod["metadata"]]
    for pod in going:
        kubectl("delete", "pod", pod["metadata"]["name"], "-n", namespace, "--force", "--grace-period=0")
    assert len(going) == 1


def test_a_pod_can_be_made_to_crash(kubectl: Kubectl, namespace: str) -> None:
    faulty = {"lab.sundown.dev/fault": "OOMKilled"}
    kubectl("apply", "-n", namespace, "-f", "-", input=workload("Deployment", replicas=1, annotations=faulty))
    crashed = "--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=CrashLoopBackOff"
    kubectl("wait", "deployment/web", MADE, "-n", namespace, "--timeout=110s")
    kubectl("wait", "pods", "-l", "app=web", crashed, "-n", namespace, "--timeout=110s")
    (pod,) = pods(kubectl, namespace)
    assert pod["status"]["containerStatuses"][0]["lastState"]["terminated"]["reason"] == "OOMKilled"


@pytest.mark.parametrize(
    "fault", ["ImagePullBackOff", "ErrImagePull", "InvalidImageName", "CreateContainerConfigError"]
)
def test_a_pod_can_be_kept_from_starting(kubectl: Kubectl, namespace: str, fault: str) -> None:
    faulty = {"lab.sundown.dev/fault": fault}
    kubectl("apply", "-n", namespace, "-f", "-", input=workload("Deployment", replicas=1, annotations=faulty))
    kept = f"--for=jsonpath={{.status.containerStatuses[0].state.waiting.reason}}={fault}"
    kubectl("wait", "deployment/web", MADE, "-n", namespace, "--timeout=110s")
    kubectl("wait", "pods", "-l", "app=web", kept, "-n", namespace, "--timeout=110s")
    (pod,) = pods(kubectl, namespace)
    assert pod["status"]["phase"] == "Pending"
    assert pod["status"]["containerStatuses"][0]["state"]["waiting"]["message"]


def test_logs_of_a_pod_can_be_read(kubectl: Kubectl, namespace: str) -> None:
    kubectl("apply", "-n", namespace, "-f", "-", input=workload("Deployment", replicas=1))
    kubectl("rollout", "status", "deployment/web", "-n", namespace, "--timeout=110s")
    assert "pretended container" in kubectl("logs", "deployment/web", "-n", namespace).stdout


def test_a_service_account_logs_in_as_itself(control_plane: Cluster, namespace: str) -> None:
    login = control_plane.service_account_kubeconfig(namespace, "default")
    whoami = control_plane.kubectl("auth", "whoami", "-o", "jsonpath={.status.userInfo.username}", kubeconfig=login)
    assert whoami.stdout == f"system:serviceaccount:{namespace}:default"


def test_a_service_account_has_no_rights_that_nobody_granted(control_plane: Cluster, namespace: str) -> None:
    login = control_plane.service_account_kubeconfig(namespace, "default")
    with pytest.raises(KubectlError, match="Forbidden"):
        control_plane.kubectl("get", "pods", "-n", namespace, kubeconfig=login)


def test_a_person_logs_in_with_their_groups(control_plane: Cluster) -> None:
    login = control_plane.user_kubeconfig("ana@example.com", ["team-a", "everyone"])
    whoami = control_plane.kubectl("auth", "whoami", "-o", "jsonpath={.status.userInfo}", kubeconfig=login)
    info = json.loads(whoami.stdout)
    assert info["username"] == "ana@example.com"
    assert set(info["groups"]) == {"team-a", "everyone", "system:authenticated"}


def audited(control_plane: Cluster) -> list[dict[str, Any]]:
    """The audit events; a line in the middle of which a test killed the API server is none."""
    found = []
    for line in control_plane.audit_log.read_text(errors="replace").splitlines():
        with suppress(json.JSONDecodeError):
            found.append(json.loads(line))
    return found


def test_the_audit_log_tells_who_asked_for_what(control_plane: Cluster, namespace: str) -> None:
    login = control_plane.service_account_kubeconfig(namespace, "default")
    control_plane.kubectl("get", "pods", "-n", namespace, kubeconfig=login, check=False)
    events = audited(control_plane)
    user = f"system:serviceaccount:{namespace}:default"
    asked = [
        (event["verb"], event["objectRef"]["resource"]) for event in events if event["user"].get("username") == user
    ]
    assert ("list", "pods") in asked


def test_the_audit_log_leaves_out_the_control_planes_own_requests(control_plane: Cluster) -> None:
    """All but those of the autoscaler of pods, of which tests ask what it does at night."""
    # A request that was refused before anybody knew whose it is has no name.
    users = {event["user"].get("username", "") for event in audited(control_plane)}
    own = {user for user in users if user.startswith(("system:kube-", "system:serviceaccount:kube-system:"))}
    assert own <= {"system:serviceaccount:kube-system:horizontal-pod-autoscaler"}


def test_a_refused_manifest_is_an_error_that_quotes_kubectl(control_plane: Cluster) -> None:
    with pytest.raises(KubectlError, match="deployments\\.apps") as refused:
        control_plane.kubectl("get", "deployment", "missing")
    assert refused.value.code == 1
