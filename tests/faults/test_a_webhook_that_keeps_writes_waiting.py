"""Writes to workloads wait longer for a webhook than Sundown waits for them (requirement A15)."""

from collections.abc import Callable

import pytest

from support.apiserver import eventually
from support.detour import Detour, Fault
from support.envs import ALWAYS_AWAKE, Env
from support.operators import Operator
from support.other_tools import notes, sleep

pytestmark = pytest.mark.lab


def test_what_has_no_answer_is_woken_by_its_scale(
    env: Env, detour: Detour, run_operator: Callable[..., Operator]
) -> None:
    """A15: every visit ended with the first write, and nobody could wake it."""
    run_operator(SUNDOWN_REQUEST_TIMEOUT_SECONDS="3")
    env.add("web", 3)
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    sleep(env)
    waiting = Fault(method="PATCH", part=f"/{env.name}/deployments/web?", hold=True)
    with detour.broken(waiting):
        env.wish("Awake")
        env.until_count("web", 3)
        env.until("Awake")
        message = env.until_condition("Degraded", "True", "WriteFailed")
        assert "Deployment/web: it runs" in message
        waiting.release()
    eventually(lambda: notes(env) == {}, what="nothing is left on it")
    assert env.replicas("web") == 3
