"""The image is named in one place: once in the base, or once by whoever lists the base. Then all containers have it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from sundown_lab.cluster import Cluster
from support.apiserver import Json
from support.kustomize import EACH, WAYS, Kitchen, written
from support.operators import ROOT

OVERLAYS = sorted(path.name for path in (ROOT / "deploy/overlays").iterdir() if (path / "kustomization.yaml").exists())
DIGEST = f"sha256:{'7c' * 32}"
IMAGE: Json = {"newName": "registry.example.com:5000/x/sundown", "newTag": "7"}
SEEN = "registry.example.com:5000/x/sundown:7"

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def kitchen(control_plane: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Kitchen:
    return Kitchen(control_plane, tmp_path_factory.mktemp("own"))


def images(objects: list[Json]) -> set[str]:
    """Of all containers of all Deployments."""
    pods = [each["spec"]["template"]["spec"] for each in objects if each["kind"] == "Deployment"]
    return {container["image"] for pod in pods for container in pod["containers"]}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the checkout in which somebody has set the image of the base."""
    for name in ("deploy", "crds"):
        shutil.copytree(ROOT / name, tmp_path / name)
    file = tmp_path / "deploy/base/kustomization.yaml"
    base = yaml.safe_load(file.read_text())
    assert [each["name"] for each in base["images"]] == ["sundown"]
    base["images"] = [{"name": "sundown", **IMAGE}]
    file.write_text(yaml.safe_dump(base))
    return tmp_path


def test_set_in_the_base_it_is_that_of_every_overlay_and_combination(
    control_plane: Cluster, checkout: Path, tmp_path: Path
) -> None:
    """G10: as `kustomize edit set image` in deploy/base does it."""
    own = tmp_path / "own"
    own.mkdir()
    kitchen = Kitchen(control_plane, own, checkout=checkout)
    found = {name: images(kitchen.rendered(checkout / "deploy/overlays" / name)) for name in OVERLAYS}
    found |= {written(parts): images(kitchen.objects(parts)) for parts in WAYS}
    assert {name: each for name, each in found.items() if each != {SEEN}} == {}


@pytest.mark.parametrize("parts", [(), *EACH], ids=written)
def test_named_by_who_lists_the_base_it_is_that_of_all_containers(kitchen: Kitchen, parts: tuple[str, ...]) -> None:
    """G10: under ``images:``, as deploy/README.md shows it."""
    assert images(kitchen.objects(parts, more={"images": [{"name": "sundown", **IMAGE}]})) == {SEEN}


@pytest.mark.parametrize(
    ("image", "seen"),
    [
        ({"newTag": "main-4f2a"}, "sundown:main-4f2a"),
        ({"newName": "registry.example.com/other", "digest": DIGEST}, f"registry.example.com/other@{DIGEST}"),
    ],
)
def test_it_may_be_named_by_its_tag_or_its_digest(kitchen: Kitchen, image: Json, seen: str) -> None:
    assert images(kitchen.objects(("split",), more={"images": [{"name": "sundown", **image}]})) == {seen}


def test_no_overlay_names_it_again() -> None:
    """A tag that stands there would count instead of the base's."""
    kustomizations = [
        *(ROOT / "deploy/overlays").rglob("kustomization.yaml"),
        *(ROOT / "deploy/components").rglob("kustomization.yaml"),
    ]
    assert [path for path in kustomizations if "images" in yaml.safe_load(path.read_text())] == []


@pytest.mark.parametrize("name", OVERLAYS)
def test_an_overlay_is_an_installation_and_its_component_alone_is_none(kitchen: Kitchen, name: str) -> None:
    """What docs/install.md calls an overlay has a Deployment and CRDs; `kubectl apply -k` of it installs Sundown."""
    kinds = {each["kind"] for each in kitchen.rendered(ROOT / "deploy/overlays" / name)}
    assert kinds >= {"Deployment", "CustomResourceDefinition", "ServiceAccount"}
    page = (ROOT / "docs/install.md").read_text(encoding="utf-8")
    assert f"`deploy/overlays/{name}`" in page
