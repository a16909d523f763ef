"""Parts of ``deploy/`` put together by kustomizations of a test's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from itertools import combinations
from pathlib import Path
from subprocess import CompletedProcess

import yaml

from sundown_lab.cluster import Cluster
from support.apiserver import Json
from support.operators import ROOT

PARTS = (
    "alerts",
    "namespaced",
    "support",
    "split",
    "slack-http",
    "api",
    "operator-only",
    "without-pods",
    "aws",
    "hold",
    "policies",
    "admission",
    "admission-webhook",
)
NEEDS = {"slack-http": "split", "api": "split"}
"""What the internet reaches never runs under the operator's account."""
CONTRADICTIONS = ({"operator-only", "split"}, {"operator-only", "slack-http"}, {"operator-only", "api"})


def makes_sense(parts: tuple[str, ...]) -> bool:
    """Whether these can be installed together."""
    return all(NEEDS.get(part, part) in parts for part in parts) and not any(
        both <= set(parts) for both in CONTRADICTIONS
    )


def completed(parts: tuple[str, ...]) -> tuple[str, ...]:
    """These with what they need, in order."""
    wanted = {*parts, *(NEEDS[part] for part in parts if part in NEEDS)}
    return tuple(part for part in PARTS if part in wanted)


PAIRS = [pair for count in (0, 1, 2) for pair in combinations(PARTS, count)]
ALL = tuple(part for part in PARTS if part != "operator-only")
WAYS = sorted({completed(pair) for pair in PAIRS if makes_sense(completed(pair))} | {ALL})
EACH = sorted({completed((part,)) for part in PARTS})
"""Each part alone, with what it needs."""
NONSENSE = [pair for pair in PAIRS if not makes_sense(pair)]


def written(parts: tuple[str, ...]) -> str:
    return " + ".join(("base", *parts))


_rendered: dict[tuple[Path, tuple[str, ...], str], list[Json]] = {}
"""What has been rendered in this run, from whichever checkout: a second of work for each of a hundred combinations."""


class Kitchen:
    """Where kustomizations are made, outside the checkout."""

    def __init__(self, cluster: Cluster, folder: Path, *, checkout: Path = ROOT) -> None:
        self._cluster = cluster
        self._folder = folder
        self._checkout = checkout
        for name in ("deploy", "crds"):
            (folder / name).symlink_to(checkout / name)

    def place(
        self, parts: tuple[str, ...], *, resources: tuple[str, ...] = (), more: Mapping[str, object] | None = None
    ) -> Path:
        """The folder of a kustomization of the base with these parts, and with more resources of ``deploy/``."""
        place = self._folder / "-".join(("try", *parts))
        place.mkdir(exist_ok=True)
        wanted = {
            "resources": [f"../deploy/{name}" for name in ("base", *resources)],
            "components": [f"../deploy/components/{part}" for part in parts],
            **(more or {}),
        }
        (place / "kustomization.yaml").write_text(yaml.safe_dump(wanted))
        return place

    def build(self, parts: tuple[str, ...], *, check: bool = True) -> CompletedProcess[str]:
        """The base with these parts."""
        return self._cluster.kubectl("kustomize", str(self.place(parts)), check=check)

    def objects(self, parts: tuple[str, ...], *, more: Mapping[str, object] | None = None) -> list[Json]:
        """The same as objects; ``more`` stands in that kustomization besides."""
        key = (self._checkout, parts, json.dumps(more, sort_keys=True))
        if key not in _rendered:
            _rendered[key] = self.rendered(self.place(parts, more=more))
        return deepcopy(_rendered[key])

    def rendered(self, place: Path) -> list[Json]:
        """What is installed by ``kubectl apply -k`` of a folder."""
        text = self._cluster.kubectl("kustomize", str(place)).stdout
        return list(yaml.load_all(text, Loader=yaml.CSafeLoader))
