"""What still runs in an env that sleeps, and why (fault X11, A20)."""

from collections import Counter
from typing import Any

from sundown.model.base import parse
from sundown.model.pods import Pod
from sundown.model.resources import MOST_STILL_RUNNING, StillRunning
from sundown.model.spec import Workloads
from sundown.reconcile.part_verdict import Goal
from sundown.reconcile.remaining import are_untold, counted, remaining
from sundown.sleepers.leftovers import Tally
from support.samples import NOW, sleeping, workload


def goal(**selection: Any) -> Goal:
    return Goal(wanted="Asleep", now=NOW, selection=parse(Workloads, selection))


def told(found: StillRunning | None) -> list[tuple[str, int, str]]:
    assert found is not None
    return [(f"{one.kind}/{one.name}", one.pods, one.why) for one in found.first]


def test_pods_on_their_way_out_are_not_among_what_runs_on() -> None:
    """X11, W7"""
    tally = Tally()
    tally.add(Pod("dev", "Deployment", "web", leaves=True))
    assert remaining(tally, [sleeping()], goal()) is None


def test_a_workload_whose_pods_are_on_their_way_out_is_not_at_zero_where_only_pods_tell() -> None:
    """W7: before Kubernetes 1.35 a Deployment's status does not count them."""
    tally = Tally()
    for name in ("web", "web", "api"):
        tally.add(Pod("dev", "Deployment", name, leaves=True))
    found = [sleeping("web"), sleeping("off"), sleeping("api", terminating=0), workload("on")]
    assert are_untold(found)
    after = counted(found, tally)
    assert [one.terminating for one in after] == [2, 0, 0, None]
    assert [one.at_zero for one in after] == [False, True, True, False]
    assert not are_untold(after)


def test_a_stateful_set_that_still_has_pods_says_so_itself() -> None:
    """W7"""
    assert not are_untold([sleeping("db", kind="StatefulSet", terminating=0), workload("web")])


def test_nothing_is_said_where_nothing_runs() -> None:
    assert remaining(Tally(), [sleeping()], goal()) is None


def test_each_owner_is_counted_with_the_reason_why_it_runs() -> None:
    """X11 A20"""
    pods = Counter({("Pod", "debug"): 1, ("DaemonSet", "logs"): 3, ("Deployment", "web"): 2, ("StatefulSet", "db"): 1})
    workloads = [workload("web", exclude="true"), workload("db", 1, kind="StatefulSet")]
    found = remaining(Tally(pods), workloads, goal())
    assert told(found) == [
        ("DaemonSet/logs", 3, "OtherKind"),
        ("Deployment/web", 2, "Excluded"),
        ("Pod/debug", 1, "Unowned"),
        ("StatefulSet/db", 1, "StartedSince"),
    ]
    assert found is not None
    assert (found.pods, found.owners) == (7, 4)


def test_what_the_schedule_leaves_out_is_excluded() -> None:
    pods = Counter({("StatefulSet", "db"): 1, ("Deployment", "web"): 1})
    workloads = [workload("web"), workload("db", kind="StatefulSet")]
    found = remaining(Tally(pods), workloads, goal(kinds=["Deployment"], exclude={"names": ["w*"]}))
    assert {why for _, _, why in told(found)} == {"Excluded"}


def test_an_exclusion_that_is_over_excludes_nothing() -> None:
    found = remaining(
        Tally(Counter({("Deployment", "web"): 1})), [workload("web", exclude="2026-11-23T17:59:59Z")], goal()
    )
    assert told(found) == [("Deployment/web", 1, "StartedSince")]


def test_a_crowd_of_owners_is_counted_and_the_first_are_named() -> None:
    """Bounded, whatever a namespace holds."""
    tally = Tally()
    for number in range(3000):
        tally.add(Pod("dev", "Job", f"j{number:04}"))
    tally.add(Pod("dev", "Job", "j0007"))
    found = remaining(tally, [], goal())
    assert found is not None
    assert (found.pods, found.owners, len(found.first)) == (3001, 3000, MOST_STILL_RUNNING)
    assert told(found)[0] == ("Job/j0007", 2, "OtherKind")
    assert len(tally.pods) <= 1000
