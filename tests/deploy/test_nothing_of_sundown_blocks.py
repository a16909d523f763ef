"""Z (the webhook blocks namespace creation when the service is down): no request of anybody waits for a process of Sundown's."""

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
    """A12: whatever the reason, a policy of Sundown's refuses nothing of its own accord."""
    policies = [each for each in objects() if str(each.get("kind")).endswith("AdmissionPolicy")]
    assert policies
    assert {each["spec"].get("failurePolicy") for each in policies} == {"Ignore"}
