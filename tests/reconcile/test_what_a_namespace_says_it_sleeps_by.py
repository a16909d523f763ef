"""By which kinds something sleeps stands on the namespace, and whatever else stands there is read as nothing (A15, G2)."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.model.base import parse
from sundown.model.env import Namespace
from sundown.model.record import Record
from sundown.model.spec import PatchRow
from sundown.reconcile.asleep_by import LONGEST, hidden, mistakes, noted, of, read, written
from sundown.sleepers.catalogue import ROWS
from sundown.sleepers.chosen_rows import own_row
from sundown.sleepers.other_kinds import Others
from sundown.sleepers.patch_kind import PatchKind
from support.samples import namespace

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


def record(kind: str) -> Record:
    return Record(kind, "it", "u", "{}", None)


def said(*rows: PatchKind) -> Namespace:
    return replace(namespace(), annotations={"sundown.dev/asleep-by": written(rows)})


def test_what_the_schedule_in_force_has_no_record_of_was_left_by_another() -> None:
    """A15"""
    (cron_jobs,) = read('["CronJob"]')
    found = noted(said(own(), cron_jobs), {"CronJob"})
    assert (found.rows, found.left) == ((cron_jobs, own()), (own(),))
    assert [row.kind for row in found.beside([cron_jobs])] == [KEY, "CronJob"]
    assert found.beside([own(7)]) == (own(7),)
    assert [one.path for one in found.hidden(Others(absent=(KEY, "CronJob")))] == [KEY]
    assert noted(None, set()).rows == ()


def test_by_night_what_cannot_be_looked_at_stays_there_beside_what_is_put_to_sleep() -> None:
    """A15: it is what the morning knows of it."""
    (cron_jobs,) = read('["CronJob"]')
    found = noted(said(own()), set())
    for others, left in ((Others(absent=(KEY,)), [own()]), (Others(), [])):
        text = found.to_say([cron_jobs, own()], [record("CronJob")], others, wanted="Asleep")
        assert text == written([cron_jobs, *left])


@pytest.mark.parametrize(
    ("still", "absent", "left"),
    [
        ((KEY, "CronJob"), (KEY,), None),
        ((), (), None),
        (("CronJob",), (KEY,), '["CronJob"]'),
        ((), (KEY, "CronJob"), ""),
    ],
)
def test_by_day_what_was_given_up_goes_at_once(
    still: tuple[str, ...], absent: tuple[str, ...], left: str | None
) -> None:
    """G2: or it would look like what another schedule has left, once no record tells of it."""
    found = noted(said(own(), *read('["CronJob"]')), {KEY, "CronJob"})
    records = [record(kind) for kind in still]
    assert found.to_say(found.rows, records, Others(absent=absent), wanted="Awake") == left
