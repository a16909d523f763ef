"""Folders of control planes, and which process owns each: what a killed owner left is known as such and taken away.

Ownership is a lock of the kernel on a file in the folder, so it ends with its holder and no stale pid file can lie.
"""

import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sundown_lab.errors import LabError

LOCK = "lock"


def home(environment: Mapping[str, str] | None = None) -> Path:
    """Where the lab keeps what runs: `SUNDOWN_LAB_STATE`, else `sundown-lab` in the user's state directory."""
    variables = os.environ if environment is None else environment
    if variables.get("SUNDOWN_LAB_STATE"):
        return Path(variables["SUNDOWN_LAB_STATE"]).expanduser().absolute()
    base = variables.get("XDG_STATE_HOME") or Path(variables.get("HOME") or Path.home()) / ".local" / "state"
    return Path(base) / "sundown-lab"


class Run:
    """A folder owned by this process until `end()`, or until the process is gone."""

    def __init__(self, directory: Path, lock: IO[str]) -> None:
        self.directory = directory
        self._lock = lock

    def end(self) -> None:
        """Takes the folder away and gives up its ownership; a second call does nothing."""
        if not self._lock.closed:
            shutil.rmtree(self.directory, ignore_errors=True)
            self._lock.close()


def begin(name: str) -> Run:
    """Makes a new folder for a control plane of this process, and takes away those whose owners were killed."""
    runs = home() / "runs"
    with exclusive(runs):
        sweep(runs)
        directory = runs / f"{name}-{secrets.token_hex(3)}"
        return claim(directory)


def claim(directory: Path, *, patience: float = 2.0) -> Run:
    """Makes this process the owner of the folder, creating it where needed.

    Raises:
        LabError: another process owns it, and still does after `patience` seconds.
    """
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = (directory / LOCK).open("a+")
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:  # perhaps only somebody who is looking who the owner is
            if time.monotonic() > deadline:
                lock.close()
                raise LabError(f"{directory} belongs to process {owner(directory)}") from None
            time.sleep(0.02)
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return Run(directory, lock)


def owner(directory: Path) -> int | None:
    """The pid of the living process that owns the folder, or None."""
    try:
        lock = (directory / LOCK).open("r")
    except FileNotFoundError:
        return None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            text = lock.read().strip()
            return int(text) if text.isdecimal() else None
    return None


def sweep(folder: Path) -> list[Path]:
    """Takes away the folders in `folder` that nobody owns, and returns which."""
    dead = [entry for entry in folder.iterdir() if entry.is_dir() and owner(entry) is None] if folder.exists() else []
    for directory in dead:
        shutil.rmtree(directory, ignore_errors=True)
    return dead


@contextmanager
def exclusive(folder: Path, name: str = "") -> Iterator[None]:
    """Lets one process at a time make the folders (or the one called `name`) in `folder`; the others wait."""
    # Between the making of a folder and its claim it looks like a dead one to those who sweep.
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f".making{name}").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
