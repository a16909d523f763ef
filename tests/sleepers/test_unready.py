"""Whose the pods are that are not ready: of a kind under another name, of what stands above a StatefulSet (G2, X8)."""

from dataclasses import replace
from typing import Any

from sundown.model.pods import Trouble
from sundown.sleepers.catalogue import ROWS
from sundown.sleepers.unready import unready_of
from support.cluster.scripted import Script, door, reply
from support.samples import workload

ROW = {row.kind: row for row in ROWS}


def pods(*makers: tuple[str, str]) -> Any:
    """A list of pods that cannot be started."""
    waiting = {"state": {"waiting": {"reason": "CreateContainerError"}}}
    return reply(
        {
            "metadata": {},
            "items": [
                {
                    "metadata": {"name": name, "ownerReferences": [{"kind": kind, "name": name, "controller": True}]},
                    "status": {"containerStatuses": [{"name": "main", **waiting}]},
                }
                for kind, name in makers
            ],
        }
    )


async def test_a_kind_that_a_schedule_calls_otherwise_is_known_by_its_pods() -> None:
    """G2: the API server knows nothing of that name."""
    row = replace(ROW["Cluster"], kind="Cluster.example.com", served_as="Cluster")
    part = workload("pg", kind="Cluster.example.com", row=row)
    async with door(Script(pods(("Cluster", "pg")))) as cluster:
        found = await unready_of(cluster, "dev", [part], among=[part])
    assert {title: pod.trouble for title, pod in found.items()} == {
        "Cluster.example.com/pg": Trouble("CreateContainerError")
    }


async def test_pods_of_a_stateful_set_are_those_of_who_controls_it() -> None:
    """G2"""
    above = workload("main", kind="Prometheus", row=ROW["Prometheus"])
    between = workload("prometheus-main", kind="StatefulSet", controller="Prometheus/main")
    async with door(Script(pods(("StatefulSet", "prometheus-main")))) as cluster:
        found = await unready_of(cluster, "dev", [above], among=[above, between])
    assert found.keys() == {"Prometheus/main"}


async def test_nobody_is_asked_about_what_should_have_no_pods() -> None:
    """Design 10."""
    script = Script()
    async with door(script) as cluster:
        assert await unready_of(cluster, "dev", [workload(replicas=0)], among=()) == {}
    assert script.asked == []
