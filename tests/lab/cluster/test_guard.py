"""Tests and load touch only clusters that are a lab's."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sundown_lab import instances
from sundown_lab.cluster import MARK_NAME, MARK_NAMESPACE, Cluster, connect, mark, require_lab
from sundown_lab.errors import LabError

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.lab


@pytest.fixture
def foreign(control_plane: Cluster) -> Iterator[Cluster]:
    """The shared cluster without its mark, so that it looks like one that somebody needs; marked again after the test."""
    name = require_lab(control_plane.kubeconfig)
    control_plane.kubectl("delete", "configmap", MARK_NAME, "-n", MARK_NAMESPACE)
    yield control_plane
    control_plane.kubectl("create", "-f", "-", input=json.dumps(mark(name)))


def test_a_labs_cluster_passes(control_plane: Cluster) -> None:
    assert require_lab(control_plane.kubeconfig) != ""


def test_any_other_cluster_is_refused_and_named(foreign: Cluster) -> None:
    with pytest.raises(LabError, match="is not a lab's cluster: nothing was changed in it") as refused:
        require_lab(foreign.kubeconfig)
    assert foreign.server in str(refused.value)
    assert "create configmap sundown-lab" in refused.value.hint


def test_the_test_run_refuses_any_other_cluster(foreign: Cluster) -> None:
    test = "tests/lab/cluster/test_controlplane.py::test_a_refused_manifest_is_an_error_that_quotes_kubectl"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        f"--kubeconfig={foreign.kubeconfig}",
        test,
    ]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "is not a lab's cluster" in run.stdout
    assert run.returncode == 1
    assert "0 tests ran against the real control plane" in run.stdout


def test_the_test_run_accepts_a_lab_that_runs_already(control_plane: Cluster) -> None:
    test = "tests/lab/cluster/test_controlplane.py::test_a_refused_manifest_is_an_error_that_quotes_kubectl"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test]
    command += [f"--kubeconfig={control_plane.kubeconfig}"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
    assert "1 test ran against the real control plane" in run.stdout


def test_a_cluster_that_does_not_answer_is_refused(control_plane: Cluster, tmp_path: Path) -> None:
    document = control_plane.kubeconfig.read_text().replace(control_plane.server, "https://127.0.0.1:1")
    (tmp_path / "kubeconfig").write_text(document)
    with pytest.raises(LabError, match=r"cannot tell whether https://127\.0\.0\.1:1 is a lab's"):
        require_lab(tmp_path / "kubeconfig")


@pytest.mark.parametrize("text", ["", "kind: Config", "{", "current-context: x\ncontexts: []"])
def test_a_file_that_is_no_kubeconfig_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "kubeconfig").write_text(text)
    with pytest.raises(LabError, match="is no kubeconfig that can be used"):
        require_lab(tmp_path / "kubeconfig")


def test_a_cluster_that_the_lab_did_not_start_cannot_be_faulted(control_plane: Cluster, tmp_path: Path) -> None:
    cluster = connect(control_plane.kubeconfig, directory=tmp_path)
    with pytest.raises(LabError, match="did not start"):
        cluster.restart_api_server()


def test_an_existing_cluster_can_be_given_a_name_and_survives_its_down(
    control_plane: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUNDOWN_LAB_STATE", str(tmp_path))
    assert instances.register("mine", control_plane.kubeconfig).state == "external"
    instances.choose("mine").cluster().kubectl("get", "namespaces")
    assert instances.down("mine")
    assert instances.every() == []
    assert control_plane.kubectl("get", "--raw", "/readyz").stdout == "ok"
