"""Argo CD's own application controller, which heals what differs from Git, finds no difference in what sleeps (A18, G1).

It compares every second, and logs each time.
"""

from collections.abc import Iterator
from typing import Protocol

import pytest

from support.apiserver import Json, eventually
from support.argo_cd import DIFF, ArgoCd
from support.audit import Audit
from support.catalogued import as_owned, found, of_sundown
from support.envs import ASLEEP_FOR_EVER, Env, manifest

pytestmark = pytest.mark.lab

SERVER_SIDE = ["ServerSideApply=true"]


class Synced(Protocol):
    """``synced(3)`` has an Application with ``web`` and that count, synced; the revision."""

    def __call__(
        self, replicas: int | None, *, annotations: dict[str, str] = DIFF, options: list[str] = SERVER_SIDE
    ) -> str:
        """None for no count."""
        ...


@pytest.fixture
def synced(env: Env, argo_cd: ArgoCd) -> Iterator[Synced]:
    """As docs/gitops.md says, if nothing else is."""

    def sync(replicas: int | None, *, annotations: dict[str, str] = DIFF, options: list[str] = SERVER_SIDE) -> str:
        revision = argo_cd.commit(env.name, [manifest("Deployment", "web", replicas)])
        argo_cd.create(env.name, annotations=annotations, options=options)
        eventually(lambda: argo_cd.is_synced(env.name, revision), what="it is synced")
        return revision

    yield sync
    argo_cd.delete(env.name)


def writes(env: Env, argo_cd: ArgoCd, *, times: int) -> list[Json]:
    """Every version that ``web`` gets while the controller compares so many times."""
    path = env.collection("Deployment")
    version = env.api.get(path)["metadata"]["resourceVersion"]
    argo_cd.look(env.name, times=times)
    return env.api.since(path, version)


def sleep_quietly(
    env: Env, argo_cd: ArgoCd, audit: Audit, *, after: int = 2, looks: int = 10, schedule: Json = ASLEEP_FOR_EVER
) -> None:
    """Put it to sleep, let so many looks pass, in which what the evening left is written, and see nothing written in the next."""
    env.schedule(schedule)
    env.until("Asleep")
    argo_cd.look(env.name, times=after)
    audit.forget()
    assert writes(env, argo_cd, times=looks) == []
    assert audit.writes(env.name) == []


def wake(env: Env) -> None:
    env.wish("Awake")
    env.until("Awake")


@pytest.mark.usefixtures("operator")
def test_without_a_count_in_git_it_needs_no_hold(env: Env, argo_cd: ArgoCd, synced: Synced, audit: Audit) -> None:
    """G5"""
    revision = synced(None, annotations={})
    env.scale("web", 3)
    sleep_quietly(env, argo_cd, audit)
    assert argo_cd.is_synced(env.name, revision)
    wake(env)
    assert env.replicas("web") == 3


@pytest.mark.usefixtures("operator")
@pytest.mark.proves("real controller", kinds=["Application"])
def test_an_application_that_sleeps_heals_nothing_before_the_morning(env: Env, argo_cd: ArgoCd, audit: Audit) -> None:
    """G2, G5: one in the namespace of its env, without the hold; what is committed at night is synced in the morning."""
    revision = argo_cd.commit(env.name, [manifest("Deployment", "web", 3)])
    argo_cd.create(env.name, annotations={}, options=[], home=env.name)
    eventually(lambda: argo_cd.is_synced(env.name, revision, home=env.name), what="it is synced")
    before = as_owned(found(env.api, "Application", env.name, env.name))
    sleeping = {**ASLEEP_FOR_EVER, "workloads": {"kinds": ["Deployment", "Application"]}}
    sleep_quietly(env, argo_cd, audit, schedule=sleeping)
    argo_cd.commit(env.name, [manifest("Deployment", "web", 5)])
    assert writes(env, argo_cd, times=3) == []
    assert env.replicas("web") == 0
    wake(env)
    eventually(lambda: env.replicas("web") == 5, what="the commit is synced")
    awake = found(env.api, "Application", env.name, env.name)
    assert (as_owned(awake), of_sundown(awake)) == (before, [])


@pytest.mark.usefixtures("operator", "held")
@pytest.mark.proves("holds", kinds=["Deployment"], against="Argo CD's own controller")
def test_with_the_hold_it_finds_no_difference_and_writes_nothing(
    env: Env, argo_cd: ArgoCd, synced: Synced, audit: Audit
) -> None:
    """A18, G1: with the annotation of docs/gitops.md."""
    revision = synced(3)
    sleep_quietly(env, argo_cd, audit)
    assert argo_cd.is_synced(env.name, revision)
    assert (env.replicas("web"), env.pods()) == (0, [])
    wake(env)
    assert writes(env, argo_cd, times=3) == []
    assert env.replicas("web") == 3
    assert argo_cd.is_synced(env.name, revision)


@pytest.mark.usefixtures("operator", "held")
def test_without_the_annotation_it_heals_all_night_and_writes_nothing(
    env: Env, argo_cd: ArgoCd, synced: Synced, audit: Audit
) -> None:
    """A18: it computes the difference itself, and what it applies is kept at 0. The first time that is noted."""
    revision = synced(3, annotations={}, options=[])
    sleep_quietly(env, argo_cd, audit, after=6, looks=5)
    assert not argo_cd.is_synced(env.name, revision)
    wake(env)
    assert env.replicas("web") == 3
    eventually(lambda: argo_cd.is_synced(env.name, revision), what="it is synced again")


@pytest.mark.usefixtures("operator", "held")
def test_with_the_hold_a_commit_at_night_is_what_it_wakes_to(env: Env, argo_cd: ArgoCd, synced: Synced) -> None:
    """A18"""
    synced(3)
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    revision = argo_cd.commit(env.name, [manifest("Deployment", "web", 5)])
    eventually(lambda: argo_cd.is_synced(env.name, revision), what="the commit is synced")
    argo_cd.look(env.name, times=2)
    assert env.replicas("web") == 0
    wake(env)
    assert env.replicas("web") == 5
