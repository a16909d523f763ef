"""Sundown confined to named namespaces: it works there, and has no right on workloads anywhere else (S12, J3).

On a control plane of its own, for the usual account of the others may see all namespaces.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from sundown_lab import controlplane
from sundown_lab.cluster import Cluster
from sundown_lab.slack.remote import Workspace
from support.apiserver import Api, Json, eventually
from support.audit import Audit
from support.envs import ALWAYS_AWAKE, NAMESPACES, Env
from support.frontdesk.granted import SEE_LOGS, grant
from support.frontdesk.saying import answer_to, words
from support.frontdesks import USER as FRONTDESK
from support.frontdesks import Counter
from support.kustomize import Kitchen
from support.operators import ROOT, USER, Stage

pytestmark = pytest.mark.lab

OURS = ("team-a", "team-b")
NAMED = json.dumps([*OURS, "team-later"])
PARTS = ("namespaced", "split")
ANA = "ana@example.com"


@pytest.fixture(scope="module")
def apart() -> Iterator[Cluster]:
    with controlplane.start(audit=True) as one:
        one.install([ROOT / "crds"])
        for name in (*OURS, "elsewhere"):
            one.kubectl("create", "namespace", name)
        yield one


@pytest.fixture(scope="module")
def kitchen(apart: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Kitchen:
    return Kitchen(apart, tmp_path_factory.mktemp("kustomize"))


@pytest.fixture(scope="module")
def processes(
    apart: Cluster, kitchen: Kitchen, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Stage, Counter]]:
    """Where operator and frontdesk run, under accounts with the rights of such an installation."""
    place = kitchen.place(PARTS, resources=tuple(f"overlays/namespaced/{name}" for name in OURS))
    logs = tmp_path_factory.mktemp("named")
    with (
        Stage(apart, logs=logs, installation=place) as stage,
        Counter(apart, logs=logs, installation=place) as counter,
    ):
        yield stage, counter


def rights(objects: list[Json], role: str) -> set[tuple[str, str]]:
    """What the roles of a process grant, wherever."""
    rules = [
        rule
        for each in objects
        if each["kind"] == "ClusterRole" and each["metadata"]["name"].startswith(role)
        for rule in each.get("rules", ())
    ]
    return {(verb, resource) for rule in rules for resource in rule["resources"] for verb in rule["verbs"]}


@pytest.mark.parametrize("role", ["sundown-operator", "sundown-frontdesk"])
def test_the_rights_are_those_of_the_base_and_no_others(kitchen: Kitchen, role: str) -> None:
    """J3: the same, but where."""
    assert rights(kitchen.objects(("namespaced",)), role) == rights(kitchen.objects(()), role)


def _by_name_of_admission(rule: Json) -> bool:
    """Whether a rule lets somebody get Sundown's own policies and webhook, by name, and nothing else."""
    named = all(each.startswith("sundown-") for each in rule.get("resourceNames") or [""])
    return rule["apiGroups"] == ["admissionregistration.k8s.io"] and named and rule["verbs"] == ["get"]


def test_nothing_is_granted_on_workloads_and_schedules_of_the_whole_cluster(kitchen: Kitchen) -> None:
    """S12"""
    objects = kitchen.objects(PARTS)
    bound = [
        each for each in objects if each["kind"] == "ClusterRoleBinding" and each["subjects"][0]["kind"] != "Group"
    ]
    for name in {each["roleRef"]["name"] for each in bound}:
        (role,) = [each for each in objects if each["kind"] == "ClusterRole" and each["metadata"]["name"] == name]
        granted = {
            (resource, verb) for rule in role["rules"] for resource in rule["resources"] for verb in rule["verbs"]
        }
        seen = {resource for resource, verb in granted if verb in {"get", "list", "watch"}}
        ours = {each for rule in role["rules"] if _by_name_of_admission(rule) for each in rule["resources"]}
        assert seen <= {"namespaces", "clusterenvschedules"} | ours
        assert granted - {(each, verb) for each in seen for verb in ("get", "list", "watch")} <= {
            ("clusterenvschedules/status", "patch"),
            ("subjectaccessreviews", "create"),
        }


def an_env(api: Api, name: str) -> Env:
    env = Env(api, name)
    for kind in ("Deployment", "StatefulSet"):
        env.add("web", 2, kind=kind)
    env.schedule(ALWAYS_AWAKE)
    return env


def test_envs_there_sleep_and_wake_by_slack_and_nothing_else_is_touched(
    apart: Cluster, processes: tuple[Stage, Counter], slack: Workspace
) -> None:
    """S12: and a name whose namespace is not there yet holds up nobody."""
    stage, counter = processes
    api = Api(apart.kubeconfig)
    ours, other = an_env(api, "team-a"), an_env(api, "elsewhere")
    other.wish("Asleep")
    stage.fresh(SUNDOWN_NAMESPACES=NAMED).start()
    counter.fresh(slack, SUNDOWN_NAMESPACES=NAMED).start()
    ours.until("Awake")
    audits = [Audit(apart, user=USER), Audit(apart, user=FRONTDESK)]
    ana = slack.act("ana")
    answer_to(ana, "stop team-a")
    ours.until("Asleep")
    assert ours.replicas("web") == 0
    answer_to(ana, "start team-a")
    ours.until("Awake")
    assert [ours.replicas("web", kind=kind) for kind in ("Deployment", "StatefulSet")] == [2, 2]
    listed = words(answer_to(ana, "list"))
    assert "team-a" in listed
    assert "elsewhere" not in listed
    assert "does not look after that namespace" in words(answer_to(ana, "stop elsewhere"))
    assert other.replicas("web") == 2
    assert "status" not in api.get(other.schedules("default"))
    grant(ours, ANA, SEE_LOGS)
    grant(other, ANA, SEE_LOGS)
    assert "4 pods in team-a" in words(answer_to(ana, "pods team-a"))
    assert "does not look after that namespace" in words(answer_to(ana, "pods elsewhere"))
    requests = [each for audit in audits for each in audit.requests()]
    assert [each for each in requests if each.namespace == "elsewhere" or each.name == "elsewhere"] == []
    refused = {each.namespace for each in requests if each.code == 403}
    assert refused <= {"team-later"}


def test_one_that_is_granted_later_is_looked_after_from_then_on(
    apart: Cluster, processes: tuple[Stage, Counter], kitchen: Kitchen, slack: Workspace
) -> None:
    """S12: without a restart"""
    stage, _ = processes
    api = Api(apart.kubeconfig)
    operator = stage.fresh(SUNDOWN_NAMESPACES=NAMED, SUNDOWN_SWEEP_MINUTES="0.1")
    operator.start()
    api.create(NAMESPACES, {"metadata": {"name": "team-later"}})
    shown = apart.kubectl("kustomize", str(ROOT / "deploy/overlays/namespaced/team-a")).stdout
    env = an_env(api, "team-later")
    env.wish("Asleep")
    apart.kubectl("apply", "-f", "-", input=shown.replace("team-a", "team-later"))
    env.until("Asleep")
    assert env.replicas("web") == 0
    api.delete(f"{NAMESPACES}/team-later")
    eventually(lambda: api.find(f"{NAMESPACES}/team-later") is None, what="it is gone")
    ours = Env(api, "team-a")
    ours.wish("Asleep")
    ours.until("Asleep")
    assert operator.probe("/readyz")[0] == 200


def test_without_the_right_to_all_it_says_so_where_none_is_named(
    apart: Cluster, processes: tuple[Stage, Counter]
) -> None:
    """S12: an empty list means all, which these rights do not allow."""
    stage, _ = processes
    operator = stage.fresh()
    operator.launch()
    eventually(lambda: operator.port, what="its probes answer")
    eventually(lambda: "forbidden" in operator.probe("/readyz")[1], what="it says what it may not")
    assert operator.probe("/readyz")[0] == 503
    stage.clear()
