"""A workload that is being deleted, and waits for somebody's finalizer, is no part of its env any more (A20, A15)."""

from collections import Counter
from typing import Any

import pytest

from sundown.cluster.workloads import workload as read
from sundown.reconcile.part_verdict import Goal
from sundown.reconcile.remaining import remaining
from sundown.sleepers.leftovers import Tally
from support.samples import MEMORY, NOW, SLEEP, planned, sleeping, stopped, workload

KINDS = ["Deployment", "StatefulSet"]
EVERYTHING: list[dict[str, Any]] = [
    {},
    {"record": "3"},
    {"record": "3", "replicas": 0},
    {"replicas": 0, "mark": f"{SLEEP}/uid-other", "record": "3"},
    {"hold": "Paused"},
    {"hold": "Unobserved", "settled": False},
    {"ready": 0, "settled": False},
    {"wave": "first"},
    {"exclude": "tomorrow"},
]


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_read_from_the_deletion_timestamp(kind: str) -> None:
    metadata = {"name": "web", "namespace": "dev", "resourceVersion": "7"}
    gone = {**metadata, "deletionTimestamp": "2026-11-23T18:00:00Z", "finalizers": ["example.com/mine"]}
    assert [read({"metadata": each}, kind=kind).leaving for each in (metadata, gone)] == [False, True]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("more", EVERYTHING)
def test_whatever_stands_on_it_nobody_writes_it_and_nobody_waits_for_it(kind: str, more: dict[str, Any]) -> None:
    """It kept its env falling asleep for ever: its controller follows no count any more."""
    for wanted in ("Asleep", "Awake"):
        found = planned(wanted, workload("old", kind=kind, leaving=True, **more), workload("web", 0, record="2"))
        assert all(step.part.name != "old" for step in found.to_come)
        assert "old" not in " ".join(found.hanging)
        assert (found.parts.total, found.mistakes, found.refused, found.unknown) == (1, (), (), ())
        assert [one.name for one in found.records] == ["web"]


def test_an_env_of_nothing_else_is_settled_either_way() -> None:
    gone = (workload("web", leaving=True), sleeping("api", leaving=True))
    assert planned("Asleep", *gone).settled
    assert planned("Awake", *gone).settled
    assert planned("Awake", *gone).sleepers == 0


def test_the_rest_is_counted_as_before() -> None:
    assert planned("Awake", sleeping("api", leaving=True), sleeping("web"), stopped()).sleepers == 2


@pytest.mark.parametrize("more", EVERYTHING)
def test_its_pods_are_named_among_what_runs_on(more: dict[str, Any]) -> None:
    """A20, X11"""
    tally = Tally(Counter({("Deployment", "web"): 2}))
    goal = Goal(wanted="Asleep", now=NOW, memory=MEMORY, sleep=SLEEP)
    left = remaining(tally, [workload("web", leaving=True, **more)], goal)
    assert left is not None
    assert [(one.name, one.pods, one.why) for one in left.first] == [("web", 2, "BeingDeleted")]
