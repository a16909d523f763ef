"""README.md beside this file: every fault has its row, and every row its tests, which exist and know what they are about."""

import ast
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
IDS = [
    *(f"W{number}" for number in range(1, 16)),
    *(f"X{number}" for number in range(1, 13)),
    *(f"Z{number}" for number in range(1, 21)),
]
NOT_YET = {"Z17"}
"""Of parts that Sundown does not have yet."""


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


def _rows() -> list[Row]:
    lines = (ROOT / "tests/faults/README.md").read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if re.match(r"\| [WXZ]\d", line)]
    return [Row(*each) for each in cells]


ROWS = _rows()


@lru_cache
def _source(path: str) -> tuple[str, dict[str, str]]:
    """The docstring of a file of tests, and the text of each of them by its name as pytest has it."""
    text = (ROOT / path).read_text()
    tree, found = ast.parse(text), {}
    for node in tree.body:
        inner = [(f"{node.name}::", each) for each in node.body] if isinstance(node, ast.ClassDef) else [("", node)]
        for prefix, each in inner:
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
                found[prefix + each.name] = ast.get_source_segment(text, each) or ""
    return ast.get_docstring(tree) or "", found


def test_every_fault_has_one_row_in_its_order() -> None:
    assert [row.id for row in ROWS] == IDS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_says_what_happens_elsewhere_and_where_that_was_seen(row: Row) -> None:
    assert row.elsewhere.endswith(".")
    assert row.source


@pytest.mark.parametrize("row", [row for row in ROWS if row.id not in NOT_YET], ids=lambda row: row.id)
def test_a_row_names_tests_that_exist_and_that_name_the_fault(row: Row) -> None:
    assert row.tests
    for test in row.tests:
        path, _, name = test.partition("::")
        about, there = _source(path)
        assert name in there, f"{path} has no test {name}"
        said = re.findall(r"\b[WXZ]\d*\b", f"{about}\n{there[name]}")
        assert row.id in said or (row.id[0] == "Z" and "Z" in said), f"{test} does not say that it is about {row.id}"


@pytest.mark.parametrize("row", [row for row in ROWS if row.id not in NOT_YET], ids=lambda row: row.id)
def test_the_command_of_a_row_runs_its_tests_and_no_others(row: Row) -> None:
    assert row.alone == f"`make fault ID={row.id}`"
    make = shutil.which("make")
    assert make is not None
    command = [make, "--dry-run", "--no-print-directory", "fault", f"ID={row.id}"]
    shown = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert re.findall(r"tests/\S+::\S+", shown) == row.tests


def test_what_is_not_there_yet_says_so() -> None:
    assert {row.id for row in ROWS if not row.tests} == NOT_YET
    assert all("not yet" in row.here for row in ROWS if row.id in NOT_YET)
