"""What is proven of each kind, cell by cell, by which test: as the tests themselves say by their marker ``proves``.

An empty cell is one that no test proves. A test that is skipped in a run which has it fails there (``tests/support/proofs.py``).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sundown.sleepers.catalogue import ROWS
from sundown.sleepers.kinds import KINDS
from sundown_lab.errors import LabError
from sundown_lab.reference.markdown import code, page, table

COLUMNS = {
    "asleep": "asleep",
    "holds": "holds against",
    "again": "asleep again after",
    "restored": "restored exactly",
    "killed": "survives `kill -9`",
    "dry run": "dry run",
    "real controller": "with its real controller",
}
"""What a test can prove of a kind, and the head of its column."""

_LEGEND = """A test says by its marker `proves` what it proves of which kind, and this page is made of all that say so: a cell without a
test is empty. Each names the file of its test; below are the tests themselves.

- **asleep**: its objects are as its row says, and recorded.
- **holds against**: who writes it at night does not wake it, and Sundown has nothing to write again. Deployments and StatefulSets
  are held by [the policies](../policies.md), whatever is asked for, and so are [the other kinds](../policies.md#the-other-kinds)
  by theirs; without these, the others where what is applied leaves out what sleeps.
- **asleep again after**: who sets it to run at night has it asleep again after the next look, and what they asked for in the morning.
- **restored exactly**: in the morning its objects are what their owners wrote, absent fields included, and nothing of Sundown's is left.
- **survives `kill -9`**: the operator is killed while it writes objects of that kind, and they come back to what they were.
- **dry run**: it is told with what would be done, and not touched.
- **with its real controller**: in that test the controller of the kind is the real one."""
_ALL = (*KINDS, *(row.kind for row in ROWS))
_COLLECTING = 120.0
"""Seconds in which the tests can say what they prove: they are collected, not run."""


@dataclass(frozen=True, slots=True, order=True)
class Proof:
    """A cell of the table: of a kind, ``against`` what or whom where there are several, by which test (its id)."""

    kind: str
    cell: str
    against: str
    test: str

    @property
    def file(self) -> str:
        """The file of the test, below the checkout."""
        return self.test.partition("::")[0]

    @property
    def function(self) -> str:
        """The test without its parameters."""
        return self.test.partition("[")[0].partition("::")[2]


def collected(root: Path) -> tuple[Proof, ...]:
    """What the tests of a checkout say that they prove, without running any.

    Raises:
        LabError: they cannot be collected.
    """
    files = [file for file in sorted((root / "tests").rglob("test_*.py")) if "mark.proves(" in file.read_text("utf-8")]
    if not files:
        return ()
    with tempfile.TemporaryDirectory() as directory:
        told = Path(directory) / "proofs.json"
        options = ("--collect-only", "--quiet", "-p", "no:cacheprovider", f"--proofs={told}")
        command = (sys.executable, "-m", "pytest", *options, *map(str, files))
        run = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=_COLLECTING, check=False)
        if run.returncode:
            raise LabError("The tests do not say what they prove.", hint=(run.stdout + run.stderr)[-2000:])
        return read(json.loads(told.read_text(encoding="utf-8")))


def read(told: Iterable[dict[str, Any]]) -> tuple[Proof, ...]:
    """What pytest was told, in order."""
    return tuple(sorted(Proof(**each) for each in told))


def proven_page(proofs: Sequence[Proof]) -> str:
    """The page: the table of kinds, and the tests that it is made of."""
    return page(
        "What is proven of each kind",
        _LEGEND,
        table(("kind", *COLUMNS.values()), ((kind, *_cells(kind, proofs)) for kind in _ALL)),
        "## The tests",
        table(("test", "proves", "of"), _tests(proofs)),
        origin="the tests marked `proves`",
    )


def _cells(kind: str, proofs: Sequence[Proof]) -> Iterable[str]:
    for cell in COLUMNS:
        found: dict[str, str] = {}
        for proof in proofs:
            if (proof.kind, proof.cell) == (kind, cell):
                found.setdefault(proof.against or "yes", proof.file)
        by_file: dict[str, list[str]] = {}
        for what, file in found.items():
            by_file.setdefault(file, []).append(what)
        yield "; ".join(f"[{', '.join(whats)}](../../{file})" for file, whats in by_file.items())


def _tests(proofs: Sequence[Proof]) -> Iterable[Sequence[str]]:
    by_test: dict[tuple[str, str], list[Proof]] = {}
    for proof in proofs:
        by_test.setdefault((proof.file, proof.function), []).append(proof)
    for (file, function), its in sorted(by_test.items()):
        cells = [cell for cell in COLUMNS if any(proof.cell == cell for proof in its)]
        kinds = [kind for kind in _ALL if any(proof.kind == kind for proof in its)]
        yield f"[{Path(file).stem}](../../{file})::{code(function)}", ", ".join(cells), ", ".join(kinds)
