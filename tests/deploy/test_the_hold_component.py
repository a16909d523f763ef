"""What ``deploy/components/hold`` installs."""

import pytest
import yaml

from sundown_lab.cluster import Cluster
from support.policies import HOLD, shipped

pytestmark = pytest.mark.lab

BASE = HOLD.parents[1] / "base"


def test_it_can_be_added_to_an_installation_by_itself(control_plane: Cluster) -> None:
    done = control_plane.kubectl("apply", "--dry-run=server", "-o", "name", "-k", str(HOLD))
    assert sorted(done.stdout.split()) == [
        "mutatingadmissionpolicy.admissionregistration.k8s.io/sundown-sleep",
        "mutatingadmissionpolicybinding.admissionregistration.k8s.io/sundown-sleep",
    ]
    assert done.stderr == ""


def test_the_base_has_none_of_it(control_plane: Cluster) -> None:
    """It would be refused where these objects are not known."""
    shown = yaml.safe_load_all(control_plane.kubectl("kustomize", str(BASE)).stdout)
    assert [each["kind"] for each in shown if "AdmissionPolicy" in each["kind"]] == []


def test_no_policy_can_fail_an_owners_request() -> None:
    policies = [
        each for each in yaml.safe_load_all((HOLD / "policies.yaml").read_text()) if "failurePolicy" in each["spec"]
    ]
    assert {each["metadata"]["name"]: each["spec"]["failurePolicy"] for each in policies} == {"sundown-sleep": "Ignore"}


def test_every_policy_has_its_binding() -> None:
    bindings = {each["spec"]["policyName"] for each in shipped() if each["kind"].endswith("Binding")}
    assert bindings == {each["metadata"]["name"] for each in shipped() if each["kind"].endswith("Policy")}
