"""Sundown's own image, built from `deploy/Dockerfile` as it is, and kept in the cache for as long as nothing in it changes."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from sundown import __version__
from sundown_lab.binaries import Cache
from sundown_lab.errors import LabError
from sundown_lab.node import base, buildah
from sundown_lab.node.archives import Archive
from sundown_lab.progress import Progress

ROOT = Path(__file__).parents[3]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
REFERENCE = "localhost/sundown:lab"
INSTALLED = f"docker.io/library/sundown:{__version__}"
"""What `deploy/base` calls it."""
KEPT = 3


def find_or_build(cache: Cache, *, progress: Progress) -> Archive:
    """The image of this checkout as an archive. The cache must not be locked.

    Raises:
        LabError: this is no checkout, or the build failed; the hint holds its last lines.
    """
    if not DOCKERFILE.is_file():
        raise LabError(f"there is no {DOCKERFILE}", hint="The image is built from a checkout of Sundown.")
    with cache.locked():
        for draft in (cache.directory / "images").glob(".*.tar.*"):
            draft.unlink()  # of a build that was killed
        stand_in = base.find_or_make(cache, progress=progress)
        digest = content(stand_in)
        image = Archive(cache.directory / "images" / f"sundown-{digest}.tar", REFERENCE)
        if not image.path.is_file():
            with progress.step("building Sundown's image"):
                buildah.build(DOCKERFILE, context=ROOT, base=stand_in, target=image, cache=cache, progress=progress)
        image.path.touch()
        for old in sorted(image.path.parent.glob("sundown-*.tar"), key=lambda one: one.stat().st_mtime)[:-KEPT]:
            old.unlink()
    return image


def content(stand_in: Archive) -> str:
    """A digest of all that decides what the build yields."""
    digest = hashlib.sha256(stand_in.path.name.encode())
    for path in (DOCKERFILE, *context(ROOT)):
        digest.update(f"{path.relative_to(ROOT)}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def context(root: Path) -> Iterator[Path]:
    """The files that the build sees, in the order of their paths: what `.dockerignore` lets through."""
    ignored = DOCKERFILE.with_name("Dockerfile.dockerignore").read_text().split()
    yield from sorted(_files(root / line.removeprefix("!") for line in ignored if line.startswith("!")))


def _files(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        found = place.rglob("*") if place.is_dir() else [place]
        yield from (path for path in found if path.is_file() and "__pycache__" not in path.parts)
