"""By which kinds something sleeps stands on the namespace, and whatever else stands there is read as nothing (A15, G2)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.model.base import parse
from sundown.model.record import Record
from sundown.model.spec import PatchRow
from sundown.reconcile.asleep_by import LONGEST, hidden, mistakes, of, read, written
from sundown.sleepers.catalogue import ROWS
from sundown.sleepers.chosen_rows import own_row
from sundown.sleepers.other_kinds import Others
from sundown.sleepers.patch_kind import PatchKind

KEY = "Simulator.example.com"


def own(number: int = 0, *, kind: str = "Simulator", **asleep: object) -> PatchKind:
    patch = {"spec": {"paused": True, **asleep}}
    return own_row(parse(PatchRow, {"apiVersion": f"example.com/v{number + 1}", "kind": kind, "asleep": patch}))


def also_changed() -> PatchKind:
    """A kind of the catalogue by another patch."""
    patch = {"apiVersion": "batch/v1", "kind": "CronJob", "asleep": {"spec": {"timeZone": "UTC"}}}
    return own_row(parse(PatchRow, patch))


@given(chosen=st.sets(st.sampled_from(ROWS)), with_own=st.booleans())
def test_what_is_written_is_read(chosen: set[PatchKind], with_own: bool) -> None:
    """A15: rows of the catalogue, and those that a schedule brought along."""
    rows = [*chosen, *([own()] if with_own else [])]
    found = {row.kind: row for row in read(written(rows))}
    assert found == {row.kind: row for row in rows}


def test_a_kind_of_the_catalogue_by_a_schedules_own_patch_keeps_that() -> None:
    (row,) = read(written([also_changed()]))
    assert (row.kind, row.patch, row.own) == ("CronJob", '{"spec":{"timeZone":"UTC"}}', True)


def test_nothing_is_nothing() -> None:
    assert (written([]), read("")) == ("", ())


def test_what_is_too_long_is_told_by_name() -> None:
    rows = [own(kind=f"Simulator{letter * 3}", text=letter * 900) for letter in "ABCDEFGHIJ"]
    text = written(rows)
    assert len(text) <= LONGEST
    assert {row.kind for row in read(text)} == {row.kind for row in rows}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@given(text=st.text(max_size=200) | json_values.map(json.dumps) | st.lists(json_values, max_size=6).map(json.dumps))
def test_whatever_somebody_writes_there_is_read_without_a_fault(text: str) -> None:
    """S1"""
    assert all(isinstance(row, PatchKind) for row in read(text))


@pytest.mark.parametrize(
    "entry",
    [
        {"apiVersion": "v1", "kind": "Secret", "asleep": {"metadata": {"finalizers": []}}},
        {"apiVersion": "apps/v1", "kind": "Deployment", "asleep": {"spec": {"replicas": 0}}},
        {"apiVersion": "example.com/v1", "kind": "Simulator", "asleep": {"status": {"a": 1}}},
        {"kind": "Simulator"},
        "../pods",
        "Deployment",
        7,
    ],
)
def test_what_no_schedule_may_say_is_not_followed_from_there_either(entry: object) -> None:
    """S7: by whom the namespace may be written."""
    assert read(json.dumps([entry, "CronJob"])) == read('["CronJob"]')


def test_a_text_that_has_no_end_is_not_read() -> None:
    """S1"""
    assert read(json.dumps([*["CronJob"] * 4000])) == ()
    assert read("[" * LONGEST) == ()


def test_only_what_is_recorded_is_written() -> None:
    rows = [own(), *ROWS]
    records = [Record(KEY, "it", "u", "{}", None), Record("Deployment", "web", "v", "3", None)]
    assert [row.kind for row in of(records, rows)] == [KEY]


@pytest.mark.parametrize(
    ("others", "why"),
    [
        (Others(absent=(KEY,)), "this cluster does not serve it now"),
        (Others(unlisted={KEY: "no rights"}), "no rights"),
        (Others(unanswered={KEY: "503"}), "503"),
    ],
)
def test_what_cannot_be_looked_at_is_told_with_its_way_out(others: Others, why: str) -> None:
    rows = [own(), *read('["CronJob"]')]
    (told,) = mistakes(hidden(rows, others))
    assert (told.path, "sundown.dev/asleep-by" in str(told)) == (KEY, True)
    assert f"sleeps still: {why}." in str(told)
    assert hidden(rows, Others()) == {}
