"""What commands print: tables and sentences for people, JSON for machines."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

COLOURS = {
    "awake": "green",
    "asleep": "blue",
    "waking": "yellow",
    "falling asleep": "yellow",
    "paused": "magenta",
}
_GAP = "   "

EXIT_CODES = "Exit codes: 0 done, 1 refused or failed, 2 wrong usage."


def examples(*lines: str) -> str:
    """The end of a command's help."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines) + f"\n\n{EXIT_CODES}"


def as_json(value: Any) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def say(text: str) -> None:
    """Print a sentence for people."""
    click.echo(printable(text))


def note(text: str) -> None:
    """Print what is not the answer (progress, warnings, what went wrong) on standard error."""
    click.echo(printable(text), err=True)


def failed(text: str) -> None:
    """Print what went wrong with one of several things."""
    click.echo(_styled("Error: ", "red", stream=sys.stderr) + printable(text), err=True)


def printable(text: str) -> str:
    """The text on one line, without what a terminal would obey: names and reasons come from anybody."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, colours: Mapping[str, str] = COLOURS) -> None:
    """Print rows in columns, words that have a colour in it; on a terminal the last column is cut to the width."""
    cells = [list(header), *([printable(cell) or "-" for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header) - 1)]
    if sys.stdout.isatty():
        rest = shutil.get_terminal_size().columns - sum(widths) - len(_GAP) * len(widths)
        for row in cells:
            row[-1] = row[-1] if len(row[-1]) <= max(rest, 20) else row[-1][: max(rest, 20) - 1] + "…"
    for row in cells:
        padded = [
            _styled(cell, colours.get(cell.partition(",")[0])) + " " * (width - len(cell))
            for cell, width in zip(row, widths, strict=False)
        ]
        click.echo(_GAP.join([*padded, row[-1]]).rstrip())


def _styled(text: str, colour: str | None, *, stream: Any = None) -> str:
    """The text in colour on a terminal, unless the person wants none (https://no-color.org)."""
    coloured = colour is not None and not os.environ.get("NO_COLOR") and (stream or sys.stdout).isatty()
    return click.style(text, fg=colour) if coloured else text
