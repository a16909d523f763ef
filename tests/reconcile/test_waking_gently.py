"""G4 in a cluster: how fast pods start when many envs wake at once, what is said meanwhile, and what a kill changes."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from support.apiserver import eventually
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, Env, instant, override
from support.operators import Operator, Stage

pytestmark = pytest.mark.lab

ENVS, WORKLOADS, PODS = 6, 2, 4
A_MINUTE = 180
LIMIT = {"SUNDOWN_WAKE_PODS_PER_MINUTE": str(A_MINUTE)}
"""So that the first pods of 48 are through at once, and the last ten seconds later."""


@pytest.fixture
def slowly(stage: Stage) -> Operator:
    """An operator that starts so many pods a minute."""
    operator = stage.fresh(**LIMIT)
    operator.start()
    return operator


@pytest.fixture
def asleep(slowly: Operator, make_env: Callable[..., Env]) -> list[Env]:
    """Envs that sleep."""
    envs = [make_env() for _ in range(ENVS)]
    for env in envs:
        for number in range(WORKLOADS):
            env.add(f"web{number}", PODS)
        env.schedule(ASLEEP_FOR_EVER)
    for env in envs:
        env.until("Asleep")
    return envs


def wake(envs: list[Env]) -> None:
    """As the clock would: nobody waits for it."""
    for env in envs:
        env.patch({"spec": ALWAYS_AWAKE | override("Asleep", until=instant(seconds=3))["spec"]})


def started(envs: list[Env]) -> int:
    return sum(sum(env.counts().values()) for env in envs)


def test_no_more_pods_start_than_the_limit_lets_and_every_count_comes_back(asleep: list[Env]) -> None:
    """G4: within a tenth, and a workload's worth."""
    began = time.monotonic()
    wake(asleep)
    while (count := started(asleep)) < ENVS * WORKLOADS * PODS:
        # Both are read before the next look: whatever was counted had been started by then.
        assert count <= A_MINUTE / 60 * (time.monotonic() - began + 6) + PODS
        assert time.monotonic() - began < 240
        time.sleep(0.5)
    for env in asleep:
        assert env.until("Awake")["parts"]["ready"] == WORKLOADS
        assert set(env.counts().values()) == {PODS}
        assert "wakeQueue" not in env.status()


def test_who_waits_is_told_their_place_and_when(asleep: list[Env]) -> None:
    wake(asleep)

    def told() -> list[dict[str, str]]:
        found = [status["wakeQueue"] for status in (env.status() for env in asleep) if "wakeQueue" in status]
        return found if len({one["position"] for one in found}) >= 2 else []

    places = eventually(told, what="two places in the line")
    for place in places:
        at = datetime.fromisoformat(place["at"])
        assert timedelta(seconds=-5) <= at - datetime.now(at.tzinfo) <= timedelta(seconds=30)
    for env in asleep:
        env.until("Awake")


def test_whom_a_person_wakes_goes_before_all_others(asleep: list[Env], stage: Stage) -> None:
    """A limit by which the line would take most of a minute, so that somebody still stands in it on any machine."""
    *others, mine = asleep
    stage.fresh(SUNDOWN_WAKE_PODS_PER_MINUTE=str(A_MINUTE // 4)).start()
    wake(others)
    eventually(lambda: any("wakeQueue" in env.status() for env in others), what="somebody in line")
    mine.wish("Awake", by="ann@example.com")
    mine.until("Awake")
    assert any(env.status()["state"] == "Waking" for env in others)


def test_a_kill_in_the_middle_of_the_line_loses_nobody(asleep: list[Env], slowly: Operator, stage: Stage) -> None:
    wake(asleep)
    eventually(lambda: 0 < started(asleep) < ENVS * WORKLOADS * PODS, what="half of them")
    slowly.kill()
    stage.fresh(**LIMIT).start()
    for env in asleep:
        env.until("Awake")
        assert set(env.counts().values()) == {PODS}
        assert env.condition("Degraded")[0] == "False"


def test_a_kill_in_the_middle_of_sixty_envs_starts_each_once_and_no_more_than_the_limit(
    slowly: Operator, stage: Stage, make_env: Callable[..., Env]
) -> None:
    """G4: the line goes on where it was, and what the killed operator had let start counts."""
    envs = [make_env() for _ in range(60)]
    for env in envs:
        env.add("web", PODS)
        env.schedule(ASLEEP_FOR_EVER)
    for env in envs:
        env.until("Asleep")
    whole, killed = len(envs) * PODS, False
    began = time.monotonic()
    wake(envs)
    while (count := started(envs)) < whole:
        # What is counted one after the other was started before the last look of this round.
        assert count <= A_MINUTE / 60 * (time.monotonic() - began + 6) + PODS
        if not killed and count >= whole / 3:
            slowly.kill()
            stage.fresh(**LIMIT).start()
            killed = True
        assert time.monotonic() - began < 240
        time.sleep(0.5)
    assert killed
    # The last one starts when those before it have had their time.
    assert time.monotonic() - began >= 60 * (whole - PODS) / A_MINUTE - 6
    for env in envs:
        env.until("Awake")
        # Made, put to sleep, woken: every other write of the count would be one more.
        assert env.workload("web")["metadata"]["generation"] == 3


def test_what_is_let_go_of_wakes_in_the_same_line(asleep: list[Env]) -> None:
    """A ClusterEnvSchedule that is deleted leaves a thousand envs behind: they are no smaller a stampede."""
    began = time.monotonic()
    for env in asleep:
        env.api.delete(env.schedules("default"))
    while (count := started(asleep)) < ENVS * WORKLOADS * PODS:
        assert count <= A_MINUTE / 60 * (time.monotonic() - began + 6) + PODS
        assert time.monotonic() - began < 240
        time.sleep(0.5)
    for env in asleep:
        env.until_let_go()
