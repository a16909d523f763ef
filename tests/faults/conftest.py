"""Tests of faults: their operators come to the API server by a detour, on which things can go wrong."""

from collections.abc import Callable, Iterator

import pytest

from sundown_lab.cluster import Cluster
from sundown_lab.processes import answers
from support.detour import Detour
from support.operators import Operator, Stage


@pytest.fixture(scope="module")
def way(control_plane: Cluster) -> Iterator[Detour]:
    """A way to the API server that tests can break."""
    with Detour(control_plane) as one:
        yield one


@pytest.fixture
def detour(way: Detour) -> Iterator[Detour]:
    """The way to the API server, whole before the test and after it."""
    way.passed.clear()
    yield way
    way.mend()


@pytest.fixture(scope="module")
def operator(stage: Stage, way: Detour) -> Iterator[Operator]:
    """An operator that goes by the detour; one for all tests of a module that only break its way."""
    one = stage.fresh(server=way.server)
    one.start()
    yield one
    stage.clear()


@pytest.fixture
def run_operator(stage: Stage, detour: Detour) -> Iterator[Callable[..., Operator]]:
    """``run_operator(SUNDOWN_...="")`` starts an operator of this test's own, with these settings, by the detour."""

    def run(**settings: str) -> Operator:
        one = stage.fresh(server=detour.server, **settings)
        one.start()
        return one

    yield run
    stage.clear()


@pytest.fixture
def fragile(control_plane: Cluster) -> Iterator[Cluster]:
    """The shared control plane, with its API server running again after the test whatever happened in it."""
    yield control_plane
    if not answers(f"{control_plane.server}/readyz", authority=control_plane.directory / "pki" / "ca.crt"):
        control_plane.stop_api_server(kill=True)
        control_plane.start_api_server()
