"""SupportPods before a real API server: each has its pod, whatever happens to that, and ends in time."""

from __future__ import annotations

import random
from functools import partial
from typing import Any

import pytest
import yaml

from sundown_lab.cluster import Cluster
from support.apiserver import Api, Json, eventually
from support.audit import Audit, Right
from support.operators import Operator, Stage
from support.supporting import COMPONENT, ON, PLACE, PODS, SHORT_LIVES, WANTED, Supported

pytestmark = pytest.mark.lab


@pytest.fixture
def operator(stage: Stage, supported: Supported) -> Operator:
    one = stage.fresh(with_rows=SHORT_LIVES, **ON)
    one.start()
    return one


def started(supported: Supported, name: str, **spec: Any) -> Json:
    supported.want(name, **spec)
    supported.until(name, "Running")
    found = supported.pod(name)
    assert found is not None
    return found


@pytest.mark.usefixtures("operator")
def test_one_that_is_wanted_runs_with_its_size_owner_and_end_and_goes_when_it_is_not(supported: Supported) -> None:
    """H1, H2: nobody's count is exceeded, and no pod stays behind."""
    pod = started(supported, "tool", size="M", owner="ana@example.com")
    (container,) = pod["spec"]["containers"]
    assert container["resources"]["limits"] == container["resources"]["requests"] == {"cpu": "1", "memory": "2Gi"}
    assert pod["metadata"]["annotations"]["sundown.dev/owner"] == "ana@example.com"
    assert "volumeMounts" in container
    assert not any("serviceaccount" in each["mountPath"] for each in container["volumeMounts"])
    supported.api.delete(f"{WANTED}/tool")
    supported.gone("tool")


@pytest.mark.usefixtures("operator")
def test_kubectl_shows_who_has_which_and_until_when_and_waits_for_it(
    control_plane: Cluster, supported: Supported
) -> None:
    """H1, G9"""
    supported.want("tool", owner="ana@example.com")
    control_plane.kubectl("wait", "--for=condition=Ready", "spod/tool", "-n", PLACE, "--timeout=110s")
    heading, row = control_plane.kubectl("get", "spod", "-n", PLACE).stdout.splitlines()
    assert heading.split() == ["NAME", "STATE", "SIZE", "MEMORY", "OWNER", "ENDS", "AGE"]
    assert row.split()[:5] == ["tool", "Running", "S", "1Gi", "ana@example.com"]


@pytest.mark.usefixtures("operator")
def test_at_the_end_of_its_time_it_is_gone_and_its_events_say_why(supported: Supported) -> None:
    """H2"""
    supported.want("brief", ttl="6s")
    supported.want("long")
    supported.gone("brief")
    supported.until("long", "Running")
    events = supported.api.items(f"/apis/events.k8s.io/v1/namespaces/{PLACE}/events")
    said = [each["reason"] for each in events if each["regarding"].get("name") == "brief"]
    assert "TimeOver" in said


@pytest.mark.usefixtures("operator")
def test_one_that_is_extended_stays(supported: Supported) -> None:
    """H2. On a slow machine it takes seconds to ask for longer."""
    supported.want("brief", ttl="15s")
    supported.want("witness", ttl="16s")
    supported.api.merge(f"{WANTED}/brief", {"spec": {"ttl": "8h"}})
    supported.gone("witness")
    assert supported.until("brief", "Running")["replaced"] == 0


@pytest.mark.usefixtures("operator")
def test_a_pod_that_somebody_deletes_and_one_that_is_evicted_are_made_again(supported: Supported) -> None:
    """H1"""
    first = started(supported, "tool")
    supported.api.delete(f"{PODS}/tool")
    second = eventually(lambda: _another(supported, first), what="there is another pod")
    supported.until("tool", "Running")
    evicted = {"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory."}
    supported.api.merge(f"{PODS}/tool/status", {"status": evicted})
    eventually(lambda: _another(supported, second), what="there is a third")
    supported.until("tool", "Running")


def _another(supported: Supported, before: Json) -> Json | None:
    found = supported.pod("tool")
    return found if found is not None and found["metadata"]["uid"] != before["metadata"]["uid"] else None


@pytest.mark.usefixtures("operator")
def test_a_quota_that_is_used_up_is_said_and_what_waits_for_it_starts_once_there_is_room(supported: Supported) -> None:
    """H2"""
    for name in ("one", "two"):
        started(supported, name, size="XL")
    supported.want("three", size="XL")
    said = supported.until("three", "Pending", "QuotaExceeded")["message"]
    assert "is used up" in said
    assert "memory=20Gi" in said
    supported.api.delete(f"{WANTED}/one")
    supported.until("three", "Running")


@pytest.mark.usefixtures("operator")
def test_another_pod_of_the_name_is_left_alone(supported: Supported) -> None:
    """H2: collisions are said."""
    theirs = _theirs(supported.api, "taken")
    supported.want("taken", ttl="6s")
    said = supported.until("taken", "Failed", "NameTaken")["message"]
    assert "use another name" in said
    eventually(lambda: supported.find("taken") is None, what="its time is over")
    found = supported.pod("taken")
    assert found is not None
    assert found["metadata"]["uid"] == theirs["metadata"]["uid"]
    assert "deletionTimestamp" not in found["metadata"]


def _theirs(api: Api, name: str) -> Json:
    allowed = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    secure = {"runAsNonRoot": True, "runAsUser": 1, "seccompProfile": {"type": "RuntimeDefault"}}
    few = {"cpu": "1m", "memory": "1Mi"}
    resources = {"requests": few, "limits": few}
    container = {"name": "a", "image": "a", "securityContext": allowed, "resources": resources}
    body = {"metadata": {"name": name}, "spec": {"containers": [container], "securityContext": secure}}
    return api.create(PODS, body)


def test_killed_again_and_again_it_makes_each_pod_once(stage: Stage, supported: Supported) -> None:
    """H1, A16"""
    dice, one = random.Random(7), stage.fresh(**ON)
    names = [f"pod-{number}" for number in range(6)]
    for name in names:
        supported.want(name, size="XS")
    version = supported.api.get(PODS)["metadata"]["resourceVersion"]

    def begins_or_not(there: int) -> bool:
        return len(supported.api.items(PODS)) > there or dice.random() < 0.02

    for _ in range(4):
        one.launch()
        there = len(supported.api.items(PODS))
        eventually(partial(begins_or_not, there), what="it begins, or not")
        one.kill()
    one.start()
    for name in names:
        supported.until(name, "Running")
    assert len({each["metadata"]["uid"] for each in supported.api.since(PODS, version)}) == len(names)


def granted() -> set[Right]:
    """What the operator's Role in the component grants."""
    documents = yaml.safe_load_all((COMPONENT / "rights.yaml").read_text())
    role = next(each for each in documents if each["kind"] == "Role" and each["metadata"]["name"] == "sundown-operator")
    return {(verb, resource) for rule in role["rules"] for resource in rule["resources"] for verb in rule["verbs"]}


def test_it_has_and_uses_rights_in_that_namespace_and_no_others(
    stage: Stage, supported: Supported, audit: Audit
) -> None:
    """J3 (the operator's part of section H)"""
    one = stage.fresh(with_rows=SHORT_LIVES, **ON)
    audit.forget()
    one.start()
    started(supported, "lost")
    supported.api.merge(f"{PODS}/lost/status", {"status": {"phase": "Failed", "reason": "Evicted"}})
    supported.want("brief", ttl="3s")
    supported.gone("brief")
    eventually(lambda: not granted() - used(audit), what="every right is used")
    assert used(audit) - granted() == set()
    assert [each for each in audit.requests() if each.code == 403 and "quota" not in each.name] == []


def used(audit: Audit) -> set[Right]:
    return {(each.verb, each.resource) for each in audit.requests() if each.namespace == PLACE}


def test_without_the_rights_there_are_none_and_everything_else_goes_on(stage: Stage) -> None:
    """H2: off, and it says so."""
    one = stage.fresh(SUNDOWN_SUPPORT_NAMESPACE="nowhere")
    one.start()
    eventually(lambda: "no support pods:" in one.probe("/readyz")[1], what="it says so")
    assert one.probe("/readyz")[0] == 200


def test_turned_off_it_asks_for_none(stage: Stage, audit: Audit) -> None:
    """H1: who does not use it pays nothing."""
    one = stage.fresh()
    audit.forget()
    one.start()
    assert not [each for each in audit.requests() if each.resource.startswith("supportpods")]
