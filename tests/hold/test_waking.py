"""Waking with the policies in force: counts come back, nothing of Sundown's stays, and nobody else can say ``wake-to``."""

import pytest

from support.owned import COUNT, MARK, Owned

pytestmark = pytest.mark.lab


def test_it_wakes_to_its_count_and_its_owner_stays_its_owner(owned: Owned) -> None:
    """A3, A19, W6"""
    owned.applied(3, "--server-side")
    owned.sleep()
    owned.wake()
    assert owned.seen() == owned.awake(3)
    assert owned.owners() == {"kubectl/Apply"}
    assert owned.leftovers() == []


def test_a_direct_wake_is_not_held_although_the_namespace_still_sleeps(owned: Owned) -> None:
    """A15: ``sundown wake-all --direct``, and whatever an operator wakes that was put to sleep by a plain write."""
    owned.applied(3)
    owned.sleep_directly()
    owned.wake_directly()
    assert owned.seen() == owned.awake(3)


def test_what_is_awake_is_nobodys_business_while_others_in_the_namespace_sleep(owned: Owned) -> None:
    """The hold goes workload by workload, so that waves stay apart."""
    owned.applied(3, "--server-side")
    owned.sleep()
    owned.wake()
    owned.applied(4, "--server-side")
    assert owned.seen() == owned.awake(4)


def test_a_second_night_is_like_the_first(owned: Owned) -> None:
    """W6"""
    owned.applied(3, "--server-side")
    for count in (3, 2):
        owned.applied(count, "--server-side")
        owned.sleep()
        assert owned.seen() == owned.asleep(str(count))
        owned.wake()
        assert owned.seen() == owned.awake(count)


@pytest.mark.parametrize("wish", ["0", "3", "abc", "-1", "", "99999999999999999999", " 3", "3.0"])
def test_a_wish_to_wake_counts_for_nothing_when_it_is_not_sundowns(owned: Owned, wish: str) -> None:
    """It can be dug out of a ReplicaSet like any annotation; what is no count must not fail the request either."""
    owned.applied(2)
    owned.annotated(f"sundown.dev/wake-to={wish}", "sundown.dev/wake-when-scaled=Delete")
    assert owned.seen() == owned.awake(2)
    assert owned.leftovers() == []


@pytest.mark.parametrize("wish", ["abc", "-1", "", "2147483648", "3.0"])
def test_a_wish_of_sundowns_that_is_no_count_changes_none(owned: Owned, wish: str) -> None:
    owned.applied(2)
    body = {"metadata": {"annotations": {"sundown.dev/wake-to": wish}}}
    assert owned.api.merge(owned.path, body, fieldManager="sundown")["spec"]["replicas"] == 2


def test_the_greatest_count_that_can_be_asked_for_is_understood(owned: Owned) -> None:
    owned.applied(2)
    body = {"metadata": {"annotations": {"sundown.dev/wake-to": "999999999"}}}
    seen = owned.api.merge(owned.path, body, fieldManager="sundown", dryRun="All")
    assert seen["spec"]["replicas"] == 999999999


def test_what_sundown_marks_is_believed_before_the_namespace_is_known_to_sleep(owned: Owned) -> None:
    """An API server reads the label of a namespace some milliseconds later; the mark must not get lost in between."""
    owned.applied(3, "--server-side")
    earlier = "2026-11-22T18:00:00Z"
    owned.sleep(earlier)
    assert owned.seen(earlier) == owned.asleep("3")


def test_a_record_is_given_back_to_what_has_lost_it(owned: Owned) -> None:
    """W3: what the operator does where a record vanished before there were policies."""
    owned.applied(0)
    uid = owned.api.get(owned.path)["metadata"]["uid"]
    body = {"metadata": {"annotations": {MARK: f"2026-11-23T18:00:00.123456Z/{uid}", COUNT: "3"}}}
    owned.api.merge(owned.path, body, fieldManager="sundown-operator")
    assert owned.seen() == owned.asleep("3")


def test_a_count_below_zero_is_refused_at_night_as_by_day(owned: Owned) -> None:
    owned.applied(3)
    owned.sleep_directly()
    answer = owned.kubectl("patch", owned.here, "-p", '{"spec":{"replicas":-1}}', check=False)
    assert "must be greater than or equal to 0" in answer.stderr
