"""The little Markdown that the reference pages are made of."""

import re
from collections.abc import Iterable, Sequence

ORIGIN = "<!-- Made by `make docs` from {}; whoever edits it here has it overwritten. -->"


def page(title: str, *blocks: str, origin: str) -> str:
    """A whole page: where it comes from, its title, its blocks."""
    return "\n\n".join((ORIGIN.format(origin), f"# {title}", *(block for block in blocks if block))) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; empty without rows."""
    lines = [_row(cells) for cells in rows]
    return "\n".join((_row(head), "|" + "---|" * len(head), *lines)) if lines else ""


def code(text: object) -> str:
    """Text as code, whatever stands in it."""
    written = str(text)
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", written)), default=0))
    blank = " " if written.startswith("`") or written.endswith("`") else ""
    return f"{fence}{blank}{written}{blank}{fence}"


def prose(text: str) -> str:
    """A description on one line, in which angle brackets and stars are letters."""
    return re.sub(r"([<>*])", r"\\\1", " ".join(text.split()))


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"
