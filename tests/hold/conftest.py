"""Tests of the policies alone: no operator runs, and what it would write is written by ``Owned``."""

import secrets
from collections.abc import Iterator

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import Api
from support.envs import NAMESPACES
from support.operators import Stage
from support.owned import Make, Owned
from support.policies import Policies


@pytest.fixture(scope="module")
def alone(policies: Policies, stage: Stage) -> None:
    """The policies, and no operator of an earlier test: it would wake what sleeps without an EnvSchedule."""
    stage.clear()


@pytest.fixture
def make_owned(control_plane: Cluster, api: Api, alone: None) -> Iterator[Make]:
    """``make_owned("StatefulSet")`` is a workload that is yet to be made, in a namespace of its own."""
    made: list[Owned] = []

    def make(kind: str = "Deployment") -> Owned:
        made.append(Owned(api, control_plane, f"hold-{secrets.token_hex(4)}", kind))
        api.create(NAMESPACES, {"metadata": {"name": made[-1].namespace}})
        return made[-1]

    yield make
    for each in made:
        api.delete(each.env.path)


@pytest.fixture(scope="module")
def sleeping_namespace(control_plane: Cluster, api: Api, alone: None) -> Iterator[str]:
    """A namespace that is said to sleep for as long as this file runs."""
    name = f"hold-{secrets.token_hex(4)}"
    api.create(NAMESPACES, {"metadata": {"name": name}})
    Owned(api, control_plane, name).night()
    yield name
    api.delete(f"{NAMESPACES}/{name}")


@pytest.fixture(params=["Deployment", "StatefulSet"])
def owned(request: pytest.FixtureRequest, control_plane: Cluster, api: Api, sleeping_namespace: str) -> Owned:
    """A workload that is yet to be made, of each kind, in a namespace that sleeps."""
    return Owned(api, control_plane, sleeping_namespace, request.param, f"web-{secrets.token_hex(4)}")
