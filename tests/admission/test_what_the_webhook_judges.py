"""What the webhook makes of a review, without an API server: the same table, and whatever else somebody may send it."""

import asyncio
import json
from base64 import b64decode
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from sundown.admission.judging import default_label, label, time_zone
from sundown.admission.reviews import Review, answer
from sundown.admission.server import MOST_BYTES, PREFIX, application, judges
from sundown.admission.settings import AdmissionSettings
from sundown.cluster.client import Cluster
from sundown.model.base import parse
from sundown.model.resources import LabelSelector
from sundown.process.guard import SMALL
from support.admissions import CASES, ZONES, Case, refusal
from support.webhooks import COMPONENT, shipped

SETTINGS = AdmissionSettings()
NOBODY = cast(Cluster, None)


def review(case: Case, name: str) -> Review:
    def namespace(labels: object) -> dict[str, Any]:
        return {"metadata": {"name": name, **({"labels": labels} if labels else {})}}

    before = namespace(dict(case.before)) if case.before is not None else None
    return asked("namespaces", namespace(dict(case.labels)), before)


def asked(resource: str, now: object, before: object = None) -> Review:
    request = {"uid": "1", "resource": {"resource": resource}, "object": now, "oldObject": before}
    return Review.model_validate({"request": request})


def patched(case: Case, said: bytes) -> str | None:
    """The label after the patch of an answer."""
    response = json.loads(said)["response"]
    labels = dict(case.labels)
    for each in json.loads(b64decode(response["patch"])) if "patch" in response else []:
        labels |= (
            each["value"] if each["path"] == "/metadata/labels" else {each["path"].rpartition("/")[2]: each["value"]}
        )
    return labels.get("scheduler")


@pytest.mark.parametrize("title", CASES)
def test_each_namespace_gets_the_answer_of_the_table(title: str) -> None:
    """A9, A10, A12"""
    case = CASES[title]
    name = f"{case.prefix}-1"
    named = Case({"kubernetes.io/metadata.name": name, **case.labels}, before=case.before)  # as the API server adds it
    asks = review(named, name)
    selectors = [parse(LabelSelector, each) for each in case.defaults]
    assert label(asks.written, SETTINGS).refused == (refusal(case) if case.refused else "")
    if not case.refused:
        labelled = default_label(asks.written, SETTINGS, selectors)
        assert patched(case, answer(asks, labelled, label="scheduler")) == case.label


@pytest.mark.parametrize(("name", "is_one"), ZONES.items())
def test_a_zone_gets_the_answer_of_the_table(name: str, is_one: bool) -> None:
    """A12, A17"""
    for resource, spec in (
        ("envschedules", {"timeZone": name}),
        ("clusterenvschedules", {"template": {"timeZone": name}}),
    ):
        assert (time_zone(asked(resource, {"spec": spec}).written).refused == "") is is_one
        assert time_zone(asked(resource, {"spec": spec}, {"spec": spec}).written).refused == ""


def test_a_key_with_a_slash_is_written_as_json_pointers_have_it() -> None:
    """A9: the label can have another name."""
    asks = asked("namespaces", {"metadata": {"name": "a", "labels": {"x": "y"}}})
    labelled = default_label(asks.written, SETTINGS, [LabelSelector()])
    response = json.loads(answer(asks, labelled, label="example.com/sleeps~"))["response"]
    assert json.loads(b64decode(response["patch"]))[0]["path"] == "/metadata/labels/example.com~1sleeps~0"


def test_a_name_that_is_made_up_later_is_judged_by_its_beginning() -> None:
    """A10"""
    for prefix, taken in (("team-", True), ("kube-", False)):
        asks = asked("namespaces", {"metadata": {"generateName": prefix}})
        assert default_label(asks.written, SETTINGS, [LabelSelector()]).labelled is taken


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["metadata", "spec", "labels", "template", "timeZone", "name", "scheduler"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(now=st.dictionaries(st.sampled_from(["metadata", "spec"]), anything), before=anything)
def test_whatever_an_object_looks_like_it_is_answered(now: object, before: object) -> None:
    """A12"""
    asks = asked("namespaces", now, before if isinstance(before, dict) else None)
    for judged in (
        label(asks.written, SETTINGS),
        time_zone(asks.written),
        default_label(asks.written, SETTINGS, [LabelSelector()]),
    ):
        response = json.loads(answer(asks, judged, label="scheduler"))["response"]
        assert response["uid"] == "1"
        assert response["allowed"] is not bool(judged.refused)


@pytest.mark.parametrize("sent", [b"", b"{", b"[]", b"{}", b'{"request": {"uid": ""}}', b"\xff", b"[" * 100_000])
async def test_what_is_no_review_is_answered_with_an_error_that_lets_the_request_pass(sent: bytes) -> None:
    """A12: with `Ignore`, any status but 200 lets it pass."""
    async with TestClient(TestServer(application(NOBODY, SETTINGS))) as client:
        for name in judges(NOBODY, SETTINGS):
            assert (await client.post(f"{PREFIX}/{name}", data=sent)).status == 400


async def test_no_more_is_read_at_once_than_there_is_memory_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """J6: whoever is in the cluster can reach its port."""
    monkeypatch.setattr("sundown.process.guard._MOST_LARGE", 0)
    async with TestClient(TestServer(application(NOBODY, SETTINGS))) as client:
        assert (await client.post(f"{PREFIX}/label", data=b" " * SMALL)).status == 400
        assert (await client.post(f"{PREFIX}/label", data=b" " * (SMALL + 1))).status == 503


async def test_what_is_sent_too_slowly_is_let_go() -> None:
    """J6"""

    async def slowly() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    async with TestClient(TestServer(application(NOBODY, SETTINGS))) as client:
        assert (await client.post(f"{PREFIX}/label?timeout=0s", data=slowly())).status == 503


async def test_what_is_too_large_is_not_read() -> None:
    """J6"""
    async with TestClient(TestServer(application(NOBODY, SETTINGS))) as client:
        assert (await client.post(f"{PREFIX}/label", data=b" " * (MOST_BYTES + 1))).status == 413


def test_each_webhook_of_the_manifests_has_a_path_that_there_is() -> None:
    """F3: one that there is none of would be answered 404, and nobody would notice."""
    hooks = [hook for each in shipped("webhooks.yaml") for hook in each["webhooks"]]
    called = {hook["clientConfig"]["service"]["path"] for hook in hooks}
    assert called == {f"{PREFIX}/{name}" for name in judges(NOBODY, SETTINGS)}
    assert len(called) == len(hooks)


def test_the_service_is_the_one_that_certificates_are_made_for() -> None:
    """F3"""
    hooks = [hook for each in shipped("webhooks.yaml") for hook in each["webhooks"]]
    (service,) = shipped("service.yaml")
    for hook in hooks:
        where = hook["clientConfig"]["service"]
        assert f"{where['name']}.{where['namespace']}.svc" in SETTINGS.names
        assert (where["name"], where["namespace"]) == (service["metadata"]["name"], service["metadata"]["namespace"])
        assert where.get("port", 443) == service["spec"]["ports"][0]["port"]
    (pod,) = shipped("deployment.yaml")
    ports = {each["name"]: each["containerPort"] for each in pod["spec"]["template"]["spec"]["containers"][0]["ports"]}
    assert ports[service["spec"]["ports"][0]["targetPort"]] == SETTINGS.admission_port
    assert {each["metadata"]["name"] for each in shipped("webhooks.yaml")} == {SETTINGS.admission_configuration}
    assert COMPONENT.name == "admission-webhook"
