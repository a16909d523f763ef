"""Z (the webhook blocks namespace creation when the service is down): no request of anybody has to wait for a process of Sundown's."""

import re
from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"


def objects() -> list[dict[str, Any]]:
    """Everything that any way of installing Sundown puts into a cluster."""
    found: list[dict[str, Any]] = []
    for path in sorted(DEPLOY.rglob("*.yaml")):
        if path.name not in {"slack-app-manifest.yaml", "table.yaml"}:
            found += [each for each in yaml.safe_load_all(path.read_text()) if isinstance(each, dict)]
    return found


def webhooks() -> list[dict[str, Any]]:
    kinds = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
    return [hook for each in objects() if each.get("kind") in kinds for hook in each["webhooks"]]


def test_a_webhook_that_does_not_answer_lets_the_request_pass_soon() -> None:
    """A12, Z13: within two seconds, and a dry run asks it too."""
    assert webhooks()
    for hook in webhooks():
        assert (hook["failurePolicy"], hook["sideEffects"]) == ("Ignore", "None")
        assert hook["timeoutSeconds"] <= 2


def test_a_webhook_sees_nothing_but_namespaces_that_people_write_and_schedules() -> None:
    """A10, A12: no pod, no Secret, no namespace of the cluster or of Sundown's own, and nothing that is deleted."""
    for hook in webhooks():
        (rule,) = hook["rules"]
        assert set(rule["operations"]) <= {"CREATE", "UPDATE"}
        if rule["apiGroups"] == ["sundown.dev"]:
            assert set(rule["resources"]) == {"envschedules", "clusterenvschedules"}
            continue
        assert (rule["apiGroups"], rule["resources"]) == ([""], ["namespaces"])
        (left_out,) = hook["namespaceSelector"]["matchExpressions"]
        assert (left_out["key"], left_out["operator"]) == ("kubernetes.io/metadata.name", "NotIn")
        assert set(left_out["values"]) >= {"kube-system", "kube-public", "kube-node-lease", "sundown-system"}


def test_no_webhook_is_in_the_base_or_comes_with_anything_else() -> None:
    """A12: only who wants one has one."""
    found = {path.parent.name for path in DEPLOY.rglob("*.yaml") if "WebhookConfiguration\n" in path.read_text()}
    assert found == {"admission-webhook"}


def test_a_policy_that_fails_lets_the_request_pass() -> None:
    """A12, Z13: whatever the reason, a policy of Sundown's refuses nobody's workload or namespace of its own accord.

    Those that do see nothing but objects of Sundown's, or what Sundown's own account writes.
    """
    policies = [each for each in objects() if str(each.get("kind")).endswith("AdmissionPolicy")]
    assert policies
    refusing = [each for each in policies if each["spec"].get("failurePolicy") != "Ignore"]
    for spec in (each["spec"] for each in refusing):
        groups = {group for rule in spec["matchConstraints"]["resourceRules"] for group in rule["apiGroups"]}
        first = spec["matchConditions"][0]["expression"]
        assert groups == {"sundown.dev"} or re.fullmatch(r"request\.userInfo\.username == '[a-z:-]+'", first)
