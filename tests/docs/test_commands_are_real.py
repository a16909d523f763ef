"""What the pages tell people to type exists: commands, their options, targets of make, files that are named."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from sundown.cli.app import cli as sundown
from sundown_lab.cli import cli as sundown_lab

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    page for pattern in ("*.md", "docs/**/*.md", "deploy/**/*.md", "examples/*.md") for page in ROOT.glob(pattern)
)
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
PROGRAMS: dict[str, click.Group] = {"sundown": sundown, "kubectl sundown": sundown, "sundown-lab": sundown_lab}
TYPED = re.compile(r"(?:^|[;&|$#] *|-- )((?:kubectl )?sundown(?:-lab)?|make)( [^`|;&#]*)?", re.MULTILINE)


def _typed(page: Path) -> Iterator[str]:
    """The lines of blocks of commands that somebody types, and each piece of code in the text."""
    text = page.read_text(encoding="utf-8")
    for language, block in re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        if language in {"console", "sh", ""}:
            lines = block.replace("\\\n", " ").splitlines()
            yield from (line.lstrip("$# ") for line in lines if line.startswith(("$ ", "# ")) or language == "sh")
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def _calls(page: Path) -> Iterator[tuple[str, list[str]]]:
    for typed in _typed(page):
        for program, rest in TYPED.findall(typed):
            try:
                yield program, shlex.split(rest.split("  #")[0])
            except ValueError:  # a quotation mark of the sentence
                yield program, rest.split()


def _wrong(program: str, words: list[str]) -> str | None:
    """What of a call does not exist."""
    if program == "make":
        named = [word for word in words if re.fullmatch(r"[a-z][a-z-]*", word)]
        return next((f"make {name}" for name in named if name not in TARGETS), None)
    command: click.Command = PROGRAMS[program]
    words = [word for word in words if word != "..."]
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        below = command.get_command(click.Context(command), words[0])
        if below is None:
            return f"{program} {words[0]}" if words[0].islower() else None
        command, words = below, words[1:]
    context = click.Context(command)
    known = {option for each in command.get_params(context) for option in (*each.opts, *each.secondary_opts)}
    options = [word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)]
    if command.name == "kubectl":  # whose options are its own
        return None
    return next(
        (f"{program} {command.name} {option}" for option in options if option not in {*known, "-h", "--help"}), None
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_tells_to_type_exists(page: Path) -> None:
    assert [wrong for call in _calls(page) if (wrong := _wrong(*call)) is not None] == []


def test_calls_are_found_at_all() -> None:
    found = [call for page in PAGES for call in _calls(page)]
    assert len([program for program, _ in found if program == "make"]) > 20
    assert len([program for program, _ in found if program != "make"]) > 60


@pytest.mark.parametrize(
    ("call", "wrong"),
    [
        (("sundown", ["start", "dev1", "--wait"]), None),
        (("sundown", ["start", "dev1", "--weit"]), "sundown start --weit"),
        (("kubectl sundown", ["begin"]), "kubectl sundown begin"),
        (("sundown-lab", ["up", "--real-node"]), None),
        (("make", ["story"]), None),
        (("make", ["tea"]), "make tea"),
    ],
)
def test_a_call_that_does_not_exist_is_noticed(call: tuple[str, list[str]], wrong: str | None) -> None:
    assert _wrong(*call) == wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_file_that_is_applied_is_there(page: Path) -> None:
    named = [
        path for typed in _typed(page) for path in re.findall(r"(?:-[fk] |: )((?:deploy|examples|crds)[\w/.-]*)", typed)
    ]
    assert [path for path in named if not (ROOT / path).exists()] == []
