"""Z (the webhook blocks namespace creation when the service is down): no request of anybody waits for a process of Sundown's."""

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


def test_no_webhook_is_installed() -> None:
    """A12: one that is down can block; policies are evaluated in the API server itself."""
    kinds = {each.get("kind") for each in objects()}
    assert "Deployment" in kinds
    assert kinds & {"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"} == set()


def test_a_policy_that_fails_lets_the_request_pass() -> None:
    """A12: whatever the reason, a policy of Sundown's refuses nobody's workload or namespace of its own accord.

    Those that do see nothing but objects of Sundown's, or what Sundown's own account writes.
    """
    policies = [each for each in objects() if str(each.get("kind")).endswith("AdmissionPolicy")]
    assert policies
    refusing = [each for each in policies if each["spec"].get("failurePolicy") != "Ignore"]
    for spec in (each["spec"] for each in refusing):
        groups = {group for rule in spec["matchConstraints"]["resourceRules"] for group in rule["apiGroups"]}
        first = spec["matchConditions"][0]["expression"]
        assert groups == {"sundown.dev"} or re.fullmatch(r"request\.userInfo\.username == '[a-z:-]+'", first)
