"""The image that Sundown's is built on: the one that its Dockerfile names, or one of Debian's packages where no registry is
reached. It also serves as the containers that sleep and wake, and as the one that holds a pod's network.
"""

import hashlib
import http.client
import os
import re
import ssl
import subprocess
import tempfile
from pathlib import Path

from sundown_lab import narrated
from sundown_lab.binaries import Cache
from sundown_lab.errors import LabError
from sundown_lab.node import archives, buildah
from sundown_lab.node.archives import Archive
from sundown_lab.progress import Progress

SUITE = "trixie"
PACKAGES = ("python3.13", "python3.13-venv", "python3-pip", "python-is-python3", "ca-certificates", "tzdata")
CONFIG = {"Env": ["PATH=/usr/local/bin:/usr/bin:/bin"], "Cmd": ["python3"]}
REFERENCE = "localhost/sundown-lab/python:3.13-slim"
PAUSE = "localhost/sundown-lab/pause:1"
SLEEPER = "localhost/sundown-lab/sleeper:1"
REGISTRY = "registry-1.docker.io"
DOCKERFILE = Path(__file__).parents[3] / "deploy" / "Dockerfile"


def named() -> str:
    """The base that the Dockerfile names."""
    found = re.search(r"^ARG BASE=(\S+)$", DOCKERFILE.read_text(), re.MULTILINE)
    if found is None:
        raise LabError(f"{DOCKERFILE} has no line ARG BASE=...")
    return found[1]


def registry_is_reached() -> bool:
    """Whether images can be pulled: the registry answers itself, and no proxy in its place."""
    connection = http.client.HTTPSConnection(REGISTRY, timeout=5, context=ssl.create_default_context())
    try:
        connection.request("GET", "/v2/")
        answer = connection.getresponse()
        return answer.getheader("Docker-Distribution-Api-Version") is not None
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def find_or_make(cache: Cache, *, progress: Progress) -> Archive:
    """The base as an archive in the cache: minutes the first time, nothing after that.

    Raises:
        LabError: the packages could not be had; the hint holds the last lines of what tried.
    """
    wish = f"{named()} {SUITE} {PACKAGES} {CONFIG} {archives.architecture()}"
    folder = cache.directory / "images"
    base = Archive(folder / f"base-{hashlib.sha256(wish.encode()).hexdigest()[:16]}.tar", REFERENCE)
    if base.path.is_file():
        return base
    folder.mkdir(parents=True, exist_ok=True)
    if registry_is_reached():
        with progress.step(f"pulling {named().partition('@')[0]}"):
            buildah.pull(named(), base, cache=cache, progress=progress)
    else:
        progress.say("no registry is reached; making the base of Debian's packages")
        with progress.step(f"a base of Debian {SUITE} with Python 3.13"):
            _bootstrap(base, progress=progress)
    return base


def containers(base: Archive) -> tuple[Archive, Archive]:
    """The two images made of the base without building: what holds a pod's network, and what sleeps and wakes in tests."""
    made = []
    for name, reference, command in (
        ("pause", PAUSE, ["/usr/bin/sleep", "infinity"]),
        ("sleeper", SLEEPER, ["/bin/sh"]),
    ):
        one = Archive(base.path.with_name(f"{name}-{base.path.name}"), reference)
        if not one.path.is_file():
            archives.varied(base.path, one, config={"Entrypoint": None, "Cmd": command, "Env": CONFIG["Env"]})
        made.append(one)
    return made[0], made[1]


def _bootstrap(base: Archive, *, progress: Progress) -> None:
    with tempfile.TemporaryDirectory(prefix=".making-", dir=base.path.parent) as scratch:
        root = Path(scratch) / "root.tar"
        command = [
            *(*buildah.APART, "mmdebstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}"),
            # Where this machine gets its packages is nobody's business who has the image.
            *('--customize-hook=rm -rf "$1"/etc/apt/sources.list*', SUITE, str(root), _mirror()),
        ]
        environment = {**os.environ, "TMPDIR": scratch}
        narrated.insist(command, what="making the base image", progress=progress, environment=environment)
        archives.from_root(root, base, config=CONFIG)


def _mirror() -> str:
    """Where this machine's apt has Debian's packages from."""
    command = ["apt-get", "indextargets", "--format", "$(SITE) $(REPO_URI)", "Created-By: Packages"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    found = [line.split()[-1] for line in answer.stdout.splitlines()]
    mirrors = [url for url in dict.fromkeys(found) if "security" not in url]
    if not mirrors:
        raise LabError(
            "apt knows no mirror of Debian", hint="Add one to /etc/apt/sources.list, and run apt-get update."
        )
    return mirrors[0]
