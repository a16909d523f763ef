"""The objects in files, folders and on standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sundown.cli.shared.yaml_reader import Unreadable, read_all
from sundown.model.cutting import clip
from sundown.model.resources import GROUP

STDIN = "-"
KINDS = ("EnvSchedule", "ClusterEnvSchedule", "SupportPod")
_SHOWN = 63
_SUFFIXES = {".yaml", ".yml", ".json"}


@dataclass(frozen=True, slots=True)
class Found:
    """One object as it was written, and where."""

    file: str
    number: int
    """Which of the file's objects it is, from 1."""
    raw: Mapping[str, Any]

    @property
    def kind(self) -> object:
        """What it says it is."""
        return self.raw.get("kind")

    @property
    def ours(self) -> bool:
        """Whether it means to be one of Sundown's."""
        group = str(self.raw.get("apiVersion", "")).partition("/")[0]
        return group == GROUP or self.kind in KINDS

    @property
    def title(self) -> str:
        """``EnvSchedule shop/default``, or its number in the file where it has no name."""
        metadata = self.raw.get("metadata")
        given = [metadata.get("namespace"), metadata.get("name")] if isinstance(metadata, Mapping) else []
        name = "/".join(clip(part, _SHOWN) for part in given if isinstance(part, str) and part)
        kind = clip(self.kind, _SHOWN) if isinstance(self.kind, str) else "object"
        return f"{kind} {name or f'(object {self.number})'}"


def expand(paths: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """The files of ``paths``, each with whether it was named itself rather than found in a folder, at any depth.

    Folders and files whose names begin with a dot are passed over.
    """
    for path in paths:
        folder = Path(path)
        if path == STDIN or not folder.is_dir():
            yield path, True
            continue
        for found in sorted(folder.rglob("*")):
            hidden = any(part.startswith(".") for part in found.relative_to(folder).parts)
            if found.suffix in _SUFFIXES and found.is_file() and not hidden:
                yield str(found), False


def objects(file: str) -> list[Found]:
    """The objects in a file, those in a List one by one, as ``kubectl get -o yaml`` writes them.

    Raises:
        Unreadable: when the file is not there, is not YAML or holds something that is no object.
    """
    try:
        text = sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes()
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from error
    found = []
    for number, raw in enumerate(_unpacked(read_all(text)), start=1):
        if not isinstance(raw, Mapping):
            raise Unreadable(f"object {number} is not an object but {type(raw).__name__}")
        found.append(Found(file, number, raw))
    return found


def _unpacked(documents: Iterable[Any]) -> Iterator[Any]:
    for document in documents:
        is_list = isinstance(document, Mapping) and str(document.get("kind", "")).endswith("List")
        items = document.get("items") if is_list else None
        if isinstance(items, list):
            yield from _unpacked(items)
        else:
            yield document
