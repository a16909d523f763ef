"""Who owns a workload's fields while it sleeps and after, whoever owned them before (W6, A19). The second of two writes, alone."""

import copy
from dataclasses import replace
from typing import Any

import pytest

from sundown.model.parts import Owner, Step
from sundown.model.record import Restoring
from sundown.sleepers.giving_back import asleep, awake, brought_back, set_aside
from sundown.sleepers.kinds import KINDS
from sundown.sleepers.notes import Taken, at_night, note_of, read_note
from sundown.sleepers.ways import note_for, owed, taken
from support.samples import SLEEP, sleeping, workload

Json = dict[str, Any]
THEN = "2026-11-23T09:00:00Z"
NOTE, MARK = "sundown.dev/taken-from", "sundown.dev/asleep-since"
COUNT: Json = {"f:spec": {"f:replicas": {}}}
REST: Json = {"f:spec": {"f:template": {}}}
BOTH: Json = {"f:spec": {"f:replicas": {}, "f:template": {}}}


def entry(manager: str, operation: str, owned: Json, **more: str) -> Json:
    about = {
        "manager": manager,
        "operation": operation,
        "apiVersion": "apps/v1",
        "time": THEN,
        "fieldsType": "FieldsV1",
    }
    return {**about, "fieldsV1": copy.deepcopy(owned), **more}


HELM, HELM_ALONE = entry("helm", "Apply", BOTH), entry("helm", "Apply", COUNT)
CREATED, EDITED = entry("kubectl-create", "Update", BOTH), entry("kubectl-edit", "Update", COUNT)
SCALED = entry("autoscaler", "Update", COUNT, subresource="scale")
HELM_OF_THE_REST = entry("helm", "Apply", REST)
STATUS = entry("kube-controller-manager", "Update", {"f:status": {"f:replicas": {}}}, subresource="status")

BEFORE: dict[str, list[Json]] = {
    "nobody, and nobody applies it": [entry("kubectl-create", "Update", REST)],
    "nobody, of what somebody applies": [HELM_OF_THE_REST],
    "who made it": [CREATED],
    "who edited it": [entry("kubectl-create", "Update", REST), EDITED],
    "an autoscaler": [entry("kubectl-create", "Update", REST), SCALED],
    "who edited what somebody applies": [HELM_OF_THE_REST, EDITED],
    "who applies it": [HELM],
    "who applies it and nothing else": [CREATED, HELM_ALONE],
    "two who apply it": [HELM, entry("argocd", "Apply", BOTH)],
    "who made it and who applies it": [CREATED, HELM],
    "who made it and two who apply it": [CREATED, HELM, entry("argocd", "Apply", BOTH)],
}


class Object:
    """A Deployment as the API server has it: whoever writes the count by an update takes it from everybody else."""

    def __init__(self, entries: list[Json]) -> None:
        self.raw: Json = {
            "metadata": {
                "name": "web",
                "namespace": "dev",
                "uid": "uid-web",
                "resourceVersion": "7",
                "annotations": {},
                "managedFields": copy.deepcopy([*entries, STATUS]),
            },
            "spec": {"replicas": 3},
        }

    @property
    def metadata(self) -> Json:
        found: Json = self.raw["metadata"]
        return found

    def written(self, count: int, *, by: str, marked: bool = False) -> None:
        for each in self.metadata["managedFields"]:
            if each.get("subresource") != "status":
                each["fieldsV1"].get("f:spec", {}).pop("f:replicas", None)
        annotations: Json = {"f:metadata": {"f:annotations": {f"f:{MARK}": {}}}} if marked else {}
        self.metadata["managedFields"] = [
            each for each in self.metadata["managedFields"] if each["fieldsV1"].get("f:spec") or each is self._status
        ]
        self.metadata["managedFields"].append(entry(by, "Update", {**COUNT, **annotations}))
        self.raw["spec"]["replicas"] = count

    @property
    def _status(self) -> Json:
        found: Json = next(each for each in self.metadata["managedFields"] if each.get("subresource") == "status")
        return found

    def patched(self, patch: Json | None) -> None:
        if patch is not None:
            self.metadata["managedFields"] = patch["metadata"].get("managedFields", self.metadata["managedFields"])

    def who(self) -> list[str]:
        """Who owns what; the order aside."""
        listed = (
            {**each, "fieldsV1": sorted(each["fieldsV1"].get("f:spec", {}))} for each in self.metadata["managedFields"]
        )
        return sorted(str(dict(sorted(each.items()))) for each in listed)

    def step(self, action: str, count: int, note: str | None) -> Step:
        found = KINDS["Deployment"].read(self.raw)
        if action == "Sleep":
            return Step("Sleep", found, 0, Restoring(count), SLEEP)
        return Step("Wake", replace(found, record=str(count), taken_from=note), count, Restoring(count))


@pytest.mark.parametrize("entries", BEFORE.values(), ids=BEFORE.keys())
def test_after_a_night_of_direct_writes_all_own_what_they_owned(entries: list[Json]) -> None:
    """W6, A19"""
    one = Object(entries)
    before, falls_asleep = one.who(), one.step("Sleep", 3, None)
    note = note_for(falls_asleep, owed(falls_asleep))
    one.written(0, by="sundown-operator", marked=True)
    one.patched(asleep(one.metadata, owed(falls_asleep), note=at_night(note)))
    applied = any(each["operation"] == "Apply" for each in entries)
    assert any("sundown" in each for each in one.who()) is not applied
    assert not any(
        "Update" in each and "f:replicas" in each and "sundown" not in each
        for each in one.who()
        if "status" not in each
    )
    wakes = one.step("Wake", 3, note)
    one.written(3, by="sundown-operator")
    one.patched(awake(one.metadata, owed(wakes)))
    assert one.who() == before


@pytest.mark.parametrize("entries", BEFORE.values(), ids=BEFORE.keys())
def test_after_a_night_by_policies_all_own_what_they_owned(entries: list[Json]) -> None:
    """W6, A19: a policy changes no owner; who owns the count by an update is set aside meanwhile."""
    one = Object(entries)
    before, falls_asleep = one.who(), one.step("Sleep", 3, None)
    one.metadata["managedFields"] = set_aside(one.metadata, owed(falls_asleep))
    counted = [each for each in one.metadata["managedFields"] if "f:replicas" in each["fieldsV1"].get("f:spec", {})]
    assert all(each["operation"] == "Apply" for each in counted)
    one.metadata["managedFields"] = brought_back(
        one.metadata, owed(one.step("Wake", 3, at_night(note_for(falls_asleep, owed(falls_asleep)))))
    )
    assert one.who() == before


def test_who_has_written_another_count_at_night_has_it_alone() -> None:
    """W6: as by day."""
    one = Object([CREATED])
    falls_asleep = one.step("Sleep", 3, None)
    note = note_for(falls_asleep, owed(falls_asleep))
    one.written(0, by="sundown-operator")
    one.written(5, by="kubectl-edit")
    again = Step("Sleep", replace(KINDS["Deployment"].read(one.raw), taken_from=note), 0, Restoring(5), SLEEP)
    assert [each.manager for each in owed(again)] == ["kubectl-edit"]


def test_a_count_that_a_person_writes_into_the_record_is_nobodys() -> None:
    """W6: as after `kubectl scale`."""
    found = sleeping("web", "8", taken_from=note_of((Taken("kubectl-create", ("replicas",), applies=False, count=3),)))
    assert owed(Step("Wake", found, 8, Restoring(8))) == ()


def test_who_owns_one_field_again_is_still_owed_the_other() -> None:
    """W6: somebody has set the retention policy of a StatefulSet at night, and the count is taken from them since the evening."""
    both = Taken("hand", ("replicas", "whenScaled"), applies=False, count=2)
    again = Owner("hand", applies=False, fields=frozenset({"whenScaled"}))
    delete = '{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenScaled":"Delete"}}}'
    found = sleeping("db", "2", kind="StatefulSet", aside="Retain", owners=(again,), taken_from=note_of((both,)))
    whose = owed(Step("Wake", found, 2, Restoring(2, delete)))
    assert {name for one in whose for name in one.fields} == {"replicas", "whenScaled"}
    assert {one.manager for one in whose} == {"hand"}


def test_what_is_to_stay_as_it_is_is_not_written() -> None:
    """W2: a note of it would come and go at each look."""
    retain = '{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenScaled":"Retain"}}}'
    owner = Owner("hand", applies=False, fields=frozenset({"replicas", "whenScaled"}))
    found = workload("db", 2, kind="StatefulSet", aside="Retain", owners=(owner,))
    assert KINDS["StatefulSet"].set_aside(found, Restoring(2, retain)) == {}
    assert taken(Step("Forget", found, 2, Restoring(2, retain))) == ()


@pytest.mark.parametrize(
    ("whose", "stays"),
    [
        ((Taken("helm", ("replicas",)),), False),
        ((Taken("kubectl-create", ("replicas",), applies=False, count=3),), True),
        ((Taken("helm", ("replicas",)), Taken("kubectl-create", ("replicas",), applies=False, count=3)), True),
    ],
)
def test_a_note_stays_at_night_as_long_as_it_is_needed(whose: tuple[Taken, ...], stays: bool) -> None:
    """W6"""
    note = note_of(whose)
    assert at_night(note) == (note if stays else None)
    assert (at_night("[]"), at_night("{"), at_night(None)) == ("[]", None, None)
    assert read_note(note) == whose
