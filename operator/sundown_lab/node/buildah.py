"""buildah as the lab calls it: with a store of its own in the cache, and no mount left when it ends."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from sundown_lab import narrated
from sundown_lab.binaries import Cache
from sundown_lab.node.archives import Archive
from sundown_lab.progress import Progress

ROOT = Path(__file__).parents[3]
AUTHORITIES = Path("/etc/ssl/certs")
# All that it starts is gone when it is.
APART = ("unshare", "--mount", "--mount-proc", "--pid", "--fork", "--kill-child")
# What decides where packages come from; all else of this machine's pip is no business of a build.
PIP_SETTINGS = ("index-url", "extra-index-url", "proxy", "timeout", "trusted-host")


def build(
    dockerfile: Path,
    *,
    context: Path,
    base: Archive,
    target: Archive,
    cache: Cache,
    progress: Progress,
) -> None:
    """Builds the Dockerfile as it is, and saves the image as an archive.

    The two volumes bring this machine's certificate authorities and package index to pip, and nothing into the image.
    """
    with tempfile.TemporaryDirectory(prefix="sundown-lab-") as scratch:
        pip = Path(scratch) / "pip.conf"
        pip.write_text(pip_configuration(_pip_list()))
        _run("pull", "--quiet", f"docker-archive:{base.path}", cache=cache, progress=progress)
        built = ("build", "--isolation=chroot", "--pull=never", "--layers", "--build-arg", f"BASE={base.reference}")
        what = ("--file", str(dockerfile), "--ignorefile", f"{dockerfile}.dockerignore", str(context))
        volumes = (f"--volume={AUTHORITIES}:{AUTHORITIES}:ro", f"--volume={pip}:/etc/pip.conf:ro")
        # A volume leaves an empty file where it was. So the stage that fetches packages comes first, alone, and is found
        # in the store when the image itself is built.
        _run(*built, *volumes, "--target=build", *what, cache=cache, progress=progress)
        _run(*built, "--tag", target.reference, *what, cache=cache, progress=progress)
    _save(target.reference, target, cache=cache, progress=progress)


def pull(reference: str, target: Archive, *, cache: Cache, progress: Progress) -> None:
    """Fetches an image from its registry, and saves it as an archive under another name."""
    _run("pull", "--quiet", f"docker://{reference}", cache=cache, progress=progress)
    _run("tag", reference, target.reference, cache=cache, progress=progress)
    _save(target.reference, target, cache=cache, progress=progress)


def pip_configuration(settings: Mapping[str, str]) -> str:
    """A pip.conf of those settings that a build needs."""
    lines = [f"{name} = {settings[name]}" for name in PIP_SETTINGS if settings.get(name)]
    return "\n".join(["[global]", f"cert = {AUTHORITIES}/ca-certificates.crt", *lines, ""])


def _pip_list() -> dict[str, str]:
    """This machine's settings of pip, from files and environment."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    # The environment is listed last, and wins.
    return dict(re.findall(r"^(?:global|install|:env:)\.([a-z-]+)='(.*)'$", answer.stdout, re.MULTILINE))


def _save(reference: str, target: Archive, *, cache: Cache, progress: Progress) -> None:
    draft = target.path.with_name(f".{target.path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    try:
        _run("push", "--quiet", reference, f"docker-archive:{draft}:{target.reference}", cache=cache, progress=progress)
        draft.replace(target.path)
    finally:
        draft.unlink(missing_ok=True)


def _run(*arguments: str, cache: Cache, progress: Progress) -> None:
    # buildah leaves its store mounted, and files in /var/lib; in a mount namespace of its own both end with it.
    kept = json.dumps({"hide": ["/var/lib"], "keep": {str(folder): str(folder) for folder in (cache.directory, ROOT)}})
    command = (*APART, sys.executable, "-m", "sundown_lab.node.hiding", kept, "buildah", *arguments)
    environment = {**os.environ, **_settings(cache.directory / "images" / "store")}
    narrated.insist(command, what=f"buildah {arguments[0]}", progress=progress, environment=environment)


def _settings(store: Path) -> dict[str, str]:
    """Files that keep buildah to this folder, and off whatever else of containers this machine has."""
    store.mkdir(parents=True, exist_ok=True)
    storage, registries, policy = store / "storage.conf", store / "registries.conf", store / "policy.json"
    storage.write_text(f'[storage]\ndriver = "overlay"\nrunroot = "{store}/run"\ngraphroot = "{store}/graph"\n')
    registries.write_text("unqualified-search-registries = []\n")
    policy.write_text('{"default": [{"type": "insecureAcceptAnything"}]}\n')
    return {"CONTAINERS_STORAGE_CONF": str(storage), "CONTAINERS_REGISTRIES_CONF": str(registries)}
