"""The API server goes away and comes back while the operator runs, and the operator goes on where it was."""

import time
from collections.abc import Callable

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import PATIENCE, eventually
from support.detour import Detour, Fault
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, Env
from support.operators import Operator

pytestmark = pytest.mark.lab

RunOperator = Callable[..., Operator]
WORKLOADS = 20


@pytest.fixture
def team(env: Env) -> Env:
    """An env of many workloads, so that its transitions have a middle."""
    for number in range(WORKLOADS):
        env.add(f"web-{number}", 1 + number % 3)
    return env


def cut_off(detour: Detour) -> Fault:
    """From now on no request comes through, and the watches that were open have ended."""
    fault = detour.add(Fault(cut=True))
    detour.hang_up()
    return fault


@pytest.mark.parametrize("kill", [False, True], ids=["in order", "killed"])
def test_a_restart_in_the_middle_of_falling_asleep_and_of_waking(
    team: Env, run_operator: RunOperator, detour: Detour, fragile: Cluster, kill: bool
) -> None:
    """A16"""
    run_operator(SUNDOWN_WRITES_IN_FLIGHT="1")
    before = team.counts()
    team.schedule(ALWAYS_AWAKE)
    team.until("Awake")
    for state, done in (("Asleep", 0), ("Awake", WORKLOADS)):
        with detour.broken(Fault(method="PATCH", part="/deployments/web-5", hold=True, times=1)) as fault:
            team.wish(state)
            assert fault.arrived.wait(PATIENCE)
            fragile.restart_api_server(kill=kill)
            assert 0 < zeros(team) < WORKLOADS
        team.until(state)
        assert WORKLOADS - zeros(team) == done
    assert team.counts() == before


def zeros(env: Env) -> int:
    return list(env.counts().values()).count(0)


@pytest.mark.slow
def test_a_minute_of_errors_is_outlived(team: Env, run_operator: RunOperator, detour: Detour) -> None:
    """A16: a framework that gave up after so many tries would have ended the process."""
    operator = run_operator()
    team.schedule(ALWAYS_AWAKE)
    team.until("Awake")
    with detour.broken(Fault(status=503)):
        detour.hang_up()
        team.wish("Asleep")
        time.sleep(65)
        assert operator.probe("/livez")[0] == 200
        assert zeros(team) == 0
    team.until("Asleep")


def test_what_changed_while_it_was_cut_off_is_noticed(team: Env, run_operator: RunOperator, detour: Detour) -> None:
    """A16: the watch goes on where it was."""
    run_operator()
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    fault = cut_off(detour)
    team.wish("Awake")
    eventually(lambda: fault.met > 0, what="the operator has noticed")
    detour.mend()
    team.until("Awake")


def test_a_deletion_that_no_watch_tells_of_is_noticed(
    make_env: Callable[..., Env], run_operator: RunOperator, detour: Detour, fragile: Cluster
) -> None:
    """A15, issue 3: watch history gone (410) when the operator comes back, and with it the deletion."""
    run_operator()
    first, second = make_env(), make_env()
    for env in (first, second):
        env.add("web", 2)
        env.schedule(ASLEEP_FOR_EVER)
        env.until("Asleep")
    fault = cut_off(detour)
    first.api.delete(first.schedules("default"))
    eventually(lambda: fault.met > 0, what="the operator has noticed")
    second.annotate(note="so that there is something to forget")
    fragile.compact()
    fragile.restart_api_server()
    detour.mend()
    first.until_count("web", 2)
    first.until_let_go()
    assert second.replicas("web") == 0


def test_a_namespace_that_went_while_history_was_lost_is_forgotten(
    make_env: Callable[..., Env], run_operator: RunOperator, detour: Detour, fragile: Cluster
) -> None:
    """Issue 3: 410."""
    operator = run_operator()
    first, second = make_env(), make_env()
    for env in (first, second):
        env.schedule(ASLEEP_FOR_EVER)
        env.until("Asleep")
    cut_off(detour)
    first.api.delete(first.path)
    eventually(lambda: first.api.find(first.path) is None, what="the namespace is gone")
    fragile.compact()
    fragile.restart_api_server()
    detour.mend()

    def counts_what_there_is() -> bool:
        # Earlier tests may have left envs that sleep.
        there = second.api.get("/apis/sundown.dev/v1alpha1/envschedules")["items"]
        asleep = sum(each.get("status", {}).get("state") == "Asleep" for each in there)
        return f'sundown_envs{{state="Asleep"}} {asleep}.0' in operator.probe("/metrics")[1]

    eventually(counts_what_there_is, what="only what there is is counted")


def test_what_is_deleted_while_it_starts_is_noticed(
    env: Env, make_env: Callable[..., Env], run_operator: RunOperator, detour: Detour
) -> None:
    """A15: between the first listing, of the sweep, and the listing with which the watch begins."""
    run_operator().kill()
    env.add("web", 2)
    env.schedule(ASLEEP_FOR_EVER)
    make_env().schedule(ASLEEP_FOR_EVER)
    listing = "/apis/sundown.dev/v1alpha1/envschedules?"
    with detour.broken(Fault(method="GET", part=listing, hold=True, skip=1, times=1)) as fault:
        run_operator()
        assert fault.arrived.wait(PATIENCE), "the framework did not list"
        env.until("Asleep")
        env.api.delete(env.schedules("default"))
    env.until_count("web", 2)
    env.until_let_go()


def test_it_is_not_ready_while_it_cannot_list(run_operator: RunOperator, detour: Detour) -> None:
    """F4"""
    operator = run_operator(SUNDOWN_SWEEP_MINUTES="0.02")
    with detour.broken(Fault(method="GET", part="/envschedules", status=403)):
        eventually(lambda: operator.probe("/readyz")[0] == 503, what="it is not ready")
        assert operator.probe("/livez")[0] == 200
        assert "a fault of the test" in operator.probe("/readyz")[1]
    eventually(lambda: operator.probe("/readyz")[0] == 200, what="it is ready again")


def test_sigterm_while_writes_hang_ends_it_cleanly(team: Env, run_operator: RunOperator, detour: Detour) -> None:
    """Issue 3"""
    operator = run_operator()
    with detour.broken(Fault(method="PATCH", hold=True)) as fault:
        team.schedule(ASLEEP_FOR_EVER)
        assert fault.arrived.wait(PATIENCE)
        assert operator.terminate() == 0


def test_who_is_not_let_in_asks_less_and_less_often_and_goes_on_once_it_is(
    env: Env, run_operator: RunOperator, detour: Detour
) -> None:
    """A16: after its ServiceAccount was made anew its token is worth nothing for minutes. It asked 125 times a second."""
    operator = run_operator()
    env.add("web", 3)
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    with detour.broken(Fault(status=401)):
        detour.hang_up()
        env.wish("Awake")
        detour.passed.clear()
        time.sleep(6)
        asked = len(detour.passed)
    assert 0 < asked < 100
    assert operator.runs
    env.until("Awake")
    assert env.replicas("web") == 3


def test_sigterm_while_it_is_not_let_in_ends_it_cleanly(run_operator: RunOperator, detour: Detour) -> None:
    """Issue 3"""
    operator = run_operator()
    with detour.broken(Fault(status=401)):
        detour.hang_up()
        time.sleep(4)  # by then it waits for seconds between two tries
        begun = time.monotonic()
        assert operator.terminate() == 0
        assert time.monotonic() - begun < 5
