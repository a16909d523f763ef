"""`sundown wake-all --direct` where somebody applies the workloads: with the policies in force, and where there are none (W6)."""

import json
from collections.abc import Callable
from subprocess import CompletedProcess

import pytest

from support.apiserver import Json
from support.commandline import Sundown
from support.envs import ASLEEP_FOR_EVER, STATE, Env, manifest
from support.operators import Stage

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("with_and_without_policies")]

DELETES_DISKS: Json = {"persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Delete"}}
WORKLOADS = {"web": "Deployment", "old": "Deployment", "db": "StatefulSet"}


def applied(env: Env, kubectl: Callable[..., CompletedProcess[str]], kind: str, name: str, *options: str) -> None:
    body = manifest(kind, name, 3)
    body["spec"] |= DELETES_DISKS if kind == "StatefulSet" else {}
    kubectl("apply", "-n", env.name, *options, "-f", "-", input=json.dumps(body))


@pytest.fixture
def night(env: Env, stage: Stage, kubectl: Callable[..., CompletedProcess[str]]) -> Env:
    """An env that an operator, now gone, has put to sleep: of its workloads two are applied server-side, one is not."""
    applied(env, kubectl, "Deployment", "web", "--server-side")
    applied(env, kubectl, "StatefulSet", "db", "--server-side")
    applied(env, kubectl, "Deployment", "old")
    stage.usual()
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    stage.clear()
    return env


def test_everything_wakes_to_what_it_was_and_belongs_to_whom_it_belonged(
    sundown: Sundown, night: Env, kubectl: Callable[..., CompletedProcess[str]]
) -> None:
    """A15, A19, W2, W6: nothing holds it back, though its namespace is said to sleep until all are awake."""
    called = sundown("wake-all", "--direct", "-n", night.name)
    assert (called.code, called.err) == (0, "")
    assert night.counts() == {"Deployment/web": 3, "Deployment/old": 3, "StatefulSet/db": 3}
    found = {name: night.workload(name, kind=kind) for name, kind in WORKLOADS.items()}
    assert found["db"]["spec"]["persistentVolumeClaimRetentionPolicy"]["whenScaled"] == "Delete"
    notes = [key for each in found.values() for key in each["metadata"].get("annotations", {})]
    assert [key for key in notes if key.startswith("sundown.dev/")] == []
    assert STATE not in night.labels()
    applied(night, kubectl, "Deployment", "web", "--server-side")
    applied(night, kubectl, "StatefulSet", "db", "--server-side")


def test_what_helm_or_git_asks_for_at_night_is_what_it_wakes_to(
    sundown: Sundown, night: Env, kubectl: Callable[..., CompletedProcess[str]]
) -> None:
    """A15, A18"""
    for name, kind in WORKLOADS.items():
        body = manifest(kind, name, 5)
        body["spec"] |= DELETES_DISKS if kind == "StatefulSet" else {}
        options = () if name == "old" else ("--server-side",)
        kubectl("apply", "-n", night.name, *options, "-f", "-", input=json.dumps(body))
    assert sundown("wake-all", "--direct", "-n", night.name).code == 0
    assert night.counts() == {"Deployment/web": 5, "Deployment/old": 5, "StatefulSet/db": 5}
