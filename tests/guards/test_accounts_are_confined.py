"""Whatever RBAC grants them, Sundown's accounts write what their process has to write, and nothing else (S4)."""

from collections.abc import Callable

import pytest

from sundown.sleepers.merge_patches import merged
from support.apiserver import Answered, Api, Json
from support.envs import SUNDOWN, Env
from support.operators import HOME

pytestmark = pytest.mark.lab


@pytest.fixture
def env(make_env: Callable[..., Env]) -> Env:
    one = make_env()
    one.schedule({"awake": [], "timeZone": "UTC"})
    for kind in ("Deployment", "StatefulSet"):
        one.add("web", 2, kind=kind)
    return one


def refusal(write: Callable[[], object]) -> str:
    """Why it is refused; empty where it is done."""
    try:
        write()
    except Answered as answer:
        return str(answer)
    return ""


OF_THE_FRONTDESK = ["slack", "unreached", "owner-time-zones"]


@pytest.mark.parametrize("note", OF_THE_FRONTDESK)
def test_the_frontdesk_writes_notes_of_its_own(env: Env, frontdesks: Api, note: str) -> None:
    for text in ("a", "b", None):
        body = {"metadata": {"annotations": {f"sundown.dev/{note}": text}}}
        assert refusal(lambda body=body: frontdesks.merge(env.schedules("default"), body)) == ""  # type: ignore[misc]


@pytest.mark.parametrize(
    "body",
    [
        {"spec": {"paused": True}},
        {"spec": {"allowDelete": True}},
        {"spec": {"timeZone": None}},
        {"spec": {"timeZone": "Europe/Berlin", "override": {"state": "Awake"}}},
        {"metadata": {"annotations": {"sundown.dev/owner": "eve@example.com"}}},
        {"metadata": {"annotations": {"argocd.argoproj.io/sync-options": "Delete=false"}}},
        {"metadata": {"labels": {"team": "eve"}}},
        {"metadata": {"finalizers": ["example.com/never"]}},
    ],
    ids=str,
)
def test_the_frontdesk_writes_nothing_else_of_a_schedule(env: Env, frontdesks: Api, body: Json) -> None:
    assert "the frontdesk writes" in refusal(lambda: frontdesks.merge(env.schedules("default"), body))


def test_the_frontdesk_makes_and_deletes_no_schedule_and_says_nothing_in_the_operators_name(
    env: Env, frontdesks: Api
) -> None:
    nothing = "the frontdesk does nothing of the kind"
    kind = {"apiVersion": "sundown.dev/v1alpha1", "metadata": {"name": "other"}}
    made = {**kind, "kind": "EnvSchedule", "spec": {"awake": []}}
    default = {**kind, "kind": "ClusterEnvSchedule", "spec": {"template": {}}}
    assert nothing in refusal(lambda: frontdesks.create(env.schedules(), made))
    assert nothing in refusal(lambda: frontdesks.delete(env.schedules("default")))
    assert nothing in refusal(lambda: frontdesks.delete(env.schedules()))  # all of them
    assert nothing in refusal(lambda: frontdesks.create(f"{SUNDOWN}/clusterenvschedules", default))
    status = {"status": {"state": "Awake"}}
    assert nothing in refusal(lambda: frontdesks.merge(f"{env.schedules('default')}/status", status))


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
def test_the_operator_writes_counts_and_notes_of_its_own(env: Env, operators: Api, kind: str) -> None:
    path = f"{env.collection(kind)}/web"
    note = {"annotations": {"sundown.dev/previous-replicas": "2", "sundown.dev/asleep-since": "x/y"}}
    assert refusal(lambda: operators.merge(path, {"metadata": note, "spec": {"replicas": 0}})) == ""
    gone = {"annotations": dict.fromkeys(note["annotations"])}
    assert refusal(lambda: operators.merge(path, {"metadata": gone, "spec": {"replicas": 2}})) == ""


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
@pytest.mark.parametrize(
    "body",
    [
        {"spec": {"template": {"spec": {"hostNetwork": True}}}},
        {"spec": {"template": {"metadata": {"annotations": {"example.com/restarted": "now"}}}}},
        {"spec": {"template": {"metadata": {"labels": {"team": "eve"}}}}},
        {"spec": {"minReadySeconds": 9}},
        {"metadata": {"annotations": {"example.com/owner": "eve"}}},
        {"metadata": {"labels": {"team": "eve"}}},
    ],
    ids=str,
)
def test_the_operator_writes_nothing_else_of_a_workload(env: Env, operators: Api, kind: str, body: Json) -> None:
    assert "the operator writes" in refusal(lambda: operators.merge(f"{env.collection(kind)}/web", body))


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
@pytest.mark.parametrize(
    "body",
    [
        {"spec": {"minReadySeconds": None}},
        {"spec": {"minReadySeconds": 4}},
        {"spec": {"template": {"metadata": {"annotations": {"example.com/note": None}}}}},
        {"metadata": {"annotations": {"example.com/owner": None}}},
        {"metadata": {"annotations": {"example.com/owner": "eve"}}},
        {"metadata": {"annotations": {"example.com/empty": ""}}},
        {"metadata": {"labels": {"team": None}}},
        {"metadata": {"labels": {"team": "eve"}}},
    ],
    ids=str,
)
def test_a_count_and_a_note_hide_nothing_else_that_the_operator_writes(
    env: Env, operators: Api, kind: str, body: Json
) -> None:
    """S4: the guard passes these two by without a closer look."""
    metadata = {"labels": {"team": "ana"}, "annotations": {"example.com/owner": "ana"}}
    template = {"metadata": {"annotations": {"example.com/note": "1"}}}
    env.edit("web", {"metadata": metadata, "spec": {"minReadySeconds": 5, "template": template}}, kind=kind)
    fine: Json = {"metadata": {"annotations": {"sundown.dev/previous-replicas": "2"}}, "spec": {"replicas": 0}}
    path = f"{env.collection(kind)}/web"
    assert "the operator writes" in refusal(lambda: operators.merge(path, merged(fine, body)))
    assert refusal(lambda: operators.merge(path, fine)) == ""


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
def test_the_operator_restarts_pods(env: Env, operators: Api, kind: str) -> None:
    """I4: as kubectl does it, the first time and again, and what else is noted there stays."""
    path = f"{env.collection(kind)}/web"
    for moment in ("2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z"):
        note = {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": moment}}}
        assert refusal(lambda note=note: operators.merge(path, {"spec": {"template": note}})) == ""  # type: ignore[misc]
    env.edit("web", {"spec": {"template": {"metadata": {"annotations": {"example.com/note": "1"}}}}}, kind=kind)
    gone = {"metadata": {"annotations": {"example.com/note": None}}}
    assert "the operator writes" in refusal(lambda: operators.merge(path, {"spec": {"template": gone}}))


def test_the_operator_makes_and_deletes_no_workload(env: Env, operators: Api) -> None:
    made = env.api.get(f"{env.collection('Deployment')}/web")
    body = {"metadata": {"name": "other"}, "spec": made["spec"]}
    nothing = "the operator does nothing of the kind"
    assert nothing in refusal(lambda: operators.create(env.collection("Deployment"), body))
    assert nothing in refusal(lambda: operators.delete(f"{env.collection('Deployment')}/web"))


def test_the_operator_writes_its_labels_and_notes_on_namespaces(env: Env, operators: Api) -> None:
    metadata: Json = {"labels": {"scheduler": "enabled", "sundown.dev/state": "asleep"}}
    metadata["annotations"] = {"sundown.dev/asleep-since": "2026-11-23T08:00:00Z"}
    assert refusal(lambda: operators.merge(env.path, {"metadata": metadata})) == ""


@pytest.mark.parametrize(
    "metadata",
    [
        {"labels": {"pod-security.kubernetes.io/enforce": "privileged"}},
        {"labels": {"team": "eve"}},
        {"annotations": {"email": "eve@example.com"}},
    ],
    ids=str,
)
def test_the_operator_writes_nothing_else_of_a_namespace(env: Env, operators: Api, metadata: Json) -> None:
    assert "the operator writes" in refusal(lambda: operators.merge(env.path, {"metadata": metadata}))


def test_the_operator_makes_no_namespace_and_deletes_none_that_is_no_env(operators: Api) -> None:
    nothing = "the operator does nothing of the kind"
    assert nothing in refusal(lambda: operators.create("/api/v1/namespaces", {"metadata": {"name": "new"}}))
    assert nothing in refusal(lambda: operators.delete(f"/api/v1/namespaces/{HOME}"))
    assert nothing in refusal(lambda: operators.delete("/api/v1/namespaces/kube-node-lease"))


def test_an_env_can_be_deleted(env: Env, operators: Api) -> None:
    assert refusal(lambda: operators.delete(env.path)) == ""
