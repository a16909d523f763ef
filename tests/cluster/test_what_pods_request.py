"""Fault X10: a pod takes as much of its node as the scheduler counts, and so much is saved when it goes."""

import secrets
from collections.abc import Callable, Iterator

import pytest

from sundown.cluster.workloads import workload
from sundown.model.quantities import quantity
from support.apiserver import Api, Json, eventually
from support.envs import Env
from support.pod_specs import CASES, Case

RUNTIMES = "/apis/node.k8s.io/v1/runtimeclasses"


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_workload_takes_what_the_scheduler_counts_for_its_pods(case: Case) -> None:
    """X10"""
    metadata = {"name": "web", "namespace": "dev", "resourceVersion": "7"}
    found = workload({"metadata": metadata, "spec": {"template": {"spec": case.spec}}}, kind="Deployment")
    assert (round(found.cpu * 1000), round(found.memory * 1024)) == (case.cpu, case.memory)


@pytest.mark.parametrize("spec", [{"initContainers": None}, {"overhead": None}, {"resources": None}, {}])
def test_a_pod_with_fields_that_are_null_asks_for_nothing(spec: dict[str, None]) -> None:
    """X10"""
    metadata = {"name": "web", "namespace": "dev", "resourceVersion": "7"}
    raw = {"metadata": metadata, "spec": {"template": {"spec": {"containers": None, **spec}}}}
    assert (workload(raw, kind="Deployment").cpu, workload(raw, kind="Deployment").memory) == (0, 0)


@pytest.mark.lab
def test_kubernetes_itself_counts_the_same(
    api: Api, make_env: Callable[..., Env], make_runtime: Callable[[Json], str]
) -> None:
    """X10: a quota counts pods by the scheduler's rule, after the API server has filled in what a template lacks."""
    envs = [make_env() for _ in CASES]
    for env, case in zip(envs, CASES, strict=True):
        runtime = {"runtimeClassName": make_runtime(case.spec["overhead"])} if "overhead" in case.spec else {}
        _await_account(env)
        api.create(f"{env.path}/pods", {"metadata": {"name": "one"}, "spec": {**case.spec, **runtime}})
    counted = {case.name: _counted(env) for env, case in zip(envs, CASES, strict=True)}
    assert counted == {case.name: (case.cpu, case.memory) for case in CASES}


def _await_account(env: Env) -> None:
    eventually(lambda: env.api.find(f"{env.path}/serviceaccounts/default"), what="pods can be made")


def _counted(env: Env) -> tuple[int, int]:
    """What a quota counts. It is made after the pod, because it would refuse one that asks for nothing."""
    quotas = f"{env.path}/resourcequotas"
    hard = {"requests.cpu": "100", "requests.memory": "100Gi", "pods": "100"}

    def used() -> Json | None:
        found = env.api.find(f"{quotas}/count")
        if found is None:
            env.api.create(quotas, {"metadata": {"name": "count"}, "spec": {"hard": hard}})
            return None
        counted: Json = found.get("status", {}).get("used", {})
        if counted.get("pods") == "0":
            # Counted before the controller had heard of the pod; it would not count again for minutes.
            env.api.delete(f"{quotas}/count")
        return counted if counted.get("pods") == "1" else None

    found = eventually(used, what="the quota is counted")
    return round(quantity(found["requests.cpu"]) * 1000), round(quantity(found["requests.memory"]) / 1024**2)


@pytest.fixture
def make_runtime(api: Api) -> Iterator[Callable[[Json], str]]:
    """``make_runtime({"cpu": "1"})`` makes a RuntimeClass with this overhead, and gives its name."""
    made: list[str] = []

    def make(overhead: Json) -> str:
        made.append(f"runtime-{secrets.token_hex(4)}")
        metadata = {"name": made[-1]}
        api.create(RUNTIMES, {"metadata": metadata, "handler": "any", "overhead": {"podFixed": overhead}})
        return made[-1]

    yield make
    for name in made:
        api.delete(f"{RUNTIMES}/{name}")
