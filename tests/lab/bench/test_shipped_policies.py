"""Which policies are weighed, and in which order they come: the last of each sort is asked whether all work."""

from pathlib import Path

import yaml

from sundown.sleepers.catalogue import ROWS
from sundown.sleepers.hold_policy import is_held, name
from sundown_lab.bench.policies import ASKED, PLURALS, shipped

DEPLOY = Path(__file__).parents[3] / "deploy" / "components"


def test_all_policies_of_deploy_are_among_them() -> None:
    """G1: and one of a kind that is new."""
    files = {file: list(yaml.safe_load_all(file.read_text())) for file in DEPLOY.glob("**/*.yaml")}
    there = {one["metadata"]["name"] for each in files.values() for one in each if one and one["kind"] in PLURALS}
    assert {one["metadata"]["name"] for one in shipped()} == there
    assert {name(row) for row in ROWS if is_held(row)} <= there


def test_each_policy_comes_with_its_binding() -> None:
    names = {kind: {one["metadata"]["name"] for one in shipped() if one["kind"] == kind} for kind in PLURALS}
    assert all(names[kind] == names[f"{kind}Binding"] for kind in PLURALS if not kind.endswith("Binding"))


def test_those_that_are_asked_come_last_of_their_sort() -> None:
    for kind in PLURALS:
        last = [one["metadata"]["name"] for one in shipped() if one["kind"] == kind][-1]
        assert last in ASKED
