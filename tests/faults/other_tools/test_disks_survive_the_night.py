"""StatefulSets whose disks go with their pods, and what their owners say of that at night (fault W2)."""

import json

import pytest

from support.apiserver import eventually
from support.envs import Env, manifest
from support.other_tools import notes, retention, sleep, wake, when_scaled

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("with_and_without_policies")]


@pytest.fixture
def database(team: Env) -> Env:
    """A StatefulSet with disks that go with its pods."""
    volumes = [
        {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": f"{team.name}-{number}"},
            "spec": {
                "capacity": {"storage": "1Gi"},
                "accessModes": ["ReadWriteOnce"],
                "hostPath": {"path": "/nowhere"},
                "claimRef": {"namespace": team.name, "name": f"data-db-{number}"},
            },
        }
        for number in range(2)
    ]
    for volume in volumes:
        team.api.create("/api/v1/persistentvolumes", volume)
    claim = {
        "metadata": {"name": "data"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": "",
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }
    body = manifest("StatefulSet", "db", 2)
    body["spec"] |= {
        "volumeClaimTemplates": [claim],
        "persistentVolumeClaimRetentionPolicy": {"whenScaled": "Delete", "whenDeleted": "Retain"},
    }
    team.api.create(team.collection("StatefulSet"), body)
    eventually(lambda: len(disks(team)) == 2, what="its disks are there")
    team.wish("Awake", reason="with a database")
    team.until("Awake")
    return team


def disks(env: Env) -> list[str]:
    """The claims that stay: those that go with a pod have it for an owner."""
    claims = env.api.items(f"{env.path}/persistentvolumeclaims")
    alive = [one for one in claims if "deletionTimestamp" not in one["metadata"]]
    return [one["metadata"]["name"] for one in alive if not one["metadata"].get("ownerReferences")]


def test_disks_that_go_with_their_pods_survive_the_night(database: Env) -> None:
    """W2."""
    sleep(database)
    assert (database.replicas("db", kind="StatefulSet"), when_scaled(database), len(disks(database))) == (
        0,
        "Retain",
        2,
    )
    wake(database)
    found = (database.replicas("db", kind="StatefulSet"), when_scaled(database), len(disks(database)))
    assert found == (2, "Delete", 2)
    assert notes(database, "db", kind="StatefulSet") == {}


def test_a_policy_that_its_owner_sets_at_night_waits_until_the_morning(database: Env) -> None:
    """W2."""
    sleep(database)
    database.edit("db", retention("Delete"), kind="StatefulSet")
    sleep(database, why="have a look")
    eventually(lambda: when_scaled(database) == "Retain", what="the disks are kept again")
    wake(database)
    assert (when_scaled(database), len(disks(database))) == ("Delete", 2)


def test_a_policy_is_restored_though_its_record_was_taken_off(database: Env) -> None:
    """W2, W5."""
    sleep(database)
    gone = dict.fromkeys(notes(database, "db", kind="StatefulSet"))
    database.edit("db", {"metadata": {"annotations": gone}}, kind="StatefulSet")
    wake(database)
    assert (database.replicas("db", kind="StatefulSet"), when_scaled(database)) == (2, "Delete")


def test_that_disks_are_to_stay_can_be_said_at_night_where_there_are_no_policies(
    database: Env, with_and_without_policies: str
) -> None:
    """A18: as docs/policies.md says; the policies write what was there in the evening."""
    sleep(database)
    said = {"metadata": {"annotations": {"sundown.dev/previous": json.dumps(retention("Retain"))}}}
    database.edit("db", said, kind="StatefulSet")
    wake(database)
    assert when_scaled(database) == ("Retain" if with_and_without_policies == "plain" else "Delete")
    assert notes(database, "db", kind="StatefulSet") == {}
