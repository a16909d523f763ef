"""Control groups in both of their versions, made of folders and files as the kernel shows them (issue 9, item 3)."""

import os
from pathlib import Path

import pytest

from sundown_lab.node import cgroups
from sundown_lab.node.cgroups import Memory

POD = "kubepods/burstable/pod-1"
CONTAINER = "3f2a"


class Kernel:
    """A tree of control groups, of version 1 (`memory`, `pids`, `cpuset` and an empty one of version 2) or 2."""

    def __init__(self, root: Path, *, version: int) -> None:
        self.root, self.version = root, version
        if version == 2:
            (root / "cgroup.controllers").write_text("cpu memory pids\n")
            (root / "cgroup.subtree_control").write_text("cpu\n")
            (root / cgroups.NAME).mkdir()
            (root / cgroups.NAME / "cgroup.subtree_control").write_text("\n")
            return
        for name in ("memory", "pids", "cpuset", "unified"):
            (root / name).mkdir()
            (root / name / "cgroup.procs").touch()
        (root / "cpu,cpuacct").symlink_to(root / "memory")

    def folders(self) -> list[Path]:
        return [self.root] if self.version == 2 else [self.root / "memory", self.root / "pids", self.root / "cpuset"]

    def run(self, *pids: int, **files: str) -> None:
        """A container with these processes, and what the kernel says of its memory."""
        for folder in self.folders():
            group = folder / cgroups.NAME / POD / CONTAINER
            group.mkdir(parents=True)
            (group / "cgroup.procs").write_text("".join(f"{pid}\n" for pid in pids))
        memory = self.folders()[0] / cgroups.NAME / POD / CONTAINER
        for name, text in files.items():
            (memory / name.replace("__", ".")).write_text(f"{text}\n")


@pytest.fixture(params=[1, 2], ids=["version-1", "version-2"])
def kernel(request: pytest.FixtureRequest, tmp_path: Path) -> Kernel:
    return Kernel(tmp_path, version=request.param)


def test_processes_of_a_container_are_found(kernel: Kernel) -> None:
    kernel.run(12, 7)
    assert cgroups.processes(CONTAINER, kernel.root) == [7, 12]
    assert cgroups.processes("another", kernel.root) == []


def test_a_group_that_goes_while_we_look_hides_no_other(kernel: Kernel, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel.run(7)
    for folder in kernel.folders():
        (folder / cgroups.NAME / "kubepods/burstable/a-pod-that-goes").mkdir()
    look = os.scandir

    def scandir(path: str | Path) -> object:
        if str(path).endswith("a-pod-that-goes"):
            raise FileNotFoundError(path)
        return look(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert cgroups.processes(CONTAINER, kernel.root) == [7]


@pytest.mark.parametrize(
    ("version", "files", "memory"),
    [
        (1, {"usage_in_bytes": "5", "max_usage_in_bytes": "9", "limit_in_bytes": "20"}, Memory(5, 9, 20)),
        (2, {"current": "5", "peak": "9", "max": "20"}, Memory(5, 9, 20)),
        (2, {"current": "5", "max": "max"}, Memory(5, 0, 1 << 62)),
    ],
    ids=["version-1", "version-2", "version-2-without-peak-and-limit"],
)
def test_memory_is_read(tmp_path: Path, version: int, files: dict[str, str], memory: Memory) -> None:
    kernel = Kernel(tmp_path, version=version)
    kernel.run(1, **{f"memory__{name}": text for name, text in files.items()})
    assert cgroups.memory(CONTAINER, tmp_path) == memory


def test_memory_of_a_container_that_is_gone_is_not_zero(kernel: Kernel) -> None:
    with pytest.raises(FileNotFoundError):
        cgroups.memory("gone", kernel.root)


def test_in_version_2_only_controllers_that_are_missing_are_handed_down(tmp_path: Path) -> None:
    kernel = Kernel(tmp_path, version=2)
    cgroups.make(kernel.root)
    assert (tmp_path / "cgroup.subtree_control").read_text() == "+memory +pids"
    assert (tmp_path / cgroups.NAME / "cgroup.subtree_control").read_text() == "+cpu +memory +pids"


def test_in_version_1_each_controller_has_the_group_and_a_new_cpuset_is_no_empty_one(tmp_path: Path) -> None:
    kernel = Kernel(tmp_path, version=1)
    for name in ("cpuset.cpus", "cpuset.mems"):
        (tmp_path / "cpuset" / name).write_text("0-1")
        (tmp_path / "cpuset" / cgroups.NAME).mkdir(exist_ok=True)
        (tmp_path / "cpuset" / cgroups.NAME / name).touch()
    cgroups.make(kernel.root)
    assert [(folder / cgroups.NAME).is_dir() for folder in kernel.folders()] == [True, True, True]
    assert (tmp_path / "cpuset" / cgroups.NAME / "cpuset.cpus").read_text() == "0-1"


def test_groups_are_removed_and_nothing_else(kernel: Kernel) -> None:
    for folder in kernel.folders():
        (folder / cgroups.NAME / POD).mkdir(parents=True)
        (folder / "somebody-else").mkdir()
    if kernel.version == 2:
        (kernel.root / cgroups.NAME / "cgroup.subtree_control").unlink()  # the kernel's own files go with their folder
    assert cgroups.exist(kernel.root)
    assert cgroups.remove(kernel.root) == []
    assert not cgroups.exist(kernel.root)
    assert all((folder / "somebody-else").is_dir() for folder in kernel.folders())


def test_a_group_that_is_still_in_use_is_named(kernel: Kernel) -> None:
    kernel.run(1)
    left = cgroups.remove(kernel.root, patience=0)
    assert kernel.folders()[0] / cgroups.NAME / POD / CONTAINER in left


def test_where_there_are_no_control_groups_none_are_missed(tmp_path: Path) -> None:
    assert not cgroups.exist(tmp_path / "nothing")
