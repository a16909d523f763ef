"""An API server that has too much to do, and workloads that somebody else writes to all the time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import Api, eventually
from support.detour import Detour, Fault
from support.envs import ALWAYS_AWAKE, Env
from support.operators import Operator

pytestmark = pytest.mark.lab


@pytest.fixture
def team(env: Env, operator: Operator, detour: Detour) -> Env:
    """An env of three workloads that is awake."""
    env.add("web", 3)
    env.add("api", 2)
    env.add("db", 2, kind="StatefulSet")
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    return env


def answers(detour: Detour, part: str) -> list[tuple[float, int]]:
    """When requests to a path were answered, and with what."""
    return [(each.at, each.status) for each in detour.passed if part in each.target and each.method == "PATCH"]


def test_retry_after_is_obeyed(team: Env, detour: Detour) -> None:
    """Design 5: 429 and Retry-After are obeyed."""
    with detour.broken(
        Fault(method="PATCH", part="/deployments/web", times=3, status=429, headers={"Retry-After": "2"})
    ):
        team.wish("Asleep")
        team.until("Asleep")
    told = answers(detour, "/deployments/web")[:4]
    assert [status for _, status in told][:3] == [429, 429, 429]
    # Answers are noted when they are given, so the pause is the one between an answer and the next request's.
    assert min(later - earlier for (earlier, _), (later, _) in pairwise(told)) >= 2
    assert team.condition("Degraded")[0] == "False"


def test_others_do_not_wait_for_the_one_that_is_put_off(team: Env, detour: Detour) -> None:
    """G4"""
    with detour.broken(Fault(method="PATCH", part="/deployments/web", status=429, headers={"Retry-After": "15"})):
        team.wish("Asleep")
        team.until_count("api", 0)
        assert team.replicas("web") == 3
    team.until("Asleep")


def test_a_busy_spell_for_every_kind_of_request_ends_well(team: Env, detour: Detour) -> None:
    """A16: lists, watches, labels, workloads, statuses, Events."""
    with detour.broken(Fault(times=25, status=429, headers={"Retry-After": "1"})) as fault:
        detour.hang_up()
        team.wish("Asleep")
        team.until("Asleep")
        assert fault.met > 5
    assert team.record("web") == "3"
    team.wish("Awake")
    team.until("Awake")
    assert team.counts() == {"Deployment/web": 3, "Deployment/api": 2, "StatefulSet/db": 2}


SOON = {"spec": {"waves": {"timeout": "2s"}}}


@contextmanager
def meddling(cluster: Cluster, env: Env, name: str) -> Iterator[None]:
    """Somebody who writes an annotation of a Deployment again and again, as fast as it goes, during the block."""
    enough = threading.Event()

    def meddle() -> None:
        api, number = Api(cluster.kubeconfig), 0
        while not enough.is_set():
            number += 1
            api.merge(f"{env.collection('Deployment')}/{name}", {"metadata": {"annotations": {"note": str(number)}}})

    thread = threading.Thread(target=meddle, name="meddler")
    thread.start()
    try:
        yield
    finally:
        enough.set()
        thread.join()


def test_a_workload_that_is_written_to_all_the_time_falls_asleep_in_the_end(
    team: Env, control_plane: Cluster, detour: Detour
) -> None:
    """Issue 3: 409 answers. The others do not wait for it for longer than a wave may take."""
    team.patch(SOON)
    with meddling(control_plane, team, "web"):
        team.wish("Asleep")
        team.until_count("api", 0)
        team.until_count("db", 0, kind="StatefulSet")
        eventually(lambda: conflicts(detour) > 0 or team.replicas("web") == 0, what="they have met")
    team.until("Asleep")
    assert team.record("web") == "3"


def conflicts(detour: Detour) -> int:
    return sum(status == 409 for _, status in answers(detour, "/deployments/web"))


def test_a_workload_that_always_conflicts_is_reported_and_looked_at_again_later(team: Env, detour: Detour) -> None:
    """Issue 3: 409 answers, design 5: not fought for ever."""
    team.patch(SOON)
    with detour.broken(Fault(method="PATCH", part="/deployments/web", status=409)) as fault:
        team.wish("Asleep")
        message = team.until_condition("Degraded", "True", "WriteFailed")
        assert "changed by somebody else" in message
        assert fault.met >= 2
        team.until_count("db", 0, kind="StatefulSet")
    team.until("Asleep")
    assert team.record("web") == "3"
    eventually(lambda: team.condition("Degraded")[0] == "False", what="all is well")


def test_the_last_count_of_an_owner_who_scales_all_the_time_is_the_one_that_comes_back(
    team: Env, control_plane: Cluster
) -> None:
    """A2, A3, Z (an edit made while asleep is overwritten on waking)"""
    owner = Env(Api(control_plane.kubeconfig), team.name)
    counts = [1 + number % 4 for number in range(60)]

    def scale() -> None:
        for count in counts:
            owner.scale("web", count)

    thread = threading.Thread(target=scale, name="owner")
    team.wish("Asleep")
    thread.start()
    thread.join()
    team.wish("Asleep", reason="so that the operator looks again")
    # Who was faster three times counts as somebody who fights: there is peace 15 + 30 s after the third time.
    team.until("Asleep")
    team.until_count("web", 0)
    assert team.record("web") == str(counts[-1])
    team.wish("Awake")
    team.until("Awake")
    assert team.replicas("web") == counts[-1]
