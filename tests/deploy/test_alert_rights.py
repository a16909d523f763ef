"""The rights of ``deploy/components/alerts`` against the API server's audit log: each is used, and none is missing (J3)."""

import pytest
import yaml

from sundown_lab.cluster import Cluster
from sundown_lab.slack.remote import Workspace
from support.alerting import Begin, alerted
from support.apiserver import eventually
from support.audit import Audit, Right
from support.envs import Env
from support.frontdesks import USER
from support.kustomize import Kitchen
from support.operators import ROOT

pytestmark = pytest.mark.lab


def granted() -> set[Right]:
    """What its roles grant."""
    documents = yaml.safe_load_all((ROOT / "deploy/components/alerts/rights.yaml").read_text())
    rules = [rule for each in documents if each["kind"] in {"ClusterRole", "Role"} for rule in each["rules"]]
    return {(verb, resource) for rule in rules for resource in rule["resources"] for verb in rule["verbs"]}


def test_every_right_is_needed_and_none_is_missing(
    control_plane: Cluster, begin: Begin, slack: Workspace, env: Env
) -> None:
    """J3: reading but for one ConfigMap; no Secrets, no exec."""
    audit = Audit(control_plane, user=USER)
    begin(env.name)
    env.add("web", 1, pod={"lab.sundown.dev/fault": "Error"})
    alerted(slack, env.name, "crashes again")
    eventually(lambda: not granted() - audit.rights(), what="every right is used")
    assert {right for right in granted() if right[0] not in {"get", "list", "watch"}} == {("patch", "configmaps")}
    assert [request for request in audit.requests() if request.code == 403] == []


def test_with_named_namespaces_nothing_of_the_whole_cluster_is_seen_but_nodes(
    control_plane: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """S12: pods and Deployments where somebody binds them only."""
    kitchen = Kitchen(control_plane, tmp_path_factory.mktemp("kustomize"))
    objects = kitchen.objects(("alerts", "namespaced", "split"))
    bound = {each["roleRef"]["name"] for each in objects if each["kind"] == "ClusterRoleBinding"}
    assert "sundown-frontdesk-alerts" not in bound
    assert "sundown-frontdesk-nodes" in bound
    assert any(each["metadata"]["name"] == "sundown-frontdesk-alerts" for each in objects)


def test_without_slack_nothing_of_it_is_left(control_plane: Cluster, tmp_path_factory: pytest.TempPathFactory) -> None:
    """J3"""
    kitchen = Kitchen(control_plane, tmp_path_factory.mktemp("kustomize"))
    names = {each["metadata"]["name"] for each in kitchen.objects(("alerts", "operator-only"))}
    assert not [name for name in names if "alert" in name or "incident" in name or "nodes" in name]
