"""What was told to be put to sleep, and its owner scales to 0 before it is written, while the operator lives (A3, W4).

Nobody applies a count here: of ``kubectl scale --replicas=0`` nothing is left then that would tell whose zero it is.
"""

from collections.abc import Callable

import pytest

from support.apiserver import PATIENCE, eventually
from support.detour import Detour, Fault
from support.envs import ALWAYS_AWAKE, Env, manifest
from support.operators import Operator

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("with_and_without_policies")]

EVENING = 3
NIGHT = {"same": EVENING, "more": 5}


@pytest.fixture
def team(env: Env) -> Env:
    """An env that is to be awake, of workloads that somebody applies without a count."""
    for kind, name in (("Deployment", "web"), ("StatefulSet", "db"), *(("Deployment", name) for name in NIGHT)):
        env.api.apply(f"{env.collection(kind)}/{name}", manifest(kind, name, None), manager="gitops")
        env.scale(name, EVENING, kind=kind)
    env.schedule(ALWAYS_AWAKE)
    return env


def _is_told(env: Env, name: str, count: int) -> bool:
    told = {one["name"]: one["restore"] for one in env.status().get("records", [])}
    return f'"replicas":{count}' in told.get(name, "")


def test_who_scales_to_0_before_the_first_write_finds_0_in_the_morning(
    team: Env, detour: Detour, run_operator: Callable[..., Operator]
) -> None:
    """A3: what waits for its wave too, which comes to no write at all."""
    run_operator()
    team.until("Awake")
    with detour.broken(Fault(method="PATCH", part=f"/{team.name}/deployments/web", hold=True, times=1)) as fault:
        team.wish("Asleep")
        assert fault.arrived.wait(PATIENCE), "the operator did not come to write"
        eventually(lambda: _is_told(team, "db", EVENING), what="what waits for its wave is told")
        team.scale("web", 0)
        team.scale("db", 0, kind="StatefulSet")
    team.until("Asleep")
    team.wish("Awake")
    team.until("Awake")
    slept = {f"Deployment/{name}": EVENING for name in NIGHT}
    assert team.counts() == {"Deployment/web": 0, "StatefulSet/db": 0, **slept}


def test_who_scales_up_at_night_and_to_0_again_finds_0_in_the_morning(
    team: Env, detour: Detour, run_operator: Callable[..., Operator]
) -> None:
    """A3: though it still carries the record of the evening, and another operator wakes it."""
    run_operator(SUNDOWN_SWEEP_MINUTES="0.05")
    team.until("Awake")
    team.wish("Asleep")
    team.until("Asleep")
    held = [Fault(method="PATCH", part=f"/{team.name}/deployments/{name}", hold=True, times=1) for name in NIGHT]
    with detour.broken(held[0]), detour.broken(held[1]):
        for name, count in NIGHT.items():
            team.scale(name, count)
        for fault in held:
            assert fault.arrived.wait(PATIENCE), "the operator did not come to write"
        for name in NIGHT:
            team.scale(name, 0)
    for name in NIGHT:
        eventually(lambda name=name: _is_told(team, name, 0), what=f"{name} is told to wake to 0")  # type: ignore[misc]
    run_operator()  # the one before is killed
    team.wish("Awake")
    team.until("Awake")
    slept = {"Deployment/web": EVENING, "StatefulSet/db": EVENING}
    assert team.counts() == {**slept, **dict.fromkeys((f"Deployment/{name}" for name in NIGHT), 0)}
