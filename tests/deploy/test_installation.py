"""What ``kubectl apply -k deploy/base`` installs, asked of the real API server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from sundown_lab.cluster import Cluster
from support.apiserver import Api, eventually
from support.operators import for_both_accounts
from support.rights import may

ROOT = Path(__file__).parents[2]
BASE = ROOT / "deploy" / "base"
HOME = "sundown-system"
OPERATOR = f"system:serviceaccount:{HOME}:sundown-operator"
ACCOUNTS = ("system:serviceaccounts",)
RIGHTS = {"Namespace", "ServiceAccount", "ClusterRole", "ClusterRoleBinding"}


@pytest.fixture(scope="session")
def manifests(control_plane: Cluster) -> list[dict[str, Any]]:
    """All objects of the base, built without any flag to kustomize."""
    return list(yaml.safe_load_all(control_plane.kubectl("kustomize", str(BASE)).stdout))


@pytest.fixture(scope="session")
def installed(control_plane: Cluster, manifests: list[dict[str, Any]]) -> Cluster:
    """The control plane with identities and rights, but nothing that would run."""
    items = [each for each in manifests if each["kind"] in RIGHTS]
    command = ("apply", "--server-side", "--force-conflicts", "-f", "-")
    control_plane.kubectl(
        *command, input=json.dumps({"apiVersion": "v1", "kind": "List", "items": for_both_accounts(items)})
    )
    return control_plane


@pytest.fixture(scope="session")
def pod(manifests: list[dict[str, Any]]) -> dict[str, Any]:
    (deployment,) = [each for each in manifests if each["kind"] == "Deployment"]
    spec: dict[str, Any] = deployment["spec"]["template"]["spec"]
    return spec


@pytest.mark.lab
def test_the_api_server_accepts_all_of_it(installed: Cluster) -> None:
    done = installed.kubectl("apply", "--dry-run=server", "--server-side", "--force-conflicts", "-k", str(BASE))
    assert "deployment.apps/sundown serverside-applied" in done.stdout
    assert "Warning" not in done.stderr


@pytest.mark.lab
def test_the_crds_are_part_of_it(manifests: list[dict[str, Any]]) -> None:
    names = {each["metadata"]["name"] for each in manifests if each["kind"] == "CustomResourceDefinition"}
    kinds = ("envschedules", "clusterenvschedules", "actionrequests", "supportpods")
    assert names == {f"{kind}.sundown.dev" for kind in kinds}


@pytest.mark.lab
def test_every_namespaced_object_lives_in_sundowns_namespace(manifests: list[dict[str, Any]]) -> None:
    namespaced = {"ServiceAccount", "Deployment", "Service"}
    assert {each["metadata"]["namespace"] for each in manifests if each["kind"] in namespaced} == {HOME}


@pytest.mark.lab
def test_the_pod_runs_under_the_restricted_security_level(installed: Cluster, pod: dict[str, Any]) -> None:
    """J4: the level refuses root, added capabilities and whatever else is not locked."""
    document = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "operator", "namespace": HOME}, "spec": pod}
    command = ("create", "--dry-run=server", "-o", "name", "-f", "-")
    assert installed.kubectl(*command, input=json.dumps(document)).stdout == "pod/operator\n"
    rooted = document | {"spec": pod | {"securityContext": {}}}
    refused = installed.kubectl(*command, input=json.dumps(rooted), check=False)
    assert "violates PodSecurity" in refused.stderr


@pytest.mark.lab
def test_the_containers_are_read_only_and_limited(pod: dict[str, Any]) -> None:
    """J4: what the security level does not ask for."""
    for container in pod["containers"]:
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["resources"]["requests"] == {"cpu": "50m", "memory": "96Mi"}
        assert container["resources"]["limits"].keys() == {"cpu", "memory"}


@pytest.mark.lab
def test_there_is_never_a_second_operator(manifests: list[dict[str, Any]]) -> None:
    (deployment,) = [each for each in manifests if each["kind"] == "Deployment"]
    assert deployment["spec"]["replicas"] == 1
    assert deployment["spec"]["strategy"] == {"type": "Recreate"}


@pytest.mark.lab
def test_service_and_probes_reach_the_port_that_the_operator_opens(
    manifests: list[dict[str, Any]], pod: dict[str, Any]
) -> None:
    container = next(each for each in pod["containers"] if each["name"] == "operator")
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert ports == {"http": 8080}
    probes = {name: container[name]["httpGet"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert {probe["port"] for probe in probes.values()} == {"http"}
    assert probes["livenessProbe"]["path"] == "/livez"
    assert probes["readinessProbe"]["path"] == "/readyz"
    (service,) = [each for each in manifests if each["kind"] == "Service"]
    assert [port["targetPort"] for port in service["spec"]["ports"]] == ["http"]
    (deployment,) = [each for each in manifests if each["kind"] == "Deployment"]
    assert service["spec"]["selector"].items() <= deployment["spec"]["template"]["metadata"]["labels"].items()


@pytest.mark.lab
@pytest.mark.parametrize(
    ("verb", "resource"),
    [
        ("patch", "deployments.apps"),
        ("list", "statefulsets.apps"),
        ("watch", "namespaces"),
        ("patch", "envschedules.sundown.dev/status"),
        ("create", "events.events.k8s.io"),
        ("patch", "actionrequests.sundown.dev/status"),
        ("delete", "namespaces"),
        ("delete", "envschedules.sundown.dev"),
    ],
)
def test_the_operator_may_do_its_work(installed: Cluster, api: Api, verb: str, resource: str) -> None:
    eventually(lambda: may(api, OPERATOR, verb, resource, groups=ACCOUNTS), what="it may")


@pytest.mark.lab
@pytest.mark.parametrize(
    ("verb", "resource"),
    [
        ("get", "secrets"),
        ("create", "deployments.apps"),
        ("delete", "deployments.apps"),
        ("create", "namespaces"),
        ("create", "actionrequests.sundown.dev"),
        ("patch", "actionrequests.sundown.dev"),
        ("patch", "clusterenvschedules.sundown.dev"),
        ("create", "pods/exec"),
        ("impersonate", "users"),
        ("patch", "clusterroles.rbac.authorization.k8s.io"),
    ],
)
def test_the_operator_may_do_nothing_else(installed: Cluster, api: Api, verb: str, resource: str) -> None:
    """J3"""
    assert not may(api, OPERATOR, verb, resource, groups=ACCOUNTS)


@pytest.mark.lab
def test_no_rule_has_a_wildcard(manifests: list[dict[str, Any]]) -> None:
    """J3"""
    rules = [rule for each in manifests if each["kind"] == "ClusterRole" for rule in each.get("rules", ())]
    assert rules
    assert not [rule for rule in rules for key in ("apiGroups", "resources", "verbs") if "*" in rule[key]]


@pytest.mark.lab
@pytest.mark.parametrize(
    ("role", "granted", "refused"),
    [
        (
            "edit",
            ["get", "list", "watch", "create", "update", "patch", "delete", "wake", "suspend", "extend", "snooze"],
            ["deletecollection", "approve"],
        ),
        ("view", ["get", "list", "watch"], ["create", "update", "patch", "delete", "wake", "suspend"]),
    ],
)
def test_people_get_their_rights_by_the_roles_of_kubernetes(
    installed: Cluster, api: Api, namespace: str, role: str, granted: list[str], refused: list[str]
) -> None:
    user = f"{role}@example.com"
    installed.kubectl("create", "rolebinding", role, f"--clusterrole={role}", f"--user={user}", "-n", namespace)
    schedules = "envschedules.sundown.dev"
    eventually(
        lambda: all(may(api, user, verb, schedules, namespace=namespace) for verb in granted),
        what="the controller adds the rules",
    )
    assert [verb for verb in refused if may(api, user, verb, schedules, namespace=namespace)] == []
    assert not may(api, user, "get", schedules, namespace="default")
