"""The rights that the component ``api`` adds are those that the API uses, and it uses no others."""

import pytest
import yaml

from sundown_lab.cluster import Cluster
from sundown_lab.slack.remote import Workspace
from support.apiserver import Api, eventually
from support.audit import Audit, Right
from support.envs import ALWAYS_AWAKE, Env
from support.frontdesk.callers import program
from support.frontdesks import USER, Counter
from support.operators import ROOT

pytestmark = pytest.mark.lab

DEPLOY = ROOT / "deploy"


def granted(path: str) -> set[Right]:
    """What the roles of a file grant."""
    roles = [
        each for each in yaml.safe_load_all((DEPLOY / path).read_text()) if each["kind"] in {"ClusterRole", "Role"}
    ]
    rules = [rule for role in roles for rule in role["rules"]]
    return {(verb, resource) for rule in rules for resource in rule["resources"] for verb in rule["verbs"]}


def test_it_adds_nothing_but_the_question_whose_a_token_is() -> None:
    """J3"""
    assert granted("components/api/clusterrole.yaml") == {("create", "tokenreviews")}


def test_every_right_of_the_api_is_needed_and_none_is_missing(
    control_plane: Cluster, api: Api, counter: Counter, slack: Workspace, env: Env, namespace: str
) -> None:
    """J3"""
    desk = counter.fresh(slack)
    desk.start()
    audit = Audit(control_plane, user=USER)
    env.schedule(ALWAYS_AWAKE)
    ci = program(control_plane, api, desk, namespace)
    ci.may(env, "get", "wake", "suspend", "extend", "snooze")
    path = f"/api/v1/envs/{env.name}"
    for method, rest in (
        ("GET", ""),
        ("POST", "/stop"),
        ("POST", "/schedule/reset"),
        ("GET", "/why"),
        ("GET", "/explain"),
    ):
        assert ci.ask(method, path + rest).status == 200
    added = granted("components/api/clusterrole.yaml")
    eventually(lambda: added <= audit.rights(), what="every right is used")
    assert audit.rights() - added - granted("base/clusterrole-frontdesk.yaml") == set()
    assert [request for request in audit.requests() if request.code == 403] == []
