"""What ``deploy/components/aws`` and ``deploy/overlays/aws`` install."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from sundown.aws.settings import AwsSettings
from sundown.cli.app import cli
from sundown_lab.cluster import Cluster

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def manifests(control_plane: Cluster) -> list[dict[str, Any]]:
    shown = control_plane.kubectl("kustomize", str(ROOT / "deploy" / "overlays" / "aws")).stdout
    return list(yaml.safe_load_all(shown))


def the(manifests: list[dict[str, Any]], kind: str, name: str) -> dict[str, Any]:
    (found,) = [each for each in manifests if each["kind"] == kind and each["metadata"]["name"] == name]
    return found


def test_the_operator_gets_its_regions_and_the_frontdesk_does_not(manifests: list[dict[str, Any]]) -> None:
    pod = the(manifests, "Deployment", "sundown")["spec"]["template"]["spec"]
    taken = {
        each["name"]: [
            one["configMapRef"]["name"] for one in each["envFrom"] if not one["configMapRef"].get("optional")
        ]
        for each in pod["containers"]
    }
    assert taken == {"operator": ["sundown-aws"], "frontdesk": []}
    assert the(manifests, "ConfigMap", "sundown-aws")["metadata"]["namespace"] == "sundown-system"


def test_both_processes_take_the_name_of_the_cluster_from_one_place(manifests: list[dict[str, Any]]) -> None:
    """S10: with AWS a cluster has a name of its own, and people call it so in Slack."""
    pod = the(manifests, "Deployment", "sundown")["spec"]["template"]["spec"]
    (frontdesk,) = [each for each in pod["containers"] if each["name"] == "frontdesk"]
    (name,) = [each for each in frontdesk["env"] if each["name"] == "SUNDOWN_CLUSTER_NAME"]
    assert name["valueFrom"]["configMapKeyRef"] == {
        "name": "sundown-aws",
        "key": "SUNDOWN_CLUSTER_NAME",
        "optional": True,
    }
    assert the(manifests, "ConfigMap", "sundown-aws")["data"]["SUNDOWN_CLUSTER_NAME"] != "default"


def test_the_operator_understands_its_settings(
    manifests: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in the(manifests, "ConfigMap", "sundown-aws")["data"].items():
        monkeypatch.setenv(name, value)
    assert AwsSettings().regions == ("eu-central-1", "eu-west-1")


def test_every_setting_that_the_overlay_speaks_of_is_one_of_the_operators() -> None:
    said = (ROOT / "deploy" / "overlays" / "aws" / "kustomization.yaml").read_text()
    spoken = {line.split(":")[0].strip("# ") for line in said.splitlines() if "SUNDOWN_AWS_" in line}
    shown = CliRunner().invoke(cli, ["operator", "--help"]).output
    assert spoken
    assert [name for name in spoken if name not in shown] == []


def test_the_service_account_takes_on_the_role_that_trusts_it(manifests: list[dict[str, Any]]) -> None:
    account = the(manifests, "ServiceAccount", "sundown-operator")["metadata"]
    role = json.loads((ROOT / "deploy" / "aws" / "trust-account.json").read_text())["Statement"][0]["Principal"]["AWS"]
    assert account["annotations"] == {"eks.amazonaws.com/role-arn": role}


def test_no_key_of_aws_is_part_of_it(manifests: list[dict[str, Any]]) -> None:
    """J3: roles, no keys."""
    assert "AWS_SECRET_ACCESS_KEY" not in yaml.safe_dump(manifests)
    assert [each for each in manifests if each["kind"] == "Secret"] == []


def test_the_operator_still_runs_without_root_and_within_limits(manifests: list[dict[str, Any]]) -> None:
    """J4"""
    pod = the(manifests, "Deployment", "sundown")["spec"]["template"]["spec"]
    operator = next(each for each in pod["containers"] if each["name"] == "operator")
    assert operator["resources"]["requests"] == {"cpu": "50m", "memory": "160Mi"}
    assert operator["resources"]["limits"] == {"cpu": "1", "memory": "256Mi"}
    assert operator["securityContext"]["readOnlyRootFilesystem"] is True


def test_the_api_server_accepts_it(manifests: list[dict[str, Any]], control_plane: Cluster) -> None:
    settings = the(manifests, "ConfigMap", "sundown-aws")
    document = {**settings, "metadata": {**settings["metadata"], "namespace": "default"}}
    done = control_plane.kubectl("create", "--dry-run=server", "-o", "name", "-f", "-", input=json.dumps(document))
    assert done.stdout == "configmap/sundown-aws\n"
