"""After a write on an object of a patched kind its fields belong to whom they belonged before (W6)."""

from typing import Any

import pytest

from sundown.model.parts import Action
from sundown.model.resources import ASLEEP_SINCE, PREVIOUS, PREVIOUS_REPLICAS, TAKEN_FROM
from sundown.model.spec import Wanted
from sundown.reconcile.memory import Memory, believed
from sundown.reconcile.workload_steps import record_of, step_for
from sundown.sleepers.catalogue import ROWS
from sundown.sleepers.taken_parts import LONGEST, Part, given_back, owed, read, taken, written

Json = dict[str, Any]
PATCH = {"metadata": {"resourceVersion": "1"}, "spec": {"suspend": True}}
SUSPEND: Json = {"f:spec": {"f:suspend": {}}}
SCHEDULE: Json = {"f:spec": {"f:schedule": {}}}


def entry(manager: str, fields: Json, *, operation: str = "Apply", time: str = "t1", **more: str) -> Json:
    return {
        "manager": manager,
        "operation": operation,
        "apiVersion": "v1",
        "time": time,
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
        **more,
    }


def restored(before: list[Json], after: list[Json], patch: Json, found: Json | None = None) -> list[Json]:
    """The owners after both writes, where ``after`` is what the first has left."""
    found = found or {"metadata": {}, "spec": {"suspend": False}}
    return given_back(after, taken(before, patch, found, asleep=patch), asleep=patch)


BOTH = entry("helm", {"f:spec": {"f:suspend": {}, "f:schedule": {}}})
LEFT = entry("helm", SCHEDULE)
OURS = entry("sundown-operator", SUSPEND, operation="Update", time="t2")


def test_who_applied_a_field_has_it_back_and_sundown_has_nothing() -> None:
    assert restored([BOTH], [LEFT, OURS], PATCH) == [BOTH]


def test_who_had_nothing_else_has_it_back_too() -> None:
    alone = entry("kubectl-edit", SUSPEND, operation="Update")
    assert restored([LEFT, alone], [LEFT, OURS], PATCH) == [LEFT, alone]


def test_what_was_nobodys_is_nobodys() -> None:
    assert restored([LEFT], [LEFT, OURS], PATCH) == [LEFT]


def test_what_an_earlier_write_left_with_sundown_is_taken_off() -> None:
    assert restored([LEFT, OURS], [LEFT, OURS], PATCH) == [LEFT]


def test_who_has_applied_since_knows_better() -> None:
    since = entry("helm", SCHEDULE, time="t3")
    assert restored([BOTH], [since, OURS], PATCH) == [since]


TWO = entry("helm", {"f:spec": {"f:suspend": {}, "f:replicas": {}, "f:schedule": {}}})
HALF_DONE = [
    LEFT,
    entry("sundown-operator", {"f:spec": {"f:suspend": {}, "f:replicas": {}}}, operation="Update", time="t2"),
]
NIGHT: Json = {"spec": {"suspend": True, "replicas": 0}}
BY_DAY: Json = {"metadata": {}, "spec": {"suspend": False, "replicas": 2}}
BY_NIGHT: Json = {"metadata": {}, "spec": {"suspend": True, "replicas": 0}}


def half_done(before: list[Json]) -> tuple[Part, ...]:
    """What stands on the object of a write to put it to sleep, after which the operator was killed."""
    return read(written(taken(before, NIGHT, BY_DAY, asleep=NIGHT)))


@pytest.mark.parametrize("wakes", [{"spec": {"suspend": False}}, {"spec": {"replicas": 2}}, {}], ids=str)
def test_what_a_killed_write_took_is_given_back_by_the_next_one_whatever_that_changes(wakes: Json) -> None:
    parts = owed(half_done([TWO]), HALF_DONE, wakes, BY_NIGHT, asleep=NIGHT)
    assert given_back(HALF_DONE, parts, asleep=NIGHT) == [TWO]


def test_who_has_applied_since_a_killed_write_knows_better_at_the_next_one() -> None:
    since = entry("helm", SCHEDULE, time="t3")
    parts = owed(half_done([TWO]), [since, HALF_DONE[1]], {"spec": {"suspend": False}}, BY_NIGHT, asleep=NIGHT)
    assert given_back([since, HALF_DONE[1]], parts, asleep=NIGHT) == [since]


def test_whom_a_later_write_takes_from_is_owed_beside_whom_a_killed_one_took_from() -> None:
    edited = entry("kubectl-edit", {"f:spec": {"f:replicas": {}}}, operation="Update", time="t3")
    there = [LEFT, edited, OURS]
    parts = owed(half_done([BOTH]), there, NIGHT, {**BY_NIGHT, "spec": {"suspend": True, "replicas": 5}}, asleep=NIGHT)
    ours = entry("sundown-operator", {"f:spec": {"f:suspend": {}, "f:replicas": {}}}, operation="Update", time="t4")
    assert given_back([LEFT, ours], parts, asleep=NIGHT) == [BOTH, edited]


def test_one_manager_by_two_versions_is_two_owners() -> None:
    older = entry("helm", SCHEDULE, apiVersion="v1beta1")
    assert restored([older, BOTH], [older, LEFT, OURS], PATCH) == [older, BOTH]


def test_what_is_owned_of_a_status_stays_as_it_is() -> None:
    status = entry("sundown-operator", {"f:status": {}}, operation="Update", subresource="status")
    assert restored([LEFT, status], [LEFT, status, OURS], PATCH) == [LEFT, status]


SCALAR: Json = {"f:x": {}}
MAP: Json = {"f:x": {".": {}, "f:a": {}, "f:b": {}}}
LISTED: Json = {"f:x": {".": {}, 'k:{"name":"a"}': {".": {}, "f:name": {}}}}
TO_MAP, TO_SCALAR = {"spec": {"x": {"off": True}}}, {"spec": {"x": "off"}}
SHAPES: dict[str, tuple[object, Json, Json]] = {
    "a scalar becomes a map": (3, SCALAR, TO_MAP),
    "a list becomes a map": ([1, 2], SCALAR, TO_MAP),
    "a list of things becomes a map": ([{"name": "a"}], LISTED, TO_MAP),
    "null becomes a map": (None, SCALAR, TO_MAP),
    "an empty map gets a field": ({}, SCALAR, TO_MAP),
    "a map that is owned as a whole gets a field": ({"a": 1}, SCALAR, TO_MAP),
    "a map becomes a scalar": ({"a": 1, "b": 2}, MAP, TO_SCALAR),
    "a list becomes a scalar": ([1], SCALAR, TO_SCALAR),
    "a map is taken away": ({"a": 1, "b": 2}, MAP, {"spec": {"x": None}}),
    "a field of a map that is owned as a whole is taken away": ({"a": 1}, SCALAR, {"spec": {"x": {"a": None}}}),
}


@pytest.mark.parametrize(("there", "owned", "patch"), SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("operation", ["Apply", "Update"])
def test_what_changes_its_shape_belongs_to_whom_it_belonged(
    there: object, owned: Json, patch: Json, operation: str
) -> None:
    whole = entry("helm", {"f:spec": {**owned, "f:y": {}}}, operation=operation)
    left = entry("helm", {"f:spec": {"f:y": {}}}, operation=operation)
    written_by_us: Json = {"f:x": {"f:off": {}}} if patch == TO_MAP else {"f:x": {}}
    ours = entry("sundown-operator", {"f:spec": written_by_us}, operation="Update", time="t2")
    assert restored([whole], [left, ours], patch, {"spec": {"x": there, "y": 1}}) == [whole]


@pytest.mark.parametrize("alone", [True, False], ids=["whose last field it was", "who has more"])
def test_the_maps_in_which_a_field_was_are_given_back_with_it(*, alone: bool) -> None:
    """An owner loses a map with their last field in it."""
    more: Json = {} if alone else {"f:y": {}}
    whole = entry("kubectl-create", {"f:spec": {".": {}, "f:x": {".": {}, "f:off": {}}, **more}}, operation="Update")
    left = [] if alone else [entry("kubectl-create", {"f:spec": {".": {}, **more}}, operation="Update")]
    ours = entry("sundown-operator", {"f:spec": {"f:x": {"f:off": {}}}}, operation="Update", time="t2")
    assert restored([whole], [*left, ours], TO_MAP, {"spec": {"x": {"off": False}}}) == [whole]


def test_of_a_map_in_which_others_have_fields_these_alone_are_left_to_them() -> None:
    theirs = entry("helm", {"f:spec": {"f:x": {"f:a": {}}}})
    assert taken([theirs], TO_MAP, {"spec": {"x": {"a": 1}}}, asleep=TO_MAP) == ()


def test_what_the_api_server_adds_to_sundowns_write_is_sundowns() -> None:
    added = entry("sundown-operator", {"f:spec": {"f:suspend": {}, "f:more": {}}}, operation="Update", time="t2")
    assert restored([LEFT], [LEFT, added], PATCH) == [LEFT]


NAMESAKES = {
    "made": entry("sundown-operator", {"f:spec": {".": {}, "f:schedule": {}, "f:suspend": {}}}, operation="Update"),
    "made without the field": entry("sundown-operator", {"f:spec": {"f:schedule": {}}}, operation="Update"),
    "applied": entry("sundown-operator", {"f:spec": {"f:schedule": {}, "f:suspend": {}}}),
}


@pytest.mark.parametrize("namesake", NAMESAKES.values(), ids=NAMESAKES)
def test_who_has_a_name_of_sundowns_has_afterwards_what_was_theirs(namesake: Json) -> None:
    noted: Json = {"f:metadata": {"f:annotations": {".": {}, "f:sundown.dev/asleep-since": {}}}}
    if namesake["operation"] == "Update":  # Sundown's write goes into the same entry
        spec = {**namesake["fieldsV1"]["f:spec"], "f:suspend": {}}
        after = [{**namesake, "time": "t2", "fieldsV1": {**noted, "f:spec": spec}}]
    else:
        after = [{**namesake, "fieldsV1": SCHEDULE}, {**OURS, "fieldsV1": {**SUSPEND, **noted}}]
    expected = {**namesake, "time": after[0]["time"]}
    assert restored([namesake], after, PATCH) == [expected]


PARTS = taken([BOTH, entry("kubectl-edit", SUSPEND, operation="Update")], PATCH, {"spec": {}}, asleep=PATCH)


def test_what_was_taken_can_be_read_again() -> None:
    assert read(written(PARTS)) == PARTS != ()


def test_of_very_many_owners_the_first_are_written_down() -> None:
    many = [Part(f"manager-{number:04}", "Update", "v1", SUSPEND) for number in range(100)]
    text = written(many)
    assert len(text) <= LONGEST
    assert read(text) == tuple(many[: len(read(text))]) != ()


NO_TEXTS = [
    None,
    "",
    "[",
    "{}",
    "null",
    '"x"',
    "[1]",
    '[{"manager":"helm"}]',
    "[" * 5000,
    written(PARTS) + " " * LONGEST,
]
NO_OWNERS = [written(PARTS).replace("Apply", "Delete"), written(PARTS).replace('{"f:spec"', '[{"f:spec"')]


@pytest.mark.parametrize("text", [*NO_TEXTS, *NO_OWNERS])
def test_what_is_no_such_text_says_nothing(text: str | None) -> None:
    assert read(text) == ()


SLEEP = "2026-11-23T18:00:00.000000Z"
CRON_JOB = next(row for row in ROWS if row.kind == "CronJob")


@pytest.mark.parametrize("note", [written(PARTS), written(()), "of somebody else"])
@pytest.mark.parametrize(("wanted", "action"), [("Asleep", "GiveBack"), ("Awake", "Forget")])
def test_what_was_killed_between_its_writes_is_ended_at_the_next_look(
    note: str, wanted: Wanted, action: Action
) -> None:
    """A16, W6"""
    asleep = {
        ASLEEP_SINCE: f"{SLEEP}/u",
        PREVIOUS_REPLICAS: "1",
        PREVIOUS: '{"spec":{"suspend":false}}',
        TAKEN_FROM: note,
    }
    annotations = asleep if wanted == "Asleep" else {TAKEN_FROM: note}
    about = {"name": "it", "namespace": "dev", "resourceVersion": "7", "uid": "u", "annotations": annotations}
    found = CRON_JOB.read({"metadata": about, "spec": {"suspend": wanted == "Asleep"}})
    memory = Memory(sleep=SLEEP if wanted == "Asleep" else None)
    belief = believed(found, memory)
    step = step_for(wanted, found, belief, memory=memory, sleep=SLEEP)
    assert step is not None
    assert step.action == action
    record = record_of(found, belief, step, memory=memory)
    assert record is None or record.taken_from is None
