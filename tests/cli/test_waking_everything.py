"""`sundown wake-all`: through the operator, and without one when Sundown is uninstalled."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.apiserver import Api, eventually
from support.commandline import Sundown
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, RECORD, STATE, Env, instant, manifest
from support.operators import HOME, Operator, Stage

pytestmark = pytest.mark.lab

OPERATOR = {"app.kubernetes.io/name": "sundown", "app.kubernetes.io/component": "operator"}
PODS = f"/api/v1/namespaces/{HOME}/pods"
SCHEDULES = "/apis/sundown.dev/v1alpha1/envschedules"
DEPLOYMENTS = f"/apis/apps/v1/namespaces/{HOME}/deployments"


@pytest.fixture
def sleeping(env: Env, no_operator: None) -> Env:
    """A namespace that an operator, now gone, has put to sleep; it has no EnvSchedule any more."""
    env.label(**{STATE: "asleep"})
    env.add("web", 0, annotations={RECORD: "3"})
    env.add("db", 0, kind="StatefulSet", annotations={RECORD: "2"})
    env.add("off", 0)
    return env


@pytest.fixture
def nothing_in_aws(api: Api) -> None:
    """No env of an earlier test, whose namespace is on its way out, says that something of it sleeps in AWS."""
    eventually(
        lambda: not [each for each in api.items(SCHEDULES) if each.get("status", {}).get("cloud")],
        what="envs with parts in AWS are gone",
    )


@pytest.fixture
def deployed(stage: Stage, api: Api) -> Iterator[None]:
    """A Deployment that looks like Sundown's (its pods are refused for what they lack)."""
    assert stage.account.exists()
    api.create(DEPLOYMENTS, manifest("Deployment", "sundown", 1, labels=OPERATOR))
    yield
    api.delete(f"{DEPLOYMENTS}/sundown")


def test_without_an_operator_every_count_comes_back_from_its_record(sundown: Sundown, sleeping: Env) -> None:
    """A3 A15"""
    called = sundown("wake-all", "--direct", "-n", sleeping.name)
    assert called.code == 0
    assert sleeping.counts() == {"Deployment/web": 3, "Deployment/off": 0, "StatefulSet/db": 2}
    assert (sleeping.record("web"), sleeping.record("db", kind="StatefulSet")) == (None, None)
    assert STATE not in sleeping.labels()
    assert called.out.splitlines() == [
        f"{sleeping.name}: StatefulSet/db woken, 0 -> 2 replicas",
        f"{sleeping.name}: Deployment/web woken, 0 -> 3 replicas",
        "2 workloads woken",
    ]


def test_without_a_namespace_it_looks_everywhere(
    sundown: Sundown, sleeping: Env, make_env: Callable[..., Env], nothing_in_aws: None
) -> None:
    """A15"""
    unmarked = make_env()
    unmarked.add("web", 0, annotations={RECORD: "7"})
    marked = make_env(labels={STATE: "asleep"})
    assert sundown("wake-all", "--direct").code == 0
    assert (unmarked.replicas("web"), sleeping.replicas("web")) == (7, 3)
    assert STATE not in marked.labels()


def test_a_count_that_somebody_has_set_meanwhile_stays(sundown: Sundown, sleeping: Env) -> None:
    """Z"""
    sleeping.scale("web", 5)
    called = sundown("wake-all", "--direct", "-n", sleeping.name)
    assert called.code == 0
    assert f"{sleeping.name}: Deployment/web left as it is, without what Sundown wrote on it\n" in called.out
    assert called.out.endswith("1 workload woken\n")
    assert (sleeping.replicas("web"), sleeping.record("web")) == (5, None)


def test_a_record_that_cannot_be_read_stops_nothing_else(sundown: Sundown, sleeping: Env) -> None:
    """Z"""
    sleeping.add("broken", 0, annotations={RECORD: "many"})
    called = sundown("wake-all", "--direct", "-n", sleeping.name)
    assert called.code == 1
    assert "Deployment/broken" in called.err
    assert "nobody knows what to wake it to" in called.err
    assert (sleeping.replicas("web"), sleeping.replicas("broken")) == (3, 0)


def test_an_excluded_workload_that_sleeps_is_woken_too(sundown: Sundown, sleeping: Env) -> None:
    sleeping.edit("web", {"metadata": {"annotations": {"sundown.dev/exclude": "true"}}})
    assert sundown("wake-all", "--direct", "-n", sleeping.name).code == 0
    assert sleeping.replicas("web") == 3


def test_a_second_call_finds_nothing(sundown: Sundown, sleeping: Env) -> None:
    sundown("wake-all", "--direct", "-n", sleeping.name)
    assert sundown("wake-all", "--direct", "-n", sleeping.name).out == "nothing sleeps\n"


def test_a_dry_run_tells_the_counts_and_changes_nothing(sundown: Sundown, sleeping: Env) -> None:
    """G8"""
    (row,) = sundown("wake-all", "--direct", "-n", sleeping.name, "--dry-run", "-o", "json").json
    assert row["woken"] == [
        {"kind": "StatefulSet", "name": "db", "replicas": 2},
        {"kind": "Deployment", "name": "web", "replicas": 3},
    ]
    assert (sleeping.replicas("web"), sleeping.labels()[STATE]) == (0, "asleep")


def test_system_namespaces_are_left_alone(sundown: Sundown, api: Api, no_operator: None) -> None:
    """A10"""
    collection = "/apis/apps/v1/namespaces/kube-public/deployments"
    api.create(collection, manifest("Deployment", "foreign", 0, annotations={RECORD: "1"}))
    try:
        sundown("wake-all", "--direct")
        assert api.get(f"{collection}/foreign")["spec"]["replicas"] == 0
    finally:
        api.delete(f"{collection}/foreign")


def test_while_an_operator_is_deployed_it_is_refused(sundown: Sundown, sleeping: Env, deployed: None) -> None:
    called = sundown("wake-all", "--direct", "-n", sleeping.name)
    assert called.code == 1
    assert f"an operator runs (Deployment {HOME}/sundown)" in called.err
    assert sleeping.replicas("web") == 0


def test_while_a_pod_of_an_operator_is_left_it_is_refused(
    sundown: Sundown, sleeping: Env, stage: Stage, api: Api
) -> None:
    assert stage.account.exists()
    secure = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    container = {"name": "operator", "image": "registry.example.com/sundown:1", "securityContext": secure}
    person = {"runAsNonRoot": True, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}}
    pod = {"metadata": {"name": "left-over", "labels": OPERATOR}}
    api.create(PODS, {**pod, "spec": {"securityContext": person, "containers": [container]}})
    called = sundown("wake-all", "--direct", "-n", sleeping.name)
    api.delete(f"{PODS}/left-over")
    eventually(lambda: not api.items(PODS, labelSelector="app.kubernetes.io/name=sundown"), what="the pod is gone")
    assert called.code == 1
    assert f"an operator runs (Pod {HOME}/left-over)" in called.err


def test_pausing_keeps_what_was_woken_awake(sundown: Sundown, env: Env, operator: Operator, deployed: None) -> None:
    """A15"""
    env.add("web", 3)
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    called = sundown("wake-all", "--direct", "--pause", "-n", env.name)
    assert called.code == 0
    env.until("Paused")
    assert env.replicas("web") == 3


def test_an_operator_that_puts_things_back_to_sleep_is_noticed(sundown: Sundown, env: Env, operator: Operator) -> None:
    env.add("web", 3)
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    called = sundown("wake-all", "--direct", "-n", env.name)
    assert called.code == 1
    assert "Deployment/web: was put back to sleep: an operator still runs" in called.err


def test_uninstalling_leaves_nothing_asleep(sundown: Sundown, env: Env, stage: Stage, nothing_in_aws: None) -> None:
    """A15 Z"""
    stage.usual()
    env.add("web", 3)
    env.add("db", 2, kind="StatefulSet")
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    stage.clear()
    env.api.delete(env.schedules("default"))
    assert sundown("wake-all", "--direct").code == 0
    assert env.counts() == {"Deployment/web": 3, "StatefulSet/db": 2}
    eventually(lambda: len(env.pods()) == 5, what="five pods run")
    assert STATE not in env.labels()


def test_who_may_not_change_workloads_is_told_so(sundown: Sundown, sleeping: Env, person: Callable[..., Path]) -> None:
    called = sundown("wake-all", "--direct", who=person(sleeping.name))
    assert called.code == 1
    assert "you may not wake environments" in called.err


def test_the_operator_wakes_what_sleeps_and_is_waited_for(
    sundown: Sundown, make_env: Callable[..., Env], operator: Operator
) -> None:
    first, second = make_env(), make_env()
    for env in (first, second):
        env.add("web", 2)
        env.schedule(ASLEEP_FOR_EVER)
        env.until("Asleep")
    called = sundown("wake-all", "-n", first.name, "-n", second.name, "--reason", "load test")
    assert called.code == 0
    assert [env.status()["state"] for env in (first, second)] == ["Awake", "Awake"]
    assert [env.replicas("web") for env in (first, second)] == [2, 2]
    assert called.out.count("awake after") == 2


def test_what_is_awake_keeps_what_was_asked_for_it(sundown: Sundown, env: Env, operator: Operator) -> None:
    until = instant(hours=5)
    env.schedule(ASLEEP_FOR_EVER)
    env.wish("Awake", until=until)
    env.until("Awake")
    assert sundown("wake-all", "-n", env.name).out == "nothing to wake: no environment sleeps\n"
    assert env.api.get(env.schedules("default"))["spec"]["override"]["until"] == until


def test_pausing_through_the_operator_wakes_first(sundown: Sundown, env: Env, operator: Operator) -> None:
    """A15"""
    env.add("web", 2)
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    called = sundown("wake-all", "--pause", "-n", env.name)
    assert called.code == 0
    assert f"{env.name}: paused after" in called.out
    assert (env.status()["state"], env.replicas("web")) == ("Paused", 2)


def test_a_wish_after_pausing_does_not_take_the_pause_away(sundown: Sundown, env: Env, no_operator: None) -> None:
    env.schedule(ALWAYS_AWAKE)
    sundown("wake-all", "--direct", "--pause", "-n", env.name)
    env.patch({"spec": {"paused": False}})
    sundown("stop", env.name)
    env.patch({"spec": {"paused": True}})
    spec = env.api.get(env.schedules("default"))["spec"]
    assert spec["paused"] is True
    assert spec["override"]["state"] == "Asleep"


def test_without_an_operator_waiting_ends_with_advice(sundown: Sundown, env: Env, no_operator: None) -> None:
    env.schedule(ASLEEP_FOR_EVER)
    called = sundown("wake-all", "-n", env.name, "--timeout", "1s")
    assert called.code == 1
    assert "the operator does not answer" in called.err
