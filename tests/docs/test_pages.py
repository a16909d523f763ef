"""Pages for people: the README stays short, and no link leads nowhere."""

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    page
    for pattern in ("*.md", "docs/**/*.md", "deploy/**/*.md", "examples/*.md", "tests/**/*.md")
    for page in ROOT.glob(pattern)
)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *$")


def _prose(page: Path) -> Iterator[str]:
    """The lines of a page without its blocks of code."""
    in_code = False
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.lstrip().startswith("```"):
            in_code = not in_code
        elif not in_code:
            yield line


def _anchor(heading: str) -> str:
    """As GitHub makes it of a heading: small letters, no punctuation, a hyphen for each blank."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")


@lru_cache
def _anchors(page: Path) -> frozenset[str]:
    return frozenset(_anchor(found[1]) for line in _prose(page) if (found := HEADING.match(line)))


def _broken(page: Path) -> Iterator[str]:
    for line in _prose(page):
        for link in LINK.findall(re.sub(r"`[^`]*`", "", line)):
            if re.match(r"[a-z]+:", link):
                continue
            path, _, anchor = unquote(link).partition("#")
            target = (page.parent / path).resolve() if path else page
            if not target.exists() or (anchor and anchor not in _anchors(target)):
                yield link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_link_to_a_file_or_a_heading_leads_there(page: Path) -> None:
    assert list(_broken(page)) == []


def test_each_component_has_a_row_of_its_own() -> None:
    text = (ROOT / "deploy/README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE)
    assert sorted(rows) == sorted(path.name for path in (ROOT / "deploy/components").iterdir())


def test_each_module_that_is_named_is_there() -> None:
    """Rooms move; what leads a newcomer to them has to move along."""
    package = ROOT / "operator/sundown"
    roots = (ROOT, ROOT / "docs", package, package / "frontdesk", package / "frontdesk/slack")
    text = "".join(
        (ROOT / page).read_text(encoding="utf-8")
        for page in ("docs/architecture.md", "docs/adding.md", "CONTRIBUTING.md")
    )
    named = set(re.findall(r"`((?:[a-z_]+/)+[a-z_]*(?:\.py)?|[a-z_]+\.py)`", text))
    assert len(named) > 30
    missing = (
        each for each in named if not any((root / each).exists() or (root / f"{each}.py").exists() for root in roots)
    )
    assert sorted(missing) == []


def test_each_room_stands_in_the_architecture() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    package = ROOT / "operator/sundown"
    rooms = [file.parent for where in (package, package / "frontdesk") for file in where.glob("*/__init__.py")]
    assert len(rooms) > 15
    assert sorted(room.name for room in rooms if not re.search(rf"^\| `{room.name}/` \|", text, re.MULTILINE)) == []


@pytest.mark.parametrize(
    ("contract", "table"),
    [
        ("Inner rooms know nothing of outer ones", "## The rooms"),
        ("The frontdesk's rooms: Slack knows the desk, the desk does not know Slack", "Inside the frontdesk"),
    ],
)
def test_rooms_stand_in_the_order_that_the_contracts_keep(contract: str, table: str) -> None:
    kept = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(each["layers"] for each in kept if each["name"] == contract)
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8").partition(table)[2]
    rows = re.findall(r"^\| (`.+?) \|", text.partition("|---|")[2].partition("\n\n")[0], re.MULTILINE)
    places = {name: place for place, row in enumerate(rows) for name in re.findall(r"`([a-z_]+)(?:/|\.py)`", row)}
    inside_out = [
        [name.removeprefix("sundown.").split(".")[0] for name in layer.split(" | ")] for layer in reversed(layers)
    ]
    known = [[places[name] for name in layer if name in places] for layer in inside_out]
    found = [layer for layer in known if layer]
    assert len(found) >= 8
    assert [(inner, outer) for inner, outer in pairwise(found) if max(inner) > min(outer)] == []


def test_the_readme_fits_on_a_few_screens() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 200
    assert [line for line in lines if len(line) > 160] == []


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.parent.name != "reference"], ids=lambda page: page.name
)
def test_a_line_of_prose_is_read_without_turning_the_head(page: Path) -> None:
    """Tables and output are as wide as they are; the pages that are made say a description in one line."""
    assert [line for line in _prose(page) if len(line) > 150 and not line.startswith(("|", "<!--"))] == []


def test_each_page_is_found_from_the_readme() -> None:
    """A page to which nothing leads is read by nobody."""
    found, to_read = set[Path](), [ROOT / "README.md"]
    while to_read:
        page = to_read.pop()
        if page in found or page.suffix != ".md":
            continue
        found.add(page)
        links = [link.partition("#")[0] for line in _prose(page) for link in LINK.findall(line)]
        to_read += [(page.parent / link).resolve() for link in links if link and not re.match(r"[a-z]+:", link)]
    assert [page for page in PAGES if page not in found] == []


def test_what_finds_broken_links_finds_them(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A page: of `mine`\n\n[a](#a-page-of-mine) [b](#nowhere) [c](gone.md) `[d](code.md)`\n\n```\n[e](code.md)\n```\n"
    )
    assert list(_broken(page)) == ["#nowhere", "gone.md"]


def test_the_changelog_is_by_area() -> None:
    """A line goes under its area, in the section at the top; what a merge leaves elsewhere is noticed."""
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    sections = [line for line in lines if line.startswith("## ")]
    assert sections[0] == "## Unreleased"
    areas = ["Operator", "Frontdesk", "CLI", "AWS", "Deploy", "Lab"]
    last = len(areas)
    for line in lines:
        if line.startswith("## "):
            last = -1
        elif line.startswith("### "):
            place = areas.index(line.removeprefix("### "))
            assert place > last, f"{line} stands twice or not in its order"
            last = place
    entries = [line for line in lines if line.startswith("- ")]
    assert len(set(entries)) == len(entries)
    assert [line for line in lines if len(line) > 130] == []
