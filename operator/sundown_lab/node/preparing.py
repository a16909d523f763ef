"""All that a real node needs before it can start: found in the cache, or made, with what it takes shown to whoever waits."""

import os
from dataclasses import dataclass
from pathlib import Path

from sundown_lab.binaries import Cache
from sundown_lab.build import find_or_build
from sundown_lab.node import base, needs
from sundown_lab.node.archives import Archive
from sundown_lab.progress import Progress


@dataclass(frozen=True)
class Prepared:
    """kubelet, and the images without which no pod runs."""

    kubelet: Path
    images: tuple[Archive, ...]


def prepare(progress: Progress) -> Prepared:
    """Minutes the first time, nothing after that.

    Raises:
        LabError: this machine cannot hold a real node, or something could not be made.
    """
    needs.require(needs.ALL, what="a real node")
    kubelet = find_or_build(["kubelet"], progress=progress)["kubelet"]
    cache = Cache.of(os.environ)
    with cache.locked():
        images = base.containers(base.find_or_make(cache, progress=progress))
    return Prepared(kubelet, images)
