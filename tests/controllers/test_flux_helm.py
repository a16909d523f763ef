"""Flux's own helm-controller finds no drift in what sleeps, and upgrades in the morning what was released at night (A18, G5).

It looks every second, with its correction of drift on, and logs each time.
"""

from collections.abc import Callable

import pytest

from support.apiserver import Json, eventually
from support.artifacts import KIND, Artifacts
from support.audit import Audit
from support.catalogued import KINDS, as_owned, body, found
from support.controllers import TEN, Controller
from support.envs import ASLEEP_FOR_EVER, Env, manifest

pytestmark = pytest.mark.lab


class Release:
    """A chart with the Deployment ``web``, and the HelmRelease that installs it."""

    def __init__(self, env: Env, artifacts: Artifacts, controller: Controller) -> None:
        self.env = env
        self._artifacts = artifacts
        self._controller = controller

    def publish(self, replicas: int | None) -> str:
        """A new version of the chart with this count (None: none at all); the version."""
        return self._artifacts.release(self.env.api, self.env.name, [manifest("Deployment", "web", replicas)])

    def until_released(self, version: str) -> None:
        """Return when that version is the newest of the release, and all is well."""
        eventually(lambda: self._is_released(version), what=f"{version} is released")

    def look(self, *, times: int = TEN) -> None:
        """Return when the controller has found the release as it should be so many times more."""
        self._controller.look("release in-sync with desired state", f'"namespace":"{self.env.name}"', times=times)

    def writes(self, *, times: int = TEN) -> list[Json]:
        """Every version that ``web`` gets meanwhile."""
        path = self.env.collection("Deployment")
        version = self.env.api.get(path)["metadata"]["resourceVersion"]
        self.look(times=times)
        return self.env.api.since(path, version)

    def _is_released(self, version: str) -> bool:
        status = found(self.env.api, "HelmRelease", self.env.name).get("status") or {}
        newest: Json = next(iter(status.get("history") or []), {})
        return (newest.get("chartVersion"), newest.get("status")) == (version, "deployed")


@pytest.fixture
def make_release(artifacts: Artifacts, helm_controller: Controller) -> Callable[[Env, int | None], Release]:
    """``make_release(env, 3)`` is installed when this returns."""

    def make(env: Env, replicas: int | None) -> Release:
        one = Release(env, artifacts, helm_controller)
        version = one.publish(replicas)
        spec = {
            "interval": "1s",
            "chartRef": {"kind": KIND, "name": "git"},
            "driftDetection": {"mode": "enabled"},
            "install": {"disableWait": True},
            "upgrade": {"disableWait": True},
        }
        env.api.create(KINDS["HelmRelease"].collection(env.name), body("HelmRelease", spec))
        one.until_released(version)
        return one

    return make


@pytest.fixture
def release(env: Env, make_release: Callable[[Env, int | None], Release]) -> Release:
    """Three replicas are in the chart."""
    return make_release(env, 3)


@pytest.mark.usefixtures("operator")
@pytest.mark.proves("real controller", kinds=["HelmRelease"])
def test_a_helm_release_that_sleeps_upgrades_nothing_before_the_morning(
    release: Release,
    make_env: Callable[..., Env],
    make_release: Callable[[Env, int | None], Release],
    helm_controller: Controller,
    audit: Audit,
) -> None:
    """G2, A2, A3: while another env's is looked at ten times."""
    env, other = release.env, make_release(make_env(), 1)
    before = as_owned(found(env.api, "HelmRelease", env.name))
    env.schedule({**ASLEEP_FOR_EVER, "workloads": {"kinds": ["Deployment", "HelmRelease"]}})
    env.until("Asleep")
    other.look(times=2)
    audit.forget()
    helm_controller.audit.forget()
    other.look()
    assert (helm_controller.audit.writes(env.name), audit.writes(env.name)) == ([], [])
    version = release.publish(5)
    other.look(times=2)
    assert env.replicas("web") == 0
    env.wish("Awake")
    env.until("Awake")
    release.until_released(version)
    env.until_count("web", 5)
    eventually(lambda: as_owned(found(env.api, "HelmRelease", env.name)) == before, what="it is as it was")


@pytest.mark.usefixtures("operator")
def test_without_a_count_in_the_chart_it_needs_no_hold(
    env: Env, make_release: Callable[[Env, int | None], Release], audit: Audit
) -> None:
    """G5"""
    release = make_release(env, None)
    env.scale("web", 3)
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    release.look(times=2)
    audit.forget()
    assert release.writes() == []
    assert audit.writes(env.name) == []
    env.wish("Awake")
    env.until("Awake")
    assert env.replicas("web") == 3


@pytest.mark.usefixtures("operator", "held")
@pytest.mark.proves("holds", kinds=["Deployment"], against="Flux's own helm-controller")
def test_with_the_hold_it_corrects_no_drift_and_writes_nothing(release: Release, audit: Audit) -> None:
    """A18, G1: nothing has to be suspended or ignored."""
    env = release.env
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    release.look(times=2)
    audit.forget()
    assert release.writes() == []
    assert audit.writes(env.name) == []
    assert env.pods() == []
    env.wish("Awake")
    env.until("Awake")
    assert env.replicas("web") == 3
    assert release.writes(times=3) == []


@pytest.mark.usefixtures("operator", "held")
def test_with_the_hold_an_upgrade_at_night_is_what_it_wakes_to(release: Release) -> None:
    """A18"""
    env = release.env
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    release.until_released(release.publish(5))
    release.look(times=2)
    assert env.replicas("web") == 0
    env.wish("Awake")
    env.until("Awake")
    assert env.replicas("web") == 5
