"""An ActionRequest is a record: what was asked for cannot be changed afterwards, and an approval is given once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sundown.model.resources import API_VERSION
from support.apiserver import Answered, Api
from support.crds.bad_specs import APPROVED, ASKED

pytestmark = pytest.mark.lab

Change = Callable[[dict[str, Any]], str]


@pytest.fixture
def change(api: Api, namespace: str) -> Change:
    """Merge into the spec of a request that needs an approval; what the API server says against it."""
    path = f"/apis/{API_VERSION}/namespaces/{namespace}/actionrequests"
    body = {"apiVersion": API_VERSION, "kind": "ActionRequest", "metadata": {"name": "one"}}
    api.create(path, {**body, "spec": {**ASKED, "approval": {"required": True}}})

    def merge(spec: dict[str, Any]) -> str:
        try:
            api.merge(f"{path}/one", {"spec": spec})
        except Answered as answer:
            return str(answer)
        return ""

    return merge


@pytest.mark.parametrize(
    "spec",
    [
        {"target": {"namespace": "dev2"}, "confirmation": "dev2"},
        {"target": {"uid": "another"}},
        {"requestedBy": "bo@example.com"},
        {"groups": ["slack:dev"]},
        {"via": "kubectl"},
        {"parameters": {"replicas": "1"}},
        {"seen": {"uid": "1", "change": "3 -> 0"}},
        {"requestedAt": "2026-11-23T17:00:01Z"},
        {"expiresAt": "2026-11-23T18:00:00Z"},
    ],
    ids=json.dumps,
)
def test_what_was_asked_for_cannot_be_changed(change: Change, spec: dict[str, Any]) -> None:
    assert "what was asked for cannot be changed" in change(spec)


@pytest.mark.parametrize("approval", [None, {"required": False}, {"required": None}], ids=json.dumps)
def test_nobody_can_take_away_that_an_approval_is_needed(change: Change, approval: dict[str, Any] | None) -> None:
    assert "whether an approval is needed cannot be changed" in change({"approval": approval})


def test_a_no_is_said_once_and_stands(change: Change) -> None:
    """I7"""
    said = {"by": "bo@example.com", "at": "2026-11-23T17:05:00Z"}
    for field in ("rejected", "withdrawn"):
        assert change({field: said}) == ""
        assert "stays so" in change({field: None})
        assert "stays so" in change({field: {"by": "chen@example.com"}})


def test_a_confirmation_that_was_given_is_not_taken_back(change: Change) -> None:
    """I6"""
    assert "cannot be changed" in change({"confirmation": None})


def test_an_approval_is_given_once_and_stands(change: Change) -> None:
    assert change({"approval": APPROVED}) == ""
    assert "one that was given stands" in change({"approval": {"by": "chen@example.com"}})
    assert "one that was given stands" in change({"approval": {"by": None, "at": None}})
