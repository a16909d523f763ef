"""README.md beside this file: every fault has its row, and every row its tests, which exist and know what they are about."""

import ast
import re
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import pytest

from support.track_record import NoTests, Row, chosen, rows

ROOT = Path(__file__).parents[2]
IDS = [
    *(f"W{number}" for number in range(1, 16)),
    *(f"X{number}" for number in range(1, 13)),
    *(f"Z{number}" for number in range(1, 21)),
]
ROWS = rows()


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


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_names_tests_that_exist_and_that_name_the_fault(row: Row) -> None:
    assert row.tests
    for test in row.tests:
        path, _, name = test.partition("::")
        about, there = _source(path)
        assert name in there, f"{path} has no test {name}"
        said = re.findall(r"\b[WXZ]\d*\b", f"{about}\n{there[name]}")
        assert row.id in said or (row.id[0] == "Z" and "Z" in said), f"{test} does not say that it is about {row.id}"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_the_command_of_a_row_runs_its_tests_and_no_others(row: Row) -> None:
    assert row.alone == f"`make fault ID={row.id}`"
    assert chosen(row.id, ROWS) == row.tests


@pytest.mark.parametrize("asked", ["w3", " W3 ", "x11"])
def test_an_id_is_found_however_it_is_typed(asked: str) -> None:
    assert chosen(asked, ROWS) == chosen(asked.strip().upper(), ROWS)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("", "Say which fault, as in: make fault ID=W3; tests/faults/README.md has W1 to W15, X1 to X12 and Z1 to "),
        ("W16", 'There is no fault "W16": tests/faults/README.md has W1 to W15, X1 to X12 and Z1 to '),
        ("w0", 'There is no fault "w0": '),
        ("W", 'There is no fault "W": '),
        ("W1|X1", 'There is no fault "W1|X1": '),
        ("W3 X1", 'There is no fault "W3 X1": '),
    ],
)
def test_an_id_without_a_row_is_said_to_be_none(asked: str, said: str) -> None:
    with pytest.raises(NoTests, match=re.escape(said)):
        chosen(asked, ROWS)


def test_a_row_without_a_test_says_so_and_why() -> None:
    row = Row("Q1", "It breaks.", "tried", "*not yet: there is no such part*", "-")
    with pytest.raises(NoTests, match=r"^Q1 has no test yet: there is no such part$"):
        chosen("q1", [*ROWS, row])


def test_the_target_of_make_says_the_same() -> None:
    """A refusal is make's failure, and nothing is run."""
    make = shutil.which("make")
    assert make is not None
    recipe = [make, "--dry-run", "--no-print-directory", "--old-file=.venv/.complete", "fault", "ID=w16"]
    shown = subprocess.run(recipe, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert 'tests/support/track_record.py "w16") && ' in shown
    command = [sys.executable, "tests/support/track_record.py", "w16"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith('There is no fault "w16"')
