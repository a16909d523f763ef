"""Images that the lab makes without building: of a root file system, and of another image (issue 9, item 2)."""

import hashlib
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from sundown_lab.node import archives, base, image
from sundown_lab.node.archives import Archive


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "hello").write_text("hello")
    path = tmp_path / "root.tar"
    with tarfile.open(path, "w") as tar:
        tar.add(tmp_path / "hello", arcname="hello")
    return path


@pytest.fixture
def made(root: Path, tmp_path: Path) -> Archive:
    one = Archive(tmp_path / "one.tar", "localhost/one:1")
    archives.from_root(root, one, config={"Env": ["PATH=/bin"], "Cmd": ["a"]})
    return one


def described(archive: Archive) -> tuple[dict[str, Any], dict[str, Any]]:
    """The entry of the manifest, and the configuration whose digest it names."""
    with tarfile.open(archive.path) as tar:
        (entry,) = json.loads(tar.extractfile("manifest.json").read())  # type: ignore[union-attr]
        content = tar.extractfile(entry["Config"]).read()  # type: ignore[union-attr]
    assert entry["Config"] == f"{hashlib.sha256(content).hexdigest()}.json"
    return entry, json.loads(content)


def layers(archive: Archive) -> list[bytes]:
    with tarfile.open(archive.path) as tar:
        (entry,) = json.loads(tar.extractfile("manifest.json").read())  # type: ignore[union-attr]
        return [tar.extractfile(layer).read() for layer in entry["Layers"]]  # type: ignore[union-attr]


def test_an_image_of_a_root_file_system_has_it_as_its_one_layer(made: Archive, root: Path) -> None:
    entry, config = described(made)
    assert layers(made) == [root.read_bytes()]
    assert config["rootfs"]["diff_ids"] == [f"sha256:{hashlib.sha256(root.read_bytes()).hexdigest()}"]
    assert entry["RepoTags"] == ["localhost/one:1"]
    assert archives.configuration(made.path) == {"Env": ["PATH=/bin"], "Cmd": ["a"]}


def test_a_varied_image_is_another_one_of_the_same_layers(made: Archive, tmp_path: Path) -> None:
    two = Archive(tmp_path / "two.tar", "localhost/two:1")
    archives.varied(made.path, two, config={"Cmd": ["b"]})
    assert layers(two) == layers(made)
    assert archives.configuration(two.path) == {"Env": ["PATH=/bin"], "Cmd": ["b"]}
    assert described(two)[0]["Config"] != described(made)[0]["Config"]


def test_an_archive_that_fails_half_way_leaves_nothing(made: Archive, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    with pytest.raises(TypeError):
        archives.varied(made.path, Archive(tmp_path / "two.tar", "two"), config={"Cmd": object()})
    assert sorted(tmp_path.iterdir()) == before


def test_the_dockerfile_names_its_base_by_digest() -> None:
    name, _, digest = base.named().partition("@sha256:")
    assert name == "docker.io/library/python:3.13-slim"
    assert len(digest) == 64


def test_every_change_that_the_build_sees_makes_another_image(made: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    before = image.content(made)
    assert image.content(made) == before
    seen = {path.relative_to(image.ROOT).as_posix() for path in image.context(image.ROOT)}
    assert {"operator/sundown/handlers.py", "requirements/build.txt", "deploy/slim.py"} <= seen
    changed = image.ROOT / "pyproject.toml"
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path) + b" " * (path == changed))
    assert image.content(made) != before


def test_the_build_sees_no_lab_and_no_tests() -> None:
    """Issue 9, item 4: no lab in the image."""
    seen = {path.relative_to(image.ROOT).parts[:2] for path in image.context(image.ROOT)}
    assert not [parts for parts in seen if "sundown_lab" in parts or parts[0] in {"tests", ".git"}]


def test_pip_in_a_build_is_told_where_packages_come_from_and_nothing_else() -> None:
    from sundown_lab.node import buildah

    text = buildah.pip_configuration({"index-url": "https://index.example.com/simple", "cert": "x", "user": "yes"})
    assert text.splitlines() == [
        "[global]",
        "cert = /etc/ssl/certs/ca-certificates.crt",
        "index-url = https://index.example.com/simple",
    ]
