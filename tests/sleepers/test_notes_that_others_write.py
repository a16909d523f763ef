"""The note of whose fields were taken is an annotation: whoever may edit a workload may write anything there (Z, W6)."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Conflict, error_for
from sundown.model.managers import OURS
from sundown.model.parts import Owner, Step
from sundown.model.record import Record, Restoring
from sundown.reconcile.memory import Belief, Memory
from sundown.reconcile.workload_steps import record_of, step_for
from sundown.sleepers.giving_back import awake
from sundown.sleepers.notes import Taken, note_of, read_note
from sundown.sleepers.replicas import write
from sundown.sleepers.ways import owed
from support.samples import MEMORY, SLEEP, sleeping, workload

Json = dict[str, Any]
NOTE = "sundown.dev/taken-from"
THEN = "2026-11-23T09:00:00Z"
GOOD: Json = {"manager": "helm", "fields": ["replicas"], "apiVersion": "apps/v1", "time": THEN}
HELM = Taken("helm", ("replicas",), time=THEN)
HAND = "hand-written"

WRONG: dict[str, Json] = {
    "a time that is none": {"time": "nonsense"},
    "a day that is none": {"time": "2026-02-30T09:00:00Z"},
    "an hour that is none": {"time": "2026-02-03T24:00:00Z"},
    "a time with an end of line": {"time": THEN + "\n"},
    "a time of another zone": {"time": "2026-11-23T09:00:00+01:00"},
    "a time that is a number": {"time": 3},
    "a long manager": {"manager": "x" * 129},
    "a manager of many bytes": {"manager": "é" * 65},
    "a manager that cannot be printed": {"manager": "a\nb"},
    "no manager": {"manager": ""},
    "a manager that is a list": {"manager": ["helm"]},
    "another group": {"apiVersion": "batch/v1"},
    "no version": {"apiVersion": None},
    "a subresource that has no count": {"subresource": "status"},
    "a long subresource": {"subresource": "s" * 300},
    "a field that is not written": {"fields": ["replicas", "template"]},
    "no field": {"fields": []},
    "a field that is a text": {"fields": "replicas"},
    "very many fields": {"fields": ["replicas"] * 50},
    "a key that is not known": {"operations": "Apply"},
    "an operation that is none": {"operation": "Create"},
    "a count that is none": {"count": -1},
    "a count that is a text": {"count": "3"},
    "a count of very many": {"count": 10**12},
}


@pytest.mark.parametrize("more", WRONG.values(), ids=WRONG.keys())
def test_an_entry_that_no_api_server_would_take_names_nobody(more: Json) -> None:
    """A18: each of them was refused as an owner, for ever."""
    assert read_note(json.dumps([{**GOOD, **more}])) == ()
    assert read_note(json.dumps([{**GOOD, **more}, GOOD])) == (HELM,)


@pytest.mark.parametrize("key", ["manager", "fields", "apiVersion"])
def test_an_entry_that_lacks_something_names_nobody(key: str) -> None:
    """A18."""
    assert read_note(json.dumps([{name: value for name, value in GOOD.items() if name != key}])) == ()


def test_half_a_sign_is_no_json() -> None:
    """Z: nothing of such a note is believed."""
    assert read_note(json.dumps([GOOD, {**GOOD, "manager": "\ud800"}])) == ()


def test_a_note_that_is_longer_than_sundowns_names_nobody() -> None:
    """A18."""
    assert read_note(json.dumps([GOOD] * 20)) == ()


taken = st.builds(
    Taken,
    st.text(st.characters(categories=["L", "N", "P", "S"], max_codepoint=0x2FF), min_size=1, max_size=40).filter(
        lambda name: name not in OURS
    ),
    st.sampled_from([("replicas",), ("whenScaled",), ("replicas", "whenScaled")]),
    time=st.sampled_from(["", THEN, "2028-02-29T23:59:59Z"]),
    subresource=st.sampled_from(["", "scale"]),
)


@given(st.lists(taken, max_size=3))
def test_what_sundown_writes_it_can_read(whose: list[Taken]) -> None:
    """W6."""
    assert read_note(note_of(tuple(whose))) == tuple(whose)


keys = st.sampled_from([*GOOD, "subresource"]) | st.text(max_size=5)
leaves = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["apps/v1", THEN, "helm"])
)
anything = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=20)
entries = st.fixed_dictionaries({}, optional=dict.fromkeys([*GOOD, "subresource"], anything))


@given(anything | st.lists(entries) | st.lists(st.builds(lambda more: {**GOOD, **more}, entries)))
def test_no_json_at_all_is_too_much_for_it(note: Any) -> None:
    """Z, A18: and whoever it names can be given fields back."""
    whose = read_note(json.dumps(note))
    assert all(len(one.manager.encode()) <= 128 and one.fields and one.api_version == "apps/v1" for one in whose)
    awake({"resourceVersion": "8", "managedFields": fields()}, whose)


@given(st.text() | st.sampled_from(["[" * 1000, '[{"manager":' * 80, "9" * 1000, "\ud800"]))
def test_no_text_is_too_much_for_it(note: str) -> None:
    """Z."""
    assert read_note(note) == () or note.lstrip().startswith("[")


BROKEN = json.dumps([{**GOOD, "time": "nonsense"}])


@pytest.mark.parametrize(("note", "kept"), [(BROKEN, None), ("{", None), (json.dumps([GOOD]), note_of((HELM,)))])
def test_only_a_note_that_can_be_read_is_kept_in_the_second_place(note: str, kept: str | None) -> None:
    """A18."""
    found = sleeping("web", "3", taken_from=note)
    record = record_of(found, Belief(Restoring(3), "object"), None)
    assert record is not None
    assert record.taken_from == kept


def test_a_wrong_note_that_is_in_the_second_place_already_is_not_followed() -> None:
    """A18: an earlier version has put it there."""
    ours = Owner("sundown-operator", applies=False, fields=frozenset({"replicas"}))
    found = workload("web", 3, owners=(ours,))

    def given(note: str) -> tuple[Taken, ...]:
        stored = {("Deployment", "web", "uid-web"): Record("Deployment", "web", "uid-web", "{}", note)}
        step = step_for("Awake", found, Belief(), memory=Memory(sleep=MEMORY.sleep, records=stored), sleep=SLEEP)
        assert step is not None
        assert step.action == "GiveBack"
        return owed(step)

    assert given(BROKEN) == ()
    assert given(note_of((HELM,))) == (HELM,)


def fields() -> list[Json]:
    """The count is ours, taken from Helm."""
    ours: Json = {"f:spec": {"f:replicas": {}}}
    return [
        {"manager": "helm", "operation": "Apply", "time": THEN, "fieldsV1": {"f:spec": {"f:template": {}}}},
        {"manager": "sundown-operator", "operation": "Update", "fieldsV1": ours},
    ]


THERE: Json = {
    "name": "web",
    "namespace": "dev",
    "uid": "uid-web",
    "resourceVersion": "8",
    "managedFields": fields(),
    "annotations": {NOTE: "as it was written"},
}


class Wire(Cluster):
    """An API server that takes no owner of some names, or nobody at all."""

    def __init__(self, refused: int = 422, *, everything: bool = False, uid: str = "uid-web", count: int = 3) -> None:
        self.sent: list[Json] = []
        self._there = {"metadata": {**THERE, "uid": uid}, "spec": {"replicas": count}}
        self._refused = refused
        self._everything = everything

    async def merge_patch(self, path: str, body: Json, *, whole: bool = False, **params: str) -> Json:
        entries = body["metadata"].get("managedFields", ())
        wrong = any(HAND in entry["manager"] for entry in entries) or (bool(entries) and self._everything)
        if "dryRun" not in params:
            self.sent.append(body)
        if wrong:
            raise error_for(self._refused, "no", None)
        return {"metadata": THERE}

    async def get(self, path: str, **params: str) -> Json:
        return self._there


def noted(*managers: str) -> Step:
    """The step that gives back what it took from them."""
    whose = tuple(Taken(name, ("replicas",), time=THEN) for name in managers)
    return Step("GiveBack", workload("web", 3, taken_from=note_of(whose)), 3)


@pytest.mark.parametrize("status", [400, 403, 422])
@pytest.mark.parametrize("managers", [(HAND,), (HAND, "helm"), ("helm", HAND), (HAND, f"{HAND}-too", "helm")])
async def test_who_is_not_taken_as_an_owner_is_left_out(status: int, managers: tuple[str, ...]) -> None:
    """A18: everybody else gets back what is theirs, and the note goes."""
    wire = Wire(status)
    with capture_logs() as logged:
        await write(wire, noted(*managers))
    last = wire.sent[-1]["metadata"]
    assert last["annotations"] == {NOTE: None}
    assert set(counted(wire.sent[-1])) == set(managers) - {HAND, f"{HAND}-too"}
    assert [each["event"] for each in logged] == ["not-given-back"]


async def test_where_nobody_is_taken_the_note_goes_all_the_same() -> None:
    """A18."""
    wire = Wire(everything=True)
    await write(wire, noted("helm", "flux"))
    assert wire.sent[-1] == {"metadata": {"resourceVersion": "8", "annotations": {NOTE: None}}}


@pytest.mark.parametrize("wire", [Wire(uid="uid-new"), Wire(uid="uid-new", count=0), Wire(count=0), Wire(count=5)])
async def test_nothing_is_given_back_on_what_has_been_made_anew_or_scaled_since_the_look(wire: Wire) -> None:
    """A18: a note of the old object's owners stood on the new one, of which nobody knew then what it says."""
    with pytest.raises(Conflict):
        await write(wire, noted("helm"))
    assert wire.sent == []


@pytest.mark.parametrize(("status", "times"), [(401, 1), (404, 1), (409, 10), (429, 1), (503, 1)])
async def test_what_says_nothing_of_the_owners_is_no_reason_to_leave_them_out(status: int, times: int) -> None:
    """W6: it is tried again, or looked at again."""
    wire = Wire(status)
    with pytest.raises(ApiError):
        await write(wire, noted(HAND))
    assert len(wire.sent) == times
    assert all(counted(sent) == [HAND] for sent in wire.sent)


@pytest.mark.parametrize(
    "step",
    [
        Step("GiveBack", workload("web", 3, taken_from=BROKEN), 3),
        Step("Sleep", workload("web", 3, taken_from=BROKEN), 0, Restoring(3), SLEEP),
        Step("Wake", sleeping("web", "3", taken_from=BROKEN), 3, Restoring(3)),
        Step("Forget", workload("web", 3, taken_from=BROKEN), 3),
    ],
    ids=lambda step: step.action,
)
async def test_a_note_that_names_nobody_goes_with_the_write_itself(step: Step) -> None:
    """A18."""
    wire = Wire()
    await write(wire, step)
    assert wire.sent[0]["metadata"]["annotations"][NOTE] is None
    assert [one for sent in wire.sent for one in counted(sent)] == []


def counted(sent: Json) -> list[str]:
    """Who gets the count."""
    entries = sent["metadata"].get("managedFields", ())
    return [entry["manager"] for entry in entries if "f:replicas" in entry["fieldsV1"]["f:spec"]]
