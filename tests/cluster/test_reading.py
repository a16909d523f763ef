"""Objects of the API server as the rooms see them, with fields missing, empty or wrong."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from sundown.cluster import reading
from sundown.cluster.pages import RawPage
from sundown.cluster.slim import slim
from sundown.cluster.workloads import WorkloadPage, workload
from sundown.errors import InvalidObject
from sundown.model.parts import Workload

FAILURE = {"kind": "Status", "metadata": {}, "status": "Failure", "message": "etcdserver: timed out", "code": 500}
CREATED = "2026-11-23T08:00:00Z"


def namespace(**metadata: Any) -> dict[str, Any]:
    return {"metadata": {"name": "dev", "creationTimestamp": CREATED, **metadata}}


def deployment(name: str = "web", **more: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": "dev", "resourceVersion": "7", **more.pop("metadata", {})}, **more}


def read(**more: Any) -> Workload:
    return workload(deployment(**more), kind="Deployment")


def page(*items: dict[str, Any], **metadata: Any) -> bytes:
    return json.dumps({"kind": "DeploymentList", "metadata": metadata, "items": items}).encode()


def test_a_namespace_without_labels_and_annotations_is_read() -> None:
    found = reading.namespace(namespace())
    assert (found.name, found.created, found.labels, found.terminating) == (
        "dev",
        datetime(2026, 11, 23, 8, tzinfo=UTC),
        {},
        False,
    )


def test_a_namespace_being_deleted_is_terminating() -> None:
    assert reading.namespace(namespace(deletionTimestamp=CREATED)).terminating


def test_a_namespace_with_the_state_label_is_marked_asleep() -> None:
    assert reading.namespace(namespace(labels={"sundown.dev/state": "asleep"})).marked_asleep


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-23T18:00:00.123456Z", "2026-11-23T18:00:00.123456Z"),
        ("2026-11-23T18:00:00Z", None),
        ("2026-11-23T18:00:00.123456+01:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_namespace_has_the_id_of_its_sleep_where_sundown_can_have_written_it(written: str, read: str | None) -> None:
    found = reading.namespace(namespace(annotations={"sundown.dev/asleep-since": written}))
    assert found.asleep_since == read


@pytest.mark.parametrize(
    ("annotations", "owner"),
    [
        ({"email": "ana@example.com"}, "ana@example.com"),
        ({"email": "ana@example.com", "sundown.dev/owner": "bo@example.com"}, "bo@example.com"),
        ({"sundown.dev/owner": "  ", "email": "ana@example.com"}, None),
        ({"sundown.dev/owner": "", "email": "ana@example.com"}, "ana@example.com"),
        ({"email": "x" * 10_000}, "x" * 256),
        ({}, None),
    ],
)
def test_the_owner_is_found_in_the_annotations(annotations: dict[str, str], owner: str | None) -> None:
    """B1."""
    assert reading.namespace(namespace(annotations=annotations)).owner == owner


def test_only_the_owners_annotations_are_kept() -> None:
    """A thousand namespaces may carry a megabyte of others."""
    found = reading.namespace(namespace(annotations={"email": "ana@example.com", "big": "x" * 10_000}))
    assert found.annotations == {"email": "ana@example.com"}


def test_a_schedule_is_read_with_its_status() -> None:
    found = reading.env_schedule({"metadata": {"name": "a"}, "spec": {"paused": True}, "status": {"state": "Paused"}})
    assert found.schedule is not None
    assert (found.schedule.spec.paused, found.status.state, found.mistakes) == (True, "Paused", ())


def test_a_schedule_that_cannot_be_read_keeps_its_name_its_status_and_its_mistakes() -> None:
    """Z: one malformed object stops the whole controller."""
    raw = {"metadata": {"name": "a"}, "spec": {"timeZone": "Mars/Base"}, "status": {"state": "Asleep"}}
    found = reading.env_schedule(raw)
    assert (found.metadata.name, found.schedule, found.status.state) == ("a", None, "Asleep")
    assert [mistake.path for mistake in found.mistakes] == ["spec.timeZone"]


def test_a_schedule_without_a_spec_is_a_mistake() -> None:
    assert [str(mistake) for mistake in reading.env_schedule({"metadata": {"name": "a"}}).mistakes] == [
        "spec: is required"
    ]


@pytest.mark.parametrize("status", [{"state": "Sleepy"}, {"since": "yesterday"}, {"history": {}}, "none"])
def test_a_status_that_cannot_be_read_is_as_good_as_none(status: Any) -> None:
    """Z: one malformed object stops the whole controller."""
    found = reading.env_schedule({"metadata": {"name": "a"}, "spec": {}, "status": status})
    assert (found.schedule is not None, found.status.state) == (True, None)


def test_a_status_may_hold_more_than_is_known() -> None:
    """A later version has written it."""
    found = reading.env_schedule({"metadata": {"name": "a"}, "spec": {}, "status": {"state": "Awake", "mood": "good"}})
    assert found.status.state == "Awake"


def test_a_default_that_cannot_be_read_is_refused_with_the_path() -> None:
    raw = {"metadata": {"name": "a"}, "spec": {"template": {"awake": [{"days": ["Mon"], "to": "25:00"}]}}}
    with pytest.raises(InvalidObject, match=r"^spec\.template\.awake\[0\]\.to: "):
        reading.cluster_env_schedule(raw)


@pytest.mark.parametrize("spec", [{}, {"replicas": None}])
def test_a_workload_that_names_no_count_wants_one_pod(spec: dict[str, Any]) -> None:
    assert read(spec=spec).replicas == 1


def test_a_workload_without_a_status_has_no_pods() -> None:
    found = read(spec={"replicas": 3})
    assert (found.pods, found.ready) == (0, 0)


@pytest.mark.parametrize(("observed", "settled"), [(4, False), (5, True), (6, True), (None, False)])
def test_a_workload_is_settled_when_its_controller_has_seen_its_last_edit(observed: int | None, settled: bool) -> None:
    """A4."""
    assert read(metadata={"generation": 5}, status={"observedGeneration": observed}).settled == settled


def test_the_record_and_the_exclusion_are_read_as_they_are_written() -> None:
    annotations = {"sundown.dev/previous-replicas": "three", "sundown.dev/exclude": "perhaps"}
    found = read(metadata={"annotations": annotations})
    assert (found.record, found.exclude) == ("three", "perhaps")


def test_a_workload_requests_what_its_containers_request_together() -> None:
    """G6."""
    requests = [{"cpu": "250m", "memory": "512Mi"}, {"cpu": "1"}, None]
    containers = [{"resources": {"requests": each}} for each in requests] + [{"resources": None}, {}]
    found = read(spec={"template": {"spec": {"containers": containers}}})
    assert (found.cpu, found.memory) == (1.25, 0.5)


def test_a_page_holds_its_workloads_and_the_token_of_the_next() -> None:
    """Z: lists stop at the first page."""
    found = WorkloadPage(page(deployment("a"), deployment("b"), **{"continue": "next"}), kind="StatefulSet")
    assert [(one.kind, one.name) for one in found.items] == [("StatefulSet", "a"), ("StatefulSet", "b")]
    assert found.token == "next"


def test_the_last_page_has_no_token() -> None:
    assert WorkloadPage(page(deployment()), kind="Deployment").token == ""


@pytest.mark.parametrize("items", [[], None])
def test_an_empty_list_is_a_list(items: Any) -> None:
    answer = json.dumps({"metadata": {}, "items": items}).encode()
    assert (WorkloadPage(answer, kind="Deployment").items, RawPage(answer).items) == ([], [])


@pytest.mark.parametrize(
    "answer", [json.dumps(FAILURE).encode(), b"[]", b"{}", b"", b"<html>", b'{"items": 3}', b"\xff"]
)
def test_what_is_no_list_of_workloads_is_refused(answer: bytes) -> None:
    """Z: API replies 200 with an error body. An env must not seem to have no workloads."""
    with pytest.raises(ValueError, match=r".*"):
        WorkloadPage(answer, kind="Deployment")


@pytest.mark.parametrize("answer", [json.dumps(FAILURE).encode(), b"[]", b"{}", b"", b"<html>"])
def test_what_is_no_list_is_refused(answer: bytes) -> None:
    """Z: API replies 200 with an error body. A cluster must not seem to have no namespaces."""
    with pytest.raises(ValueError, match=r".*"):
        RawPage(answer)


def oversize(**spec: Any) -> dict[str, Any]:
    filling = [{"from": "2026-12-24T12:00", "to": "2027-01-02T08:00", "state": "Asleep", "reason": "x" * 256}] * 100
    metadata = {"name": "default", "namespace": "dev", "uid": "u", "resourceVersion": "1"}
    return {"metadata": metadata, "spec": {"exceptions": filling, **spec}}


@pytest.mark.parametrize("made_slim", [True, False], ids=["from-a-watch", "as-it-is"])
def test_a_spec_that_is_too_large_is_a_mistake_with_a_way_out(made_slim: bool) -> None:
    """S1."""
    raw = oversize()
    found = reading.env_schedule(slim(json.dumps(raw).encode()) if made_slim else raw)
    assert found.schedule is None
    assert [mistake.path for mistake in found.mistakes] == ["spec"]
    assert "make it shorter" in found.mistakes[0].text


def test_who_waits_for_an_env_is_heard_though_its_spec_is_too_large() -> None:
    """S1, W10: a person can always wake what sleeps."""
    raw = oversize(override={"state": "Awake", "by": "ana@example.com"}, paused=True)
    found = reading.env_schedule(slim(json.dumps(raw).encode()))
    assert found.salvaged.override is not None
    assert found.salvaged.override.by == "ana@example.com"
    assert found.salvaged.paused


@pytest.mark.parametrize("count", [65, 5000])
def test_of_too_many_labels_ours_and_the_shortest_are_kept(count: int) -> None:
    """S1: a namespace is judged by what it needs, however many labels somebody hangs on it."""
    many = {f"example.com/label-{number}": "x" for number in range(count)}
    ours = {"sundown.dev/state": "asleep", "scheduler": "disabled"}
    found = slim(json.dumps({"metadata": {"name": "dev", "labels": {**many, **ours}}}).encode())
    assert ours.items() <= found["metadata"]["labels"].items()
    assert len(found["metadata"]["labels"]) == 64


def test_foreign_annotations_and_managed_fields_are_not_kept() -> None:
    """S1."""
    annotations = {"kubectl.kubernetes.io/last-applied-configuration": "x", "email": "a@b", "sundown.dev/owner": "c"}
    raw = {"metadata": {"name": "dev", "annotations": annotations, "managedFields": [{"manager": "x"}]}}
    assert slim(json.dumps(raw).encode()) == {
        "metadata": {"name": "dev", "annotations": {"email": "a@b", "sundown.dev/owner": "c"}}
    }
