"""`sundown-lab docs`: the pages of `docs/` that are made from the code, and a manifest of `deploy/`."""

import click

from sundown_lab.errors import LabError
from sundown_lab.reference.pages import ROOT, manifests, pages, proven

EXAMPLES = """\b
Examples:
  sundown-lab docs             # writes them into this checkout; so does `make docs`
  sundown-lab docs --check     # writes nothing, and fails where one is not as the code is
"""


@click.command(epilog=EXAMPLES)
@click.option("--check", is_flag=True, help="Write nothing; fail where a page differs.")
def docs(*, check: bool) -> None:
    """Write the reference pages of this checkout: settings, command line, CRDs, the kinds and what is proven of them; and the manifest of time zones."""
    made = {f"docs/{name}": text for name, text in {**pages(), **proven()}.items()}
    made |= {f"deploy/{name}": text for name, text in manifests().items()}
    changed = []
    for name, text in made.items():
        file = ROOT / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            changed.append(name)
            if not check:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
    for name in changed:
        click.echo(name)
    if check and changed:
        raise LabError("These pages are not as the code is.", hint="`make docs` writes them.")
