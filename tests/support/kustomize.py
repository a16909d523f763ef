"""Parts of ``deploy/`` put together by kustomizations of a test's own."""

from __future__ import annotations

from pathlib import Path
from subprocess import CompletedProcess

import yaml

from sundown_lab.cluster import Cluster
from support.apiserver import Json
from support.operators import ROOT


class Kitchen:
    """Where kustomizations are made, outside the checkout."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self._cluster = cluster
        self._folder = folder
        for name in ("deploy", "crds"):
            (folder / name).symlink_to(ROOT / name)

    def place(self, parts: tuple[str, ...], *, resources: tuple[str, ...] = ()) -> Path:
        """The folder of a kustomization of the base with these parts, and with more resources of ``deploy/``."""
        place = self._folder / "-".join(("try", *parts))
        place.mkdir(exist_ok=True)
        wanted = {
            "resources": [f"../deploy/{name}" for name in ("base", *resources)],
            "components": [f"../deploy/components/{part}" for part in parts],
        }
        (place / "kustomization.yaml").write_text(yaml.safe_dump(wanted))
        return place

    def build(self, parts: tuple[str, ...], *, check: bool = True) -> CompletedProcess[str]:
        """The base with these parts."""
        return self._cluster.kubectl("kustomize", str(self.place(parts)), check=check)

    def objects(self, parts: tuple[str, ...]) -> list[Json]:
        """The same as objects."""
        return list(yaml.safe_load_all(self.build(parts).stdout))
