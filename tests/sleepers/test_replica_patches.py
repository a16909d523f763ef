"""The one write by which a workload falls asleep or wakes."""

from typing import Any

import pytest

from samples import sleeping, workload
from sundown.cluster.client import Cluster
from sundown.cluster.errors import Missing
from sundown.model.parts import Step
from sundown.sleepers.replicas import KINDS, look, patch_for, write

RECORD = "sundown.dev/previous-replicas"
ASLEEP = Step("Sleep", workload("web", 3), 0)
AWAKE = Step("Wake", sleeping("web", "3"), 3)
FORGOTTEN = Step("Forget", workload("web", 5, record="3"), 5)


class Wire(Cluster):
    """Takes down what is sent, and answers every question with one object."""

    def __init__(self, there: dict[str, Any] | None = None) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self._there = there

    async def merge_patch(self, path: str, body: dict[str, Any], **_params: str) -> dict[str, Any]:
        self.sent.append((path, body))
        return {}

    async def get(self, path: str, **_params: str) -> dict[str, Any]:
        if self._there is None:
            raise Missing(path, status=404)
        return self._there


def annotations(step: Step) -> dict[str, Any]:
    found: dict[str, Any] = patch_for(step)["metadata"]["annotations"]
    return found


def test_the_count_is_recorded_in_the_write_that_takes_it_away() -> None:
    """A2, Z: the record is written after the change, so a crash between loses it."""
    assert (annotations(ASLEEP), patch_for(ASLEEP)["spec"]) == ({RECORD: "3"}, {"replicas": 0})


def test_the_record_goes_in_the_write_that_gives_the_count_back() -> None:
    """A3."""
    assert (annotations(AWAKE), patch_for(AWAKE)["spec"]) == ({RECORD: None}, {"replicas": 3})


def test_a_later_count_is_recorded_over_an_earlier_record() -> None:
    """Z: an edit made while asleep is overwritten on waking."""
    again = Step("Sleep", workload("web", 5, record="3"), 0)
    assert annotations(again) == {RECORD: "5"}


def test_a_record_that_is_forgotten_changes_no_count() -> None:
    """Z: an edit made while asleep is overwritten on waking."""
    assert (annotations(FORGOTTEN), "spec" in patch_for(FORGOTTEN)) == ({RECORD: None}, False)


@pytest.mark.parametrize("step", [ASLEEP, AWAKE, FORGOTTEN], ids=lambda step: step.action)
def test_every_write_says_which_version_it_was_thought_of_for(step: Step) -> None:
    """Design 5: a person's concurrent edit is never lost."""
    assert patch_for(step)["metadata"]["resourceVersion"] == step.workload.resource_version


@pytest.mark.parametrize("step", [ASLEEP, AWAKE, FORGOTTEN], ids=lambda step: step.action)
def test_nothing_else_of_a_users_object_is_written(step: Step) -> None:
    """Design 6."""
    body = patch_for(step)
    assert body["metadata"].keys() == {"resourceVersion", "annotations"}
    assert annotations(step).keys() == {RECORD}
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
    step = Step("Sleep", workload("web", kind=kind), 0)
    await write(wire, step)
    assert wire.sent == [(path, patch_for(step))]


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
