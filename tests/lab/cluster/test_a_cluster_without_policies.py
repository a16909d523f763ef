"""A control plane that serves no MutatingAdmissionPolicy, as clusters before Kubernetes 1.36: everything goes on without."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sundown_lab import controlplane
from sundown_lab.cluster import Cluster

ROOT = Path(__file__).parents[3]
HOLD = ROOT / "deploy" / "components" / "hold"

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def old() -> Iterator[Cluster]:
    """The control plane."""
    with controlplane.start(policies=False) as started:
        yield started


def served(cluster: Cluster) -> set[str]:
    resources = json.loads(cluster.kubectl("get", "--raw", "/apis/admissionregistration.k8s.io/v1").stdout)["resources"]
    return {each["name"] for each in resources}


def test_it_serves_other_admission_but_not_these(old: Cluster) -> None:
    assert "validatingadmissionpolicies" in served(old)
    assert [name for name in served(old) if name.startswith("mutatingadmission")] == []


def test_the_usual_control_plane_serves_them(control_plane: Cluster) -> None:
    assert {"mutatingadmissionpolicies", "mutatingadmissionpolicybindings"} <= served(control_plane)


def test_deployments_can_be_changed_in_it(old: Cluster) -> None:
    old.kubectl("create", "deployment", "web", "--image=registry.example.com/web:1")
    old.kubectl("rollout", "status", "deployment/web", "--timeout=110s")
    old.kubectl("label", "deployment/web", "a=b")


def test_the_base_can_be_installed_in_it(old: Cluster) -> None:
    """And in a cluster of Kubernetes 1.30: nothing of it is younger than that."""
    done = old.kubectl("apply", "-k", str(ROOT / "deploy" / "base"))
    assert "deployment.apps/sundown created" in done.stdout
    assert done.stderr == ""


def test_the_hold_is_refused_as_a_whole_and_says_why(old: Cluster) -> None:
    refused = old.kubectl("apply", "-k", str(HOLD), check=False)
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert 'no matches for kind "MutatingAdmissionPolicy"' in refused.stderr
