"""Workloads that somebody applies: their fields are not taken, or given back (W6, A19)."""

import copy
import dataclasses
from typing import Any

import pytest

from sundown.cluster.client import Cluster
from sundown.model.parts import Action, Owner, Step
from sundown.model.record import Restoring
from sundown.sleepers.giving_back import asleep
from sundown.sleepers.notes import note_of, read_note
from sundown.sleepers.replicas import NO_POLICIES, write
from sundown.sleepers.ways import by_policy, direct, taken
from support.samples import SLEEP, sleeping, workload

Json = dict[str, Any]
RECORD, MARK, REST = "sundown.dev/previous-replicas", "sundown.dev/asleep-since", "sundown.dev/previous"
NOTE, WAKE_TO, WAKE_WHEN_SCALED = "sundown.dev/taken-from", "sundown.dev/wake-to", "sundown.dev/wake-when-scaled"
DELETE = '{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenScaled":"Delete"}}}'
THEN = "2026-11-23T09:00:00Z"
COUNT: Json = {"f:spec": {"f:replicas": {}}}

HELM = Owner("helm", applies=True, fields=frozenset({"replicas"}), time=THEN)
SCALED = Owner("kubectl", applies=False, fields=frozenset({"replicas"}))
FALLS_ASLEEP = Step("Sleep", workload("web", 3, owners=(HELM,)), 0, Restoring(3), SLEEP)
WAKES = Step("Wake", sleeping("web", "3", owners=(HELM,)), 3, Restoring(3))


class Wire(Cluster):
    """An API server of one object: it takes fields away as the real one does, and perhaps has the policies."""

    def __init__(self, *, policies: bool = False, applied: bool = True, late_by: int = 0) -> None:
        self.sent: list[Json] = []
        self._policies = policies
        self._late_by = late_by
        self._fields = fields() if applied else fields()[1:]

    async def merge_patch(self, path: str, body: Json, *, whole: bool = False, **params: str) -> Json:
        self.sent.append(body)
        wanted = body["metadata"]["annotations"]
        annotations = {key: value for key, value in wanted.items() if value is not None}
        knows = self._policies and len(self.sent) > self._late_by
        if knows and MARK in annotations and "spec" not in body:
            annotations[RECORD] = "3"
        if knows:
            annotations.pop(WAKE_TO, None)
        return {
            "metadata": {
                "resourceVersion": str(7 + len(self.sent)),
                "annotations": annotations,
                "managedFields": self._fields,
            }
        }


class Policies:
    def __init__(self, *, current: bool) -> None:
        self.current = current

    def doubt(self) -> None:
        self.current = False


def entry(manager: str, operation: str, owned: Json, **more: str) -> Json:
    return {"manager": manager, "operation": operation, "apiVersion": "apps/v1", "fieldsV1": owned, **more}


def fields(**more: Any) -> list[Json]:
    """After the direct patch: the count is ours, though Helm applied it."""
    ours = {"f:metadata": {"f:annotations": {f"f:{RECORD}": {}}}, **copy.deepcopy(COUNT)}
    helm: Json = {"f:spec": {"f:template": {}}}
    return [
        entry("helm", "Apply", helm, **{"time": THEN, **more}),
        entry("sundown-operator", "Update", ours),
        entry("kube-controller-manager", "Update", {"f:status": {"f:replicas": {}}}, subresource="status"),
    ]


def given_back(metadata: Json) -> Json:
    """The second of the two writes by which it falls asleep."""
    patch = asleep(metadata, taken(FALLS_ASLEEP), note=None)
    assert patch is not None
    return patch


def owned(patch: Json) -> dict[str, bool]:
    """Who has the count after a patch."""
    entries = patch["metadata"]["managedFields"]
    return {one["manager"]: "f:replicas" in one["fieldsV1"].get("f:spec", {}) for one in entries}


@pytest.mark.parametrize(
    ("owners", "whose"),
    [
        ((HELM,), ["helm"]),
        ((HELM, SCALED), ["helm", "kubectl"]),
        ((SCALED,), ["kubectl"]),
        ((), []),
        (None, []),
        ((Owner("sundown", applies=False, fields=frozenset({"replicas"})),), []),
        ((Owner("sundown", applies=False, fields=frozenset({"replicas"}), shared=True),), ["sundown"]),
        ((Owner("sundown", applies=True, fields=frozenset({"replicas"})),), ["sundown"]),
        ((Owner("argocd", applies=True, fields=frozenset({"whenScaled"})),), []),
    ],
)
def test_fields_are_taken_from_whoever_owns_them(owners: tuple[Owner, ...] | None, whose: list[str]) -> None:
    """W6, A19"""
    step = Step("Sleep", workload("web", 3, owners=owners), 0, Restoring(3), SLEEP)
    assert [one.manager for one in taken(step)] == whose


def test_the_retention_policy_is_taken_only_where_it_is_written() -> None:
    """W2, W6."""
    owner = Owner("argocd", applies=True, fields=frozenset({"replicas", "whenScaled"}))
    for aside, names in (("Delete", ("replicas", "whenScaled")), ("Retain", ("replicas",))):
        found = workload("db", 2, kind="StatefulSet", aside=aside, owners=(owner,))
        (one,) = taken(Step("Sleep", found, 0, Restoring(2), SLEEP))
        assert one.fields == names


@pytest.mark.parametrize("step", [FALLS_ASLEEP, WAKES], ids=lambda step: step.action)
async def test_what_was_taken_is_given_back_by_a_second_write(step: Step) -> None:
    """W6."""
    wire = Wire()
    await write(wire, step, NO_POLICIES)
    first, second = wire.sent
    assert first["spec"] == direct(step)["spec"]
    assert read_note(first["metadata"]["annotations"][NOTE]) == taken(step)
    assert second["metadata"]["annotations"] == {NOTE: None}
    assert owned(second) == {"helm": True, "kube-controller-manager": False}


def test_an_owner_who_applied_again_in_between_knows_better() -> None:
    """W6: given what they left out, they would have it reset by their next apply."""
    metadata = {"resourceVersion": "8", "managedFields": fields(time="2026-11-23T18:00:01Z")}
    after = owned(given_back(metadata))
    assert after == {"helm": False, "kube-controller-manager": False}


def test_an_owner_who_owned_nothing_else_is_put_back() -> None:
    """W6: the API server drops an entry that is empty."""
    metadata = {"resourceVersion": "8", "managedFields": fields()[1:]}
    patch = given_back(metadata)
    assert owned(patch)["helm"]
    (back,) = [one for one in patch["metadata"]["managedFields"] if one["manager"] == "helm"]
    assert (back["operation"], back["time"], back["fieldsV1"]) == ("Apply", THEN, COUNT)


def test_what_is_not_ours_is_not_given_away() -> None:
    """W6: somebody applied it by force meanwhile."""
    others = [entry("helm", "Apply", COUNT, time=THEN), entry("flux", "Apply", COUNT)]
    metadata = {"resourceVersion": "8", "managedFields": others}
    assert asleep(metadata, taken(FALLS_ASLEEP), note=None) is None


@pytest.mark.parametrize("note", [None, "", "{", "[1]", "{}", '[{"manager":"helm"}]', '[{"fields":3}]', '"helm"'])
def test_a_note_that_cannot_be_read_names_nobody(note: str | None) -> None:
    """Z: one malformed annotation stops the whole controller."""
    assert read_note(note) == ()


def test_a_note_names_no_more_owners_than_fit() -> None:
    """A18: the second place has room for so much."""
    many = tuple(Owner("x" * 120 + f"{number}", applies=True, fields=frozenset({"replicas"})) for number in range(50))
    note = note_of(taken(Step("Sleep", workload("web", 3, owners=many), 0, Restoring(3), SLEEP)))
    assert 0 < len(read_note(note)) < 50
    assert len(note) <= 1024


@pytest.mark.parametrize("step", [FALLS_ASLEEP, WAKES], ids=lambda step: step.action)
async def test_where_the_policies_are_there_one_write_takes_nothing(step: Step) -> None:
    """W6."""
    wire, policies = Wire(policies=True), Policies(current=True)
    await write(wire, step, policies)
    assert wire.sent == [by_policy(step)]
    assert "spec" not in by_policy(step)
    assert policies.current


@pytest.mark.parametrize("step", [FALLS_ASLEEP, WAKES], ids=lambda step: step.action)
async def test_policies_that_did_nothing_are_noticed_by_the_reply(step: Step) -> None:
    """W6: the other way is taken at once, and from then on."""
    wire, policies = Wire(), Policies(current=True)
    await write(wire, step, policies)
    *left_to_them, instead, back = wire.sent
    assert instead["spec"] == direct(step)["spec"]
    assert instead["metadata"]["resourceVersion"] == str(7 + len(left_to_them))
    assert instead["metadata"]["annotations"][WAKE_TO] is None
    assert owned(back)["helm"]
    assert not policies.current


async def test_policies_that_do_not_know_yet_that_the_namespace_sleeps_are_told_once_more() -> None:
    """W6, G1: they look at its label, which was written a moment ago, and an API server hears of that by a watch."""
    wire, policies = Wire(policies=True, late_by=2), Policies(current=True)
    await write(wire, FALLS_ASLEEP, policies)
    assert [sent["metadata"]["annotations"] for sent in wire.sent] == [
        by_policy(FALLS_ASLEEP)["metadata"]["annotations"]
    ] * 3
    assert [sent["metadata"]["resourceVersion"] for sent in wire.sent[1:]] == ["8", "9"]
    assert policies.current


async def test_who_applies_nothing_needs_no_policy() -> None:
    """W6: one write, which notes whose the count was."""
    step = Step("Sleep", workload("web", 3, owners=(SCALED,)), 0, Restoring(3), SLEEP)
    wire = Wire(policies=True, applied=False)
    await write(wire, step, Policies(current=True))
    (only,) = wire.sent
    assert only["spec"] == direct(step)["spec"]
    assert read_note(only["metadata"]["annotations"][NOTE]) == taken(step)


def test_a_policy_is_told_the_mark_to_sleep_and_the_count_to_wake() -> None:
    """W6."""
    assert by_policy(FALLS_ASLEEP)["metadata"]["annotations"] == {MARK: f"{SLEEP}/uid-web"}
    # What it knows stays on it until the count is back: with no policy there it would be lost.
    assert by_policy(WAKES)["metadata"]["annotations"] == {WAKE_TO: "3", WAKE_WHEN_SCALED: None}


def test_a_policy_is_told_the_retention_policy_too() -> None:
    """W2, W6."""
    found = sleeping("db", "2", kind="StatefulSet", aside="Retain", rest=DELETE)
    told = by_policy(Step("Wake", found, 2, Restoring(2, DELETE)))["metadata"]["annotations"]
    assert told == {WAKE_TO: "2", WAKE_WHEN_SCALED: "Delete"}


@pytest.mark.parametrize("action", ["Sleep", "Remember", "Wake", "Forget", "GiveBack"])
def test_a_wish_to_wake_that_no_policy_followed_goes_with_the_next_write(action: Action) -> None:
    """W6: a later policy would follow it."""
    found = dataclasses.replace(sleeping("web", "3"), unheard=True)
    assert found.carries
    for patch in (direct, by_policy) if action == "Sleep" else (direct,):
        notes = patch(Step(action, found, 0, Restoring(3), SLEEP))["metadata"]["annotations"]
        assert {key: notes[key] for key in (WAKE_TO, WAKE_WHEN_SCALED)} == {WAKE_TO: None, WAKE_WHEN_SCALED: None}
