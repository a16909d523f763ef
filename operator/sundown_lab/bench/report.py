"""The rows for people and for machines."""

import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.table import Table

from sundown_lab.bench.rows import Bar, Row

FORMATS = {"ratio": "{:.2f}", "s": "{:.2f} s", "MiB": "{:.0f} MiB", "a minute": "{:.2f} a minute"}


def table(rows: Sequence[Row]) -> Table:
    """The rows with their bars; what is compared with what stands below."""
    drawn = Table(title="Sundown against its bars", title_justify="left", pad_edge=False)
    for heading in ("ROW", "SIZE", "WHAT", "MEASURED", "BAR", ""):
        drawn.add_column(
            heading, justify="right" if heading in {"MEASURED", "BAR"} else "left", no_wrap=heading != "WHAT"
        )
    for row in rows:
        what = f"{row.bar.what}, {row.way}" if row.way else row.bar.what
        verdict = "[green]pass[/]" if row.passed else f"[red]{row.spoiled or 'fail'}[/]"
        drawn.add_row(
            row.bar.key, row.size, what, _figure(row.bar, row.measured), _figure(row.bar, row.bar.most), verdict
        )
    return drawn


def explanation(rows: Sequence[Row]) -> list[str]:
    """How each figure was come by, a line for each bar, and before it what else was measured, a line for each row that says so."""
    said = [f"{row.bar.key}{', ' * bool(row.way)}{row.way}: {row.said}" for row in rows if row.said]
    return said + [f"{bar.key}: {bar.how}" for bar in dict.fromkeys(row.bar for row in rows)]


def write(path: Path, rows: Sequence[Row], *, began: datetime, scale: str) -> None:
    """The rows with all they were made from, and the machine that they were measured on, as JSON."""
    document = {
        "began": began.astimezone(UTC).isoformat(timespec="seconds"),
        "took_seconds": round((datetime.now(UTC) - began).total_seconds()),
        "scale": scale,
        "machine": {"cpus": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()},
        "passed": all(row.passed for row in rows),
        "rows": [row.to_json() for row in rows],
    }
    path.write_text(json.dumps(document, indent=2) + "\n")


def _figure(bar: Bar, figure: float) -> str:
    return FORMATS[bar.unit].format(figure)
