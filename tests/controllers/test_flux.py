"""Flux's own kustomize-controller finds no drift in what sleeps, and applies in the morning what was committed at night (A18, G5).

It reconciles every second, and logs each time.
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


class Repository:
    """What is in Git of one env, and the Kustomization that applies it."""

    def __init__(self, env: Env, artifacts: Artifacts, controller: Controller) -> None:
        self.env = env
        self._artifacts = artifacts
        self._controller = controller

    def push(self, replicas: int | None) -> None:
        """Have Git say this count of ``web`` (None: none at all), and return when it is applied."""
        revision = self._artifacts.commit(self.env.api, self.env.name, [manifest("Deployment", "web", replicas)])
        eventually(lambda: self.kustomization("status", "lastAppliedRevision") == revision, what="it is applied")

    def commit(self, replicas: int) -> None:
        """The same without waiting."""
        self._artifacts.commit(self.env.api, self.env.name, [manifest("Deployment", "web", replicas)])

    def kustomization(self, *fields: str) -> object:
        """A field of the Kustomization."""
        value: object = found(self.env.api, "Kustomization", self.env.name)
        for name in fields:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    def look(self, *, times: int = TEN) -> None:
        """Return when the controller has reconciled it so many times more."""
        self._controller.look("Reconciliation finished", f'"namespace":"{self.env.name}"', times=times)

    def writes(self, *, times: int = TEN) -> list[Json]:
        """Every version that ``web`` gets while the controller reconciles so many times."""
        path = self.env.collection("Deployment")
        version = self.env.api.get(path)["metadata"]["resourceVersion"]
        self.look(times=times)
        return self.env.api.since(path, version)


@pytest.fixture
def make_repository(artifacts: Artifacts, flux: Controller) -> Callable[[Env, int | None], Repository]:
    """``make_repository(env, 3)`` is applied when this returns."""

    def make(env: Env, replicas: int | None) -> Repository:
        one = Repository(env, artifacts, flux)
        source = {"kind": KIND, "name": "git"}
        spec = {"interval": "1s", "path": "./", "prune": True, "targetNamespace": env.name, "sourceRef": source}
        env.api.create(KINDS["Kustomization"].collection(env.name), body("Kustomization", spec))
        one.push(replicas)
        return one

    return make


@pytest.fixture
def repository(env: Env, make_repository: Callable[[Env, int | None], Repository]) -> Repository:
    """Three replicas are in Git."""
    return make_repository(env, 3)


@pytest.mark.usefixtures("operator")
def test_without_a_count_in_git_it_needs_no_hold(
    env: Env, make_repository: Callable[[Env, int | None], Repository], audit: Audit
) -> None:
    """G5"""
    repository = make_repository(env, None)
    env.scale("web", 3)
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    repository.look(times=2)
    audit.forget()
    assert repository.writes() == []
    assert audit.writes(env.name) == []
    env.wish("Awake")
    env.until("Awake")
    repository.look(times=2)
    assert repository.writes(times=3) == []
    assert env.replicas("web") == 3


@pytest.mark.usefixtures("operator")
@pytest.mark.proves("real controller", kinds=["Kustomization"])
def test_a_kustomization_that_sleeps_applies_nothing_before_the_morning(
    repository: Repository,
    make_env: Callable[..., Env],
    make_repository: Callable[[Env, int | None], Repository],
    flux: Controller,
    audit: Audit,
) -> None:
    """G2, A2, A3: while another env's is applied ten times."""
    env, other = repository.env, make_repository(make_env(), 1)
    before = as_owned(found(env.api, "Kustomization", env.name))
    env.schedule({**ASLEEP_FOR_EVER, "workloads": {"kinds": ["Deployment", "Kustomization"]}})
    env.until("Asleep")
    other.look(times=2)
    audit.forget()
    flux.audit.forget()
    other.look()
    assert (flux.audit.writes(env.name), audit.writes(env.name)) == ([], [])
    repository.commit(5)
    other.look(times=2)
    assert env.replicas("web") == 0
    env.wish("Awake")
    env.until("Awake")
    env.until_count("web", 5)
    eventually(lambda: as_owned(found(env.api, "Kustomization", env.name)) == before, what="it is as it was")


@pytest.mark.usefixtures("operator", "held")
@pytest.mark.proves("holds", kinds=["Deployment"], against="Flux's own controller")
def test_with_the_hold_it_reconciles_ten_times_and_writes_nothing(repository: Repository, audit: Audit) -> None:
    """A18, G1: nothing has to be suspended."""
    env = repository.env
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    repository.look(times=2)  # what the evening left to be written is written
    audit.forget()
    assert repository.writes() == []
    assert audit.writes(env.name) == []
    assert (env.replicas("web"), repository.env.pods()) == (0, [])
    env.wish("Awake")
    env.until("Awake")
    repository.look(times=2)
    assert repository.writes(times=3) == []
    assert env.replicas("web") == 3
    assert owners(env) == {"kustomize-controller/Apply"}


@pytest.mark.usefixtures("operator", "held")
def test_with_the_hold_a_commit_at_night_is_what_it_wakes_to(repository: Repository) -> None:
    """A18"""
    env = repository.env
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    repository.push(5)
    repository.look(times=2)
    assert env.replicas("web") == 0
    env.wish("Awake")
    env.until("Awake")
    assert env.replicas("web") == 5


def owners(env: Env) -> set[str]:
    """Who owns the count, and by what."""
    entries = env.workload("web")["metadata"]["managedFields"]
    return {
        f"{each['manager']}/{each['operation']}"
        for each in entries
        if "f:replicas" in each["fieldsV1"].get("f:spec", {})
    }
