"""W6 with the real Helm 4 and the real operator, where nobody applies the count server-side before the night, or not alone (B4).

Each upgrade goes through in a namespace that never sleeps. So it does after a night, and at night wherever somebody applies the
workload.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from support.apiserver import Json, eventually
from support.envs import ALWAYS_AWAKE, Env, manifest
from support.helms import Chart, Helm
from support.operators import Operator, Stage
from support.other_tools import Kubectl, applied, sleep, wake

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("with_and_without_policies")]

WORKLOADS = (("Deployment", "web"), ("StatefulSet", "db"))
MakeChart = Callable[[int | None], Chart]


@pytest.fixture
def operator(stage: Stage) -> Operator:
    return stage.usual()


@pytest.fixture
def shop(env: Env, operator: Operator) -> Env:
    """An env that is awake, and empty yet."""
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    return env


@pytest.fixture
def chart_of(helm: Helm, shop: Env, tmp_path: Path) -> MakeChart:
    """``chart_of(3)`` has a Deployment and a StatefulSet of three replicas, ``chart_of(None)`` says nothing of that."""

    def make(replicas: int | None) -> Chart:
        manifests = [manifest(kind, name, replicas) for kind, name in WORKLOADS]
        for each in manifests:
            del each["metadata"]["annotations"]
        return helm.chart(tmp_path / "shop", namespace=shop.name, manifests=manifests)

    return make


def counts(env: Env) -> set[int]:
    return set(env.counts().values())


def test_a_chart_without_a_count_gets_one_after_a_night(chart_of: MakeChart, shop: Env) -> None:
    """W6: "conflict with sundown-operator using apps/v1: .spec.replicas", for ever."""
    chart = chart_of(None)
    chart.install()
    sleep(shop)
    wake(shop)
    chart.upgrade(replicas=5)
    assert counts(shop) == {5}


def test_a_chart_without_a_count_gets_one_at_night(chart_of: MakeChart, shop: Env) -> None:
    """W6"""
    chart = chart_of(None)
    chart.install()
    sleep(shop)
    chart.upgrade(replicas=5)
    wake(shop)
    assert counts(shop) == {5}
    chart.upgrade(replicas=4)
    assert counts(shop) == {4}


def test_a_chart_that_was_not_applied_server_side_is_after_a_night(chart_of: MakeChart, shop: Env) -> None:
    """W6"""
    chart = chart_of(3)
    chart.install("--server-side=false")
    sleep(shop)
    wake(shop)
    chart.upgrade("--server-side=true", replicas=5)
    assert counts(shop) == {5}


@pytest.mark.parametrize("at_night", [False, True], ids=["by day", "at night"])
def test_who_shares_a_count_with_who_made_it_applies_the_same_again(
    shop: Env, kubectl: Kubectl, at_night: bool
) -> None:
    """W6: made with `kubectl create`, applied server-side after a first night, and again after or in a second."""
    bodies: list[Json] = [manifest(kind, name, 3) for kind, name in WORKLOADS]
    for body in bodies:
        kubectl("-n", shop.name, "create", "-f", "-", input=json.dumps(body))
    sleep(shop)
    wake(shop)
    for _ in range(2):
        for body in bodies:
            applied(kubectl, shop, body)
        sleep(shop)
        if at_night:
            for body in bodies:
                applied(kubectl, shop, body)
        wake(shop)
        assert counts(shop) == {3}
    for body in bodies:
        applied(kubectl, shop, body)


def test_what_an_earlier_version_kept_is_let_go(chart_of: MakeChart, shop: Env) -> None:
    """W6: it owns the count for ever, since it knew of no second write."""
    chart = chart_of(None)
    chart.install()
    for kind, name in WORKLOADS:
        path = f"{shop.collection(kind)}/{name}"
        for count in (0, 1):
            shop.api.merge(path, {"spec": {"replicas": count}}, fieldManager="sundown-operator")
    sleep(shop)
    wake(shop)
    eventually(lambda: counts(shop) == {1}, what="it is awake")
    chart.upgrade(replicas=5)
    assert counts(shop) == {5}
