"""Leaves out the tests on a real node where a run cannot have one, and says in a line that it did, why, and how to run them."""

import pytest
from _pytest.terminal import TerminalReporter

from sundown_lab.node.needs import ALL, Machine, hindrance

_left_out = pytest.StashKey[str]()


def reason(*, marks: str, workers: bool, machine: Machine) -> str | None:
    """Why they are left out of a run with this `-m`; None where they are not, or nobody would expect them.

    A run that asks for them by `-m node` has them, and they fail where they cannot run.
    """
    if "node" in marks or "not lab" in marks:
        return None
    if workers:
        return "there is one real node a machine, and this run has several workers"
    return hindrance(ALL, machine=machine)


def pytest_configure(config: pytest.Config) -> None:
    """Decide it once."""
    workers = bool(config.getoption("numprocesses", None)) or hasattr(config, "workerinput")
    why = reason(marks=str(config.getoption("markexpr", "")), workers=workers, machine=Machine.here())
    if why is not None:
        config.stash[_left_out] = why


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave them out."""
    if _left_out in config.stash:
        left = [item for item in items if item.get_closest_marker("node") is not None]
        items[:] = [item for item in items if item not in set(left)]
        config.hook.pytest_deselected(items=left)


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """Say so."""
    if _left_out in config.stash:
        terminalreporter.write_line(
            f"tests on a real node were left out: {config.stash[_left_out]}; or: make test-node"
        )
