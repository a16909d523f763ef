"""The frontdesk as it is installed: beside the operator by default, and alone with far fewer rights where it is split off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sundown_lab.cluster import Cluster
from support.apiserver import Api, eventually
from support.operators import for_both_accounts
from support.rights import may

ROOT = Path(__file__).parents[2]
HOME = "sundown-system"
FRONTDESK = f"system:serviceaccount:{HOME}:sundown-frontdesk"
ACCOUNTS = ("system:serviceaccounts",)
RIGHTS = {"Namespace", "ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"}

pytestmark = pytest.mark.lab


def built(cluster: Cluster, path: Path) -> list[dict[str, Any]]:
    shown = cluster.kubectl("kustomize", str(path)).stdout
    return [each for each in yaml.safe_load_all(shown) if each["kind"] != "CustomResourceDefinition"]


def the(manifests: list[dict[str, Any]], kind: str, name: str) -> dict[str, Any]:
    (found,) = [each for each in manifests if each["kind"] == kind and each["metadata"]["name"] == name]
    return found


@pytest.fixture(scope="module")
def base(control_plane: Cluster) -> list[dict[str, Any]]:
    return built(control_plane, ROOT / "deploy" / "base")


@pytest.fixture(scope="module")
def split(control_plane: Cluster) -> list[dict[str, Any]]:
    return built(control_plane, ROOT / "deploy" / "overlays" / "split")


@pytest.fixture(scope="module")
def with_component(control_plane: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """``with_component("operator-only")`` is the base with one of the components."""
    directory = ROOT / "deploy" / "overlays"
    made: list[Path] = []

    def build(name: str) -> list[dict[str, Any]]:
        made.append(directory / f".try-{name}-{tmp_path_factory.getbasetemp().name}")
        made[-1].mkdir()
        kustomization = {"resources": ["../../base"], "components": [f"../../components/{name}"]}
        (made[-1] / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
        return built(control_plane, made[-1])

    yield build
    for path in made:
        (path / "kustomization.yaml").unlink()
        path.rmdir()


@pytest.fixture(scope="module")
def installed(control_plane: Cluster, split: list[dict[str, Any]]) -> Cluster:
    """The control plane with the identities and rights of the split installation."""
    items = [each for each in split if each["kind"] in RIGHTS]
    command = ("apply", "--server-side", "--force-conflicts", "-f", "-")
    control_plane.kubectl(
        *command, input=json.dumps({"apiVersion": "v1", "kind": "List", "items": for_both_accounts(items)})
    )
    return control_plane


def test_operator_and_frontdesk_are_two_containers_of_one_pod(base: list[dict[str, Any]]) -> None:
    pod = the(base, "Deployment", "sundown")["spec"]["template"]["spec"]
    assert [each["name"] for each in pod["containers"]] == ["operator", "frontdesk"]
    assert pod["containers"][1]["args"] == ["frontdesk"]


def test_tokens_come_from_a_secret_only(base: list[dict[str, Any]]) -> None:
    """J1"""
    (_, container) = the(base, "Deployment", "sundown")["spec"]["template"]["spec"]["containers"]
    tokens = [each for each in container["env"] if each["name"].startswith("SLACK_")]
    assert len(tokens) == 3
    assert all(each["valueFrom"]["secretKeyRef"]["name"] == "sundown-slack" for each in tokens)
    assert not [each for each in base if each["kind"] == "Secret"]


def test_the_probes_reach_the_port_that_the_frontdesk_opens(
    base: list[dict[str, Any]], split: list[dict[str, Any]]
) -> None:
    pods = (the(base, "Deployment", "sundown"), the(split, "Deployment", "sundown-frontdesk"))
    for container in (pod["spec"]["template"]["spec"]["containers"][-1] for pod in pods):
        (port,) = container["ports"]
        assert port["containerPort"] == 8081
        assert container["livenessProbe"]["httpGet"] == {"path": "/livez", "port": port["name"]}


def test_split_off_it_has_a_deployment_and_an_account_of_its_own(split: list[dict[str, Any]]) -> None:
    """J3"""
    operator = the(split, "Deployment", "sundown")["spec"]["template"]["spec"]
    frontdesk = the(split, "Deployment", "sundown-frontdesk")["spec"]["template"]["spec"]
    assert [each["name"] for each in operator["containers"]] == ["operator"]
    assert frontdesk["serviceAccountName"] == "sundown-frontdesk"
    for kind in ("ClusterRoleBinding", "RoleBinding"):
        (subject,) = the(split, kind, "sundown-frontdesk")["subjects"]
        assert subject["name"] == "sundown-frontdesk"


def test_the_api_server_accepts_the_split_installation(installed: Cluster) -> None:
    path = str(ROOT / "deploy" / "overlays" / "split")
    done = installed.kubectl("apply", "--dry-run=server", "--server-side", "--force-conflicts", "-k", path)
    assert "deployment.apps/sundown-frontdesk serverside-applied" in done.stdout
    assert "Warning" not in done.stderr


def test_its_pod_runs_under_the_restricted_security_level(installed: Cluster, split: list[dict[str, Any]]) -> None:
    """J4"""
    spec = the(split, "Deployment", "sundown-frontdesk")["spec"]["template"]["spec"]
    assert spec["containers"][0]["securityContext"]["readOnlyRootFilesystem"] is True
    document = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "frontdesk", "namespace": HOME}, "spec": spec}
    command = ("create", "--dry-run=server", "-o", "name", "-f", "-")
    assert installed.kubectl(*command, input=json.dumps(document)).stdout == "pod/frontdesk\n"


@pytest.mark.parametrize(
    ("verb", "resource", "where"),
    [
        ("patch", "deployments.apps", {}),
        ("get", "secrets", {"namespace": HOME}),
        ("get", "configmaps", {"namespace": HOME, "name": "other"}),
        ("patch", "configmaps", {"namespace": "default", "name": "sundown-preferences"}),
        ("delete", "envschedules.sundown.dev", {}),
        ("delete", "namespaces", {}),
        ("patch", "namespaces", {}),
        ("create", "actionrequests.sundown.dev", {"namespace": "default"}),
        ("patch", "clusterenvschedules.sundown.dev", {}),
        ("impersonate", "users", {}),
    ],
)
def test_it_may_write_nothing_but_schedules_requests_and_its_one_configmap(
    installed: Cluster, api: Api, verb: str, resource: str, where: dict[str, str]
) -> None:
    """J3"""
    assert not may(api, FRONTDESK, verb, resource, groups=ACCOUNTS, **where)


def test_everybody_in_slack_may_do_everything_but_delete_until_the_binding_is_removed(
    installed: Cluster, api: Api
) -> None:
    """J2"""

    def can(verb: str) -> bool:
        schedules, groups = "envschedules.sundown.dev", ("sundown:slack",)
        return may(api, "ana@example.com", verb, schedules, groups=groups, namespace="default")

    eventually(lambda: all(map(can, ("get", "list", "wake", "suspend", "extend", "snooze"))), what="they may")
    assert [verb for verb in ("delete", "approve", "patch", "create") if can(verb)] == []


def test_without_slack_nothing_is_left_of_the_frontdesk(with_component: Any) -> None:
    """J3"""
    manifests = with_component("operator-only")
    role = the(manifests, "ClusterRole", "sundown-operator")
    for rule in role["rules"]:  # guards are looked at by name, whomever they confine
        assert rule.pop("resourceNames", None) is None or rule["verbs"] == ["get"]
    assert "frontdesk" not in json.dumps(manifests)
    assert "sundown:slack" not in json.dumps(manifests)


def test_slack_by_http_gets_a_port_and_a_service_at_the_frontdesk_apart(control_plane: Cluster) -> None:
    """S4"""
    manifests = built(control_plane, ROOT / "deploy" / "overlays" / "slack-http")
    (container,) = the(manifests, "Deployment", "sundown-frontdesk")["spec"]["template"]["spec"]["containers"]
    assert {"name": "SUNDOWN_SLACK_PORT", "value": "3000"} in container["env"]
    (port,) = the(manifests, "Service", "sundown-slack")["spec"]["ports"]
    assert {each["name"]: each["containerPort"] for each in container["ports"]}[port["targetPort"]] == 3000
