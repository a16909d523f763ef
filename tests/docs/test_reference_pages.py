"""The reference pages are what the code makes of itself; `make docs` writes them."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner
from pydantic_settings import BaseSettings

from sundown.cli.app import cli
from sundown.frontdesk.commands.table import COMMANDS
from sundown.model.scalars import zone
from sundown_lab.commands.docs import docs
from sundown_lab.errors import LabError
from sundown_lab.reference import markdown, pages
from sundown_lab.reference.kinds import BEGIN, END, with_catalogue
from sundown_lab.reference.zones import names

ROOT = Path(__file__).parents[2]
PAGES = pages.pages()
MANIFESTS = pages.manifests()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_what_the_code_says(name: str) -> None:
    there = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert there == PAGES[name], f"docs/{name} is not as the code is; `make docs` writes it"


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest_says_what_the_code_says(name: str) -> None:
    there = (ROOT / "deploy" / name).read_text(encoding="utf-8")
    assert there == MANIFESTS[name], f"deploy/{name} is not as the code is; `make docs` writes it"


def test_every_zone_of_the_manifest_is_one_for_the_model_too() -> None:
    """A12, A17"""
    assert len(names()) > 500
    assert [name for name in names() if not _is_zone(name)] == []
    listed = yaml.safe_load(MANIFESTS["components/admission/time-zones.yaml"])["data"]["names"]
    assert listed.split(" ") == names()


def _is_zone(name: str) -> bool:
    try:
        zone(name)
    except ValueError:
        return False
    return True


def test_what_is_written_around_the_table_of_kinds_stays() -> None:
    page = f"# Kinds\n\nBefore.\n\n{BEGIN}\nof before\n{END}\n\nAfter.\n"
    made = with_catalogue(page)
    assert made.startswith("# Kinds\n\nBefore.\n\n")
    assert made.endswith("\n\nAfter.\n")
    assert "| CronJob |" in made
    assert "of before" not in made
    assert with_catalogue(made) == made
    with pytest.raises(LabError, match="begins and ends"):
        with_catalogue("# Kinds\n")


def test_every_crd_has_its_page() -> None:
    made = {Path(name).stem for name in PAGES if name.startswith("reference/")}
    crds = {file.stem.removesuffix("s") for file in (ROOT / "crds").glob("*.yaml")}
    assert crds <= made


def _settings(kind: type[BaseSettings]) -> Iterator[type[BaseSettings]]:
    for below in kind.__subclasses__():
        if below.__module__.startswith("sundown."):
            yield below
        yield from _settings(below)


def test_every_setting_is_on_the_page_with_what_it_says() -> None:
    kinds = list(_settings(BaseSettings))
    assert len(kinds) >= 3
    for kind in kinds:
        for name, field in kind.model_fields.items():
            assert field.description, f"{kind.__name__}.{name} has no description"
            assert markdown.prose(field.description) in PAGES["settings.md"]


def _commands(group: click.Group, path: str) -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}"


def test_every_command_is_on_its_page() -> None:
    written = PAGES["reference/commandline.md"]
    assert [name for name in _commands(cli, "sundown") if f"## `{name}`\n" not in written] == []


def test_no_letter_of_a_description_is_taken_for_markdown() -> None:
    assert markdown.prose("a * of <b>") == r"a \* of \<b\>"
    assert markdown.code("`x`") == "`` `x` ``"
    assert markdown.table(("a", "b"), [("x|y", "z")]).splitlines()[-1] == r"| x\|y | z |"


def test_pages_are_written_where_they_differ_and_then_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sundown_lab.commands.docs.ROOT", tmp_path)
    run = CliRunner().invoke(docs, ["--check"])
    assert run.exit_code != 0
    assert not (tmp_path / "docs").exists()
    made = [*(f"docs/{name}" for name in (*PAGES, *pages.proven())), *(f"deploy/{name}" for name in MANIFESTS)]
    assert CliRunner().invoke(docs).output.splitlines() == made
    assert CliRunner().invoke(docs, ["--check"]).output == ""
    assert CliRunner().invoke(docs).output == ""


def test_every_metric_is_on_the_page_of_operations() -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    sources = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "operator/sundown").rglob("metrics.py"))
    names = set(re.findall(r'"(sundown_[a-z_]+)"', sources))
    assert len(names) > 20
    assert sorted(name for name in names if f"`{name}`" not in page) == []


def test_every_command_is_explained_for_people() -> None:
    """The table of `docs/commands.md` is written by hand: what a command is for, beside what its help says."""
    page = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    verbs = [name.removeprefix("sundown ") for name in _commands(cli, "sundown")]
    assert [verb for verb in verbs if not re.search(rf"^\| .*`(sundown )?{verb}\b.* \|", page, re.MULTILINE)] == []


def test_every_command_of_slack_is_explained_for_people() -> None:
    page = (ROOT / "docs/slack.md").read_text(encoding="utf-8")
    assert [verb for verb in COMMANDS if f"`{verb}" not in page] == []
