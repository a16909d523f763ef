"""Builds the lab's programs from pinned Go modules into the cache; what is there already is kept."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from sundown_lab import narrated, toolchain
from sundown_lab.binaries import GOMOD, NAMES, Binaries, Cache, Program, crds_beside, find, programs
from sundown_lab.errors import LabError
from sundown_lab.progress import Progress
from sundown_lab.releases import NEWEST
from sundown_lab.toolchain import Toolchain


def find_or_build(
    names: Iterable[str] = NAMES, *, kubernetes: str = NEWEST, progress: Progress | None = None
) -> Binaries:
    """Finds the programs of a minor release, and builds those that are nowhere: minutes the first time, nothing after that.

    Several processes may call this at once: one builds, the others wait and find what it built.

    Raises:
        LabError: a program could not be built; the hint holds the compiler's last lines and what to do.
    """
    wanted = tuple(names)
    found = find(wanted, kubernetes=kubernetes)
    if len(found) < len(wanted):
        cache = Cache.of(os.environ)
        _build_missing(wanted, kubernetes=kubernetes, cache=cache, progress=progress or Progress())
        found = find(wanted, kubernetes=kubernetes)
    return Binaries(found)


def _build_missing(names: tuple[str, ...], *, kubernetes: str, cache: Cache, progress: Progress) -> None:
    with cache.locked(wait=False) as free:
        if free:
            _build_locked(names, kubernetes=kubernetes, cache=cache, progress=progress)
            return
    progress.say(f"another process builds into {cache.directory}; waiting for it")
    with cache.locked():
        _build_locked(names, kubernetes=kubernetes, cache=cache, progress=progress)


def _build_locked(names: tuple[str, ...], *, kubernetes: str, cache: Cache, progress: Progress) -> None:
    _sweep(cache)
    missing = programs(set(names) - set(find(names, kubernetes=kubernetes)), kubernetes=kubernetes)
    if not missing:
        return
    needed = {program.name: toolchain.needed_by(program.module) for program in missing}
    of_need = {each: toolchain.find_or_install(cache, say=progress.say, needed=each) for each in {*needed.values()}}
    versions = " and ".join(sorted({go.version for go in of_need.values()}))
    listed = ", ".join(program.name for program in missing)
    progress.say(f"building {listed} with Go {versions} into {cache.directory}")
    began = time.monotonic()
    for number, program in enumerate(missing, start=1):
        with progress.step(f"[{number}/{len(missing)}] {program.name}"):
            build(program, target=cache.path(program), go=of_need[needed[program.name]], progress=progress)
    progress.say(f"built {listed} in {time.monotonic() - began:.0f} s")


def build(program: Program, *, target: Path, go: Toolchain, progress: Progress) -> None:
    """Builds one program beside `target` and moves it there whole, after the CRDs that belong to it.

    Raises:
        LabError: the compiler refused.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".building-", dir=target.parent) as scratch:
        output = Path(scratch) / program.name
        command = [
            *(str(go.go), "build", "-v", "-trimpath", "-mod=readonly", "-buildvcs=false"),
            *("-tags", program.tags, "-ldflags", program.linker_flags, "-o", str(output), program.package),
        ]
        ended = narrated.run(command, folder=GOMOD / program.module, environment=go.variables(), progress=progress)
        if ended.code != 0:
            raise LabError(f"building {program.name} failed (exit code {ended.code})", hint=_advice(ended.last))
        if program.crds is not None:
            _keep_crds(program.crds, target=target, scratch=Path(scratch), folder=GOMOD / program.module, go=go)
        _publish(output, target)


def _keep_crds(crds: tuple[str, str], *, target: Path, scratch: Path, folder: Path, go: Toolchain) -> None:
    """Copies them out of Go's module cache, which anybody may clean."""
    module, inside = crds
    command = (str(go.go), "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", module)
    answer = subprocess.run(command, cwd=folder, env=go.variables(), capture_output=True, text=True, check=False)
    found = sorted((Path(answer.stdout.strip()) / inside).glob("*.yaml")) if answer.returncode == 0 else []
    if not found:
        raise LabError(f"{module} has no CRDs in {inside}", hint=answer.stderr.strip() or _advice(()))
    copies = scratch / "crds"
    copies.mkdir()
    for each in found:
        shutil.copyfile(each, copies / each.name)
    shutil.rmtree(crds_beside(target), ignore_errors=True)
    copies.rename(crds_beside(target))


def _publish(output: Path, target: Path) -> None:
    # Without the fsync a power cut could leave the new name on an empty file.
    with output.open("rb") as file:
        os.fsync(file.fileno())
    output.replace(target)


def _sweep(cache: Cache) -> None:
    """Takes away what builds left that were killed; nobody else builds while the cache is locked."""
    for scratch in (*cache.directory.glob("*/.building-*"), *cache.directory.glob(".go-bin-*")):
        shutil.rmtree(scratch, ignore_errors=True)


def _advice(last: Iterable[str]) -> str:
    text = "\n".join(last)
    if "no space left on device" in text:
        advice = "The disk is full: a first build needs about 5 GB, most of it for Go's own caches (`go clean -cache`)."
    elif "dial tcp" in text or "proxyconnect" in text or "i/o timeout" in text:
        advice = "Go could not download modules: check the network, or point GOPROXY at a module proxy you can reach."
    elif "signal: killed" in text:
        advice = "The compiler was killed, most likely for want of memory: 4 GB should be free, or set GOMAXPROCS=1."
    else:
        advice = "Run `sundown-lab build` again; with KUBEBUILDER_ASSETS you can point at programs built elsewhere."
    return f"The compiler's last lines:\n{text}\n\n{advice}"
