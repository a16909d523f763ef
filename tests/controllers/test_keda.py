"""KEDA's own operator leaves alone what sleeps, and scales it again by day (Z, G2).

Its polls are counted, one a second: while an env sleeps those of another env tell that ten of its intervals have passed.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import Api, Json, eventually
from support.audit import Audit
from support.catalogued import KINDS, as_owned, body, found, of_sundown
from support.controllers import TEN, Controller
from support.envs import ASLEEP_FOR_EVER, Env
from support.held_kinds import held
from support.operators import Operator, Stage
from support.other_tools import editor
from support.queues import Queues

pytestmark = pytest.mark.lab

OFTEN: Json = {"pollingInterval": 1, "cooldownPeriod": 1}
JOB: Json = {
    "template": {
        "spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "registry.example.com/main:1"}]}
    }
}


def scale_object(env: Env, queues: Queues, *, name: str = "worker") -> None:
    """Have KEDA scale a Deployment of this name from 0 on."""
    spec = {"scaleTargetRef": {"name": name}, **OFTEN, "minReplicaCount": 0, "triggers": [queues.trigger(env.name)]}
    env.api.create(KINDS["ScaledObject"].collection(env.name), body("ScaledObject", spec))
    queues.await_polls(env.name, times=2)


@pytest.fixture
def awake(make_env: Callable[..., Env], keda: Controller, queues: Queues) -> Env:
    """An env that KEDA polls all night."""
    del keda
    env = make_env()
    env.add("worker", 1)
    scale_object(env, queues)
    return env


@pytest.fixture
def asleep(env: Env, operator: Operator, keda: Controller) -> Env:
    """An env that is going to sleep."""
    del operator, keda
    return env


@pytest.mark.proves("real controller", kinds=["ScaledObject"])
def test_a_deployment_that_keda_scales_sleeps_through_ten_of_its_polls_and_wakes_as_it_was(
    asleep: Env, awake: Env, keda: Controller, queues: Queues, audit: Audit
) -> None:
    """Z, A2, A3: a queue that is full at night wakes nobody, and neither KEDA nor Sundown writes a thing."""
    queues.length[asleep.name] = 10
    asleep.add("worker", 3)
    scale_object(asleep, queues)
    before = as_owned(found(asleep.api, "ScaledObject", asleep.name))
    asleep.schedule({**ASLEEP_FOR_EVER, "workloads": {"kinds": ["Deployment", "ScaledObject"]}})
    asleep.until("Asleep")
    queues.length[asleep.name] = 100
    queues.await_polls(awake.name, times=2)  # what the evening left to be written is written
    polls = queues.polls[asleep.name]
    audit.forget()
    keda.audit.forget()
    queues.await_polls(awake.name, times=TEN)
    assert (keda.audit.writes(asleep.name), audit.writes(asleep.name)) == ([], [])
    assert (asleep.replicas("worker"), queues.polls[asleep.name]) == (0, polls)
    asleep.wish("Awake")
    asleep.until("Awake")
    assert asleep.replicas("worker") == 3
    eventually(lambda: as_owned(found(asleep.api, "ScaledObject", asleep.name)) == before, what="it is as it was")
    queues.await_polls(asleep.name, times=2)
    queues.length[asleep.name] = 0
    asleep.until_count("worker", 0)
    queues.length[asleep.name] = 10
    eventually(lambda: asleep.replicas("worker") > 0, what="KEDA scales again")


@pytest.mark.proves("real controller", kinds=["ScaledObject"])
def test_what_keda_has_at_0_in_the_evening_is_kedas_to_start_in_the_morning(
    asleep: Env, awake: Env, queues: Queues
) -> None:
    """A3: nobody but KEDA wakes it, and only where there is work."""
    asleep.add("worker", 1)
    scale_object(asleep, queues)
    asleep.until_count("worker", 0)
    asleep.schedule({**ASLEEP_FOR_EVER, "workloads": {"kinds": ["Deployment", "ScaledObject"]}})
    asleep.until("Asleep")
    queues.length[asleep.name] = 10
    queues.await_polls(awake.name, times=TEN)
    assert asleep.replicas("worker") == 0
    queues.length[asleep.name] = 0
    asleep.wish("Awake")
    asleep.until("Awake")
    queues.await_polls(asleep.name, times=2)
    assert asleep.replicas("worker") == 0
    queues.length[asleep.name] = 10
    eventually(lambda: asleep.replicas("worker") > 0, what="KEDA scales again")


@pytest.mark.proves("real controller", kinds=["ScaledJob"])
def test_a_scaled_job_makes_no_job_at_night_and_all_that_are_due_in_the_morning(
    asleep: Env, awake: Env, keda: Controller, queues: Queues, audit: Audit
) -> None:
    """Z, A2, A3"""
    spec = {"jobTargetRef": JOB, **OFTEN, "maxReplicaCount": 3, "triggers": [queues.trigger(asleep.name)]}
    asleep.api.create(KINDS["ScaledJob"].collection(asleep.name), body("ScaledJob", spec))
    queues.await_polls(asleep.name, times=2)
    before = as_owned(found(asleep.api, "ScaledJob", asleep.name))
    asleep.schedule({**ASLEEP_FOR_EVER, "workloads": {"kinds": ["ScaledJob"]}})
    asleep.until("Asleep")
    queues.length[asleep.name] = 10
    queues.await_polls(awake.name, times=2)  # what the evening left to be written is written
    audit.forget()
    keda.audit.forget()
    queues.await_polls(awake.name, times=TEN)
    assert (keda.audit.writes(asleep.name), audit.writes(asleep.name)) == ([], [])
    assert jobs(asleep) == []
    asleep.wish("Awake")
    asleep.until("Awake")
    eventually(lambda: len(jobs(asleep)) >= 2, what="KEDA makes the jobs")
    eventually(lambda: as_owned(found(asleep.api, "ScaledJob", asleep.name)) == before, what="it is as it was")


def jobs(env: Env) -> list[Json]:
    return env.api.items(f"/apis/batch/v1/namespaces/{env.name}/jobs")


@pytest.fixture(scope="module")
def with_policies(keda: Controller, api: Api, control_plane: Cluster, stage: Stage) -> Iterator[None]:
    """The policies that keep KEDA's kinds asleep, for the rest of this file."""
    del keda
    with held(stage, api, control_plane, "ScaledObject", "ScaledJob"):
        yield


PAUSED = "autoscaling.keda.sh/paused"
NAMES = ("annotated", "applied", "edited")


def manifest(name: str, queues: Queues, env: Env, **notes: str) -> Json:
    """A ScaledObject for the Deployment of its name."""
    spec = {"scaleTargetRef": {"name": name}, **OFTEN, "minReplicaCount": 0, "triggers": [queues.trigger(env.name)]}
    return body("ScaledObject", spec, name=name, **notes)


@pytest.mark.proves("real controller", kinds=["ScaledObject", "ScaledJob"])
@pytest.mark.proves("holds", kinds=["ScaledObject", "ScaledJob"], against=["its own controller", "kubectl annotate"])
@pytest.mark.proves("holds", kinds=["ScaledObject"], against=["kubectl apply", "kubectl edit"])
def test_with_their_policies_nobody_unpauses_them_before_the_morning(
    with_policies: None,
    asleep: Env,
    awake: Env,
    operator: Operator,
    keda: Controller,
    queues: Queues,
    stage: Stage,
    control_plane: Cluster,
    audit: Audit,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """G1, A18, A16: by an operator, too, that is killed in the night and dead while somebody asks; the queues are full."""
    del with_policies
    kubectl, where = control_plane.kubectl, ("-n", asleep.name)
    queues.length[asleep.name] = 10
    for name in NAMES:
        asleep.add(name, 3)
        kubectl("apply", *where, "-f", "-", input=json.dumps(manifest(name, queues, asleep)))
    spec = {"jobTargetRef": JOB, **OFTEN, "maxReplicaCount": 3, "triggers": [queues.trigger(f"{asleep.name}-jobs")]}
    asleep.api.create(KINDS["ScaledJob"].collection(asleep.name), body("ScaledJob", spec))
    queues.await_polls(asleep.name, times=2 * len(NAMES))
    queues.await_polls(f"{asleep.name}-jobs", times=2)
    asleep.schedule({**ASLEEP_FOR_EVER, "workloads": {"kinds": ["Deployment", "ScaledObject", "ScaledJob"]}})
    asleep.until("Asleep")
    queues.length[f"{asleep.name}-jobs"] = 10
    for what in ("scaledobject/annotated", "scaledjob/it"):
        kubectl("annotate", *where, what, f"{PAUSED}-")
    kubectl("apply", *where, "-f", "-", input=json.dumps(manifest("applied", queues, asleep, **{PAUSED: "false"})))
    queues.await_polls(awake.name, times=2)  # what these and the evening left to be written is written
    polls = queues.polls[asleep.name], queues.polls[f"{asleep.name}-jobs"]
    audit.forget()
    keda.audit.forget()
    queues.await_polls(awake.name, times=TEN)
    assert (keda.audit.writes(asleep.name), audit.rewrites(asleep.name)) == ([], [])
    operator.kill()
    monkeypatch.setenv("KUBE_EDITOR", editor(tmp_path, r"/paused: /d"))
    kubectl("edit", *where, "scaledobject/edited")
    queues.await_polls(awake.name, times=2)
    assert (queues.polls[asleep.name], queues.polls[f"{asleep.name}-jobs"]) == polls
    assert ([asleep.replicas(name) for name in NAMES], jobs(asleep)) == ([0, 0, 0], [])
    stage.usual()
    asleep.wish("Awake")
    asleep.until("Awake")
    there = [
        *(found(asleep.api, "ScaledObject", asleep.name, name) for name in NAMES),
        found(asleep.api, "ScaledJob", asleep.name),
    ]
    paused = [raw["metadata"].get("annotations", {}).get(PAUSED) for raw in there]
    assert (paused, [of_sundown(raw) for raw in there]) == ([None, "false", None, None], [[]] * 4)
    assert [asleep.replicas(name) for name in NAMES] == [3, 3, 3]
    eventually(lambda: jobs(asleep) != [], what="KEDA makes the jobs")
