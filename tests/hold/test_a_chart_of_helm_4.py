"""W6 with the real Helm 4, which applies server-side and without force: nights are nothing to it.

The policies alone; what the operator would write is written here. ``tests/sleepers`` has the same with the operator.
"""

from pathlib import Path

import pytest

from support.helms import Chart, Helm
from support.owned import DELETES_DISKS, TONIGHT, Make, Owned

pytestmark = pytest.mark.lab

TOMORROW = "2026-11-24T18:00:00.654321Z"


@pytest.fixture(params=["Deployment", "StatefulSet"])
def web(request: pytest.FixtureRequest, make_owned: Make) -> Owned:
    """A workload that a chart installs."""
    return make_owned(request.param)


@pytest.fixture
def chart(helm: Helm, web: Owned, tmp_path: Path) -> Chart:
    """The chart, installed with 3 replicas."""
    one = helm.chart(tmp_path / "web", namespace=web.namespace, manifests=[web.manifest(3)])
    one.install()
    assert web.owners() == {"helm/Apply"}
    return one


@pytest.mark.proves("holds", param="web", against=["helm upgrade", "helm rollback"])
def test_a_night_with_upgrades_and_rollbacks_leaves_everything_to_helm(chart: Chart, web: Owned) -> None:
    """W6: at night, by day, and in a second night."""
    web.night()
    web.sleep()
    chart.upgrade()
    assert web.seen() == web.asleep("3")
    chart.upgrade(replicas=5)
    assert web.seen() == web.asleep("5")
    chart.rollback(1)
    assert web.seen() == web.asleep("3")
    chart.upgrade(replicas=5)
    web.wake()
    web.night(None)
    assert web.seen() == web.awake(5)
    assert web.owners() == {"helm/Apply"}
    assert web.leftovers() == []
    chart.upgrade(replicas=2)
    assert web.seen() == web.awake(2)
    web.night(TOMORROW)
    web.sleep(TOMORROW)
    chart.upgrade()
    assert web.seen(TOMORROW) == web.asleep("2")
    web.wake()
    assert web.seen() == web.awake(2)


def test_a_chart_can_be_uninstalled_at_night(chart: Chart, web: Owned) -> None:
    """W6"""
    web.night()
    web.sleep()
    chart.uninstall()
    assert web.api.find(web.path) is None


def test_a_chart_whose_claims_go_with_their_pods_keeps_them_at_night(
    helm: Helm, make_owned: Make, tmp_path: Path
) -> None:
    """W2, W6"""
    db = make_owned("StatefulSet")
    chart = helm.chart(tmp_path / "db", namespace=db.namespace, manifests=[db.manifest(3, **DELETES_DISKS)])
    chart.install()
    db.night(TONIGHT)
    db.sleep()
    chart.upgrade(replicas=4)
    seen = db.seen()
    assert (seen.replicas, seen.record, seen.when_scaled) == (0, "4", "Retain")
    db.wake(**{"sundown.dev/wake-when-scaled": "Delete"})
    assert db.seen() == db.awake(4, when_scaled="Delete")
    chart.upgrade(replicas=2)
    assert db.seen() == db.awake(2, when_scaled="Delete")
