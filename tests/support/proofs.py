"""What tests prove of the kinds of the catalogue, by their marker ``proves``: docs/reference/proven.md is made of it.

``@pytest.mark.proves("asleep", kinds=KINDS)`` is for a test that goes through kinds itself, ``param="kind"`` for one that has a
parameter of that name with the kind. ``against`` says what or whom, where a cell has several. ``--proofs=FILE`` has them written
down: all that were collected, or in a run those whose tests have passed.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from _pytest.terminal import TerminalReporter

from sundown.sleepers.kinds import CATALOGUE
from sundown_lab.reference.proven import COLUMNS, Proof

_PROVES = "proves"
_NEVER = ("skip", "skipif", "xfail")


def proofs_of(test: str, marks: list[pytest.Mark], params: Mapping[str, Any]) -> Iterator[Proof]:
    """What a test says that it proves.

    Raises:
        UsageError: it says something that cannot be.
    """
    ours = [mark for mark in marks if mark.name == _PROVES]
    if ours and any(mark.name in _NEVER for mark in marks):
        raise pytest.UsageError(f"{test} proves something: it must not be left out, nor be known to fail")
    for mark in ours:
        (cell,) = mark.args
        kinds, against = mark.kwargs.get("kinds", ()), mark.kwargs.get("against", ())
        param = mark.kwargs.get("param")
        kinds = (params[param],) if param is not None else kinds
        if cell not in COLUMNS or not kinds or not set(kinds) <= set(CATALOGUE):
            raise pytest.UsageError(f"{test} proves nothing that there is: {cell!r} of {kinds!r}")
        for kind in kinds:
            for whom in (against,) if isinstance(against, str) else against or ("",):
                yield Proof(kind, cell, whom, test)


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--proofs``."""
    parser.addoption("--proofs", type=Path, help="write into this file what the tests prove of the kinds")


@pytest.hookimpl(tryfirst=True)  # before anything is left out of this run
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Note what each test proves on it, where reports carry it to whoever started the workers."""
    told: list[Proof] = []
    for item in items:
        params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        its = list(proofs_of(item.nodeid, list(item.iter_markers()), params))
        item.user_properties += [(_PROVES, asdict(proof)) for proof in its]
        told += its
    file: Path | None = config.getoption("--proofs")
    if file is not None and config.option.collectonly:
        file.write_text(json.dumps([asdict(proof) for proof in told]), encoding="utf-8")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that proves something and skips itself has failed: the page says that it was there."""
    report = yield
    if report.skipped and any(name == _PROVES for name, _ in item.user_properties):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} proves a cell of docs/reference/proven.md and was skipped: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """Say how much of it this run has shown."""
    passed = [report for report in terminalreporter.stats.get("passed", ()) if report.when == "call"]
    shown = [each for report in passed for name, each in report.user_properties if name == _PROVES]
    file: Path | None = config.getoption("--proofs")
    if file is not None and not config.option.collectonly:
        file.write_text(json.dumps(shown), encoding="utf-8")
    if shown:
        cells = {(each["kind"], each["cell"], each["against"]) for each in shown}
        terminalreporter.write_line(f"{len(cells)} cells of docs/reference/proven.md were proven in this run")
