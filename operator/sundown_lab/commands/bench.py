"""`sundown-lab bench`: the operator against a bare loop of the same requests, and against the design's bars."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from sundown_lab.bench import report
from sundown_lab.bench.rows import FULL, KEYS, QUICK, Row, Scale
from sundown_lab.bench.run import measure
from sundown_lab.progress import Progress

EXAMPLES = """\b
Examples:
  sundown-lab bench                                # all rows; about half an hour on two cores
  sundown-lab bench --quick                        # small sizes, under ten minutes
  sundown-lab bench --rows herd-100 --rows cpu
  sundown-lab bench --rows hold-day --rows hold-night --rows wake-limit --rows idle-kinds
  sundown-lab bench --strict --json bench.json     # exit code 1 where a bar is not met
  sundown-lab bench --operator "/elsewhere/.venv/bin/sundown operator"
"""


@click.command(epilog=EXAMPLES)
@click.option("--rows", "keys", type=click.Choice(KEYS), multiple=True, help="Only these; may be given several times.")
@click.option("--quick", is_flag=True, help="Small sizes and few rounds: a first impression, not the design's bars.")
@click.option("--json", "path", type=click.Path(dir_okay=False, path_type=Path), help="Also write them to this file.")
@click.option("--strict", is_flag=True, help="End with code 1 where a bar is not met.")
@click.option("--operator", "command", help="Measure this command instead of `sundown operator`.")
def bench(*, keys: tuple[str, ...], quick: bool, path: Path | None, strict: bool, command: str | None) -> None:
    """Measure the operator on a control plane of its own, and print each figure next to its bar."""
    began = datetime.now(UTC)
    rows = asyncio.run(_collect(QUICK if quick else FULL, keys=keys or KEYS, command=command))
    console = Console()
    console.print(report.table(rows))
    for line in report.explanation(rows):
        console.print(f"[dim]{line}[/]", highlight=False)
    if path is not None:
        report.write(path, rows, began=began, scale="quick" if quick else "full")
    if strict and not all(row.passed for row in rows):
        sys.exit(1)


async def _collect(scale: Scale, *, keys: tuple[str, ...], command: str | None) -> list[Row]:
    progress = Progress()
    return [row async for row in measure(scale, progress=progress, keys=keys, command=command)]
