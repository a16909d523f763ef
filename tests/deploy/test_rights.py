"""The operator's rights against the API server's audit log: whatever it asks it may, and whatever it may it asks."""

import threading
from collections.abc import Callable

import pytest
import yaml

from sundown_lab.cluster import Cluster
from support.apiserver import Api, eventually
from support.audit import Audit, Right
from support.enders import let_end
from support.envs import ALWAYS_AWAKE, DEFAULTS, SUNDOWN, Env, instant
from support.operating import let_operate
from support.operators import HOME, ROOT, Stage

pytestmark = pytest.mark.lab


def granted() -> set[Right]:
    """What the ClusterRole in ``deploy/base`` grants."""
    documents = yaml.safe_load_all((ROOT / "deploy/base/clusterrole-operator.yaml").read_text())
    roles = [each for each in documents if each["kind"] in {"ClusterRole", "Role"}]
    rules = [rule for role in roles for rule in role["rules"]]
    return {(verb, resource) for rule in rules for resource in rule["resources"] for verb in rule["verbs"]}


@pytest.mark.usefixtures("policies")  # bindings are looked at where there are policies only
def test_every_right_is_needed_and_none_is_missing(
    control_plane: Cluster,
    stage: Stage,
    audit: Audit,
    make_env: Callable[..., Env],
    make_default: Callable[..., str],
    api: Api,
) -> None:
    """J3 (the operator's part)"""
    operator = stage.fresh()
    _one_that_was_kept_long_enough(api)
    operator.start()
    default = make_default(ALWAYS_AWAKE, team="rights")
    covered = make_env({"team": "rights", "scheduler": "enabled"})
    env = make_env()
    for kind in ("Deployment", "StatefulSet"):
        env.add("web", 2, kind=kind)
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    covered.until("Awake")
    doomed = make_env()
    doomed.schedule({**ALWAYS_AWAKE, "allowDelete": True})
    let_end(doomed, "ana@example.com")
    let_operate(env, "ana@example.com")
    requests = [_request(api, doomed), *(_request(api, env, kind=kind) for kind in ("Deployment", "StatefulSet"))]
    api.merge(f"{DEFAULTS}/{default}", {"spec": {"template": {"timeZone": "Nowhere/AtAll"}}})
    _have_a_template_change_and_go(api, make_default, make_env({"team": "passing", "scheduler": "enabled"}))
    done = threading.Event()
    editors = [
        threading.Thread(target=_keep_editing, args=(control_plane, env.name, plural, done))
        for plural in ("deployments", "statefulsets")
    ]
    for editor in editors:
        editor.start()
    try:
        # To read a single workload takes a conflict, so somebody edits while the env falls asleep and wakes.
        states = iter(["Asleep", "Awake"] * 50)
        while not {("get", "deployments"), ("get", "statefulsets")} <= audit.rights():
            state = next(states)
            env.wish(state)
            env.until(state)
    finally:
        done.set()
        for editor in editors:
            editor.join()
    _have_a_database_hang(make_env())
    for request in requests:
        eventually(lambda: api.get(request).get("status", {}).get("state") == "Done", what="it is carried out")  # noqa: B023
        api.delete(request)
    eventually(
        lambda: {each.resource for each in audit.writes()} >= {"events", "envschedules/status"}, what="all is told"
    )
    assert granted() - audit.rights() == set()
    assert audit.rights() - granted() == set()
    assert [request for request in audit.requests() if request.code == 403] == []


def _one_that_was_kept_long_enough(api: Api) -> None:
    path = f"{SUNDOWN}/namespaces/{HOME}/actionrequests"
    head = {"apiVersion": "sundown.dev/v1alpha1", "kind": "ActionRequest", "metadata": {"name": "kept-long-enough"}}
    when = {"requestedAt": instant(days=-100), "expiresAt": instant(days=-100, minutes=5)}
    what = {"action": "Delete", "target": {"namespace": "gone", "uid": "1"}, "confirmation": "gone"}
    api.create(path, {**head, "spec": {**what, **when, "requestedBy": "ana@example.com", "via": "kubectl"}})
    api.merge(f"{path}/kept-long-enough/status", {"status": {"state": "Refused", "finishedAt": instant(days=-99)}})


def _have_a_template_change_and_go(api: Api, make_default: Callable[..., str], env: Env) -> None:
    default = make_default(ALWAYS_AWAKE, team="passing")
    env.until("Awake")
    api.merge(f"{DEFAULTS}/{default}", {"spec": {"template": {"timeZone": "Asia/Tokyo"}}})
    there = env.schedules("default")
    eventually(lambda: api.get(there)["spec"].get("timeZone") == "Asia/Tokyo", what="the change is there")
    api.delete(f"{DEFAULTS}/{default}")
    eventually(lambda: api.find(there) is None, what="it is gone with its template")


def _have_a_database_hang(env: Env) -> None:
    """Pods are asked for where one takes too long to wake, and Events where they do not say why."""
    env.add("db", 1, kind="StatefulSet", pod={"lab.sundown.dev/ready-after": "1h"})
    env.schedule({"awake": [], "waves": {"timeout": "2s"}})
    env.until("Asleep")
    env.wish("Awake")
    env.until_condition("Degraded", "True", "PartsNotReady")


def _request(api: Api, env: Env, *, kind: str = "") -> str:
    """Ask for an env to be deleted, or for its workload of a kind to be scaled; the path of the request."""
    scaling = {"action": "Scale", "parameters": {"kind": kind, "name": "web", "replicas": "3"}}
    spec = {
        **(scaling if kind else {"action": "Delete"}),
        "target": {"namespace": env.name, "uid": api.get(env.path)["metadata"]["uid"]},
        "requestedBy": "ana@example.com",
        "via": "kubectl",
        "requestedAt": instant(),
        "expiresAt": instant(minutes=15),
        "confirmation": env.name,
    }
    name = f"{kind.lower() or 'delete'}-{env.name}"
    head = {"apiVersion": "sundown.dev/v1alpha1", "kind": "ActionRequest", "metadata": {"name": name}}
    path = f"{SUNDOWN}/namespaces/{HOME}/actionrequests"
    api.create(path, {**head, "spec": spec})
    return f"{path}/{name}"


def _keep_editing(cluster: Cluster, namespace: str, plural: str, done: threading.Event) -> None:
    api = Api(cluster.kubeconfig)
    count = 0
    while not done.wait(0.03):
        count += 1
        body = {"metadata": {"annotations": {"example.com/edit": str(count)}}}
        api.merge(f"/apis/apps/v1/namespaces/{namespace}/{plural}/web", body)
