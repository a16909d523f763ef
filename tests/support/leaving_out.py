"""Leaves out the tests on a real node where a run cannot have one, and those on the oldest Kubernetes where nobody has built it.

It says in a line that it did, why, and how to run them.
"""

from collections.abc import Callable, Collection

import pytest
from _pytest.terminal import TerminalReporter

from sundown_lab.binaries import NAMES, find
from sundown_lab.node.needs import ALL, Machine, hindrance
from sundown_lab.releases import OLDEST

NODE, AGE = "tests on a real node were left out", "tests on the oldest Kubernetes were left out"
_left_out = pytest.StashKey[dict[str, str]]()
"""A line for each mark of which tests are left out."""


def reason(*, marks: str, workers: bool, machine: Machine) -> str | None:
    """Why they are left out of a run with this `-m`; None where they are not, or nobody would expect them.

    A run that asks for them by `-m node` has them, and they fail where they cannot run.
    """
    if "node" in marks or "not lab" in marks:
        return None
    if workers:
        return "there is one real node a machine, and this run has several workers"
    return hindrance(ALL, machine=machine)


def unbuilt(*, marks: str, find: Callable[[], Collection[str]]) -> str | None:
    """Why the tests on the oldest release are left out of a run with this `-m`; ``find`` says which programs of it are there.

    A run that asks for them by `-m oldest` has them, and builds what is missing.
    """
    if "oldest" in marks or "not lab" in marks or set(NAMES) <= set(find()):
        return None
    return f"Kubernetes {OLDEST} has not been built on this machine"


def pytest_configure(config: pytest.Config) -> None:
    """Decide it once."""
    workers = bool(config.getoption("numprocesses", None)) or hasattr(config, "workerinput")
    marks = str(config.getoption("markexpr", ""))
    lines = {
        "node": (NODE, reason(marks=marks, workers=workers, machine=Machine.here()), "make test-node"),
        "oldest": (AGE, unbuilt(marks=marks, find=lambda: find(kubernetes=OLDEST)), "make test-oldest"),
    }
    config.stash[_left_out] = {
        mark: f"{what}: {why}; or: {how}" for mark, (what, why, how) in lines.items() if why is not None
    }


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave them out."""
    left = [item for item in items if any(item.get_closest_marker(mark) for mark in config.stash[_left_out])]
    items[:] = [item for item in items if item not in set(left)]
    config.hook.pytest_deselected(items=left)


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """Say so."""
    for line in config.stash[_left_out].values():
        terminalreporter.write_line(line)
