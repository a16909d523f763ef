"""`docs/requirements.md` and the tests: what a test says that it proves stands there, and what stands there is proved or "not yet"."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/requirements.md"
ROW = re.compile(r"\| ([A-J]\d{1,2}) \| (.+) \| (.+) \|")
ROWS = {found[1]: found[3] for line in PAGE.read_text(encoding="utf-8").splitlines() if (found := ROW.fullmatch(line))}
SECURITY = re.findall(
    r"^\| (S\d{1,2}) \| .+\. \| .+ \|$", (ROOT / "docs/security.md").read_text(encoding="utf-8"), re.MULTILINE
)
TESTS = sorted(path for path in (ROOT / "tests").rglob("*.py") if "support" not in path.relative_to(ROOT).parts)


@cache
def _named(path: Path) -> frozenset[str]:
    """The ids in the docstrings and comments of a file of tests."""
    source = path.read_text(encoding="utf-8")
    return frozenset(each for text in _remarks(source) for each in re.findall(r"\b[A-JS]\d{1,2}\b", text))


def _remarks(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value
    if re.search(r"#.*\b[A-JS]\d", source):  # which few have; taking a file apart takes time
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                yield token.string


@cache
def _all_named(letters: str) -> set[str]:
    return {each for path in TESTS for each in _named(path) if each[0] in letters}


def test_every_requirement_that_a_test_names_has_a_row() -> None:
    assert _all_named("ABCDEFGHIJ") - set(ROWS) == set()


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_named_by_a_test_or_says_not_yet(row: str) -> None:
    assert row in _all_named(row[0]) or "not yet" in ROWS[row]


def test_what_a_test_proves_is_there() -> None:
    assert [row for row, where in ROWS.items() if where == "not yet" and row in _all_named(row[0])] == []


@pytest.mark.parametrize("row", ROWS)
def test_the_files_of_a_row_name_it(row: str) -> None:
    files = [(PAGE.parent / link).resolve() for link in re.findall(r"\]\(([^)#]+\.py)\)", ROWS[row])]
    assert files or "not yet" in ROWS[row]
    assert [file for file in files if row not in _named(file)] == []


def test_the_rows_are_in_their_order_and_without_a_gap() -> None:
    for letter in "ABCDEFGHIJ":
        numbers = [int(row[1:]) for row in ROWS if row[0] == letter]
        assert numbers == list(range(1, len(numbers) + 1))


def test_every_fault_of_security_that_a_test_names_has_a_row() -> None:
    assert [f"S{number}" for number in range(1, 19)] == SECURITY
    assert _all_named("S") - set(SECURITY) == set()
