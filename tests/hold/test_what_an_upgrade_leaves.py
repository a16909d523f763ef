"""``sundown-wake`` was a policy of its own up to version 6. Where it is there still, beside the policies of this version, nothing differs."""

from collections.abc import Iterator

import pytest

from support.apiserver import Api
from support.owned import Owned
from support.policies import Policies, left_by_an_upgrade

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module", autouse=True)
def left(policies: Policies, api: Api) -> Iterator[None]:
    """What is left, in force beside the others."""
    policies.remove()
    with left_by_an_upgrade(api):
        policies.until(in_force={"wake"})
        policies.install()
        yield


def test_it_sleeps_and_wakes_and_nothing_stays(owned: Owned) -> None:
    """Issue 12, A3, A19, W6"""
    owned.applied(3, "--server-side")
    for count in (3, 2):
        owned.applied(count, "--server-side")
        owned.sleep()
        assert owned.seen() == owned.asleep(str(count))
        owned.wake()
        assert owned.seen() == owned.awake(count)
    assert owned.owners() == {"kubectl/Apply"}
    assert owned.leftovers() == []


def test_it_is_held_at_night(owned: Owned) -> None:
    """Issue 12, G1"""
    owned.applied(3, "--server-side")
    owned.sleep()
    owned.applied(5, "--server-side")
    assert owned.seen() == owned.asleep("5")
    owned.wake()
    assert owned.seen() == owned.awake(5)


def test_what_somebody_else_says_of_waking_is_tidied_away(owned: Owned) -> None:
    """Issue 12"""
    owned.applied(2)
    owned.annotated("sundown.dev/wake-to=7", "sundown.dev/wake-when-scaled=Delete")
    assert owned.seen() == owned.awake(2)
    assert owned.leftovers() == []
