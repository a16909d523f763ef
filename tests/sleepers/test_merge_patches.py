"""A patch and what undoes it: exact, absence included, and nobody's edit is lost (A2, A3, E1)."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.sleepers.merge_patches import given_back, holds, inverse, leaves, remembered, sets_no_more, shared_maps

Json = dict[str, Any]

KEYS = st.sampled_from(["a", "b", "c"])
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(0, 2), st.sampled_from(["", "x"]))
VALUES = st.one_of(st.booleans(), st.integers(0, 2), st.sampled_from(["", "x"]))


def objects(depth: int = 2) -> st.SearchStrategy[Json]:
    """What the API server keeps: no nulls in it, and no empty maps, which it takes away or nobody tells from absence."""
    inner = VALUES if depth == 0 else st.one_of(VALUES, objects(depth - 1))
    return st.dictionaries(KEYS, inner, min_size=1, max_size=3)


def patches(depth: int = 2) -> st.SearchStrategy[Json]:
    inner = SCALARS if depth == 0 else st.one_of(SCALARS, patches(depth - 1))
    return st.dictionaries(KEYS, inner, min_size=1, max_size=2)


def applied(found: Any, patch: Any) -> Any:
    """RFC 7386, as it is written there."""
    if not isinstance(patch, dict):
        return patch
    result = copy.deepcopy(found) if isinstance(found, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = applied(result.get(key), value)
    return result


def put_to_sleep(found: Json, patch: Json) -> tuple[Json, Json]:
    return applied(found, patch), inverse(patch, found)


@given(objects(), patches())
def test_what_was_put_to_sleep_holds(found: Json, patch: Json) -> None:
    """E1"""
    assert holds(patch, applied(found, patch))


@given(objects(), patches())
def test_the_inverse_gives_back_exactly_what_was_there(found: Json, patch: Json) -> None:
    """A3: an absent field is absent again, and so is an absent map."""
    asleep, record = put_to_sleep(found, patch)
    back = given_back(record, patch, inverse(patch, asleep), shared=shared_maps(patch, asleep))
    assert applied(asleep, back) == found


@given(objects(), patches())
def test_a_record_says_no_more_than_its_patch(found: Json, patch: Json) -> None:
    """Whoever may edit an object may write a record onto it: what else that says is not done."""
    assert sets_no_more(inverse(patch, found), patch)


@given(objects(), patches(), st.data())
def test_what_somebody_set_meanwhile_stays_and_the_rest_is_given_back(
    found: Json, patch: Json, data: st.DataObject
) -> None:
    """A3: a person's edit wins, field by field."""
    asleep, record = put_to_sleep(found, patch)
    edit = an_edit(patch, data)
    edited = applied(asleep, edit)
    back = given_back(record, patch, inverse(patch, edited), shared=shared_maps(patch, edited))
    assert applied(edited, back) == applied(found, edit)


@given(objects(), patches(), st.data())
def test_a_second_night_remembers_what_was_there_before_the_first(
    found: Json, patch: Json, data: st.DataObject
) -> None:
    """A2: put to sleep again after an edit in the night, only what was edited is recorded anew."""
    asleep, first = put_to_sleep(found, patch)
    edit = an_edit(patch, data)
    edited = applied(asleep, edit)
    second = remembered(patch, inverse(patch, edited), first)
    again = applied(edited, patch)
    woken = applied(again, given_back(second, patch, inverse(patch, again), shared=shared_maps(patch, again)))
    assert woken == applied(found, edit)


def an_edit(patch: Json, data: st.DataObject) -> Json:
    """Some of the fields that a patch sets, set to something else."""
    chosen = data.draw(st.sets(st.sampled_from([path for path, _ in leaves(patch)])))
    edit: Json = {}
    for path in chosen:
        edit = applied_to_itself(edit, path)
    return edit


def applied_to_itself(edit: Json, path: tuple[str, ...]) -> Json:
    patch: Any = "edited"
    for step in reversed(path):
        patch = {step: patch}
    return dict(applied(edit, patch))


@pytest.mark.parametrize(
    ("found", "patch", "expected"),
    [
        ({"spec": {}}, {"spec": {"suspend": True}}, {"spec": {"suspend": None}}),
        ({"spec": {"suspend": False}}, {"spec": {"suspend": True}}, {"spec": {"suspend": False}}),
        ({"spec": {"n": {"disk": "ssd"}}}, {"spec": {"n": {"x": "1"}}}, {"spec": {"n": {"x": None}}}),
        ({"spec": {}}, {"spec": {"n": {"x": "1"}}}, {"spec": {"n": None}}),
        ({"spec": {"stop": "no"}}, {"spec": {"stop": None}}, {"spec": {"stop": "no"}}),
    ],
    ids=["absent", "false", "a map with more", "an absent map", "a field taken away"],
)
def test_what_is_recorded(found: Json, patch: Json, expected: Json) -> None:
    """E1"""
    assert inverse(patch, found) == expected


def test_a_map_that_was_absent_stays_where_somebody_has_put_more_into_it() -> None:
    """A3: a node selector of a person's, set at night, is not taken away with ours."""
    patch = {"spec": {"n": {"x": "1"}}}
    edited = {"spec": {"n": {"x": "1", "disk": "ssd"}}}
    back = given_back({"spec": {"n": None}}, patch, inverse(patch, edited), shared=shared_maps(patch, edited))
    assert back == {"spec": {"n": {"x": None}}}


def test_what_the_api_server_adds_to_a_map_is_nobodys() -> None:
    """A3: an HPA's behavior, absent before, is absent again although the API server filled it."""
    patch = {"spec": {"behavior": {"up": {"policy": "Disabled"}}}}
    filled = {"spec": {"behavior": {"up": {"policy": "Disabled", "window": 0}, "down": {"policy": "Max"}}}}
    usual = {"spec": {"behavior": {"up": {"window": 0}, "down": {"policy": "Max"}}}}
    shared = shared_maps(patch, filled, defaults=usual)
    back = given_back({"spec": {"behavior": None}}, patch, inverse(patch, filled), shared=shared)
    assert back == {"spec": {"behavior": None}}


def test_true_is_not_one() -> None:
    """To Python it is."""
    assert not holds({"a": True}, {"a": 1})


def test_fields_that_a_schedule_does_not_patch_any_more_are_given_back_as_recorded() -> None:
    """G2: the patch was changed while objects slept by the one before."""
    now = {"spec": {"size": 0}}
    record = remembered({"spec": {"size": 0}}, {"spec": {"size": 3}}, {"metadata": {"annotations": {"x": None}}})
    assert record == {"metadata": {"annotations": {"x": None}}, "spec": {"size": 3}}
    assert given_back(record, {"spec": {"size": 0}}, now) == record
