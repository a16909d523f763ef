"""The table of the bench: every bar is measured by somebody, and a row's outcome is told to people and to machines."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sundown_lab.bench import report
from sundown_lab.bench.rows import BARS, FULL, KEYS, QUICK, Row, Scale, bar
from sundown_lab.bench.run import CLICKS, CROWD, HERDS, PARTS
from sundown_lab.bench.stage import REPLICAS

DOCUMENT = datetime(2026, 11, 23, tzinfo=UTC)


def test_each_row_is_measured_by_one_part_and_by_no_other() -> None:
    """A bar whose key no part has would be left to the herds, which know nothing of it."""
    measured = Counter(key for part in PARTS for key in part.keys)
    assert set(measured.values()) == {1}
    herds = {key for key, _, _ in FULL.herds} | {"cpu"}
    assert set(measured) | CLICKS | CROWD | herds == set(KEYS)
    assert CLICKS | CROWD | herds == HERDS


def test_keys_are_said_once() -> None:
    assert len(set(KEYS)) == len(BARS)


def test_a_quick_run_is_no_larger_in_anything() -> None:
    assert QUICK.crowd < FULL.crowd
    assert QUICK.waking < FULL.waking
    assert all(quick < full for quick, full in zip(QUICK.hold, FULL.hold, strict=True))


@pytest.mark.parametrize("scale", [QUICK, FULL])
def test_the_line_takes_longer_than_a_minute_and_less_than_two(scale: Scale) -> None:
    """G4: else there is no full minute to count in, or the row takes too long; six seconds' worth start at once."""
    takes = 60 * scale.waking * scale.workloads * REPLICAS / scale.a_minute - 6
    assert 65 < takes < 90


@pytest.mark.parametrize(
    ("measured", "spoiled", "passed"), [(1.1, "", True), (1.11, "", False), (0.5, "0.50 used", False)]
)
def test_a_row_passes_that_meets_its_bar_and_is_not_spoiled(measured: float, spoiled: str, *, passed: bool) -> None:
    assert Row(bar("wake-limit"), "1 x 1", measured, spoiled=spoiled).passed == passed


def test_what_is_said_beside_a_figure_is_printed_and_in_the_file(tmp_path: Path) -> None:
    rows = [
        Row(bar("hold-night"), "1 x 1", 1.5, way="made", said="1 s without, 1.5 s with"),
        Row(bar("hold-day"), "", 1),
    ]
    lines = report.explanation(rows)
    assert lines[0] == "hold-night, made: 1 s without, 1.5 s with"
    assert [line.partition(":")[0] for line in lines[1:]] == ["hold-night", "hold-day"]
    report.write(tmp_path / "bench.json", rows, began=DOCUMENT, scale="quick")
    written = json.loads((tmp_path / "bench.json").read_text())["rows"]
    assert [row["said"] for row in written] == ["1 s without, 1.5 s with", None]
