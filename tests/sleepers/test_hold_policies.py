"""The policies that keep other kinds asleep, against the rows that they are made of (G1, A18)."""

import ast
import hashlib
import json
import re
from dataclasses import replace

import pytest

from sundown.model.base import parse
from sundown.model.managers import OURS
from sundown.model.record import Restoring
from sundown.model.spec import PatchRow
from sundown.sleepers.catalogue import ROWS
from sundown.sleepers.chosen_rows import own_row
from sundown.sleepers.hold_policy import VERSION, binding, is_held, name, policy, records
from sundown.sleepers.patch_kind import PatchKind
from support.catalogued import SAMPLES
from support.held_kinds import shipped

HELD = [row for row in ROWS if is_held(row)]
METADATA = {"name": "it", "namespace": "dev", "resourceVersion": "1", "uid": "u"}


def written(row: PatchKind, restoring: Restoring) -> str:
    """What stands on an object beside its count."""
    return restoring.rest or ""


def test_every_kind_has_one_but_the_one_that_rests_by_itself() -> None:
    """G1"""
    assert {row.kind for row in ROWS} - {row.kind for row in HELD} == {"HorizontalPodAutoscaler"}
    assert all(row.not_held for row in ROWS if row.kind == "HorizontalPodAutoscaler")


def test_what_is_installed_is_what_is_made_of_the_rows() -> None:
    by_name = {(each["kind"], each["metadata"]["name"]): each for each in shipped(failure="Ignore")}
    made = [each for row in HELD for each in (policy(row), binding(row))]
    assert by_name == {(each["kind"], each["metadata"]["name"]): each for each in made}


@pytest.mark.parametrize("row", HELD, ids=lambda row: row.kind)
def test_it_knows_every_record_that_the_operator_writes_of_its_kind(row: PatchKind) -> None:
    """Or what sleeps would not be held."""
    sample = SAMPLES[row.kind]
    bodies = [{"metadata": METADATA, "spec": spec} for spec in (sample.spec, *sample.others)]
    bodies += [{**each, "metadata": {**METADATA, "annotations": {"team": "berlin"}}} for each in bodies]
    told = [written(row, row.restoring(row.read(each))) for each in bodies]
    assert [text for text in told if re.fullmatch(records(row), text) is None] == []


@pytest.mark.parametrize("row", HELD, ids=lambda row: row.kind)
@pytest.mark.parametrize("patch", ['{"spec":{"other":true}}', '{"metadata":{"labels":{"asleep":"yes"}}}'])
def test_what_sleeps_by_a_patch_of_a_schedules_own_is_none_of_its_business(row: PatchKind, patch: str) -> None:
    """A2: its record is another's, and is not written over."""
    own = replace(row, patch=patch, count=None, own=True)
    restoring = own.restoring(own.read({"metadata": METADATA, "spec": {}}))
    assert re.fullmatch(records(row), written(own, restoring)) is None
    assert not is_held(own)


@pytest.mark.parametrize("row", HELD, ids=lambda row: row.kind)
def test_a_schedule_that_brings_the_same_patch_records_the_same(row: PatchKind) -> None:
    """A2: it is held, and what the policy writes down is read."""
    own = own_row(parse(PatchRow, {"apiVersion": row.api_version, "kind": row.kind, "asleep": json.loads(row.patch)}))
    sample = SAMPLES[row.kind]
    for spec in (sample.spec, *sample.others):
        body = {"metadata": METADATA, "spec": spec}
        restoring = row.restoring(row.read(body))
        assert own.restoring(own.read(body)) == restoring
        assert own.may_restore(restoring)


def test_a_patch_of_several_fields_has_none() -> None:
    with pytest.raises(ValueError, match="unpack"):
        policy(replace(HELD[0], patch='{"spec":{"suspend":true,"other":true}}'))


@pytest.mark.parametrize("row", HELD, ids=lambda row: row.kind)
def test_it_is_asked_about_its_own_kind_alone_and_lets_sundown_pass(row: PatchKind) -> None:
    """A18: list kinds, never ``*``; who Sundown is, exactly."""
    spec = policy(row)["spec"]
    (rule,) = spec["matchConstraints"]["resourceRules"]
    assert (rule["apiGroups"], rule["resources"], rule["operations"]) == ([row.group], [row.plural], ["UPDATE"])
    assert (spec["matchConstraints"]["matchPolicy"], rule["apiVersions"]) == ("Exact", ["*"])
    (exempt,) = [
        found for each in spec["matchConditions"] for found in re.findall(r"\[('sundown'.*)\]", each["expression"])
    ]
    assert frozenset(ast.literal_eval(f"[{exempt}]")) == OURS
    assert (spec["failurePolicy"], spec["reinvocationPolicy"]) == ("Ignore", "Never")
    assert binding(row)["spec"] == {"policyName": name(row)}
    # `make undeploy` finds them by this.
    assert {each["metadata"]["labels"]["app.kubernetes.io/part-of"] for each in (policy(row), binding(row))} == {
        "sundown"
    }


TEXT = replace(
    HELD[0], group="example.com", plural="its", versions=("v1",), patch='{"spec":{"sub":{"state":"Off"}}}', count=None
)
MADE_UP = (
    TEXT,
    replace(TEXT, patch='{"spec":{"off":true}}'),
    replace(TEXT, patch='{"spec":{"size":0}}', count=("spec", "size")),
    replace(TEXT, patch='{"metadata":{"annotations":{"example.com/off":"true"}}}'),
)


def test_who_changes_how_they_are_made_gives_them_a_new_version() -> None:
    """Write the new digest here together with the version; a row more is none."""
    specs = json.dumps([policy(row)["spec"] for row in MADE_UP], sort_keys=True)
    assert (VERSION, hashlib.sha256(specs.encode()).hexdigest()[:12]) == ("3", "95509a8f714e")
