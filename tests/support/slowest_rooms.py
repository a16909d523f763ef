"""Says at the end of a long run which rooms of the tests took how long."""

from collections import defaultdict
from collections.abc import Iterable
from operator import itemgetter

import pytest
from _pytest.terminal import TerminalReporter

LONG_RUN = 60.0
SHOWN = 10


def slowest(durations: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """The rooms (folders of tests/) with the most seconds, the longest first, of pairs of a test's id and its seconds."""
    rooms: defaultdict[str, float] = defaultdict(float)
    for test, seconds in durations:
        parts = test.split("::", maxsplit=1)[0].split("/")
        rooms["/".join(parts[1:-1]) or parts[0]] += seconds
    return sorted(rooms.items(), key=itemgetter(1), reverse=True)[:SHOWN]


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Setup and teardown count; with several workers the sum is more than the time that passed."""
    reports = [report for each in terminalreporter.stats.values() for report in each]
    durations = [(report.nodeid, report.duration) for report in reports if isinstance(report, pytest.TestReport)]
    if sum(seconds for _, seconds in durations) > LONG_RUN:
        rooms = ", ".join(f"{room} {seconds:.0f} s" for room, seconds in slowest(durations))
        terminalreporter.write_line(f"the slowest rooms: {rooms}")
