"""Where things stand: files of a size that is read at a sitting, and what tests share in one place (issue 10, items 1 and 8)."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST = 400
SOURCES = {".css", ".html", ".js", ".md", ".py", ".yaml"}
"""What people write; the sums of Go's modules are written by Go."""


def _too_long(root: Path) -> list[str]:
    files = sorted(path for path in root.rglob("*") if path.suffix in SOURCES)
    assert files, f"nothing in {root}"
    return [str(path.relative_to(root)) for path in files if len(path.read_text().splitlines()) > LONGEST]


def test_no_file_of_the_product_or_its_lab_is_longer_than_400_lines() -> None:
    assert _too_long(ROOT / "operator") == []


@pytest.mark.parametrize(("lines", "found"), [(LONGEST, []), (LONGEST + 1, ["a.py"])])
def test_a_file_that_is_longer_is_found(tmp_path: Path, lines: int, found: list[str]) -> None:
    (tmp_path / "a.py").write_text("pass\n" * lines)
    assert _too_long(tmp_path) == found


def _unresolved(root: Path) -> list[str]:
    """Files with what a merge leaves where two have changed the same lines: checks of Markdown and YAML texts see nothing of it."""
    files = (path for suffix in SOURCES for path in root.rglob(f"*{suffix}"))
    marks = ("<" * 7 + " ", ">" * 7 + " ")
    return [str(path.relative_to(root)) for path in files if any(line.startswith(marks) for line in path.open())]


@pytest.mark.parametrize("folder", ["operator", "tests", "docs", "deploy", "crds", "examples"])
def test_no_merge_was_left_half_resolved(folder: str) -> None:
    assert _unresolved(ROOT / folder) == []
    assert not any(line.startswith("<" * 7) for name in ("README.md", "CHANGELOG.md") for line in (ROOT / name).open())


def test_a_merge_that_is_half_resolved_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"one\n{'<' * 7} HEAD\ntwo\n")
    assert _unresolved(tmp_path) == ["a.md"]


def test_operator_is_no_package_for_it_would_shadow_a_module_of_python() -> None:
    assert not (ROOT / "operator" / "__init__.py").exists()


def test_what_is_no_test_stands_in_support() -> None:
    tests = ROOT / "tests"
    outside = (path for path in tests.rglob("*.py") if path.parts[len(tests.parts)] != "support")
    assert [str(path) for path in outside if not path.name.startswith(("test_", "conftest"))] == []


def test_names_of_test_files_are_told_apart_without_their_folders() -> None:
    """Pytest imports them by their names alone, and of two of one name it refuses the second."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))


def test_no_test_takes_anything_from_the_file_of_another_test() -> None:
    """Pytest would load that file a second time, under another name; what two files need is in ``support``."""
    paths = sorted((ROOT / "tests").rglob("*.py"))
    tests = {path.stem for path in paths if path.name.startswith("test_")}
    taken = [
        f"{path.name} takes from {node.module}"
        for path in paths
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").rpartition(".")[2] in tests
    ]
    assert taken == []
