"""When alerts are told, how often, and when they are over (I1, I3): on a model of cluster, Slack and clock."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from sundown.frontdesk.incidents.kinds import ALERT_KINDS
from sundown.frontdesk.incidents.sights import Group, Thing, View
from support.frontdesk.alert_world import NOW, Cluster, container, crashing, killed, node, pod, rollout

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
CRASH = "crash-loop team-a/Deployment/web/main"
OOM = "oom-killed team-a/Deployment/web/main"
NODE = "node-not-ready /node-1/"


@pytest.fixture
def cluster() -> Cluster:
    """A cluster in which all is well, and a frontdesk that has seen it."""
    one = Cluster()
    one.look(node(), pod())
    one.look(after=MINUTE)
    return one


def test_a_crash_loop_is_told_at_its_third_restart(cluster: Cluster) -> None:
    """I1"""
    for restarts in (1, 2):
        cluster.look(crashing(restarts=restarts))
        assert cluster.world.shown() == []
    cluster.look(crashing(restarts=3))
    assert cluster.world.shown() == [f"open: {CRASH}"]


def test_its_restarts_are_counted_in_place_at_five_ten_and_twenty_five(cluster: Cluster) -> None:
    """I3: repeats are counted, and the same message is written again."""
    told: list[int] = []
    for restarts in range(3, 40):
        cluster.look(crashing(restarts=restarts))
        message = cluster.world.alerts[0].said.message
        told.append(int(message.shown.partition("/")[2]))
    assert len(cluster.world.alerts) == 1
    assert sorted(set(told)) == [0, 5, 10, 25]


def test_it_is_over_when_all_were_ready_for_ten_minutes(cluster: Cluster) -> None:
    """I3: a healthy state closes it with OK."""
    cluster.look(crashing())
    cluster.look(pod("web-1", container(4)), after=MINUTE)
    cluster.look(after=9 * MINUTE)
    assert cluster.world.shown() == [f"open: {CRASH}"]
    cluster.look(after=2 * MINUTE)
    assert cluster.world.shown() == [f"recovered: {CRASH}"]
    assert cluster.world.book().incidents == {}


def test_a_loop_that_flaps_every_twenty_seconds_for_ten_minutes_is_one_message(cluster: Cluster) -> None:
    """I3"""
    for restarts in range(3, 33):
        cluster.look(crashing(restarts=restarts), after=10 * SECOND)
        cluster.look(pod("web-1", container(restarts)), after=10 * SECOND)
    assert cluster.world.shown() == [f"open: {CRASH}"]
    assert sum(cluster.world.posted.values()) == 2  # and its log lines


def test_a_thousand_pods_of_one_deployment_are_one_incident(cluster: Cluster) -> None:
    cluster.look(*(crashing(f"web-{number}") for number in range(1000)))
    assert cluster.world.shown() == [f"open: {CRASH}"]


def test_the_pods_of_a_deployment_that_is_deleted_crash_no_more(cluster: Cluster) -> None:
    cluster.look(crashing())
    cluster.gone(["web-1"])
    cluster.look(after=MINUTE)
    assert cluster.world.shown() == [f"gone: {CRASH}"]


@pytest.mark.parametrize("crashes", [True, False], ids=["crashing on", "well again"])
def test_a_pod_that_its_owner_has_let_go_is_no_matter_of_its_owners_any_more(cluster: Cluster, crashes: bool) -> None:
    """I1, I3: its label was taken off, to look at it in peace; the Deployment has another pod by then."""
    cluster.look(crashing())
    alone = crashing() if crashes else pod()
    cluster.look(replace(alone, owner_kind="Pod", owner="web-1"), pod("web-2"))
    for _ in range(3):
        cluster.look(after=5 * MINUTE)
    its_own = ["open: crash-loop team-a/Pod/web-1/main"] if crashes else []
    assert cluster.world.shown() == [f"recovered: {CRASH}", *its_own]


def test_a_pod_that_its_owner_had_let_go_leaves_nothing_behind(cluster: Cluster) -> None:
    """I3: neither under the name of the one nor of the other."""
    cluster.look(crashing())
    cluster.look(replace(crashing(), owner_kind="Pod", owner="web-1"))
    cluster.gone(["web-1"])
    cluster.look(after=MINUTE)
    cluster.look(after=MINUTE)
    assert [one for one in cluster.world.shown() if one.startswith("open")] == []


def test_a_pod_that_is_replaced_by_one_that_crashes_too_goes_on_with_the_same_message(cluster: Cluster) -> None:
    cluster.look(crashing(restarts=6))
    cluster.gone(["web-1"])
    cluster.look(pod("web-2", ready=False), after=20 * SECOND)
    cluster.look(crashing("web-2", restarts=3), after=MINUTE)
    assert cluster.world.shown() == [f"open: {CRASH}"]


def test_after_it_was_over_the_next_one_is_news(cluster: Cluster) -> None:
    for _ in range(2):
        cluster.look(crashing(), after=MINUTE)
        cluster.look(pod(), after=MINUTE)
        cluster.look(after=11 * MINUTE)
    assert cluster.world.shown() == [f"recovered: {CRASH}"] * 2


def test_log_lines_stand_in_the_thread_once(cluster: Cluster) -> None:
    """I2"""
    cluster.look(crashing())
    cluster.look(crashing(restarts=9))
    cluster.restart()
    cluster.look(after=MINUTE)
    (lines,) = [one for one in cluster.world.messages if one.under]
    assert lines.said.lines == "the last line"
    assert lines.under == cluster.world.alerts[0].ts


def test_a_container_without_a_log_is_told_all_the_same(cluster: Cluster) -> None:
    cluster.world.log = None
    cluster.look(crashing())
    assert cluster.world.shown() == [f"open: {CRASH}"]
    assert all(not one.logs for one in cluster.world.book().incidents.values())


def test_an_old_kill_is_never_told(cluster: Cluster) -> None:
    """Z: an old OOMKilled is reported for ever."""
    fresh = Cluster()
    fresh.look(killed(at=NOW - HOUR))
    fresh.look(killed("web-2", at=NOW - SECOND))
    for _ in range(3):
        fresh.restart()
        fresh.look(after=MINUTE)
    assert fresh.world.shown() == []


def test_a_kill_is_told_once_and_the_next_is_counted(cluster: Cluster) -> None:
    """I3"""
    for after in range(1, 8):
        cluster.look(killed(at=cluster.world.time), after=timedelta(minutes=after / 10))
    assert cluster.world.shown() == [f"open: {OOM}"]
    assert cluster.world.alerts[0].said.message.shown == "open/5"
    cluster.look(after=9 * MINUTE)
    assert cluster.world.shown() == [f"open: {OOM}"]
    cluster.look(after=MINUTE)
    assert cluster.world.shown() == [f"recovered: {OOM}"]
    cluster.restart()
    cluster.look(after=SECOND)
    assert len(cluster.world.alerts) == 1


@pytest.mark.parametrize("apart", [SECOND, timedelta(0)], ids=["one after the other", "in the same second"])
def test_kills_of_several_pods_are_counted_together(cluster: Cluster, apart: timedelta) -> None:
    """I3"""
    at = cluster.world.time
    cluster.look(*(killed(f"web-{number}", at=at + number * apart) for number in range(1, 6)))
    assert cluster.world.shown() == [f"open: {OOM}"]
    assert cluster.world.alerts[0].said.message.shown == "open/5"


def test_a_node_is_told_when_it_was_not_ready_for_a_minute(cluster: Cluster) -> None:
    """I1 Z17"""
    cluster.look(node("Unknown", since=cluster.world.time))
    cluster.look(after=58 * SECOND)
    assert cluster.world.shown() == []
    cluster.look(after=3 * SECOND)
    assert cluster.world.shown() == [f"open: {NODE}"]
    cluster.look(node(), after=MINUTE)
    cluster.look(after=MINUTE)
    assert cluster.world.shown() == [f"recovered: {NODE}"]


def test_a_node_that_goes_and_comes_every_twenty_seconds_is_no_news(cluster: Cluster) -> None:
    for _ in range(30):
        cluster.look(node("False", since=cluster.world.time), after=20 * SECOND)
        cluster.look(node(), after=20 * SECOND)
    assert cluster.world.shown() == []


@pytest.mark.parametrize(
    "changes",
    [{"leaves": True}, {"created_at": NOW - MINUTE}],
    ids=["cordoned, or about to be taken away by an autoscaler", "new"],
)
def test_a_node_of_which_nobody_expects_more_is_no_news(changes: dict[str, object]) -> None:
    cluster = Cluster()
    cluster.look(node("False", since=NOW - MINUTE, **changes))
    cluster.look(after=2 * MINUTE)
    assert cluster.world.shown() == []


def test_a_new_node_that_does_not_become_ready_is_told_after_five_minutes() -> None:
    cluster = Cluster()
    cluster.look(node("False", since=NOW, created_at=NOW))
    cluster.look(after=6 * MINUTE)
    assert cluster.world.shown() == [f"open: {NODE}"]


def test_a_node_that_is_deleted_is_over(cluster: Cluster) -> None:
    cluster.look(node("Unknown", since=NOW - HOUR))
    del cluster.world.nodes["node-1"]
    cluster.look()
    assert cluster.world.shown() == [f"gone: {NODE}"]


def test_a_lost_node_silences_its_pods_until_it_is_back(cluster: Cluster) -> None:
    cluster.look(node("Unknown", since=NOW - HOUR), crashing(), killed("api-1", at=NOW + MINUTE, owner="api"))
    cluster.look(after=MINUTE)
    assert cluster.world.shown() == [f"open: {NODE}"]
    cluster.look(node(), after=MINUTE)
    assert cluster.world.shown()[1:] == [f"open: {CRASH}", f"open: {OOM.replace('web', 'api')}"]


def test_a_lost_node_closes_nothing_of_what_is_open(cluster: Cluster) -> None:
    cluster.look(crashing())
    cluster.look(node("Unknown", since=NOW - HOUR))
    cluster.look(after=HOUR)
    assert cluster.world.shown()[0] == f"open: {CRASH}"


def test_a_rollout_is_told_once_when_it_is_complete(cluster: Cluster) -> None:
    """I1"""
    began = cluster.world.time
    cluster.look(rollout(2, at=began, complete=False))
    assert cluster.world.shown() == []
    for _ in range(5):
        cluster.look(rollout(2, at=began + SECOND), after=5 * MINUTE)
        cluster.restart()
    assert cluster.world.shown() == ["open: rollout-complete team-a/web/2"]
    assert cluster.world.book().incidents == {}


def test_rollouts_that_were_complete_before_anybody_looked_are_no_news() -> None:
    cluster = Cluster()
    cluster.look(rollout(7, at=NOW - SECOND))
    assert cluster.world.shown() == []


def test_scaling_is_no_rollout(cluster: Cluster) -> None:
    cluster.look(rollout(2, at=cluster.world.time))
    for replicas in (5, 0, 3):
        cluster.look(rollout(2, at=cluster.world.time - MINUTE, replicas=replicas), after=20 * MINUTE)
    assert len(cluster.world.alerts) == 1


def test_an_image_that_was_changed_at_no_replicas_is_told_when_pods_run_with_it(cluster: Cluster) -> None:
    """As at night, when an env is asleep: after a restart and hours later too."""
    at = cluster.world.time
    cluster.look(rollout(2, at=at, replicas=0))
    cluster.restart()
    cluster.look(after=12 * HOUR)
    assert cluster.world.shown() == []
    cluster.look(rollout(2, at=at, complete=False, replicas=2))
    cluster.look(rollout(2, at=at, replicas=2))
    assert cluster.world.shown() == ["open: rollout-complete team-a/web/2"]


def test_a_rollback_is_a_rollout_of_its_own(cluster: Cluster) -> None:
    for revision in (2, 3, 4):
        cluster.look(rollout(revision, at=cluster.world.time))
    assert len(cluster.world.alerts) == 3


def test_a_namespace_that_is_not_meant_and_an_alert_that_is_off() -> None:
    """I1: each kind can be switched off, and limited to namespaces."""
    cluster = Cluster(namespaces={"crash-loop": ("team-b*",), "*": ("team-*",)})
    cluster.look()
    cluster.look(
        crashing(), crashing("x-1", namespace="team-b1"), killed("y-1", at=NOW + 2 * SECOND, namespace="other")
    )
    cluster.look(killed("z-1", at=NOW + 2 * SECOND))
    cluster.look(node("False", since=NOW - HOUR))
    assert sorted(cluster.world.shown()) == [
        "open: crash-loop team-b1/Deployment/web/main",
        f"open: {NODE}",
        f"open: {OOM}",
    ]


def test_one_thing_that_cannot_be_judged_hinders_no_other(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """J6"""

    def see(thing: Thing, now: datetime) -> View:
        if isinstance(thing, Group) and thing.pods[0].namespace == "odd":
            raise ValueError("odd")
        return row.see(thing, now)

    row = ALERT_KINDS["crash-loop"]
    monkeypatch.setitem(ALERT_KINDS, "crash-loop", replace(row, see=see))
    cluster.look(crashing(namespace="odd"), crashing())
    assert cluster.world.shown() == [f"open: {CRASH}"]


def test_what_is_open_when_its_kind_is_limited_is_closed() -> None:
    cluster = Cluster()
    cluster.look(crashing())
    cluster.choices = {"namespaces": {"crash-loop": ("team-b",)}}
    cluster.restart()
    cluster.look()
    assert cluster.world.shown() == [f"off: {CRASH}"]
