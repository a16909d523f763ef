"""The rows of tests/faults/README.md, and which tests belong to a fault; as a program it prints those for ``make fault``."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

TABLE = Path(__file__).parents[1] / "faults" / "README.md"
NAMED = "tests/faults/README.md"


class NoTests(Exception):
    """There is nothing to run for what was asked; the text says why, and what there is."""


@dataclass(frozen=True)
class Row:
    """One fault of the table."""

    id: str
    elsewhere: str
    source: str
    here: str
    alone: str

    @property
    def tests(self) -> list[str]:
        """The tests that it names, as pytest takes them."""
        return re.findall(r"`(tests/[^`]+::[^`]+)`", self.here)


def rows() -> list[Row]:
    """All of them, in their order."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if re.match(r"\| [A-Z]\d", line)]
    return [Row(*each) for each in cells]


def chosen(asked: str, found: Sequence[Row]) -> list[str]:
    """The tests of the fault that somebody typed, of these rows.

    Raises:
        NoTests: none was typed, there is no such row, or it has no test yet.
    """
    wanted = asked.strip().upper()
    if not wanted:
        raise NoTests(f"Say which fault, as in: make fault ID=W3; {NAMED} has {_all(found)}")
    row = next((each for each in found if each.id == wanted), None)
    if row is None:
        raise NoTests(f'There is no fault "{asked.strip()}": {NAMED} has {_all(found)}')
    if not row.tests:
        raise NoTests(f"{row.id} has no test yet: {row.here.strip('*').removeprefix('not yet: ')}")
    return row.tests


def _all(found: Sequence[Row]) -> str:
    """``W1 to W15, X1 to X12 and Z1 to Z20``."""
    spans = [[row.id for row in group] for _, group in groupby(found, key=lambda row: row.id[0])]
    *others, last = [f"{ids[0]} to {ids[-1]}" for ids in spans]
    return f"{', '.join(others)} and {last}"


if __name__ == "__main__":
    try:
        print(*chosen(" ".join(sys.argv[1:]), rows()))
    except NoTests as error:
        sys.exit(str(error))
