"""`sundown-lab image`: Sundown's own image, from `deploy/Dockerfile`."""

import os

import click

from sundown_lab.binaries import Cache
from sundown_lab.node import image as images
from sundown_lab.node import needs
from sundown_lab.progress import Progress

EXAMPLES = """\b
Examples:
  sundown-lab image                     # builds it, prints where the archive is
  docker load < "$(sundown-lab image)"  # any other runtime can load it too
"""


@click.command(epilog=EXAMPLES)
def image() -> None:
    """Build the image of this checkout with buildah, and print the archive's path; nothing to do where nothing changed.

    The base is the one that deploy/Dockerfile names, or, where no registry is reached, Debian's packages of the same
    Python. Needs root on Linux, and the packages buildah and mmdebstrap.
    """
    needs.require(needs.IMAGE, what="an image")
    click.echo(images.find_or_build(Cache.of(os.environ), progress=Progress()).path)
