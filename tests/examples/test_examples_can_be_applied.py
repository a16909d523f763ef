"""Every file of ``examples/`` is applied to the real control plane, and says what a reader would copy."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from sundown.model.base import parse
from sundown.model.resources import ClusterEnvSchedule, EnvSchedule
from sundown_lab.cluster import Cluster
from support.operators import Stage

FOLDER = Path(__file__).parents[2] / "examples"
FILES = sorted(FOLDER.glob("*.yaml"))
MODELS = {"EnvSchedule": EnvSchedule, "ClusterEnvSchedule": ClusterEnvSchedule}
WORKLOADS = {"Deployment", "StatefulSet"}

every_example = pytest.mark.parametrize("file", [pytest.param(file, id=file.stem) for file in FILES])


def documents(file: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(file.read_text(encoding="utf-8")))


def of_kind(file: Path, *kinds: str) -> list[dict[str, Any]]:
    return [document for document in documents(file) if document["kind"] in kinds]


@pytest.fixture(scope="module")
def cluster(control_plane: Cluster, stage: Stage) -> Iterator[Cluster]:
    """The control plane without an operator that would act on the examples; at the end all that they made is gone."""
    stage.clear()
    yield control_plane
    control_plane.kubectl("delete", "-f", str(FOLDER), "--ignore-not-found", "--timeout=100s")


@pytest.mark.lab
def test_all_examples_can_be_applied_at_once_and_once_more(cluster: Cluster) -> None:
    cluster.kubectl("apply", "-f", str(FOLDER))
    again = cluster.kubectl("apply", "-f", str(FOLDER)).stdout.splitlines()
    assert len(again) == sum(len(documents(file)) for file in FILES)
    assert [line for line in again if not line.endswith("unchanged")] == []


@pytest.mark.lab
@every_example
def test_an_example_can_be_applied_alone(cluster: Cluster, file: Path) -> None:
    applied = cluster.kubectl("apply", "--server-side", "--validate=strict", "-o", "name", "-f", str(file))
    assert len(applied.stdout.split()) == len(documents(file))
    assert "Warning" not in applied.stderr


@every_example
def test_an_example_is_right_by_the_models(file: Path) -> None:
    for document in of_kind(file, *MODELS):
        parse(MODELS[document["kind"]], document)


@every_example
def test_an_example_begins_with_a_comment_and_is_short(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    assert len(lines) <= 130
    assert max(map(len, lines)) <= 130


@every_example
def test_a_namespace_comes_before_what_is_in_it(file: Path) -> None:
    seen = set()
    for document in documents(file):
        metadata = document["metadata"]
        assert "namespace" not in metadata or metadata["namespace"] in seen
        if document["kind"] == "Namespace":
            seen.add(metadata["name"])


@every_example
def test_every_namespace_is_enabled_has_an_owner_and_something_that_sleeps(file: Path) -> None:
    inhabited = {document["metadata"]["namespace"] for document in of_kind(file, *WORKLOADS)}
    for namespace in of_kind(file, "Namespace"):
        assert namespace["metadata"]["labels"]["scheduler"] == "enabled"
        assert namespace["metadata"]["annotations"]["email"].endswith("@example.com")
        assert namespace["metadata"]["name"] in inhabited


def test_no_two_examples_share_a_namespace() -> None:
    names = [namespace["metadata"]["name"] for file in FILES for namespace in of_kind(file, "Namespace")]
    assert len(names) == len(set(names))


def test_a_default_of_an_example_selects_only_namespaces_of_that_example() -> None:
    selected = 0
    for file in FILES:
        for default in of_kind(file, "ClusterEnvSchedule"):
            selector = parse(ClusterEnvSchedule, default).spec.namespace_selector
            for other in FILES:
                for namespace in of_kind(other, "Namespace"):
                    matches = selector.matches(namespace["metadata"]["labels"])
                    assert matches == (other == file)
                    selected += matches
            assert not selector.matches({"scheduler": "enabled"})
            assert not selector.matches({})
    assert selected == 2


def test_the_four_sample_teams_live_in_different_zones() -> None:
    zones = {
        schedule["metadata"]["namespace"]: schedule["spec"]["timeZone"]
        for file in FILES[:4]
        for schedule in of_kind(file, "EnvSchedule")
    }
    assert zones == {
        "team-berlin": "Europe/Berlin",
        "team-new-york": "America/New_York",
        "team-kolkata": "Asia/Kolkata",
        "team-auckland": "Pacific/Auckland",
    }


def test_the_files_are_numbered_without_a_gap_and_listed_in_the_readme() -> None:
    numbers = [int(file.name[:2]) for file in FILES]
    assert numbers[0] == 1
    assert all(after == before + 1 for before, after in pairwise(numbers))
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [file.name for file in FILES if f"[{file.stem}]({file.name})" not in readme] == []
