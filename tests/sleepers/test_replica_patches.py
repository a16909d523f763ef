"""The one write by which a workload falls asleep or wakes, where nobody applies it."""

from typing import Any

import pytest

from sundown.cluster.client import Cluster
from sundown.cluster.errors import Missing
from sundown.model.parts import Action, Step
from sundown.model.record import Restoring
from sundown.sleepers.kinds import KINDS
from sundown.sleepers.replicas import look, write
from sundown.sleepers.ways import direct
from support.samples import SLEEP, sleeping, workload

RECORD, MARK, REST = "sundown.dev/previous-replicas", "sundown.dev/asleep-since", "sundown.dev/previous"
DELETE = '{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenScaled":"Delete"}}}'
ASLEEP = Step("Sleep", workload("web", 3), 0, Restoring(3), SLEEP)
AWAKE = Step("Wake", sleeping("web", "3"), 3, Restoring(3))
FORGOTTEN = Step("Forget", workload("web", 5, record="3"), 5, Restoring(3))
REMEMBERED = Step("Remember", workload("web", 0), 0, Restoring(3), SLEEP)
STEPS = [ASLEEP, AWAKE, FORGOTTEN, REMEMBERED]


class Wire(Cluster):
    """Takes down what is sent, and answers every question with one object."""

    def __init__(self, there: dict[str, Any] | None = None) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self._there = there

    async def merge_patch(
        self, path: str, body: dict[str, Any], *, whole: bool = False, **params: str
    ) -> dict[str, Any]:
        self.sent.append((path, body))
        return {}

    async def get(self, path: str, **_params: str) -> dict[str, Any]:
        if self._there is None:
            raise Missing(path, status=404)
        return self._there


def annotations(step: Step) -> dict[str, Any]:
    found: dict[str, Any] = direct(step)["metadata"]["annotations"]
    return found


def database(action: Action, replicas: int, aside: str | None, restoring: Restoring, **more: Any) -> Step:
    """A step of a StatefulSet."""
    found = workload("db", replicas, kind="StatefulSet", aside=aside, **more)
    return Step(action, found, 0 if action == "Sleep" else restoring.replicas, restoring, SLEEP)


def test_the_count_is_recorded_in_the_write_that_takes_it_away() -> None:
    """A2, Z: the record is written after the change, so a crash between loses it."""
    assert annotations(ASLEEP) == {RECORD: "3", MARK: f"{SLEEP}/uid-web"}
    assert direct(ASLEEP)["spec"] == {"replicas": 0}


def test_the_record_goes_in_the_write_that_gives_the_count_back() -> None:
    """A3."""
    assert (annotations(AWAKE), direct(AWAKE)["spec"]) == ({RECORD: None, MARK: None}, {"replicas": 3})


def test_a_later_count_is_recorded_over_an_earlier_record() -> None:
    """Z: an edit made while asleep is overwritten on waking."""
    again = Step("Sleep", workload("web", 5, record="3"), 0, Restoring(5), SLEEP)
    assert annotations(again)[RECORD] == "5"


def test_a_record_that_is_forgotten_changes_no_count() -> None:
    """Z: an edit made while asleep is overwritten on waking."""
    assert (annotations(FORGOTTEN), "spec" in direct(FORGOTTEN)) == ({RECORD: None, MARK: None}, False)


def test_a_record_that_somebody_took_off_is_written_again_and_nothing_else() -> None:
    """W3, W5."""
    assert annotations(REMEMBERED) == {RECORD: "3", MARK: f"{SLEEP}/uid-web"}
    assert "spec" not in direct(REMEMBERED)


def test_disks_that_would_go_with_the_pods_are_kept_in_the_write_that_takes_the_pods_away() -> None:
    """W2."""
    step = database("Sleep", 2, "Delete", Restoring(2, DELETE))
    kept = {"persistentVolumeClaimRetentionPolicy": {"whenScaled": "Retain"}}
    assert direct(step)["spec"] == {"replicas": 0, **kept}
    assert annotations(step)[REST] == DELETE


def test_the_retention_policy_comes_back_in_the_write_that_brings_the_count_back() -> None:
    """W2, A19."""
    step = database("Wake", 0, "Retain", Restoring(2, DELETE), record="2", rest=DELETE)
    back = {"persistentVolumeClaimRetentionPolicy": {"whenScaled": "Delete"}}
    assert direct(step)["spec"] == {"replicas": 2, **back}
    assert annotations(step) == {RECORD: None, MARK: None, REST: None}


@pytest.mark.parametrize("aside", ["Retain", None], ids=["disks stay anyway", "a cluster without the field"])
def test_a_stateful_set_whose_disks_are_safe_is_written_as_a_deployment_is(aside: str | None) -> None:
    """W2."""
    row, found = KINDS["StatefulSet"], workload("db", 2, kind="StatefulSet", aside=aside)
    step = Step("Sleep", found, 0, row.restoring(found), SLEEP)
    assert direct(step)["spec"] == {"replicas": 0}
    assert REST not in annotations(step)


def test_a_count_that_was_set_at_night_is_recorded_beside_the_policy_of_the_day() -> None:
    """W2: the policy was set aside by Sundown, not by its owner."""
    row, found = KINDS["StatefulSet"], workload("db", 5, kind="StatefulSet", aside="Retain", record="2", rest=DELETE)
    assert row.restoring(found, earlier=Restoring(2, DELETE)) == Restoring(5, DELETE)


def test_what_was_woken_by_hand_gets_its_retention_policy_back() -> None:
    """A19."""
    step = database("Forget", 5, "Retain", Restoring(2, DELETE), record="2", rest=DELETE)
    assert direct(step)["spec"] == {"persistentVolumeClaimRetentionPolicy": {"whenScaled": "Delete"}}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.action)
def test_every_write_says_which_version_it_was_thought_of_for(step: Step) -> None:
    """Design 5: a person's concurrent edit is never lost."""
    assert direct(step)["metadata"]["resourceVersion"] == step.workload.resource_version


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.action)
def test_nothing_else_of_a_users_object_is_written(step: Step) -> None:
    """Design 6."""
    body = direct(step)
    assert body["metadata"].keys() == {"resourceVersion", "annotations"}
    assert annotations(step).keys() == {RECORD, MARK}
    assert body.get("spec", {}).keys() <= {"replicas"}


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("Deployment", "/apis/apps/v1/namespaces/dev/deployments/web"),
        ("StatefulSet", "/apis/apps/v1/namespaces/dev/statefulsets/web"),
    ],
)
async def test_a_step_is_one_write_to_its_workload(kind: str, path: str) -> None:
    """A1."""
    wire = Wire()
    step = Step("Sleep", workload("web", kind=kind), 0, Restoring(2), SLEEP)
    await write(wire, step)
    assert wire.sent == [(path, direct(step))]


async def test_a_second_look_sees_the_workload_as_it_is_now() -> None:
    there = {"metadata": {"name": "web", "namespace": "dev", "resourceVersion": "8"}, "spec": {"replicas": 4}}
    found = await look(Wire(there), workload("web", 3, kind="StatefulSet"))
    assert (found.kind, found.resource_version, found.replicas) == ("StatefulSet", "8", 4)


async def test_a_second_look_at_what_was_deleted_finds_nothing() -> None:
    with pytest.raises(Missing):
        await look(Wire(), workload())


def test_each_kind_has_a_row_by_its_own_name() -> None:
    assert {name: (row.kind, row.collection()) for name, row in KINDS.items()} == {
        "Deployment": ("Deployment", "/apis/apps/v1/deployments"),
        "StatefulSet": ("StatefulSet", "/apis/apps/v1/statefulsets"),
    }
