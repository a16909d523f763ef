"""`sundown-lab image`: Sundown's own image, from `deploy/Dockerfile`."""

import os
from pathlib import Path

import click

from sundown_lab import instances
from sundown_lab.binaries import Cache
from sundown_lab.node import image as images
from sundown_lab.node import needs
from sundown_lab.node.runtime import Containerd
from sundown_lab.progress import Progress

EXAMPLES = """\b
Examples:
  sundown-lab image                     # builds it, gives it to the real node that is up, prints where the archive is
  docker load < "$(sundown-lab image)"  # any other runtime can load it too
"""


@click.command(epilog=EXAMPLES)
def image() -> None:
    """Build the image of this checkout with buildah, give it to the real node where one is up, and print the archive's path.

    Where nothing has changed nothing is built. On the node it has the name that deploy/base knows it by.

    The base is the one that deploy/Dockerfile names, or, where no registry is reached, Debian's packages of the same
    Python. Needs root on Linux, and the packages buildah and mmdebstrap.
    """
    needs.require(needs.IMAGE, what="an image")
    progress = Progress()
    built = images.find_or_build(Cache.of(os.environ), progress=progress)
    for instance in instances.every():
        if instance.record is not None and instance.record.runtime and instance.state == "up":
            with progress.step(f"giving it to the real node of the lab {instance.name}"):
                Containerd(Path(instance.record.runtime)).load(built, images.INSTALLED)
    click.echo(built.path)
