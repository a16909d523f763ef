"""etcd is put back to before the night, under an operator that runs on: nothing that it remembers is true any more."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from sundown.model.scalars import parse_instant
from sundown.schedule.clock import SystemClock
from sundown_lab.cluster import Cluster
from support.apiserver import eventually
from support.envs import ALWAYS_AWAKE, Env
from support.operators import Operator

pytestmark = pytest.mark.lab

RunOperator = Callable[..., Operator]
ENDED = 3


def test_no_count_is_lost_whatever_the_operator_remembers(
    env: Env, run_operator: RunOperator, fragile: Cluster
) -> None:
    """W3: its record was the only one in the world, and it was taken off as that of an earlier sleep."""
    operator = run_operator()
    env.add("web", 3)
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    backup = fragile.back_up()
    env.wish("Asleep")
    env.until("Asleep")
    fragile.restore(backup)
    env.wish("Asleep")
    eventually(lambda: not operator.runs, what="the operator has ended")
    assert operator.exit_code == ENDED
    assert "restored from a backup" in operator.output
    operator.start()
    env.until("Asleep")
    env.wish("Awake")
    env.until("Awake")
    assert env.counts() == {"Deployment/web": 3}


def test_a_zero_that_nobody_remembers_is_woken_with_its_own_record(
    env: Env, run_operator: RunOperator, fragile: Cluster
) -> None:
    """W3: everything but the workload is of before the night, as after a restore in which the operator wrote on."""
    operator = run_operator()
    env.add("web", 3)
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    before = env.status()
    # Times have whole seconds: what is later by less than one is doubted.
    since = parse_instant(before["since"])
    eventually(lambda: SystemClock().now() - since > timedelta(seconds=2), what="it has been awake for a moment")
    env.wish("Asleep")
    env.until("Asleep")
    operator.kill()
    env.label(**{"sundown.dev/state": None})
    env.annotate(**{"sundown.dev/asleep-since": None})
    gone = dict.fromkeys(env.status().keys() - before.keys())
    env.api.merge(f"{env.schedules('default')}/status", {"status": {**gone, **before}})
    env.wish("Awake")
    operator.start()
    env.until_count("web", 3)
    assert env.record("web") is None
