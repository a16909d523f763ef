"""Another release of Kubernetes: which programs it has, where they are kept, and what the lab says of it."""

import re
from pathlib import Path

import pytest

from sundown_lab import instances
from sundown_lab.binaries import GOMOD, NAMES, OF_A_RELEASE, Binaries, Cache, find, programs
from sundown_lab.components import Layout, Options, Ports, api_server
from sundown_lab.errors import LabError
from sundown_lab.instances import Instance, Record
from sundown_lab.progress import Progress
from sundown_lab.releases import NEWEST, OLDEST, RELEASES


@pytest.mark.parametrize("minor", RELEASES)
def test_each_release_is_pinned_to_one_version_of_kubernetes(minor: str) -> None:
    release = RELEASES[minor]
    text = (GOMOD / release.module / "go.mod").read_text()
    assert set(re.findall(r"k8s\.io/kubernetes (v1\S+)", text)) == {release.version}
    assert set(re.findall(r"=> k8s\.io/\S+ v0\.(\S+)", text)) == {release.version.removeprefix("v1.")}


def test_a_release_has_programs_of_its_own_and_shares_the_others(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    paths = {minor: {each.name: cache.path(each) for each in programs(NAMES, kubernetes=minor)} for minor in RELEASES}
    shared = {name for name in NAMES if paths[OLDEST][name] == paths[NEWEST][name]}
    assert shared == set(NAMES) - OF_A_RELEASE == {"etcd", "kwok"}


def test_what_was_built_elsewhere_is_taken_for_no_other_release_than_the_newest(tmp_path: Path) -> None:
    for name in NAMES:
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    environment = {"KUBEBUILDER_ASSETS": str(tmp_path), "SUNDOWN_LAB_CACHE": str(tmp_path / "cache")}
    assert set(find(kubernetes=NEWEST, environment=environment)) == set(NAMES)
    assert set(find(kubernetes=OLDEST, environment=environment)) == {"etcd", "kwok"}


@pytest.mark.parametrize(
    ("options", "switched_off"),
    [(Options(), False), (Options(policies=False), True), (Options(policies=False, kubernetes=OLDEST), False)],
    ids=["newest", "newest without policies", "oldest, which knows none"],
)
def test_policies_are_switched_off_where_the_api_server_knows_them(
    tmp_path: Path, options: Options, switched_off: bool
) -> None:
    binaries = Binaries({"kube-apiserver": tmp_path / "kube-apiserver"})
    command = api_server(binaries, layout=Layout(tmp_path), ports=Ports(1, 2, 3, 4, 5, 6), options=options)
    assert any("MutatingAdmissionPolicy" in each for each in command.argv) is switched_off


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Record:
    """A lab of the oldest release that runs already, and whatever it takes to start another."""
    record = Record(name="old", kubeconfig="", server="", started="2026-11-23T08:00:00+00:00", kubernetes=OLDEST)
    instance = Instance(name="old", directory=tmp_path, supervisor=1, record=record)
    monkeypatch.setenv("SUNDOWN_LAB_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(instances, "find_or_build", lambda **_: Binaries({}))
    monkeypatch.setattr(instances, "get", lambda _: instance)
    return record


@pytest.mark.usefixtures("there")
def test_a_lab_of_another_release_is_not_taken_for_the_one_that_was_asked_for() -> None:
    with pytest.raises(LabError, match=f"is up with Kubernetes {OLDEST}, not {NEWEST}"):
        instances.up("old", options=Options(), progress=Progress())
    assert instances.up("old", options=Options(kubernetes=OLDEST), progress=Progress()).name == "old"


def test_a_real_node_of_another_release_is_refused_before_anything_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instances, "find_or_build", lambda **_: pytest.fail("it was built"))
    with pytest.raises(LabError, match=f"runs Kubernetes {NEWEST} only"):
        instances.up("old", options=Options(kubernetes=OLDEST, real_node=True), progress=Progress())
