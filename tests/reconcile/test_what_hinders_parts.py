"""A part that does not wake is told with the reason that Kubernetes gives for it (fault X8)."""

from collections.abc import Callable

import pytest

from support.apiserver import Json, eventually
from support.audit import Audit
from support.envs import ASLEEP_FOR_EVER, Env, instant, manifest
from support.operators import Operator

pytestmark = pytest.mark.lab

IN_TWO_SECONDS: Json = {"waves": {"timeout": "2s"}}
NEVER_READY = {"lab.sundown.dev/ready-after": "1h"}
KINDS = ["Deployment", "StatefulSet"]


def fault(name: str) -> dict[str, str]:
    """The annotation of pods with which the lab's nodes do them wrong."""
    return {"lab.sundown.dev/fault": name}


def limit(env: Env, **hard: str) -> None:
    """Let the namespace have so much and no more."""
    env.api.create(f"{env.path}/resourcequotas", {"metadata": {"name": "small"}, "spec": {"hard": hard}})


def ordered(replicas: int) -> Json:
    """A StatefulSet whose pods come and go one after the other."""
    body = manifest("StatefulSet", "db", replicas)
    body["spec"]["podManagementPolicy"] = "OrderedReady"
    return body


def asleep(env: Env) -> Env:
    env.schedule({**ASLEEP_FOR_EVER, **IN_TWO_SECONDS})
    env.until("Asleep")
    return env


def woken(env: Env) -> str:
    """What the env says that is asked to wake, and does not with all of it."""
    asleep(env)
    env.wish("Awake")
    return env.until_condition("Degraded", "True", "PartsNotReady")


def stuck(env: Env, *, kind: str, pod: Json) -> None:
    """A workload whose pods have a spec with more in it."""
    env.add("web", 2, kind=kind)
    env.edit("web", {"spec": {"template": {"spec": pod}}}, kind=kind)


def test_a_quota_is_named_for_deployments_and_for_stateful_sets(env: Env, operator: Operator) -> None:
    """X8: a Deployment says so itself; of a StatefulSet only Events tell."""
    env.add("web", 3)
    env.add("db", 3, kind="StatefulSet")
    asleep(env)
    limit(env, pods="4")
    env.wish("Awake")
    status = env.until("Awake")
    assert status["state"] == "Awake"
    message = env.until_condition("Degraded", "True", "PartsNotReady")
    assert message.count("exceeded quota: small") == 1
    assert message.startswith("not where it should be after 2s: ")


@pytest.mark.parametrize("kind", KINDS)
def test_the_quota_that_keeps_every_pod_away_is_named(env: Env, operator: Operator, kind: str) -> None:
    """X8"""
    env.add("web", 2, kind=kind)
    asleep(env)
    limit(env, **{"requests.memory": "10Mi"})
    env.wish("Awake")
    message = env.until_condition("Degraded", "True", "PartsNotReady")
    assert f"{kind}/web 0 of 2 ready (FailedCreate: " in message
    assert "exceeded quota: small, requested: requests.memory=256Mi, limited: requests.memory=10Mi)" in message


def test_a_rollout_out_of_time_is_told(env: Env, operator: Operator) -> None:
    """X8: of a new version that comes while the env wakes, and does not get ready, nobody knows why."""
    env.add("web", 2, pod=NEVER_READY)
    env.edit("web", {"spec": {"progressDeadlineSeconds": 1}})
    asleep(env)
    env.patch({"spec": {"waves": {"timeout": "8s"}}})
    env.wish("Awake")
    env.until("Waking")
    env.edit("web", {"spec": {"template": {"metadata": {"annotations": {"example.com/version": "2"}}}}})
    message = env.until_condition("Degraded", "True", "PartsNotReady")
    assert "Deployment/web 0 of 2 ready (ProgressDeadlineExceeded: ReplicaSet" in message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("ImagePullBackOff", 'ImagePullBackOff: "registry.example.com/main:1": not found'),
        ("ErrImagePull", 'ImagePullBackOff: "registry.example.com/main:1": not found'),
        ("InvalidImageName", 'InvalidImageName: Failed to apply default image tag "registry.example.com/main:1"'),
        ("CreateContainerConfigError", 'CreateContainerConfigError: secret "no-such-secret" not found'),
        ("Error", "CrashLoopBackOff: Error with exit code 1"),
        ("OOMKilled", "CrashLoopBackOff: OOMKilled with exit code 137"),
    ],
)
def test_what_keeps_pods_from_running_is_named(env: Env, operator: Operator, kind: str, what: str, told: str) -> None:
    """X8, G3"""
    env.add("web", 2, kind=kind, pod=fault(what))
    assert f"{kind}/web 0 of 2 ready ({told}" in woken(env)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("pod", "told"),
    [
        ({"nodeSelector": {"no": "such-node"}}, "didn't match Pod's node affinity/selector"),
        (
            {"containers": [{"name": "main", "image": "x", "resources": {"requests": {"cpu": "90000"}}}]},
            "Insufficient cpu",
        ),
        (
            {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]},
            'persistentvolumeclaim "data" not found',
        ),
    ],
    ids=["no such node", "no room", "no disk"],
)
def test_why_no_node_takes_them_is_told_in_the_schedulers_words(
    env: Env, operator: Operator, kind: str, pod: Json, told: str
) -> None:
    """X8, G3"""
    stuck(env, kind=kind, pod=pod)
    message = woken(env)
    assert f"{kind}/web 0 of 2 ready (Unschedulable: 0/" in message
    assert told in message
    assert "preemption" not in message


def test_of_what_has_come_up_in_part_it_is_told_how_many(env: Env, operator: Operator) -> None:
    """X8, G3"""
    env.add("web", 3)
    asleep(env)
    limit(env, pods="2")
    env.wish("Awake")
    message = env.until_condition("Degraded", "True", "PartsNotReady")
    assert "Deployment/web 2 of 3 ready (FailedCreate: exceeded quota: small" in message


def falling_asleep(env: Env) -> str:
    """What an env says that is to fall asleep, and does not."""
    env.schedule({**ASLEEP_FOR_EVER, **IN_TWO_SECONDS})
    message = env.until_condition("Degraded", "True", "PartsNotReady")
    assert env.status()["state"] == "FallingAsleep"
    return message


def test_a_pod_that_waits_for_its_turn_to_go_for_ever_is_told_with_what_helps(
    env: Env, operator: Operator, kubectl: Callable[..., object]
) -> None:
    """X8, kubernetes #57865: of a StatefulSet with an order, of which two pods are not ready, none goes. It ran all night."""
    env.api.create(env.collection("StatefulSet"), ordered(3))
    statefulset = f"{env.collection('StatefulSet')}/db"
    eventually(lambda: env.api.get(statefulset)["status"].get("readyReplicas") == 3, what="its pods are ready")
    unready = [{"type": kind, "status": "False"} for kind in ("Ready", "ContainersReady")]
    for name in ("db-0", "db-1"):
        env.api.merge(f"{env.path}/pods/{name}/status", {"status": {"conditions": unready}})
    eventually(lambda: env.api.get(statefulset)["status"].get("readyReplicas") == 1, what="two are not")
    message = falling_asleep(env)
    command = f"kubectl -n {env.name} delete pod db-1"
    assert f"StatefulSet/db (OrderedReady: {command} lets it go on: " in message
    kubectl(*command.split()[1:])
    env.until("Asleep")
    assert env.pods() == []


def test_a_pod_that_waits_for_a_finalizer_is_told_with_it(env: Env, operator: Operator) -> None:
    """X8: a controller that is not there any more left its finalizer on the pod."""
    env.add("web", 1)
    eventually(lambda: len(env.pods()) == 1, what="its pod is there")
    path = f"{env.path}/pods/{env.pods()[0]['metadata']['name']}"
    env.api.merge(path, {"metadata": {"finalizers": ["example.com/drain"]}})
    try:
        message = falling_asleep(env)
        assert "Deployment/web (Finalizers: pod web-" in message
        assert "waits for whoever has to agree: example.com/drain)" in message
    finally:
        env.api.merge(path, {"metadata": {"finalizers": None}})
    env.until("Asleep")


def test_what_a_node_says_of_a_pod_that_says_nothing_itself_is_told(env: Env, operator: Operator) -> None:
    """X8: a volume that cannot be mounted stands in Events alone."""
    env.add("web", 1, pod=NEVER_READY)
    asleep(env)
    env.patch({"spec": {"waves": {"timeout": "6s"}}})
    env.wish("Awake")
    (pod,) = eventually(env.pods, what="its pod is there")
    text = 'MountVolume.SetUp failed for volume "settings" : configmap "web" not found'
    about = {"kind": "Pod", "namespace": env.name, "name": pod["metadata"]["name"], "uid": pod["metadata"]["uid"]}
    said = {"type": "Warning", "reason": "FailedMount", "message": text, "lastTimestamp": instant()}
    env.api.create(f"{env.path}/events", {"metadata": {"name": "no-volume"}, "involvedObject": about, **said})
    message = env.until_condition("Degraded", "True", "PartsNotReady")
    assert f"Deployment/web 0 of 1 ready (FailedMount: {text})" in message


def test_pods_and_events_are_asked_for_only_where_something_is_late(env: Env, operator: Operator, audit: Audit) -> None:
    """Design 10."""
    env.add("db", 2, kind="StatefulSet")
    asleep(env)
    audit.forget()
    env.wish("Awake")
    env.until("Awake")
    assert not audit.rights() & {("list", "events"), ("list", "pods")}
