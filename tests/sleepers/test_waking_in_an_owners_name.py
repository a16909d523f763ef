"""A workload is woken in one write where it can be written in the name of who owns its fields (W6, A19)."""

from dataclasses import replace
from typing import Any

import pytest

from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Denied, Refused
from sundown.model.parts import Owner, Step, Workload
from sundown.model.record import Restoring
from sundown.sleepers.giving_back import taken_back
from sundown.sleepers.notes import Taken, note_of
from sundown.sleepers.replicas import write
from sundown.sleepers.ways import in_whose_name, owed
from support.samples import SLEEP, sleeping

Json = dict[str, Any]
THEN, NOW = "2026-11-23T09:00:00Z", "2026-11-24T07:00:00Z"
MARK, NOTE = "sundown.dev/asleep-since", "sundown.dev/taken-from"
OPERATOR = "sundown-operator"
DELETE = '{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenScaled":"Delete"}}}'
COUNT: Json = {"f:spec": {"f:replicas": {}}}
MADE = Taken("kubectl-create", ("replicas",), time=THEN, applies=False, count=3)


def web(*whose: Taken, owners: tuple[Owner, ...] = ()) -> Workload:
    ours = Owner(OPERATOR, applies=False, fields=frozenset({"replicas", "mark"}))
    return sleeping("web", "3", taken_from=note_of(whose) if whose else None, owners=(ours, *owners))


def db(*whose: Taken) -> Workload:
    return replace(
        sleeping("db", "3", kind="StatefulSet", aside="Retain", rest=DELETE),
        taken_from=note_of(whose),
    )


WAKES = Step("Wake", web(MADE), 3, Restoring(3))
BOTH = replace(MADE, fields=("replicas", "whenScaled"))


@pytest.mark.parametrize(
    ("step", "name"),
    [
        (WAKES, "kubectl-create"),
        (Step("Wake", db(BOTH), 3, Restoring(3, DELETE)), "kubectl-create"),
        (Step("Wake", db(MADE), 3, Restoring(3, DELETE)), None),
        (Step("Wake", web(replace(MADE, manager=OPERATOR)), 3, Restoring(3)), None),
        (Step("Wake", web(replace(MADE, subresource="scale")), 3, Restoring(3)), None),
        (Step("Wake", web(replace(MADE, applies=True, count=None)), 3, Restoring(3)), None),
        (Step("Wake", web(MADE, replace(MADE, manager="helm", applies=True, count=None)), 3, Restoring(3)), None),
        (Step("Wake", web(), 3, Restoring(3)), None),
        (Step("Wake", web(MADE), 4, Restoring(4)), None),
        (Step("Wake", web(replace(MADE, count=0)), 0, Restoring(0)), None),
        (Step("Sleep", web(MADE), 0, Restoring(3), SLEEP), None),
        (Step("Forget", replace(web(MADE), replicas=3), 3), None),
    ],
)
def test_it_is_written_in_the_name_of_who_alone_owns_all_of_it(step: Step, name: str | None) -> None:
    """And by an update of the object itself, for that is the entry that a write makes."""
    assert in_whose_name(step, owed(step)) == name


class Wire(Cluster):
    """An API server of one object that was made by ``kubectl-create``: who writes the count owns it."""

    def __init__(self, *, refusal: ApiError | None = None, held: bool = False, made_of_it: int | None = None) -> None:
        self.sent: list[tuple[str, Json]] = []
        self._refusal, self._held, self._made_of_it = refusal, held, made_of_it
        self._count = 0
        self._entries = [_entry(OPERATOR, NOW)]

    async def merge_patch(self, path: str, body: Json, *, whole: bool = False, **params: str) -> Json:
        who = params.get("fieldManager", OPERATOR)
        self.sent.append((who, body))
        if who != OPERATOR and self._refusal is not None:
            raise self._refusal
        if "spec" in body:
            held = self._held and who != OPERATOR
            self._count = 0 if held else self._made_of_it or body["spec"]["replicas"]
            self._entries = [_entry(who, NOW)]
        self._entries = body["metadata"].get("managedFields", self._entries)
        marked = {MARK: "still"} if self._held and who != OPERATOR else {}
        about = {"resourceVersion": f"{7 + len(self.sent)}", "annotations": marked, "managedFields": self._entries}
        return {"metadata": about, "spec": {"replicas": self._count}}


def _entry(manager: str, time: str) -> Json:
    return {"manager": manager, "operation": "Update", "apiVersion": "apps/v1", "time": time, "fieldsV1": COUNT}


async def test_one_write_is_all() -> None:
    """W6: record, mark and note go with the very write that gives the count back."""
    wire = Wire()
    await write(wire, WAKES)
    ((who, body),) = wire.sent
    assert who == "kubectl-create"
    assert body["spec"] == {"replicas": 3}
    assert body["metadata"]["resourceVersion"] == "7"
    assert set(body["metadata"]["annotations"].values()) == {None}
    assert {MARK, NOTE} <= body["metadata"]["annotations"].keys()


@pytest.mark.parametrize("refusal", [Refused("no such manager", status=400), Denied("not in that name", status=403)])
async def test_what_is_refused_in_that_name_is_written_in_our_own_and_given_back(refusal: ApiError) -> None:
    wire = Wire(refusal=refusal)
    await write(wire, WAKES)
    assert [who for who, _ in wire.sent] == ["kubectl-create", OPERATOR, OPERATOR]
    (_, first), (_, second) = wire.sent[1:]
    assert first["metadata"]["annotations"][NOTE] == WAKES.workload.taken_from
    assert [each["manager"] for each in second["metadata"]["managedFields"]] == ["kubectl-create"]


async def test_a_policy_that_nobody_knew_of_holds_nothing_that_is_woken() -> None:
    """It takes what others write in a namespace that sleeps for a wish, and keeps the zero."""
    wire = Wire(held=True)
    await write(wire, WAKES)
    assert [(who, body["metadata"]["resourceVersion"]) for who, body in wire.sent] == [
        ("kubectl-create", "7"),
        (OPERATOR, "8"),
        (OPERATOR, "9"),
    ]


async def test_a_count_that_admission_makes_of_it_is_not_taken_for_the_owners() -> None:
    """Z1: by its time everybody can tell that they have not written since the evening."""
    wire = Wire(made_of_it=2)
    await write(wire, WAKES)
    assert [who for who, _ in wire.sent] == ["kubectl-create", OPERATOR, OPERATOR]
    lists = [body["metadata"]["managedFields"] for _, body in wire.sent[1:]]
    assert [[each["manager"] for each in entries] for entries in lists] == [[OPERATOR], ["kubectl-create"]]
    assert [each["time"] for each in lists[1]] == [THEN]
    assert not any("spec" in body for _, body in wire.sent[1:])


async def test_who_owns_more_than_the_count_keeps_the_rest_meanwhile() -> None:
    """Z1: a list that differs in times alone is taken for the same, so that the count goes through another hand."""
    template: Json = {"f:template": {}}
    whole = {**_entry("kubectl-create", NOW), "fieldsV1": {"f:spec": {**COUNT["f:spec"], **template}}}
    patch = taken_back({"resourceVersion": "8", "managedFields": [whole]}, (MADE,))
    assert patch is not None
    theirs, ours = patch["metadata"]["managedFields"]
    assert (theirs["time"], theirs["fieldsV1"]) == (THEN, {"f:spec": template})
    assert (ours["manager"], ours["fieldsV1"]) == (OPERATOR, COUNT)
    assert taken_back({"resourceVersion": "9", "managedFields": [theirs, ours]}, (MADE,)) is None
