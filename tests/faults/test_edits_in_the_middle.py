"""Workloads that change between the moment at which the operator looks at them and the moment at which it writes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from support.apiserver import PATIENCE, eventually
from support.detour import Detour, Fault
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, Env
from support.operators import Operator

pytestmark = pytest.mark.lab


@pytest.fixture
def team(env: Env, operator: Operator) -> Env:
    """An env of two workloads that is awake."""
    env.add("web", 3)
    env.add("other", 2)
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    return env


@contextmanager
def in_the_middle(detour: Detour) -> Iterator[Callable[[], None]]:
    """Hold the operator's write to ``web``; the answer waits until the operator has looked and is about to write."""
    with detour.broken(Fault(method="PATCH", part="/deployments/web", hold=True, times=1)) as fault:

        def reached() -> None:
            assert fault.arrived.wait(PATIENCE), "the operator did not come to write"

        yield reached


def test_a_count_set_while_it_falls_asleep_is_recorded(team: Env, detour: Detour) -> None:
    """A2, A3: the write that comes late is refused, and the operator looks again."""
    with in_the_middle(detour) as reached:
        team.wish("Asleep")
        reached()
        team.scale("web", 5)
    team.until("Asleep")
    assert (team.replicas("web"), team.record("web")) == (0, "5")
    team.wish("Awake")
    team.until("Awake")
    assert team.replicas("web") == 5


def test_switching_off_while_it_falls_asleep_is_a_wish_too(team: Env, detour: Detour) -> None:
    """A3: it was at 0 by its owner's wish, so it stays there."""
    with in_the_middle(detour) as reached:
        team.wish("Asleep")
        reached()
        team.scale("web", 0)
    team.until("Asleep")
    assert team.record("web") is None
    team.wish("Awake")
    team.until("Awake")
    assert team.replicas("web") == 0


def test_an_image_set_while_it_falls_asleep_is_not_lost(team: Env, detour: Detour) -> None:
    """Design 5: a person's concurrent edit is never lost."""
    image = {"name": "main", "image": "registry.example.com/main:2"}
    with in_the_middle(detour) as reached:
        team.wish("Asleep")
        reached()
        team.edit("web", {"spec": {"template": {"spec": {"containers": [image]}}}})
    team.until("Asleep")
    found = team.workload("web")["spec"]
    assert found["template"]["spec"]["containers"][0]["image"] == "registry.example.com/main:2"
    assert (found["replicas"], team.record("web")) == (0, "3")


def test_a_workload_deleted_while_it_falls_asleep_holds_nothing_up(team: Env, detour: Detour) -> None:
    """Issue 3: a workload deleted in the middle of a transition."""
    with in_the_middle(detour) as reached:
        team.wish("Asleep")
        reached()
        team.api.delete(f"{team.collection('Deployment')}/web")
    assert team.until("Asleep")["parts"] == {"total": 1, "asleep": 1, "ready": 0}
    assert team.condition("Degraded")[0] == "False"


def test_a_workload_made_anew_while_it_falls_asleep_keeps_its_new_count(team: Env, detour: Detour) -> None:
    """A3: another object of the same name."""
    with in_the_middle(detour) as reached:
        team.wish("Asleep")
        reached()
        team.api.delete(f"{team.collection('Deployment')}/web")
        team.add("web", 4)
    team.until("Asleep")
    assert (team.replicas("web"), team.record("web")) == (0, "4")


def test_a_workload_excluded_while_it_falls_asleep_is_left_alone(team: Env, detour: Detour) -> None:
    """A14: its pods are not stopped even for a moment."""
    with in_the_middle(detour) as reached:
        team.wish("Asleep")
        reached()
        excluded = team.edit("web", {"metadata": {"annotations": {"sundown.dev/exclude": "true"}}})
    team.until("Asleep")
    assert team.replicas("web") == 3
    assert team.workload("web")["metadata"]["generation"] == excluded["metadata"]["generation"]


def test_a_count_set_while_it_wakes_wins_over_the_record(team: Env, detour: Detour) -> None:
    """Z (an edit made while asleep is overwritten on waking)"""
    team.wish("Asleep")
    team.until("Asleep")
    with in_the_middle(detour) as reached:
        team.wish("Awake")
        reached()
        team.scale("web", 1)
    team.until("Awake")
    assert team.replicas("web") == 1
    eventually(lambda: team.record("web") is None, what="the record is forgotten")


def test_a_workload_deleted_while_it_wakes_holds_nothing_up(team: Env, detour: Detour) -> None:
    """Issue 3"""
    team.wish("Asleep")
    team.until("Asleep")
    with in_the_middle(detour) as reached:
        team.wish("Awake")
        reached()
        team.api.delete(f"{team.collection('Deployment')}/web")
    team.until("Awake")
    assert team.replicas("other") == 2


def test_a_change_of_mind_while_it_falls_asleep_wakes_it(team: Env, detour: Detour) -> None:
    """A3"""
    with in_the_middle(detour) as reached:
        team.wish("Asleep")
        reached()
        team.wish("Awake", reason="stay")
    team.until("Awake")
    eventually(lambda: team.counts() == {"Deployment/web": 3, "Deployment/other": 2}, what="it is awake")


def test_a_change_of_mind_between_two_waves_wakes_the_first_and_spares_the_second(team: Env, detour: Detour) -> None:
    """A3, G3"""
    team.add("db", 2, kind="StatefulSet")
    with detour.broken(Fault(method="PATCH", part="/statefulsets/db", status=503)) as fault:
        team.wish("Asleep")
        eventually(lambda: fault.met > 0, what="the operator has come to the second wave")
        assert (team.replicas("web"), team.replicas("other")) == (0, 0)
        team.wish("Awake", reason="stay")
        team.until("Awake")
        assert team.counts() == {"Deployment/web": 3, "Deployment/other": 2, "StatefulSet/db": 2}
        assert team.record("db", kind="StatefulSet") is None


def test_a_schedule_deleted_while_it_falls_asleep_wakes_it(team: Env, detour: Detour) -> None:
    """A15"""
    with in_the_middle(detour) as reached:
        team.wish("Asleep")
        reached()
        team.api.delete(team.schedules("default"))
    eventually(lambda: team.counts() == {"Deployment/web": 3, "Deployment/other": 2}, what="it is awake")
    team.until_let_go()


def test_a_namespace_deleted_while_it_falls_asleep_does_not_hang(team: Env, detour: Detour) -> None:
    """Issue 3: a namespace deleted while asleep."""
    with in_the_middle(detour) as reached:
        team.wish("Asleep")
        reached()
        team.api.delete(team.path)
    eventually(lambda: team.api.find(team.path) is None, what="the namespace is gone")


def test_a_schedule_deleted_while_a_write_of_its_waking_fails_leaves_nothing_asleep(team: Env, detour: Detour) -> None:
    """A15."""
    team.wish("Asleep")
    team.until("Asleep")
    with detour.broken(Fault(method="PATCH", part="/deployments/web", status=422)):
        team.wish("Awake")
        team.until_condition("Degraded", "True", "WriteFailed")
        team.api.delete(team.schedules("default"))
        eventually(lambda: team.replicas("other") == 2, what="the other one is awake")
    team.until_count("web", 3)


def test_a_new_env_is_not_missed_that_was_asked_for_during_its_schedules_first_writes(
    env: Env, operator: Operator, detour: Detour
) -> None:
    """A16: a status write that is answered late says nothing of what came in between."""
    env.add("web", 3)
    with detour.broken(Fault(method="PATCH", part="/envschedules/default/status", seconds=1)):
        env.schedule(ASLEEP_FOR_EVER)
        env.wish("Awake")
        env.wish("Asleep")
        env.wish("Awake")
    env.until("Awake")
    assert env.replicas("web") == 3
