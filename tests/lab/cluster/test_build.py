"""What is built is whole or not there, whoever builds and however it ends. The compiler here is a script that copies."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sundown_lab.binaries import CONTROLLERS, PROGRAMS, Cache, Program, find
from sundown_lab.build import find_or_build
from sundown_lab.errors import LabError

# Answers `go version` and where a module is (`go list`); `go build -o FILE` notes that it ran, does what $FAKE_GO says, and writes
# a program.
FAKE_GO = """#!/bin/sh
if [ "$1" = version ]; then echo "go version go${FAKE_GO_VERSION:-1.26.8} linux/amd64"; exit 0; fi
if [ "$1" = list ]; then echo "$FAKE_GO_SOURCE"; exit 0; fi
while [ "$1" != -o ]; do shift; done
echo built >> "$FAKE_GO_NOTES"
echo k8s.io/some/package
case "$FAKE_GO" in
  fail) echo "main.go:7: undefined: mistake"; exit 1 ;;
  full) echo "write x.o: no space left on device"; exit 1 ;;
  slow) printf half > "$2"; echo waiting >> "$FAKE_GO_NOTES"; exec sleep 600 ;;
  pause) sleep 1 ;;
esac
printf '#!/bin/sh\\necho whole\\n' > "$2"; chmod 755 "$2"
"""


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Puts the script that plays Go first on the PATH and the cache into an empty folder; returns what Go writes to."""
    go = tmp_path / "bin" / "go"
    go.parent.mkdir()
    go.write_text(FAKE_GO)
    go.chmod(0o755)
    monkeypatch.setenv("PATH", f"{go.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("SUNDOWN_LAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("FAKE_GO_NOTES", str(tmp_path / "notes"))
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)
    (tmp_path / "notes").touch()
    return tmp_path / "notes"


@pytest.fixture
def killed_build(notes: Path) -> Path:
    """A cache in which a build was killed when its output was half written."""
    code = "from sundown_lab.build import find_or_build; find_or_build(['etcd'])"
    builder = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "FAKE_GO": "slow"})
    while "waiting" not in notes.read_text():
        assert builder.poll() is None
        time.sleep(0.02)
    builder.send_signal(signal.SIGKILL)
    builder.wait()
    return Path(os.environ["SUNDOWN_LAB_CACHE"])


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where Go says that the modules of controllers are: all with one CRD."""
    monkeypatch.setenv("FAKE_GO_VERSION", "1.27.3")
    monkeypatch.setenv("FAKE_GO_SOURCE", str(tmp_path / "source"))
    for each in CONTROLLERS:
        assert each.crds is not None
        folder = tmp_path / "source" / each.crds[1]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "one.yaml").write_text("kind: CustomResourceDefinition\n")
    return tmp_path / "source"


def program(name: str) -> Path:
    (row,) = (row for row in PROGRAMS if row.name == name)
    return Cache.of(os.environ).path(row)


@pytest.mark.usefixtures("notes")
def test_a_missing_program_is_built_into_the_cache() -> None:
    assert find_or_build(["etcd"])["etcd"] == program("etcd")
    assert subprocess.run([program("etcd")], capture_output=True, text=True, check=True).stdout == "whole\n"


def test_a_program_that_is_there_is_not_built_again(notes: Path) -> None:
    find_or_build(["etcd"])
    find_or_build(["etcd"])
    assert notes.read_text().count("built") == 1


def test_a_killed_build_leaves_no_program_that_looks_whole(killed_build: Path) -> None:
    assert list(killed_build.rglob("etcd")) != []
    assert find(["etcd"]) == {}


def test_the_build_after_a_killed_one_succeeds_and_tidies_up(killed_build: Path) -> None:
    find_or_build(["etcd"])
    assert find(["etcd"]) == {"etcd": program("etcd")}
    assert [path for path in killed_build.rglob("*") if path.is_file()] == [killed_build / "lock", program("etcd")]


def test_a_failed_build_quotes_the_compiler_and_leaves_nothing(notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_GO", "fail")
    with pytest.raises(LabError, match="building etcd failed") as failed:
        find_or_build(["etcd"])
    assert "undefined: mistake" in failed.value.hint
    assert list((notes.parent / "cache").rglob("etcd")) == []


@pytest.mark.usefixtures("notes")
def test_a_full_disk_is_said_in_plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_GO", "full")
    with pytest.raises(LabError) as failed:
        find_or_build(["etcd"])
    assert "The disk is full" in failed.value.hint


def test_of_two_who_build_at_once_one_builds_and_both_have_it(notes: Path) -> None:
    code = "from sundown_lab.build import find_or_build; print(find_or_build(['etcd'])['etcd'])"
    environment = {**os.environ, "FAKE_GO": "pause"}
    builders = [
        subprocess.Popen(
            [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    outputs = [builder.communicate(timeout=60) for builder in builders]
    assert [out for out, _ in outputs] == [f"{program('etcd')}\n"] * 2
    assert notes.read_text().count("built") == 1
    assert "another process builds" in outputs[0][1] + outputs[1][1]


@pytest.mark.usefixtures("notes", "source")
@pytest.mark.parametrize("controller", CONTROLLERS, ids=lambda each: each.name)
def test_a_controller_is_built_with_its_crds_beside_it(controller: Program) -> None:
    built = find_or_build([controller.name])
    assert [path.name for path in built.crds(controller.name).iterdir()] == ["one.yaml"]


@pytest.mark.usefixtures("notes")
def test_a_controller_whose_module_has_no_crds_is_none(source: Path) -> None:
    controller = CONTROLLERS[0]
    assert controller.crds is not None
    (source / controller.crds[1] / "one.yaml").unlink()
    with pytest.raises(LabError, match=f"{controller.crds[0]} has no CRDs in {controller.crds[1]}"):
        find_or_build([controller.name])
    assert find([controller.name]) == {}


@pytest.mark.usefixtures("notes")
def test_progress_without_a_terminal_names_each_program_and_its_number(capfd: pytest.CaptureFixture[str]) -> None:
    find_or_build(["etcd", "kwok"])
    shown = capfd.readouterr().err
    assert "[1/2] etcd ..." in shown
    assert "[2/2] kwok: done after 0:0" in shown
    assert "\x1b" not in shown
