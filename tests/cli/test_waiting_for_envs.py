"""`--wait`: a wish returns when it has come true, and says so when it does not."""

from collections.abc import Callable

import pytest

from support.commandline import Sundown
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, Env
from support.operators import Operator

pytestmark = pytest.mark.lab


def test_start_returns_when_all_is_ready_and_says_how_long_it_took(
    sundown: Sundown, env: Env, operator: Operator
) -> None:
    """A4"""
    env.add("web", 3)
    env.add("db", 2, kind="StatefulSet")
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    called = sundown("start", env.name, "--wait", "--timeout", "60s")
    assert called.code == 0
    promise, done = called.out.splitlines()
    assert promise == f"{env.name}: awake until further notice"
    assert done.startswith(f"{env.name}: awake after ")
    assert done.endswith(", 2 parts: 2 ready")
    assert sum(pod["status"]["phase"] == "Running" for pod in env.pods()) == 5


def test_stop_returns_when_no_pod_is_left(sundown: Sundown, env: Env, operator: Operator) -> None:
    env.add("web", 2)
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    (result,) = sundown("stop", env.name, "--wait", "-o", "json").json
    assert result["ok"]
    assert result["seconds"] >= 0
    assert env.status()["parts"] == {"total": 1, "asleep": 1, "ready": 0}


def test_a_wish_that_does_not_come_true_in_time_fails(sundown: Sundown, env: Env, no_operator: None) -> None:
    env.schedule(ASLEEP_FOR_EVER)
    called = sundown("start", env.name, "--wait", "--timeout", "1s")
    assert called.code == 1
    assert f"{env.name}: not awake after 1s: the operator does not answer: is it running?" in called.err


def test_an_env_that_hangs_fails_with_where_to_look(sundown: Sundown, env: Env, operator: Operator) -> None:
    nowhere = {"spec": {"template": {"spec": {"nodeSelector": {"no": "such-node"}}}}}
    env.add("stuck", 1)
    env.edit("stuck", nowhere)
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    called = sundown("start", env.name, "--wait", "--timeout", "3s")
    assert called.code == 1
    assert f"not awake after 3s: waking, 1 part: 1 asleep; `sundown why {env.name}` names what hangs" in called.err


def test_an_env_that_comes_up_in_part_only_is_told_to_be_degraded(
    sundown: Sundown, env: Env, operator: Operator
) -> None:
    env.add("stuck", 1)
    env.edit("stuck", {"spec": {"template": {"spec": {"nodeSelector": {"no": "such-node"}}}}})
    env.schedule({**ASLEEP_FOR_EVER, "waves": {"timeout": "1s"}})
    env.until("Asleep")
    called = sundown("start", env.name, "--wait", "--timeout", "60s")
    assert called.code == 1
    assert f"{env.name}: awake, degraded: not where it should be" in called.err
    assert "Deployment/stuck" in called.err


def test_what_is_not_well_is_a_warning_where_every_part_came_up(sundown: Sundown, env: Env, operator: Operator) -> None:
    """A4"""
    env.add("web", 1, annotations={"sundown.dev/wave": "first"})
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    called = sundown("start", env.name, "--wait", "--timeout", "60s")
    assert called.code == 0
    assert f"{env.name}: awake, degraded after " in called.out
    assert f"{env.name}: warning: Deployment/web: annotation sundown.dev/wave" in called.err


def test_after_some_seconds_it_says_what_is_waited_for(sundown: Sundown, env: Env, operator: Operator) -> None:
    """G3"""
    env.add("web", 1)
    env.add("db", 1, kind="StatefulSet", pod={"lab.sundown.dev/fault": "Error"})
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    called = sundown("start", env.name, "--wait", "--timeout", "9s")
    assert called.code == 1
    assert called.err.count(f"{env.name}: waiting for StatefulSet/db before Deployments\n") == 1


def test_a_dry_run_never_falls_asleep_so_it_is_not_waited_for(sundown: Sundown, env: Env, operator: Operator) -> None:
    """G8"""
    env.schedule({**ALWAYS_AWAKE, "dryRun": True})
    env.until("Awake")
    called = sundown("stop", env.name, "--wait", "--timeout", "60s")
    assert called.code == 1
    assert "its schedule is a dry run, so no workload will change" in called.err
    assert "nothing is changed: its schedule, or the whole operator, is a dry run" in called.err


def test_many_envs_are_waited_for_together(sundown: Sundown, make_env: Callable[..., Env], operator: Operator) -> None:
    envs = [make_env() for _ in range(10)]
    for env in envs:
        env.add("web", 1)
        env.schedule(ALWAYS_AWAKE)
    called = sundown("stop", *(env.name for env in envs), "--wait", "--timeout", "60s", "-o", "json")
    assert called.code == 0
    assert [result["namespace"] for result in called.json] == [env.name for env in envs]
    assert [env.replicas("web") for env in envs] == [0] * 10
