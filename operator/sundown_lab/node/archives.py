"""Images as archives (the form that `docker save` writes): made from a root file system, and varied without copying layers."""

import hashlib
import io
import json
import os
import platform
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclass(frozen=True)
class Archive:
    """An image in a file, and the name under which a runtime knows it once it is loaded."""

    path: Path
    reference: str


def architecture() -> str:
    """This machine's, as images name it."""
    return MACHINES.get(platform.machine(), platform.machine())


def from_root(root: Path, target: Archive, *, config: Mapping[str, Any]) -> None:
    """An image of one layer: `root` is a tar of a root file system, `config` what runs in it (`Env`, `Cmd`)."""
    with root.open("rb") as file:
        layer = hashlib.file_digest(file, "sha256").hexdigest()
    document = {
        "architecture": architecture(),
        "os": "linux",
        "config": dict(config),
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer}"]},
        "history": [{"created_by": "sundown-lab"}],
    }
    with _whole(target.path) as archive:
        archive.add(root, arcname=f"{layer}/layer.tar")
        _describe(archive, document, reference=target.reference, layers=[f"{layer}/layer.tar"])


def varied(source: Path, target: Archive, *, config: Mapping[str, Any]) -> None:
    """The same layers under another name and with another configuration: another image to whoever runs it."""
    with tarfile.open(source) as old:
        (manifest,) = json.load(_member(old, "manifest.json"))
        document = json.load(_member(old, manifest["Config"]))
        document["config"] = {**document.get("config", {}), **config}
        with _whole(target.path) as archive:
            for layer in dict.fromkeys(manifest["Layers"]):
                archive.addfile(old.getmember(layer), _member(old, layer))
            _describe(archive, document, reference=target.reference, layers=manifest["Layers"])


def configuration(path: Path) -> dict[str, Any]:
    """What an image says of itself: user, environment, ports, command."""
    with tarfile.open(path) as archive:
        (manifest,) = json.load(_member(archive, "manifest.json"))
        found: dict[str, Any] = json.load(_member(archive, manifest["Config"]))["config"]
    return found


def _describe(archive: tarfile.TarFile, document: dict[str, Any], *, reference: str, layers: list[str]) -> None:
    content = json.dumps(document, sort_keys=True).encode()
    name = f"{hashlib.sha256(content).hexdigest()}.json"
    manifest = [{"Config": name, "RepoTags": [reference], "Layers": layers}]
    for path, text in ((name, content), ("manifest.json", json.dumps(manifest).encode())):
        entry = tarfile.TarInfo(path)
        entry.size = len(text)
        archive.addfile(entry, io.BytesIO(text))


def _member(archive: tarfile.TarFile, name: str) -> Any:
    found = archive.extractfile(name)
    assert found is not None
    return found


class _whole:  # noqa: N801 - used as a function
    """A tar that gets its name once it is complete: who finds the name finds all of it."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._draft = target.with_name(f".{target.name}.{os.getpid()}")

    def __enter__(self) -> tarfile.TarFile:
        self._target.parent.mkdir(parents=True, exist_ok=True)
        self._archive = tarfile.open(self._draft, "w")
        return self._archive

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._archive.close()
        if kind is None:
            self._draft.replace(self._target)
        else:
            self._draft.unlink(missing_ok=True)
