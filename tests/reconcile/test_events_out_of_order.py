"""Namespaces and schedules come on different watches, and an object made anew on another worker: late word must not win."""

import pytest

from sundown.model.resources import ClusterEnvSchedule
from sundown.reconcile.store import Snapshot, Store
from support.samples import after, default, known, namespace


def everyone(uid: str, *, version: str) -> ClusterEnvSchedule:
    one = default(resource_version=version)
    return one.model_copy(update={"metadata": one.metadata.model_copy(update={"uid": uid})})


@pytest.fixture
def store() -> Store:
    """A store that knows a namespace of version 10 with a schedule and a default that were made just after it."""
    store = Store()
    store.put_namespace(namespace(resource_version="10"))
    store.put_schedule(known(uid="old", resource_version="11"))
    store.put_default(everyone("old", version="12"))
    return store


def uids(store: Store) -> list[str]:
    return [one.metadata.uid for one in store.env("dev").schedules]


def test_a_schedule_of_the_next_namespace_outlives_the_late_end_of_the_last_one(store: Store) -> None:
    store.drop_schedule("dev", "mine", uid="old")
    store.put_schedule(known(uid="new", resource_version="32", creation_timestamp=after(minutes=1)))
    store.drop_namespace("dev", resource_version="30")
    assert uids(store) == ["new"]


def test_the_next_namespace_outlives_the_late_end_of_the_last_one(store: Store) -> None:
    store.put_namespace(namespace(resource_version="31", created=after(minutes=1)))
    store.drop_namespace("dev", resource_version="30")
    assert store.env("dev").namespace is not None


def test_the_end_of_a_namespace_takes_along_what_is_as_old(store: Store) -> None:
    store.drop_namespace("dev", resource_version="30")
    assert uids(store) == []
    assert store.env("dev").namespace is None


def test_late_word_of_the_last_namespace_does_not_hide_the_next_one(store: Store) -> None:
    store.put_namespace(namespace(resource_version="31", created=after(minutes=1)))
    assert store.put_namespace(namespace(resource_version="29", terminating=True)) == frozenset()
    found = store.env("dev").namespace
    assert found is not None
    assert not found.terminating


def test_late_word_of_the_last_schedule_does_not_hide_the_next_one(store: Store) -> None:
    store.put_schedule(known(uid="new", resource_version="32", creation_timestamp=after(minutes=1)))
    assert store.put_schedule(known(uid="old", resource_version="28")) == frozenset()
    store.drop_schedule("dev", "mine", uid="old")
    assert uids(store) == ["new"]


def test_the_next_default_outlives_the_late_end_of_the_last_one(store: Store) -> None:
    store.put_default(everyone("new", version="33"))
    assert store.drop_default("everyone", uid="old") == frozenset()
    assert [one.metadata.uid for one in store.env("dev").defaults] == ["new"]


def test_a_listing_without_the_namespace_keeps_a_schedule_that_came_meanwhile(store: Store) -> None:
    store.begin_listing()
    store.put_schedule(known(uid="new", resource_version="32", creation_timestamp=after(minutes=1)))
    store.replace_all(Snapshot(namespaces=(), schedules=(), defaults=frozenset()))
    assert uids(store) == ["new"]
