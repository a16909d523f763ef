"""A SupportPod keeps its size and its owner, and has a name that a pod can have."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sundown.model.resources import API_VERSION
from support.apiserver import Answered, Api

pytestmark = pytest.mark.lab

BODY = {"apiVersion": API_VERSION, "kind": "SupportPod", "metadata": {"name": "one"}}
SPEC = {"size": "M", "owner": "ana@example.com", "ttl": "8h"}


def refusal(api: Api, path: str, spec: dict[str, Any]) -> str:
    try:
        api.merge(path, {"spec": spec})
    except Answered as answer:
        return str(answer)
    return ""


@pytest.mark.parametrize(
    "spec", [{"size": "L"}, {"size": None}, {"owner": "bo@example.com"}, {"owner": None}], ids=json.dumps
)
def test_size_and_owner_cannot_be_changed(api: Api, namespace: str, spec: dict[str, Any]) -> None:
    """H1"""
    path = f"/apis/{API_VERSION}/namespaces/{namespace}/supportpods"
    api.create(path, {**BODY, "spec": SPEC})
    assert "cannot be changed" in refusal(api, f"{path}/one", spec)


def test_its_time_can(api: Api, namespace: str) -> None:
    """H2"""
    path = f"/apis/{API_VERSION}/namespaces/{namespace}/supportpods"
    api.create(path, {**BODY, "spec": SPEC})
    assert refusal(api, f"{path}/one", {"ttl": "2d"}) == ""


@pytest.mark.parametrize("name", ["a.b", "a" * 64])
def test_a_name_that_no_pod_has_for_its_host_is_refused(api: Api, namespace: str, name: str) -> None:
    """H2: names made safe."""
    path = f"/apis/{API_VERSION}/namespaces/{namespace}/supportpods"
    with pytest.raises(Answered, match="the name is the pod's"):
        api.create(path, {**BODY, "metadata": {"name": name}, "spec": {}})
