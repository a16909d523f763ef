"""The operator as a process: probes, metrics, signals, and the quiet when there is nothing to do."""

import json
import time
from collections.abc import Callable

import pytest

from sundown.sleepers.kept_lists import LISTED_EVERY
from sundown_lab.cluster import Cluster
from support.apiserver import eventually
from support.audit import Audit, Request
from support.envs import ASLEEP_FOR_EVER, Env
from support.operators import Operator, Stage

pytestmark = pytest.mark.lab


def test_probes_answer(operator: Operator) -> None:
    """F4"""
    assert operator.probe("/livez") == (200, "ok\n")
    status, text = operator.probe("/readyz")
    assert (status, text.partition(";")[0]) == (200, "ok")


def test_metrics_count_what_was_done(env: Env, operator: Operator) -> None:
    """F4"""
    before = operator.metric('sundown_transitions_total{to="Asleep"}')
    env.add("web", 2)
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    eventually(lambda: operator.metric('sundown_transitions_total{to="Asleep"}') > before, what="it is counted")
    assert operator.metric('sundown_envs{state="Asleep"}') >= 1
    assert operator.metric('sundown_workload_writes_total{action="Sleep",outcome="done"}') >= 1


def test_every_line_of_the_log_is_json_with_a_time_and_a_level(operator: Operator) -> None:
    """F5"""
    lines = [json.loads(line) for line in operator.output.splitlines()]
    assert lines
    assert all({"event", "level", "timestamp"} <= line.keys() for line in lines)


def test_sigterm_ends_it_cleanly(stage: Stage) -> None:
    """Issue 3: in under 5 s; `terminate` kills what takes longer."""
    operator = stage.fresh()
    operator.start()
    assert operator.terminate() == 0
    assert "Traceback" not in operator.output


def test_sigterm_while_kopf_still_asks_what_kinds_there_are_ends_it_cleanly(stage: Stage) -> None:
    """Issue 3: the first moments after the start, again and again, for the dangerous one is short."""
    for _ in range(8):
        operator = stage.fresh()
        operator.start()
        assert operator.terminate() == 0


def test_sigterm_in_the_middle_of_the_work_ends_it_cleanly_and_the_next_one_goes_on(env: Env, stage: Stage) -> None:
    """A16"""
    operator = stage.fresh(SUNDOWN_WRITES_IN_FLIGHT="1")
    operator.start()
    for number in range(15):
        env.add(f"web-{number}", 1)
    env.schedule(ASLEEP_FOR_EVER)
    eventually(lambda: 0 in env.counts().values(), what="it has begun")
    assert operator.terminate() == 0
    assert "Traceback" not in operator.output
    stage.usual()
    env.until("Asleep")
    env.wish("Awake")
    env.until("Awake")
    assert set(env.counts().values()) == {1}


def test_what_it_had_to_say_is_said_before_it_ends(env: Env, stage: Stage) -> None:
    """A16: a status that was on its way when SIGTERM came is written."""
    operator = stage.fresh()
    operator.start()
    env.schedule(ASLEEP_FOR_EVER)
    eventually(lambda: env.status().get("state"), what="it has begun")
    assert operator.terminate() == 0
    assert env.status()["state"] in {"FallingAsleep", "Asleep"}


def test_while_nothing_changes_nothing_is_written(make_env: Callable[..., Env], stage: Stage, audit: Audit) -> None:
    """Design 10: idle makes no writes, however often everything is compared."""
    stage.fresh(SUNDOWN_SWEEP_MINUTES="0.01").start()
    for state in ("Asleep", "Awake"):
        env = make_env()
        env.add("web", 2)
        env.schedule({"awake": [], "override": {"state": state}})
        env.until(state)
    settle(audit)
    audit.forget()
    eventually(lambda: sweeps(audit) >= 5, what="everything has been compared five times")
    assert audit.writes() == []


def test_what_sleeps_and_is_heard_is_listed_at_one_comparison_in_six(
    make_env: Callable[..., Env], stage: Stage, audit: Audit
) -> None:
    """G1, design 10: its workloads are watched; what is awake is not, and is listed at each."""
    stage.fresh(SUNDOWN_SWEEP_MINUTES="0.02").start()
    envs = {state: make_env() for state in ("Asleep", "Awake")}
    for state, env in envs.items():
        env.add("web", 2)
        env.schedule({"awake": [], "override": {"state": state}})
        env.until(state)
    settle(audit)
    audit.forget()
    eventually(lambda: sweeps(audit) >= 4 * LISTED_EVERY, what="everything has been compared", within=90)
    asked = audit.requests()
    listed = {state: sum(1 for each in asked if lists_workloads_of(env, each)) for state, env in envs.items()}
    # On a slow machine there are fewer comparisons in the time after which all is listed again.
    assert 2 <= listed["Asleep"] <= 2 * LISTED_EVERY
    assert listed["Awake"] >= 4 * LISTED_EVERY - 1


def lists_workloads_of(env: Env, request: Request) -> bool:
    return (request.verb, request.resource) == ("list", "deployments") and request.namespace in {"", env.name}


def sweeps(audit: Audit) -> int:
    return sum(1 for each in audit.requests() if each.verb == "list" and each.resource == "clusterenvschedules")


def settle(audit: Audit) -> None:
    """Return when the operator has compared everything twice without a write."""
    while True:
        audit.forget()
        eventually(lambda: sweeps(audit) >= 2, what="everything has been compared twice")
        if not audit.writes():
            return
        time.sleep(0.1)


def test_it_starts_while_the_api_server_is_away_and_is_ready_once_that_is_back(
    stage: Stage, control_plane: Cluster
) -> None:
    """A16"""
    operator = stage.fresh()
    control_plane.stop_api_server()
    try:
        operator.launch()
        eventually(lambda: operator.port is not None and operator.probe("/livez")[0] == 200, what="it lives")
        assert operator.probe("/readyz")[0] == 503
    finally:
        control_plane.start_api_server()
    operator.await_ready()


def test_sigterm_while_the_api_server_is_away_ends_it_cleanly(stage: Stage, control_plane: Cluster) -> None:
    """Issue 3"""
    operator = stage.fresh()
    control_plane.stop_api_server()
    try:
        operator.launch()
        eventually(lambda: operator.port is not None and operator.probe("/livez")[0] == 200, what="it lives")
        assert operator.terminate() == 0
    finally:
        control_plane.start_api_server()
