"""Has a run with several workers begin with the files that take longest, so that none is left alone with one of them at the end.

pytest-xdist would begin with the files of most tests, which are the quickest; `make test` tells it to keep this order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import pytest

LONG = 300.0
"""Seconds of time-out past which a test says that it takes longer than others."""


@dataclass(frozen=True)
class Weighed:
    """A test with about how many seconds it takes; ``name`` tells the tests of a file apart."""

    file: str
    seconds: float
    name: str = ""


def about(*, marks: frozenset[str], timeout: float) -> float:
    """How many seconds a test with these markers takes."""
    if timeout > LONG:
        return timeout / 4
    return next((seconds for mark, seconds in (("browser", 8.0), ("lab", 3.0), ("slow", 3.0)) if mark in marks), 0.02)


def ordered(tests: Iterable[Weighed]) -> list[Weighed]:
    """The tests of the longest file first; those of one file stay together, in their own order."""
    files = [list(group) for _, group in groupby(tests, key=attrgetter("file"))]
    return [test for file in sorted(files, key=lambda file: -sum(test.seconds for test in file)) for test in file]


@pytest.hookimpl(trylast=True)  # when time-outs are set, and what is left out is gone
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Only for workers: who runs a few files by hand wants them in the order of the alphabet."""
    if hasattr(config, "workerinput"):
        known = {item.nodeid: item for item in items}
        items[:] = [known[each.name] for each in ordered(map(_weighed, items))]


def _weighed(item: pytest.Item) -> Weighed:
    mark = item.get_closest_marker("timeout")
    marks = frozenset(each.name for each in item.iter_markers())
    seconds = about(marks=marks, timeout=float(mark.args[0]) if mark is not None else 0.0)
    return Weighed(str(item.path), seconds, name=item.nodeid)
