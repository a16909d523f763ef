"""A new operator beside the CRDs of an earlier version, as Helm leaves them at an upgrade: unknown fields are dropped in silence."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import Api, eventually
from support.envs import ALWAYS_AWAKE, Env
from support.operators import Operator

pytestmark = pytest.mark.lab

CRD = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/envschedules.sundown.dev"
FILE = Path(__file__).parents[2] / "crds" / "envschedules.yaml"
NEW = ("records", "asleepSince")


def knows(api: Api) -> list[str]:
    """Which of the fields the CRD has."""
    version = api.get(CRD)["spec"]["versions"][0]
    return [
        field for field in NEW if field in version["schema"]["openAPIV3Schema"]["properties"]["status"]["properties"]
    ]


@pytest.fixture
def older_crd(control_plane: Cluster, api: Api) -> Iterator[None]:
    """The schema of EnvSchedules without what came later, for one test."""
    place = "/spec/versions/0/schema/openAPIV3Schema/properties/status/properties"
    steps = [{"op": "remove", "path": f"{place}/{field}"} for field in NEW]
    control_plane.kubectl("patch", "crd", "envschedules.sundown.dev", "--type=json", "-p", json.dumps(steps))
    assert knows(api) == []
    yield
    control_plane.kubectl("replace", "-f", str(FILE))
    assert knows(api) == list(NEW)


@pytest.mark.usefixtures("older_crd")
def test_nothing_is_put_to_sleep_where_the_schema_drops_what_wakes_it(
    env: Env, run_operator: Callable[..., Operator], control_plane: Cluster
) -> None:
    """W3, A18: the second place of a record has to hold before the first is written; the Event says what to type."""
    env.add("web", 3)
    env.schedule(ALWAYS_AWAKE)
    eventually(lambda: dropped(env), what="the API server drops the field")
    run_operator()
    env.until("Awake")
    env.wish("Asleep")
    eventually(lambda: "StatusNotWritten" in env.reasons(), what="it is said")
    said = next(one["note"] for one in env.events() if one["reason"] == "StatusNotWritten")
    assert "drops status.records" in said
    assert env.replicas("web") == 3
    control_plane.kubectl("replace", "-f", str(FILE))
    env.until("Asleep")
    assert (env.replicas("web"), env.record("web")) == (0, "3")


def dropped(env: Env) -> bool:
    """Whether the change of the schema has come to where objects are written: it takes a moment."""
    record = {"kind": "Deployment", "name": "x", "uid": "x", "restore": "{}"}
    path = f"{env.schedules('default')}/status"
    found = env.api.merge(path, {"status": {"records": [record]}}).get("status", {})
    env.api.merge(path, {"status": {"records": None}})
    return "records" not in found
