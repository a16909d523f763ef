"""Where the lab looks for its programs, and in which order."""

from dataclasses import replace
from pathlib import Path

import pytest

from sundown_lab.binaries import CONTROLLERS, NAMES, PROGRAMS, TOOLS, Binaries, Cache, find, programs
from sundown_lab.errors import LabError


def executable(path: Path, content: str = "#!/bin/sh\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    path.chmod(0o755)
    return path


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    return tmp_path / "assets"


@pytest.fixture
def environment(tmp_path: Path, assets: Path) -> dict[str, str]:
    return {"KUBEBUILDER_ASSETS": str(assets), "SUNDOWN_LAB_CACHE": str(tmp_path / "cache")}


def cached(name: str, environment: dict[str, str]) -> Path:
    (program,) = (program for program in PROGRAMS if program.name == name)
    return Cache.of(environment).path(program)


def test_the_assets_come_before_the_cache(assets: Path, environment: dict[str, str]) -> None:
    executable(cached("etcd", environment))
    ours = executable(assets / "etcd")
    assert find(["etcd"], environment=environment) == {"etcd": ours}


def test_what_the_assets_lack_comes_from_the_cache(assets: Path, environment: dict[str, str]) -> None:
    etcd, kwok = executable(assets / "etcd"), executable(cached("kwok", environment))
    assert find(["etcd", "kwok"], environment=environment) == {"etcd": etcd, "kwok": kwok}


def test_all_six_can_come_from_the_assets(assets: Path, environment: dict[str, str]) -> None:
    there = {name: executable(assets / name) for name in NAMES}
    assert find(environment=environment) == there
    assert len(there) == 6


def test_what_is_nowhere_is_left_out(environment: dict[str, str]) -> None:
    assert find(environment=environment) == {}


@pytest.mark.parametrize("content", ["", "no x bit"])
def test_an_empty_or_unexecutable_file_does_not_count(environment: dict[str, str], content: str) -> None:
    broken = executable(cached("etcd", environment), content)
    broken.chmod(0o755 if not content else 0o644)
    assert find(["etcd"], environment=environment) == {}


def test_assets_that_are_no_directory_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="no directory"):
        find(environment={"KUBEBUILDER_ASSETS": str(tmp_path / "missing")})


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"SUNDOWN_LAB_CACHE": "/a", "XDG_CACHE_HOME": "/b", "HOME": "/c"}, "/a"),
        ({"XDG_CACHE_HOME": "/b", "HOME": "/c"}, "/b/sundown-lab"),
        ({"HOME": "/c"}, "/c/.cache/sundown-lab"),
    ],
)
def test_the_cache_is_where_the_environment_says(environment: dict[str, str], expected: str) -> None:
    assert Cache.of(environment).directory == Path(expected)


def test_programs_of_other_modules_have_other_folders(environment: dict[str, str]) -> None:
    every = (*PROGRAMS, *TOOLS, *CONTROLLERS)
    folders = {program.module: Cache.of(environment).path(program).parent for program in every}
    assert len(set(folders.values())) == len({program.module for program in every})


def test_a_control_plane_does_without_the_tools(assets: Path, environment: dict[str, str]) -> None:
    for name in NAMES:
        executable(assets / name)
    assert "helm" not in find(environment=environment)
    assert find(["helm"], environment=environment) == {}


@pytest.mark.parametrize("name", ["helm", "promtool"])
def test_a_tool_is_found_by_its_name(assets: Path, environment: dict[str, str], name: str) -> None:
    tool = executable(assets / name)
    assert find([name], environment=environment) == {name: tool}


@pytest.mark.parametrize("name", [program.name for program in CONTROLLERS])
def test_a_controller_without_its_crds_does_not_count(assets: Path, environment: dict[str, str], name: str) -> None:
    controller = executable(assets / name)
    assert find([name], environment=environment) == {}
    (assets / f"{name}-crds").mkdir()
    found = Binaries(find([name], environment=environment))
    assert (found[name], found.crds(name)) == (controller, assets / f"{name}-crds")


def test_other_build_tags_change_the_folder(environment: dict[str, str]) -> None:
    (promtool,) = programs(["promtool"])
    assert Cache.of(environment).path(promtool) != Cache.of(environment).path(replace(promtool, tags=""))


def test_a_changed_module_file_changes_the_folder(
    tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = cached("kwok", environment)
    (tmp_path / "gomod" / "kwok").mkdir(parents=True)
    for name in ("go.mod", "go.sum"):
        (tmp_path / "gomod" / "kwok" / name).write_text("changed")
    monkeypatch.setattr("sundown_lab.binaries.GOMOD", tmp_path / "gomod")
    assert cached("kwok", environment) != before
