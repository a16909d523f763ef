"""``kubectl rollout undo`` replaces a Deployment's annotations by those of an old ReplicaSet, which has copies of ours (W3, W4)."""

from dataclasses import replace

import pytest

from support.apiserver import eventually
from support.owned import COUNT, MARK, TONIGHT, Make, Owned

pytestmark = pytest.mark.lab

TOMORROW = "2026-11-24T18:00:00.654321Z"


@pytest.fixture
def web(make_owned: Make) -> Owned:
    """A Deployment with 3 replicas that its owner applies, awake."""
    one = make_owned()
    one.applied(3, "--server-side")
    return one


def copied(owned: Owned, record: str) -> None:
    """Wait until the Deployment controller has copied the record to the ReplicaSet that is current."""

    def there() -> bool:
        deployment = owned.api.get(owned.path)
        revision = deployment["metadata"].get("annotations", {}).get("deployment.kubernetes.io/revision")
        found = owned.api.items(f"/apis/apps/v1/namespaces/{owned.namespace}/replicasets")
        ours = [each["metadata"] for each in found if each["metadata"]["ownerReferences"][0]["name"] == owned.name]
        notes = [each["annotations"] for each in ours]
        current = [each for each in notes if each["deployment.kubernetes.io/revision"] == revision]
        return [each.get(COUNT) for each in current] == [record]

    eventually(there, what=f"the ReplicaSet has a copy of the record {record}")


def another_template(owned: Owned) -> None:
    """Roll out another image, and wait for its ReplicaSet."""

    def observed() -> bool:
        found = owned.api.get(owned.path)
        return bool(found["status"].get("observedGeneration", 0) >= found["metadata"]["generation"])

    image = "a" if "main:b" in str(owned.api.get(owned.path)["spec"]["template"]) else "b"
    owned.kubectl("set", "image", owned.here, f"main=registry.example.com/main:{image}")
    eventually(observed, what="there is a ReplicaSet for it")


@pytest.mark.proves("holds", kinds=["Deployment"], against="rollout undo")
def test_an_undo_to_before_the_night_takes_nothing_away(web: Owned) -> None:
    """W3"""
    another_template(web)
    web.night()
    web.sleep()
    web.kubectl("rollout", "undo", web.here)
    assert web.seen() == web.asleep("3")
    web.wake()
    assert web.seen() == web.awake(3)


def test_an_undo_does_not_bring_back_an_older_record_of_the_same_night(web: Owned) -> None:
    """W4, its neighbour: 3 was recorded when the night began, 5 is what the owner asked for since."""
    web.night()
    web.sleep()
    copied(web, "3")
    web.applied(5, "--server-side")
    another_template(web)
    web.kubectl("rollout", "undo", web.here)
    assert web.seen() == web.asleep("5")


def test_what_an_undo_digs_out_by_day_puts_nothing_to_sleep_and_is_not_what_the_next_night_records(web: Owned) -> None:
    """W4: no policy sees what is awake, so that the mark stays until the operator looks, or until the evening."""
    web.night()
    web.sleep()
    copied(web, "3")
    web.wake()
    web.night(None)
    another_template(web)
    web.kubectl("rollout", "undo", web.here)
    assert web.seen() == replace(web.asleep("3"), replicas=3)
    web.applied(4, "--server-side")
    assert web.seen().replicas == 4
    web.night(TOMORROW)
    web.kubectl("label", web.here, "a=b")
    assert web.api.get(web.path)["spec"]["replicas"] == 4
    web.sleep(TOMORROW)
    assert web.seen(TOMORROW) == web.asleep("4")


def test_an_undo_in_the_next_night_digs_out_nothing_of_the_one_before(web: Owned) -> None:
    """W4"""
    web.night()
    web.sleep()
    copied(web, "3")
    web.wake()
    web.applied(4, "--server-side")
    another_template(web)
    web.night(TOMORROW)
    web.sleep(TOMORROW)
    web.kubectl("rollout", "undo", web.here)
    assert web.seen(TOMORROW) == web.asleep("4")


def test_an_undo_of_what_is_awake_already_does_not_put_it_to_sleep_while_others_wake(web: Owned) -> None:
    """The namespace still sleeps, in this very night, when the first of its workloads are up."""
    web.night()
    web.sleep()
    copied(web, "3")
    another_template(web)
    web.wake()
    web.kubectl("rollout", "undo", web.here)
    assert web.seen() == web.awake(3)


def test_what_its_owner_put_to_zero_stays_there_whatever_is_dug_out(web: Owned) -> None:
    """W4 as it was found: a record of last week on a Deployment that is at 0 by its owner's wish."""
    web.night()
    web.sleep()
    copied(web, "3")
    web.wake()
    web.night(None)
    web.applied(0, "--server-side")
    another_template(web)
    web.kubectl("rollout", "undo", web.here)
    assert web.seen().replicas == 0


def test_a_mark_that_is_there_is_not_taken_off_because_the_namespace_has_lost_its_own(web: Owned) -> None:
    """W8: the operator gives it back to the namespace; until then nothing may get lost."""
    web.night()
    web.sleep()
    web.night(None)
    web.kubectl("label", web.here, "a=b")
    assert web.seen() == web.asleep("3")


def test_a_mark_of_another_object_holds_nothing(web: Owned) -> None:
    """A copy with all its annotations, as a backup brings it back."""
    web.night()
    web.sleep()
    copy = web.manifest(3)
    copy["metadata"] |= {"name": "copy", "annotations": web.api.get(web.path)["metadata"]["annotations"]}
    del copy["metadata"]["annotations"]["deployment.kubernetes.io/revision"]
    web.api.create(web.env.collection("Deployment"), copy)
    web.kubectl("scale", "deployment/copy", "--replicas=2")
    web.kubectl("label", "deployment/copy", "a=b")
    found = web.api.get(f"{web.env.collection('Deployment')}/copy")
    assert found["spec"]["replicas"] == 2
    assert found["metadata"]["annotations"][MARK].startswith(TONIGHT)
