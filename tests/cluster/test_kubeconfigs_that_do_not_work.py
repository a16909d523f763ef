"""A kubeconfig with which nobody can log in is told in words, with what to do; the library's traceback helps nobody."""

import os
from pathlib import Path

import pytest

from sundown.cluster.credentials import NoCluster, load_configuration
from sundown.cluster.kubeconfig import objection
from support.virtualtime import in_virtual_time

GOOD = """
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
contexts: [{name: ana, context: {cluster: c, user: ana}}, {name: ben, context: {cluster: c, user: ana}}]
users: [{name: ana, user: {token: t}}]
"""


def written(folder: Path, text: str) -> str:
    path = folder / "config"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("hello", "is no kubeconfig"),
        ("- 1", "is no kubeconfig"),
        ("a: [", "line 1: that is no YAML"),
        ("\ta: 1", "that is no YAML"),
        (GOOD, "has no current context; there are ana, ben: kubectl config use-context NAME"),
        (GOOD + "current-context: carl\n", 'no context "carl" in'),
        ("kind: Config\ncurrent-context: ana\n", "there is none in it"),
        ("kind: Config\ncontexts: null\ncurrent-context: ana\n", "there is none in it"),
        ("contexts: [1, {name: ana}]\ncurrent-context: ana\n", 'names the cluster "", which is not there'),
        (GOOD.replace("users: [{name: ana", "users: [{name: eve") + "current-context: ana\n", 'names the user "ana"'),
        (GOOD.replace("cluster: c,", "cluster: d,") + "current-context: ana\n", 'names the cluster "d"'),
    ],
)
def test_what_is_wrong_with_it_is_said(tmp_path: Path, text: str, told: str) -> None:
    assert told in (objection(written(tmp_path, text), None) or "")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = f"{tmp_path / 'one'}{os.pathsep}{tmp_path / 'two'}"
    told = objection(missing, None)
    assert told == f"there is no kubeconfig at {missing}; give --kubeconfig FILE or set KUBECONFIG"


def test_of_several_files_those_that_are_there_count_together(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD)
    more = tmp_path / "more"
    more.write_text("current-context: ben\n")
    assert objection(os.pathsep.join([str(tmp_path / "missing"), file, str(more)]), None) is None


def test_a_context_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD)
    assert objection(file, "bem") == f'no context "bem" in {file}; there are ana, ben'
    assert objection(file, "ben") is None


@in_virtual_time
async def test_who_logs_in_with_it_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(NoCluster, match=r"no cluster to talk to: .* is empty"):
        await load_configuration(kubeconfig=Path(written(tmp_path, "")))
