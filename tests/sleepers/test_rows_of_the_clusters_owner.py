"""Rows that people write, into schedules and into the cluster owner's ConfigMap: each mistake by name, the others count (G2)."""

from typing import Any

import pytest

from sundown.model.spec import PatchRow, Workloads
from sundown.sleepers.chosen_rows import mistaken_patches, objection, rows_for
from sundown.sleepers.cluster_rows import read

GOOD = "apiVersion: example.com/v1\nkind: Simulator\nasleep: {spec: {paused: true}}\n"

OTHER = GOOD.replace("Simulator", "Other")
NO_JSON = {
    "2026-01-01": "2026-01-01 is not: put it in quotes",
    "2026-01-01T07:00:00Z": "2026-01-01 07:00:00+00:00 is not",
    "!!binary aGk=": "b'hi' is not",
    "!!set {a, b}": "is not",
    ".nan": "nan is not",
    "-.inf": "-inf is not",
    "[{deep: .inf}]": "inf is not",
}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "must be YAML"),
        ("- a list", "must be YAML"),
        ("{", "must be YAML"),
        ("a: &a [*a]\nb: !!python/object:os.system x", "must be YAML"),
        ("kind: Simulator\nasleep: {spec: {a: 1}}", "apiVersion"),
        (GOOD + "wave: 5\n", "wave"),
        (GOOD.replace("Simulator", "Other").replace("example.com/v1", "a/b/v1"), "no group and version"),
        (GOOD.replace("Simulator", "Other").replace("{paused: true}", "{list: [1]}"), "is a list"),
        *((OTHER.replace("true", yaml), told) for yaml, told in NO_JSON.items()),
        (OTHER.replace("paused:", "1:"), "the key 1 is not"),
        (OTHER.replace("{paused", "&a {more: *a, paused"), "must be YAML"),
    ],
)
def test_an_entry_with_a_mistake_is_refused_by_its_name_and_the_others_count(text: str, told: str) -> None:
    """W10: what the rows are made of is written down as JSON, so that nothing else may come in."""
    found = read({"good": GOOD, "wrong": text})
    assert list(found.rows) == ["Simulator"]
    (mistake,) = found.mistakes
    assert mistake.path == "ConfigMap sundown-kinds: wrong"
    assert told in str(mistake)


def test_of_two_entries_for_one_kind_the_first_counts() -> None:
    found = read({"b": GOOD.replace("true", "false"), "a": GOOD})
    assert found.rows["Simulator"].patch == '{"spec":{"paused":true}}'
    assert "there is a row" in str(found.mistakes[0])


def test_a_row_of_the_clusters_owner_is_for_schedules_that_name_it() -> None:
    """Absent kinds cost nothing, and nobody's objects sleep unasked."""
    added = read({"good": GOOD}).rows
    assert [row.kind for row in rows_for(Workloads(kinds=("Simulator",)), added=added)] == ["Simulator.example.com"]
    assert rows_for(Workloads(), added=added) == ()


def patch(asleep: dict[str, Any], *, api_version: str = "example.com/v1", kind: str = "Simulator") -> PatchRow:
    return PatchRow(api_version=api_version, kind=kind, asleep=asleep)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (patch({"status": {"phase": "Stopped"}}), "cannot set status"),
        (patch({"kind": "Other"}), "cannot set kind"),
        (patch({"spec": {"containers": [{}]}}), "spec.containers is a list"),
        (patch({"spec": {}}), "spec is empty"),
        (patch({"metadata": {"finalizers": None}}), "annotations and labels, and nothing else"),
        (patch({"metadata": {"annotations": {"a": 1}}}), "has to be a text"),
        (patch({"metadata": {"annotations": {"sundown.dev/exclude": "true"}}}), "is Sundown's own"),
        (patch({"metadata": "nonsense"}), "annotations and labels, and nothing else"),
        (patch({"spec": {"a": 1}}, api_version="apps/v1", kind="Deployment"), "sleeps by its count"),
        *(
            (patch({"spec": {"a": 1}}, api_version=f"{group}/v1alpha1", kind=kind), "is Sundown's own")
            for group, kind in (
                ("sundown.dev", "EnvSchedule"),
                ("sundown.dev", "ClusterEnvSchedule"),
                ("sundown.dev", "SupportPod"),
                ("sundown.dev", "WhatIsToCome"),
                ("more.sundown.dev", "Anything"),
            )
        ),
        (patch({"spec": {"a": 1}}, api_version="a/b/v1"), "no group and version"),
        (patch({"spec": {"a": 1}}, kind="K" * 63), "more than 64 characters"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_patch_that_cannot_be_is_refused_by_name(row: PatchRow, told: str) -> None:
    assert told in (objection(row) or "")
    (mistake,) = mistaken_patches(Workloads(patches=(row, patch({"spec": {"paused": True}}, kind="Good"))))
    assert mistake.path == f"spec.workloads.patches: {row.kind} of {row.api_version}"


def test_a_schedules_own_patch_of_a_catalogued_kind_takes_the_place_of_the_rows() -> None:
    """What is known of the kind besides stays known."""
    own = patch({"spec": {"suspend": None}}, api_version="batch/v1", kind="CronJob")
    (row,) = rows_for(Workloads(kinds=("CronJob",), patches=(own,)))
    assert (row.patch, row.component, row.own) == ('{"spec":{"suspend":null}}', "cronjob", True)


def test_what_is_recorded_as_asleep_is_looked_for_whatever_the_schedule_says_now() -> None:
    """A2"""
    rows = rows_for(Workloads(), ["CronJob", "Deployment", "Simulator.example.com"])
    assert [(row.kind, row.patch == "{}") for row in rows] == [("CronJob", False), ("Simulator.example.com", True)]


def test_of_two_patches_for_versions_of_one_kind_the_first_counts_and_the_other_is_named() -> None:
    """G2: they have the same objects, and the API server keeps apart what differs in the version."""
    first, second, other = (
        PatchRow(api_version=version, kind="Simulator", asleep={"spec": {"paused": paused}})
        for version, paused in (("example.com/v1", True), ("example.com/v2", False), ("example.org/v1", True))
    )
    chosen = Workloads(patches=(first, second, other))
    assert {row.kind: row.patch for row in rows_for(chosen) if row.own} == {
        "Simulator.example.com": '{"spec":{"paused":true}}',
        "Simulator.example.org": '{"spec":{"paused":true}}',
    }
    (mistake,) = mistaken_patches(chosen)
    assert str(mistake).startswith("spec.workloads.patches: Simulator of example.com/v2: the patch for example.com/v1")
