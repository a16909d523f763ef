"""A StatefulSet whose claims go with its pods keeps them while it sleeps, and is what it was afterwards (W2)."""

import pytest

from support.owned import DELETES_DISKS, RESTORES, Make, Owned

pytestmark = pytest.mark.lab

BACK = '{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenScaled":"Delete"}}}'
TEMPLATE = {
    "metadata": {"name": "data"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
}


@pytest.fixture
def db(make_owned: Make) -> Owned:
    """A StatefulSet with 3 replicas that deletes its claims, in a namespace that sleeps."""
    one = make_owned("StatefulSet")
    one.night()
    one.applied(3, "--server-side", **DELETES_DISKS)
    return one


def test_claims_are_kept_and_the_policy_for_them_is_restored(db: Owned) -> None:
    """W2"""
    db.sleep()
    assert db.seen() == db.asleep("3", restores=BACK)
    db.wake(**{"sundown.dev/wake-when-scaled": "Delete"})
    assert db.seen() == db.awake(3, when_scaled="Delete")
    assert db.leftovers() == []
    assert db.owners("persistentVolumeClaimRetentionPolicy") == {"kubectl/Apply"}


def test_the_same_apply_again_at_night_keeps_the_claims(db: Owned) -> None:
    """W2, W6"""
    db.sleep()
    db.applied(3, "--server-side", **DELETES_DISKS)
    assert db.seen() == db.asleep("3", restores=BACK)


@pytest.mark.parametrize("replicas", [0, 5])
def test_who_asks_at_night_that_claims_are_deleted_gets_it_on_waking(make_owned: Make, replicas: int) -> None:
    """W2: whenScaled changed by its owner while asleep."""
    db = make_owned("StatefulSet")
    db.night()
    db.applied(3)
    db.sleep_directly()
    db.patched(f'{{"spec":{{"replicas":{replicas},"persistentVolumeClaimRetentionPolicy":{{"whenScaled":"Delete"}}}}}}')
    assert db.seen() == db.asleep(str(replicas or 3), restores=BACK)


@pytest.mark.parametrize(
    "annotations", [(RESTORES,), (RESTORES, "sundown.dev/previous-replicas", "sundown.dev/asleep-since")]
)
def test_what_restores_the_policy_cannot_be_annotated_away(db: Owned, annotations: tuple[str, ...]) -> None:
    """W5"""
    db.sleep()
    db.annotated(*(f"{each}-" for each in annotations))
    assert db.seen() == db.asleep("3", restores=BACK)


def test_who_replaces_the_whole_object_without_that_policy_does_not_get_it_back(db: Owned) -> None:
    """The safe side, and what the same replace gives by day: claims stay."""
    db.sleep()
    db.replaced(3)
    assert db.seen() == db.asleep("3")


def test_a_direct_wake_gives_the_policy_back_too(db: Owned) -> None:
    """``wake-all --direct`` with policies in force."""
    db.sleep()
    body = {
        "metadata": {
            "annotations": dict.fromkeys(("sundown.dev/asleep-since", "sundown.dev/previous-replicas", RESTORES))
        },
        "spec": {"replicas": 3, "persistentVolumeClaimRetentionPolicy": {"whenScaled": "Delete"}},
    }
    db.api.merge(db.path, body, fieldManager="sundown")
    assert db.seen() == db.awake(3, when_scaled="Delete")
