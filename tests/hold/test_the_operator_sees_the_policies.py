"""What the operator says of the policies while they come and go: in ``/readyz``, as a metric, in its log."""

import re

import pytest

from sundown.cluster.policies import shipped as brought
from sundown_lab.cluster import Cluster
from support.apiserver import Api, eventually
from support.operators import Operator, Stage
from support.policies import Policies, left_by_an_upgrade, path_of, shipped

pytestmark = pytest.mark.lab

EVERY_TWO_SECONDS = str(2 / 60)
(SLEEP,) = [
    each for each in shipped() if each["metadata"]["name"] == "sundown-sleep" and "failurePolicy" in each["spec"]
]


@pytest.fixture
def operator(stage: Stage, policies: Policies) -> Operator:
    """An operator that looks often, started where the policies are in force."""
    one = stage.fresh(SUNDOWN_SWEEP_MINUTES=EVERY_TWO_SECONDS)
    one.start()
    return one


def says(operator: Operator, text: str) -> None:
    """Return when the operator is ready, and says this of the policies."""
    eventually(lambda: re.search(text, operator.probe("/readyz")[1]), what=f"it says {text}")
    assert operator.probe("/readyz")[0] == 200


def test_it_says_how_they_stand_while_they_come_and_go(operator: Operator, policies: Policies, api: Api) -> None:
    """Issue 9: a missing, old or foreign one is noticed."""
    says(operator, "^ok; policies: in force; guards: ")
    assert 'sundown_policies{state="current"} 1.0' in operator.probe("/metrics")[1]
    api.merge(path_of(SLEEP), {"spec": {"matchConditions": [{"name": "never", "expression": "false"}]}})
    says(
        operator,
        "not as this version brings them .MutatingAdmissionPolicy sundown-sleep: matchConditions.: kubectl apply",
    )
    api.merge(path_of(SLEEP), {"metadata": {"annotations": {"sundown.dev/policy-version": "0"}}})
    says(operator, "of an older version .MutatingAdmissionPolicy sundown-sleep.")
    policies.install()
    says(operator, "in force")
    api.delete(path_of(brought()[-1]))
    says(operator, "missing .MutatingAdmissionPolicyBinding sundown-sleep.: kubectl apply -k deploy/components/hold")
    assert 'sundown_policies{state="missing"} 1.0' in operator.probe("/metrics")[1]
    assert 'sundown_policies{state="current"} 0.0' in operator.probe("/metrics")[1]
    policies.install()
    says(operator, "in force")
    assert operator.output.count('"event": "policies"') == 6


def test_what_an_upgrade_leaves_is_named_with_what_removes_it(
    operator: Operator, api: Api, control_plane: Cluster
) -> None:
    """Issue 12: and the policies are relied upon meanwhile."""
    says(operator, "^ok; policies: in force; guards: ")
    with left_by_an_upgrade(api) as left:
        says(operator, "^ok; policies: in force; MutatingAdmissionPolicy sundown-wake of an older version only costs: ")
        assert 'sundown_policies{state="current"} 1.0' in operator.probe("/metrics")[1]
        (command,) = re.findall("only costs: kubectl ([^;]*);", operator.probe("/readyz")[1])
        control_plane.kubectl(*command.split())
        assert [each["metadata"]["name"] for each in left if api.find(path_of(each)) is not None] == []
        says(operator, "^ok; policies: in force; guards: ")


@pytest.mark.parametrize("failure", ["Ignore", "Fail"])
def test_what_the_api_server_makes_of_them_is_what_was_brought(
    operator: Operator, policies: Policies, failure: str
) -> None:
    policies.install(failure=failure)
    says(operator, "in force")
    policies.install()
