"""Control groups of the node's containers, in both versions: made, read, and taken away."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
NAME = "sundown-lab"
CPUSET = ("cpuset.cpus", "cpuset.mems")


@dataclass(frozen=True)
class Memory:
    """Of one container, in bytes, as its limit counts it: now, at its peak (0 where the kernel does not say), and the limit."""

    used: int
    peak: int
    limit: int


def hierarchies(root: Path = ROOT) -> tuple[Path, ...]:
    """Where groups are made: one folder in version 2; in version 1 one for each controller, and often one of version 2."""
    if (root / "cgroup.controllers").exists():
        return (root,)
    mounted = (one for one in root.iterdir() if one.is_dir() and not one.is_symlink())
    return tuple(sorted(one for one in mounted if (one / "cgroup.procs").exists()))


def make(root: Path = ROOT) -> None:
    """The group under which kubelet makes those of pods."""
    for hierarchy in hierarchies(root):
        group = hierarchy / NAME
        group.mkdir(exist_ok=True)
        for name in CPUSET:  # in version 1 a new cpuset is empty, and takes no process
            if (group / name).exists() and (hierarchy / name).exists():
                (group / name).write_text((hierarchy / name).read_text())
    _hand_down(root)


def _hand_down(root: Path) -> None:
    """Version 2: what controllers there are is decided from the top; only what is missing is switched on."""
    controllers = root / "cgroup.controllers"
    for group in (root, root / NAME) if controllers.exists() else ():
        there = (group / "cgroup.subtree_control").read_text().split()
        missing = [f"+{name}" for name in controllers.read_text().split() if name not in there]
        if missing:
            (group / "cgroup.subtree_control").write_text(" ".join(missing))


def exist(root: Path = ROOT) -> bool:
    """Whether a node has groups on this machine, or has left some."""
    return any((hierarchy / NAME).exists() for hierarchy in hierarchies(root)) if root.exists() else False


def processes(container: str, root: Path = ROOT) -> list[int]:
    """Ids of the processes of a container, as this machine counts them; none where it is gone."""
    for group in _groups(container, root):
        try:
            return sorted(int(line) for line in (group / "cgroup.procs").read_text().split())
        except OSError:  # it went while we looked
            continue
    return []


def memory(container: str, root: Path = ROOT) -> Memory:
    """What a container uses. Raises FileNotFoundError: there is no such container."""
    for group in _groups(container, root):
        if (group / "memory.current").exists():
            return Memory(_read(group, "memory.current"), _read(group, "memory.peak"), _read(group, "memory.max"))
        if (group / "memory.usage_in_bytes").exists():
            return Memory(
                _read(group, "memory.usage_in_bytes"),
                _read(group, "memory.max_usage_in_bytes"),
                _read(group, "memory.limit_in_bytes"),
            )
    raise FileNotFoundError(container)


def remove(root: Path = ROOT, *, patience: float = 10.0) -> list[Path]:
    """Takes all groups away, deepest first; those that still had processes after `patience` seconds are returned."""
    deadline = time.monotonic() + patience
    while True:
        left = [group for hierarchy in hierarchies(root) for group in _remove(hierarchy / NAME)]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.05)


def _remove(top: Path) -> list[Path]:
    left = []
    for folder, _, _ in os.walk(top, topdown=False):
        try:
            Path(folder).rmdir()
        except FileNotFoundError:
            continue
        except OSError:
            left.append(Path(folder))
    return left


def _groups(container: str, root: Path) -> list[Path]:
    # os.walk and not rglob, which fails when a group goes while it looks; groups come and go with containers.
    preferred = sorted(hierarchies(root), key=lambda one: one.name != "memory")
    return [
        Path(folder, container)
        for hierarchy in preferred
        for folder, names, _ in os.walk(hierarchy / NAME)
        if container in names
    ]


def _read(group: Path, name: str) -> int:
    try:
        text = (group / name).read_text().strip()
    except FileNotFoundError:
        return 0
    return int(text) if text != "max" else 1 << 62
