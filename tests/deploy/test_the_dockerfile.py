"""What the image is built from is pinned: the base by digest, everything that is installed by hash (S18)."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
INSTRUCTIONS = re.sub(r"(?m)^#.*\n", "", (ROOT / "deploy" / "Dockerfile").read_text()).replace("\\\n", " ").splitlines()


def test_every_stage_is_built_on_the_one_base_and_that_is_named_by_digest() -> None:
    (default,) = [line.removeprefix("ARG BASE=") for line in INSTRUCTIONS if line.startswith("ARG BASE=")]
    assert re.fullmatch(r"[a-z0-9./-]+:[a-z0-9.-]+@sha256:[0-9a-f]{64}", default)
    bases = {line.split()[1] for line in INSTRUCTIONS if line.startswith("FROM ")}
    assert bases == {"${BASE}"}


def test_whatever_is_installed_is_known_by_hash_or_built_here() -> None:
    commands = [part for line in INSTRUCTIONS if line.startswith("RUN ") for part in line.split("&&")]
    installing = [part for part in commands if re.search(r"\bpip\b.* (install|wheel|download) ", part)]
    assert len(installing) == 4
    assert [part for part in installing if "--require-hashes" not in part and "--no-index" not in part] == []
    assert [part for part in commands if re.search(r"\b(curl|wget|apt-get|apk|git)\b", part)] == []


def test_every_requirement_has_hashes() -> None:
    for name in ("run.txt", "build.txt"):
        pinned = re.split(r"(?m)^(?=[a-z0-9])", (ROOT / "requirements" / name).read_text())[1:]
        assert pinned
        assert [each.split()[0] for each in pinned if "==" not in each or "--hash=sha256:" not in each] == []
