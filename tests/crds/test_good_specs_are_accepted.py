"""Whatever the models take, the real API server takes, and gives back as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sundown.model.action_request import ActionRequestSpec
from sundown.model.base import parse
from sundown.model.resources import API_VERSION, ClusterEnvScheduleSpec
from sundown.model.spec import EnvScheduleSpec
from sundown.model.support_pod import SupportPodSpec
from sundown_lab.cluster import Cluster
from support.crds.spec_strategies import cluster_specs, requests, specs, support_specs

pytestmark = pytest.mark.lab

A_BATCH_EACH = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # shrinking a batch would ask the API server hundreds of times; its answer names the field
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


def created(control_plane: Cluster, kind: str, batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The specs of a batch as the API server would store them."""
    items = [
        {"apiVersion": API_VERSION, "kind": kind, "metadata": {"name": f"made-{number}"}, "spec": spec}
        for number, spec in enumerate(batch)
    ]
    objects = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    answer = control_plane.kubectl("create", "--dry-run=server", "-o", "json", "-f", "-", input=objects)
    return [item["spec"] for item in documents(answer.stdout)]


def documents(text: str) -> Iterator[dict[str, Any]]:
    """The JSON documents that kubectl prints one after the other."""
    decoder, position = json.JSONDecoder(), 0
    while text[position:].strip():
        document, end = decoder.raw_decode(text[position:].lstrip())
        position = len(text) - len(text[position:].lstrip()) + end
        yield document


@A_BATCH_EACH
@given(batch=st.lists(specs, min_size=10, max_size=20))
def test_a_spec_of_the_model_is_stored_as_it_is(control_plane: Cluster, batch: list[dict[str, Any]]) -> None:
    written = [parse(EnvScheduleSpec, spec).to_json() for spec in batch]
    assert created(control_plane, "EnvSchedule", written) == written == batch


@A_BATCH_EACH
@given(batch=st.lists(cluster_specs, min_size=10, max_size=20))
def test_a_cluster_spec_of_the_model_is_stored_as_it_is(control_plane: Cluster, batch: list[dict[str, Any]]) -> None:
    written = [parse(ClusterEnvScheduleSpec, spec).to_json() for spec in batch]
    assert created(control_plane, "ClusterEnvSchedule", written) == written == batch


@A_BATCH_EACH
@given(batch=st.lists(requests(), min_size=10, max_size=20))
def test_a_request_of_the_model_is_stored_as_it_is(control_plane: Cluster, batch: list[dict[str, Any]]) -> None:
    written = [parse(ActionRequestSpec, spec).to_json() for spec in batch]
    assert created(control_plane, "ActionRequest", written) == written == batch


@A_BATCH_EACH
@given(batch=st.lists(support_specs, min_size=10, max_size=20))
def test_a_support_pod_of_the_model_is_stored_as_it_is(control_plane: Cluster, batch: list[dict[str, Any]]) -> None:
    written = [parse(SupportPodSpec, spec).to_json() for spec in batch]
    assert created(control_plane, "SupportPod", written) == written == batch
