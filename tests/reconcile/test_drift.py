"""What is drift, and when it has an env looked at (G1): a sleeping object that is changed, or one that is made at night."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.cluster.heard import Heard, heard
from sundown.model.parts import Workload
from sundown.model.scalars import format_instant
from sundown.reconcile.drift import DEBOUNCE, Drift, Quiet, is_drift, left_by
from sundown.reconcile.fights import A_FIGHT, Round
from sundown.reconcile.part_verdict import Goal
from sundown.reconcile.plan import plan
from sundown.reconcile.woken_at_night import told as word
from sundown.sleepers.kinds import KINDS
from support.catalogued import KINDS as ROWS
from support.samples import MEMORY, NOW, SLEEP, after, planned, sleeping, workload

PATH = KINDS["Deployment"].collection()
CRON_JOBS = ROWS["CronJob"].collection()
CLUSTERS = ROWS["Cluster"].collection()
SOON = DEBOUNCE.span(1)
HIBERNATED = {"cnpg.io/hibernation": "on"}


def told(uid: str = "uid-web", generation: int = 3, *, made: datetime | None = None, **metadata: Any) -> Heard:
    """What a watch tells of an object of ``dev``."""
    about = {"namespace": "dev", "name": "web", "uid": uid, "resourceVersion": "9", "generation": generation}
    created = format_instant(made if made is not None else after(days=-30))
    wire = orjson.dumps(
        {"metadata": {**about, "creationTimestamp": created, **metadata}, "kind": "PartialObjectMetadata"}
    )
    return heard(msgspec.Raw(wire), [("annotations", key) for key in HIBERNATED])


QUIET = Quiet(
    NOW,
    {PATH: {"uid-web": 3, "uid-busy": None}, CLUSTERS: {"uid-db": 1}},
    {CLUSTERS: (("annotations", "cnpg.io/hibernation", "on"),)},
)


@pytest.mark.parametrize(
    ("path", "kind", "what", "expected"),
    [
        (PATH, "MODIFIED", told(generation=4), True),
        (PATH, "ADDED", told(generation=4), True),
        (PATH, "MODIFIED", told(generation=3), False),
        (PATH, "ADDED", told(generation=2), False),
        (PATH, "MODIFIED", told("uid-busy", 99), False),
        (PATH, "ADDED", told("uid-new", 1, made=after(seconds=1)), True),
        (PATH, "ADDED", told("uid-new", 1, made=after(hours=-1)), False),
        (PATH, "MODIFIED", told("uid-new", 1, made=after(seconds=1)), False),
        (CRON_JOBS, "ADDED", told("uid-new", 1, made=after(seconds=1)), False),
        (CLUSTERS, "MODIFIED", told("uid-db", 1, annotations=HIBERNATED), False),
        (CLUSTERS, "MODIFIED", told("uid-db", 1, annotations={"cnpg.io/hibernation": "off"}), True),
        (CLUSTERS, "MODIFIED", told("uid-db", 1), True),
        (CLUSTERS, "MODIFIED", told("uid-db", 2, annotations=HIBERNATED), True),
    ],
    ids=[
        "its spec was changed",
        "and that is told when the watch begins anew",
        "its status was",
        "the API server's memory is older than the look",
        "what is on its way, or runs on",
        "one was made",
        "one that its row leaves out was there before",
        "and is changed",
        "of a kind that does not sleep there",
        "the annotation is there",
        "it says otherwise",
        "it is gone",
        "something else was changed",
    ],
)
def test_what_is_drift(path: str, kind: str, what: Heard, expected: bool) -> None:
    """G1"""
    assert is_drift(QUIET, path, kind, what) is expected


def resting(*, now: datetime = NOW) -> Drift:
    drift = Drift()
    drift.begin("dev")
    assert drift.looked("dev", QUIET, now=now) is None
    return drift


def test_a_change_has_its_env_looked_at_well_within_a_minute() -> None:
    """G1"""
    drift = resting()
    assert drift.told(PATH, "MODIFIED", told(generation=4), now=NOW) == NOW + SOON
    assert timedelta(seconds=10) >= SOON
    assert drift.suspects("dev") == {"uid-web", "uid-db"}
    assert drift.told(PATH, "ADDED", told("uid-new", 1, made=NOW), now=NOW) is None
    assert drift.suspects("dev") == {"uid-web", "uid-db", "uid-new"}


def test_many_changes_are_one_look() -> None:
    drift = resting()
    due = [
        drift.told(PATH, "MODIFIED", told(generation=4 + second), now=after(milliseconds=second)) for second in range(9)
    ]
    assert [at for at in due if at is not None] == [NOW + SOON]


@pytest.mark.parametrize("kind", ["MODIFIED", "DELETED", "MODIFIED, DELETED"])
def test_what_is_changed_during_a_look_is_compared_with_what_it_saw(kind: str) -> None:
    """G1: a change between the list and the end of the look is newer than the list."""
    drift = resting()
    drift.begin("dev")
    for one in kind.split(", "):
        assert drift.told(PATH, one, told(generation=4), now=NOW) is None
    assert drift.looked("dev", QUIET, now=NOW) == (NOW + SOON if kind == "MODIFIED" else None)


def test_what_a_look_has_seen_already_is_no_news() -> None:
    drift = resting()
    drift.begin("dev")
    drift.told(PATH, "MODIFIED", told(generation=4), now=NOW)
    seen = replace(QUIET, at={PATH: {"uid-web": 4}})
    assert drift.looked("dev", seen, now=NOW) is None


def test_one_that_keeps_changing_and_sleeps_on_is_looked_at_less_and_less_often() -> None:
    """Design 10: a controller that annotates Deployments every few seconds must not cost a look each time."""
    drift, now, generation, looks = resting(), NOW, 3, 0
    while now < after(hours=1):
        generation += 1
        due = drift.told(PATH, "MODIFIED", told(generation=generation), now=now)
        if due is not None:
            looks, now = looks + 1, due
            drift.begin("dev")
            drift.looked("dev", replace(QUIET, at={PATH: {"uid-web": generation}}), now=now)
        now += timedelta(seconds=5)
    assert 5 <= looks <= 16


def test_another_one_of_its_env_is_not_made_to_wait_for_that() -> None:
    drift = resting()
    quiet = replace(QUIET, at={PATH: {"uid-web": 3, "uid-api": 1}})
    for _ in range(9):
        drift.looked("dev", quiet, now=NOW)
        drift.told(PATH, "MODIFIED", told(generation=4), now=NOW)
    assert drift.told(PATH, "MODIFIED", told("uid-api", 2), now=NOW) == NOW + SOON


def test_what_was_woken_indeed_is_looked_at_at_once_the_next_time_too() -> None:
    drift = resting()
    for generation in range(4, 13):
        assert drift.told(PATH, "MODIFIED", told(generation=generation), now=NOW) == NOW + SOON
        drift.looked("dev", replace(QUIET, at={PATH: {"uid-web": None}}), now=NOW)
        drift.looked("dev", replace(QUIET, at={PATH: {"uid-web": generation}}), now=NOW)


def test_only_kinds_of_envs_that_rest_are_watched() -> None:
    """Design 10: what is on its way is looked at anyhow, and most of what a watch would tell is of Sundown's own writes."""
    drift = Drift()
    assert drift.paths == frozenset()
    drift.begin("dev")
    drift.looked("dev", replace(QUIET, rests=False), now=NOW)
    assert drift.paths == frozenset()
    drift.looked("dev", QUIET, now=NOW)
    assert drift.paths == {PATH, CLUSTERS}
    drift.looked("dev", replace(QUIET, rests=False), now=NOW)
    assert drift.paths == {PATH, CLUSTERS}
    drift.forget("dev")
    assert drift.paths == frozenset()
    assert drift.told(PATH, "MODIFIED", told(generation=4), now=NOW) is None


def test_of_what_sleeps_the_generation_is_kept_and_nothing_of_what_runs_or_is_on_its_way() -> None:
    """G5: what is fought for is on its way, so that drift does not hasten the next look at it."""
    asleep, excluded = sleeping("web", generation=7), workload("kept", exclude="true", generation=1)
    moving, fought = workload("new", generation=1), sleeping("fought", generation=9)
    fights = {"Deployment/fought": Round("Sleep", A_FIGHT, NOW)}
    the_plan = plan(
        Goal(wanted="Asleep", now=NOW, memory=MEMORY, sleep=SLEEP, fights=fights), (asleep, excluded, moving, fought)
    )
    quiet = left_by(the_plan, (asleep, excluded, moving, fought), (KINDS["Deployment"],), began=NOW, rests=True)
    assert quiet.at == {PATH: {"uid-web": 7, "uid-kept": None, "uid-new": None, "uid-fought": None}}


def test_of_an_object_nothing_is_kept_but_what_its_kind_is_asleep_by() -> None:
    """Design 10: whatever people write on ten thousand objects, all of which are heard of when a watch begins."""
    drift = Drift()
    drift.looked("dev", QUIET, now=NOW)
    assert (drift.places(PATH), drift.places(CLUSTERS)) == (
        frozenset(),
        frozenset({("annotations", "cnpg.io/hibernation")}),
    )
    one = told(annotations={**HIBERNATED, "example.com/notes": "x" * 2**18}, labels={"app": "web"})
    assert one.said == {("annotations", "cnpg.io/hibernation"): "on"}


def test_kinds_that_nobody_has_sleep_are_not_heard_of() -> None:
    quiet = left_by(planned("Asleep"), (sleeping(),), (KINDS["StatefulSet"],), began=NOW, rests=True)
    assert quiet.at == {KINDS["StatefulSet"].collection(): {}}


@pytest.mark.parametrize("row", [one for one in ROWS.values() if '"metadata"' in one.patch], ids=lambda row: row.kind)
def test_of_kinds_that_sleep_by_an_annotation_that_is_looked_at(row: Any) -> None:
    """G2: no generation counts the changes of annotations."""
    quiet = left_by(planned("Asleep"), (), (row,), began=NOW, rests=True)
    assert quiet.signs[row.collection()]


@given(st.lists(st.tuples(st.sampled_from(["begin", "look", "told"]), st.integers(1, 9)), max_size=40))
def test_whatever_comes_in_whatever_order_a_change_that_no_look_has_seen_is_not_lost(
    deeds: list[tuple[str, int]],
) -> None:
    """G1: after a look has ended, whatever is newer than what it saw has a look on its way."""
    drift, seen, latest, due = Drift(), 0, 0, False
    drift.looked("dev", replace(QUIET, at={PATH: {"uid-web": 0}}), now=NOW)
    looking, listed = False, 0
    for deed, number in deeds:
        if deed == "begin":
            drift.begin("dev")
            looking, listed = True, latest
        elif deed == "look" and looking:
            looking, seen = False, listed
            due = drift.looked("dev", replace(QUIET, at={PATH: {"uid-web": listed}}), now=NOW) is not None
        elif deed == "told":
            latest += number
            due = drift.told(PATH, "MODIFIED", told(generation=latest), now=NOW) is not None or due
        if not looking:
            assert due or latest <= seen


def said(woken: Workload, *, slept: bool = True, more: int = 0, wakes: datetime | None = None) -> str:
    (one,) = planned("Asleep", woken, kinds=[woken.kind]).steps
    return word(one, by='"helm" (field manager)', more=more, slept=slept, wakes=wakes).note


def test_what_is_told_of_it() -> None:
    """G1: who, and what becomes of it in the morning."""
    assert said(workload(replicas=5), wakes=after(hours=14)) == (
        'Deployment/web was set to 5 by "helm" (field manager) while this environment sleeps: it is put to sleep again, and wakes '
        "with 5 at 2026-11-24T08:00:00Z. To have it now: kubectl sundown start dev"
    )
    assert "was made by" in said(workload(), slept=False)
    assert "while this environment sleeps, and 3 more: " in said(workload(), more=3)
    assert "wakes with 2 when somebody starts it" in said(workload())


@pytest.mark.parametrize("kind", ["CronJob", "Rollout"])
def test_of_what_has_no_count_none_is_told(kind: str) -> None:
    row = ROWS[kind]
    metadata = {"name": "it", "namespace": "dev", "resourceVersion": "1", "uid": "u", "generation": 2}
    found = row.read(
        {"metadata": metadata, "spec": {"suspend": False, "replicas": 3}, "status": {"observedGeneration": 2}}
    )
    text = said(found)
    assert ("set to run" in text, "wakes as it was set" in text) == (
        (True, True) if kind == "CronJob" else (False, False)
    )
    assert ("set to 3" in text) == (kind == "Rollout")
