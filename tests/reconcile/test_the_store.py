"""What the store keeps of events and listings that come in any order, and which envs it has looked at again."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.cluster.history import AnotherHistory
from sundown.model.env import MOST_SCHEDULES, Known, Namespace
from sundown.model.resources import OWNER_ZONES, EnvScheduleStatus, Savings
from sundown.reconcile.store import Snapshot, Store
from support.samples import after, default, known, namespace

NOBODY: frozenset[str] = frozenset()
DEV = frozenset({"dev"})


@pytest.fixture
def store() -> Store:
    """A store that knows namespace ``dev`` with one EnvSchedule."""
    store = Store()
    store.put_namespace(namespace(resource_version="10"))
    store.put_schedule(known(resource_version="10", generation=1))
    return store


def names(store: Store, namespace: str = "dev") -> list[str]:
    return [one.metadata.name for one in store.env(namespace).schedules]


def listing(*namespaces: Namespace, schedules: tuple[Known, ...] = (), defaults: tuple[str, ...] = ()) -> Snapshot:
    return Snapshot(namespaces=namespaces, schedules=schedules, defaults=frozenset(defaults))


def test_a_new_schedule_has_its_env_looked_at() -> None:
    assert Store().put_schedule(known()) == DEV


def test_a_new_spec_has_its_env_looked_at(store: Store) -> None:
    assert store.put_schedule(known(resource_version="11", generation=2)) == DEV


def test_a_write_of_its_own_status_has_nothing_looked_at(store: Store) -> None:
    said = known(resource_version="11", generation=1, status=EnvScheduleStatus(state="Awake"))
    assert store.put_schedule(said) == NOBODY


def test_an_event_with_an_older_status_does_not_unsay_what_was_said(store: Store) -> None:
    store.said("dev", "mine", EnvScheduleStatus(state="Asleep"), uid="uid-mine")
    store.put_schedule(known(resource_version="11", status=EnvScheduleStatus(state="Awake")))
    assert store.env("dev").schedules[0].status.state == "Asleep"


def test_what_was_said_of_a_deleted_schedule_does_not_stick_to_the_next_of_its_name(store: Store) -> None:
    store.put_schedule(known(uid="another", resource_version="12"))
    store.said("dev", "mine", EnvScheduleStatus(state="Asleep"), uid="uid-mine")
    assert store.env("dev").schedules[0].status.state is None


@pytest.mark.parametrize(
    "change",
    [
        {"annotations": {OWNER_ZONES: "Europe/Berlin"}},
        {"generated": True},
        {"taken_over": True},
        {"deletion_timestamp": after()},
    ],
    ids=["owners' zones", "whose it is", "taken over", "being deleted"],
)
def test_what_changes_a_decision_without_a_new_spec_has_the_env_looked_at(store: Store, change: Any) -> None:
    assert store.put_schedule(known(resource_version="11", generation=1, **change)) == DEV


def test_an_event_that_comes_late_changes_nothing(store: Store) -> None:
    store.put_schedule(known(resource_version="100", generation=3))
    assert store.put_schedule(known(resource_version="99", generation=2)) == NOBODY
    assert store.env("dev").schedules[0].metadata.generation == 3


def test_a_schedule_made_anew_is_looked_at_whatever_its_generation(store: Store) -> None:
    assert store.put_schedule(known(uid="another", resource_version="11", generation=1)) == DEV


def test_a_deleted_schedule_has_its_env_looked_at(store: Store) -> None:
    """A15."""
    assert (store.drop_schedule("dev", "mine", uid="uid-mine"), names(store)) == (DEV, [])


def test_a_late_word_of_a_deletion_does_not_drop_the_next_of_that_name(store: Store) -> None:
    store.put_schedule(known(uid="another", resource_version="11"))
    assert (store.drop_schedule("dev", "mine", uid="uid-mine"), names(store)) == (NOBODY, ["mine"])


def test_dropping_what_is_not_there_has_nothing_looked_at(store: Store) -> None:
    assert store.drop_schedule("dev", "another") == NOBODY


@pytest.mark.parametrize(
    "change",
    [{"labels": {"scheduler": "disabled"}}, {"terminating": True}],
    ids=["a label", "being deleted"],
)
def test_a_namespace_that_changed_is_looked_at(store: Store, change: Any) -> None:
    """A9."""
    assert store.put_namespace(namespace(resource_version="11", **change)) == DEV


def test_a_namespace_of_which_only_the_version_changed_is_not_looked_at(store: Store) -> None:
    assert store.put_namespace(namespace(resource_version="11")) == NOBODY


def test_an_older_word_of_a_namespace_does_not_unsay_a_newer_one(store: Store) -> None:
    store.put_namespace(namespace(resource_version="12", labels={"sundown.dev/state": "asleep"}))
    assert store.put_namespace(namespace(resource_version="11")) == NOBODY
    there = store.env("dev").namespace
    assert there is not None
    assert there.marked_asleep


def test_a_namespace_made_anew_counts_although_its_version_is_of_another_kind(store: Store) -> None:
    anew = namespace(created=after(hours=1), resource_version="9")
    assert (store.put_namespace(anew), store.env("dev").namespace) == (DEV, anew)


def test_a_namespace_that_is_gone_takes_its_schedules_along(store: Store) -> None:
    store.drop_namespace("dev")
    assert (store.env("dev").namespace, names(store), store.names) == (None, [], NOBODY)


def test_a_default_has_every_namespace_looked_at(store: Store) -> None:
    """A8."""
    store.put_namespace(namespace("other"))
    assert store.put_default(default()) == {"dev", "other"}


def test_a_default_that_says_the_same_has_nothing_looked_at(store: Store) -> None:
    store.put_default(default())
    assert store.put_default(default()) == NOBODY


def test_a_default_that_is_gone_has_every_namespace_looked_at(store: Store) -> None:
    store.put_default(default())
    assert (store.drop_default("everyone"), store.env("dev").defaults) == (DEV, ())


def test_a_default_that_became_unreadable_still_counts_as_it_was(store: Store) -> None:
    """Z: one malformed object stops the whole controller."""
    cover = default()
    store.put_default(cover)
    store.put_unreadable_default("everyone", uid="uid-everyone")
    assert (store.env("dev").defaults, store.env("dev").unreadable_defaults) == ((cover,), frozenset({"uid-everyone"}))


@pytest.mark.parametrize(
    "mend", [lambda store: store.put_default(default()), lambda store: store.drop_default("everyone")]
)
def test_a_default_that_was_mended_or_dropped_is_unreadable_no_more(store: Store, mend: Callable[[Store], Any]) -> None:
    store.put_unreadable_default("everyone", uid="uid-everyone")
    mend(store)
    assert not store.env("dev").unreadable_defaults


def test_names_are_the_namespaces_that_may_have_to_change(store: Store) -> None:
    store.put_namespace(namespace("bare"))
    store.put_namespace(namespace("orphan", labels={"sundown.dev/state": "asleep"}))
    assert store.names == {"dev", "orphan"}


def test_a_default_makes_every_namespace_one_that_may_have_to_change(store: Store) -> None:
    store.put_namespace(namespace("bare"))
    store.put_default(default())
    assert store.names == {"dev", "bare"}


def test_a_listing_drops_what_no_event_said_was_gone(store: Store) -> None:
    """Design: what was deleted while a watch was away has to be found out."""
    store.put_namespace(namespace("gone"))
    store.put_schedule(known("also-gone"))
    store.put_default(default())
    store.begin_listing()
    touched = store.replace_all(listing(namespace(), schedules=(known(),)))
    assert (touched, names(store), store.env("gone").namespace, store.env("dev").defaults) == (DEV, ["mine"], None, ())


def test_a_listing_takes_in_what_no_event_told(store: Store) -> None:
    store.begin_listing()
    there = (namespace(resource_version="10"), namespace("new"))
    assert store.replace_all(listing(*there, schedules=(known(resource_version="10", generation=1),))) == {"new"}


def test_a_listing_of_what_is_known_has_nothing_looked_at(store: Store) -> None:
    store.begin_listing()
    same = listing(namespace(resource_version="10"), schedules=(known(resource_version="10", generation=1),))
    assert store.replace_all(same) == NOBODY


def test_what_came_while_the_listing_was_under_way_is_not_dropped(store: Store) -> None:
    store.begin_listing()
    store.put_namespace(namespace("new"))
    store.put_schedule(known("newer"))
    store.put_default(default())
    store.replace_all(listing(namespace(), schedules=(known(),)))
    assert (names(store), len(store.env("new").defaults)) == (["mine", "newer"], 1)


def test_what_went_while_the_listing_was_under_way_does_not_come_back(store: Store) -> None:
    store.begin_listing()
    store.drop_schedule("dev", "mine", uid="uid-mine")
    store.replace_all(listing(namespace(), schedules=(known(),)))
    assert names(store) == []


def test_states_counts_the_envs_by_state(store: Store) -> None:
    """F4."""
    asleep = EnvScheduleStatus(state="Asleep")
    store.put_schedule(replace(known("a", namespace="one"), status=asleep))
    store.put_schedule(replace(known("a", namespace="two"), status=asleep))
    assert store.states() == {"Asleep": 2}


def test_savings_are_those_of_all_envs(store: Store) -> None:
    """F4"""
    for name, savings in (
        ("one", Savings(asleep_hours=8, cpu_hours=2)),
        ("two", Savings(asleep_hours=1)),
        ("three", None),
    ):
        store.put_schedule(replace(known("a", namespace=name), status=EnvScheduleStatus(savings=savings)))
    assert store.savings() == Savings(asleep_hours=9, cpu_hours=2)


@given(order=st.permutations(range(40)))
def test_of_a_crowd_of_schedules_the_oldest_are_known_in_whatever_order_they_come(order: list[int]) -> None:
    """S1: one namespace cannot fill the memory with EnvSchedules; what can come into force is there."""
    store = Store()
    store.put_namespace(namespace(resource_version="1"))
    store.put_schedule(known("made", generated=True, creation_timestamp=after(minutes=-5)))
    for number in order:
        store.put_schedule(known(f"n{number:02}", creation_timestamp=after(minutes=number)))
    assert sorted(names(store)) == [f"n{number:02}" for number in range(MOST_SCHEDULES)]


@pytest.mark.parametrize("what", ["namespace", "schedule"])
def test_a_listing_that_shows_something_older_than_it_was_is_of_another_history(store: Store, what: str) -> None:
    """W3: etcd was restored from a backup, and whatever is remembered is of a future that never was."""
    store.put_namespace(namespace(resource_version="10", uid="uid-dev"))
    store.begin_listing()
    old = {one: "9" if one == what else "10" for one in ("namespace", "schedule")}
    listed = listing(
        namespace(resource_version=old["namespace"], uid="uid-dev"),
        schedules=(known(resource_version=old["schedule"]),),
    )
    with pytest.raises(AnotherHistory, match="10"):
        store.replace_all(listed)


def test_what_comes_while_a_listing_is_under_way_may_be_newer_than_it(store: Store) -> None:
    store.begin_listing()
    store.put_namespace(namespace(resource_version="12", uid="uid-dev"))
    store.put_schedule(known(resource_version="12", generation=2))
    listed = listing(namespace(resource_version="11", uid="uid-dev"), schedules=(known(resource_version="11"),))
    assert store.replace_all(listed) == NOBODY


def test_what_was_made_anew_is_not_of_another_history(store: Store) -> None:
    """Who deletes a namespace and makes it anew is not in the past."""
    store.put_namespace(namespace(resource_version="10", uid="uid-dev"))
    store.begin_listing()
    listed = listing(
        namespace(resource_version="9", uid="uid-another"), schedules=(known(uid="another", resource_version="9"),)
    )
    store.replace_all(listed)
