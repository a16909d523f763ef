"""The page of what is proven of each kind says what the tests say, and a cell that says something has a test that runs."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sundown.sleepers.catalogue import ROWS
from sundown.sleepers.kinds import KINDS
from sundown_lab.errors import LabError
from sundown_lab.reference import pages
from sundown_lab.reference.proven import COLUMNS, Proof, collected, proven_page
from support.proofs import proofs_of

ROOT = Path(__file__).parents[2]
MARKED = """
import pytest

@pytest.mark.proves("asleep", param="kind")
@pytest.mark.parametrize("kind", ["CronJob", "DaemonSet"])
def test_of_a_parameter(kind):
    {body}
"""
_OF_EACH = frozenset(COLUMNS) - {"real controller"}


@pytest.fixture(scope="module")
def proofs() -> tuple[Proof, ...]:
    """What the tests of this checkout say."""
    return pages.proofs()


def run(directory: Path, body: str, *options: str) -> tuple[int, list[dict[str, Any]]]:
    """A run of one marked test of two kinds: its exit code, and what it has written down."""
    tests = directory / "tests"
    tests.mkdir()
    (tests / "test_it.py").write_text(MARKED.format(body=body))
    told = directory / "proofs.json"
    command = (sys.executable, "-m", "pytest", "-q", "-p", "support.proofs", f"--proofs={told}", *options, str(tests))
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    code = subprocess.run(command, cwd=directory, env=environment, capture_output=True, check=False).returncode
    return code, json.loads(told.read_text()) if told.exists() else []


def test_the_page_is_what_the_tests_say() -> None:
    """Issue 12: a table in the docs, each cell backed by a test."""
    for name, text in pages.proven().items():
        there = (ROOT / "docs" / name).read_text(encoding="utf-8")
        assert there == text, f"docs/{name} is not as the tests are; `make docs` writes it"


def test_each_kind_has_what_the_catalogue_has_proven_of_all_of_them(proofs: tuple[Proof, ...]) -> None:
    """G2: a new row gets it for nothing, and a kind of which it is missing is noticed."""
    shown = {(proof.kind, proof.cell) for proof in proofs}
    kinds = (*KINDS, *(row.kind for row in ROWS))
    assert [(kind, cell) for kind in kinds for cell in sorted(_OF_EACH) if (kind, cell) not in shown] == []


def test_a_kind_has_a_line_with_the_cells_that_were_proven_and_no_others() -> None:
    page = proven_page([Proof("CronJob", "holds", who, f"tests/a/test_b.py::test_{who}[x]") for who in ("you", "me")])
    cells = {line.split(" | ")[0]: line.split(" | ")[1:] for line in page.splitlines() if line.startswith("| ")}
    assert cells["| CronJob"][:2] == ["", "[you, me](../../tests/a/test_b.py)"]
    assert "".join(cells["| DaemonSet"]).strip(" |") == ""
    assert "[test_b](../../tests/a/test_b.py)::`test_you`" in page


@pytest.mark.slow
@pytest.mark.parametrize(("body", "shown"), [("pass", 2), ("assert kind == 'CronJob'", 1), ("pytest.skip()", 0)])
def test_a_run_has_proven_what_has_passed_and_a_test_that_skips_itself_has_failed(
    tmp_path: Path, body: str, shown: int
) -> None:
    code, told = run(tmp_path, body)
    assert (code != 0, len(told)) == (shown < 2, shown)
    assert {one["kind"] for one in told} <= {"CronJob", "DaemonSet"}


@pytest.mark.slow
def test_workers_tell_whoever_started_them(tmp_path: Path) -> None:
    code, told = run(tmp_path, "pass", "-n2")
    assert (code, sorted(one["kind"] for one in told)) == (0, ["CronJob", "DaemonSet"])


@pytest.mark.parametrize(
    ("mark", "params"),
    [
        (pytest.mark.proves("alseep", kinds=["CronJob"]), {}),
        (pytest.mark.proves("asleep", kinds=["Cronjob"]), {}),
        (pytest.mark.proves("asleep"), {}),
        (pytest.mark.proves("asleep", param="kind"), {"kind": "Pod"}),
    ],
)
def test_what_cannot_be_proven_is_refused(mark: pytest.MarkDecorator, params: dict[str, str]) -> None:
    with pytest.raises(pytest.UsageError, match="proves nothing that there is"):
        list(proofs_of("tests/test_it.py::test_it", [mark.mark], params))


@pytest.mark.parametrize("other", [pytest.mark.skip, pytest.mark.skipif(False, reason=""), pytest.mark.xfail])
def test_a_test_that_may_be_left_out_proves_nothing(other: pytest.MarkDecorator) -> None:
    marks = [pytest.mark.proves("asleep", kinds=["CronJob"]).mark, other.mark]
    with pytest.raises(pytest.UsageError, match="must not be left out"):
        list(proofs_of("tests/test_it.py::test_it", marks, {}))


def test_tests_that_cannot_be_collected_are_no_empty_page(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    assert collected(tmp_path) == ()
    (tmp_path / "tests/test_it.py").write_text(
        "@pytest.mark.proves('asleep', kinds=['CronJob'])\ndef test_it(): pass\n"
    )
    with pytest.raises(LabError, match="do not say what they prove"):
        collected(tmp_path)
