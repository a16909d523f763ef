"""Hides folders of the machine from programs that would write into them, in a mount namespace of its own.

Run as `python -m sundown_lab.node.hiding JSON COMMAND ARGUMENT...`, it does so and becomes the command; JSON has `hide` (folders
that are empty from then on) and `keep` (folders that can be reached all the same: where, and which).
"""

import ctypes
import json
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

MS_BIND, MS_REC, MS_SHARED = 4096, 16384, 1 << 20


def main() -> None:
    """Hides, and becomes the command."""
    wish, command = json.loads(sys.argv[1]), sys.argv[2:]
    hide(wish["hide"], keep=wish["keep"])
    os.execvp(command[0], command)  # noqa: S606


def hide(folders: Iterable[str], *, keep: Mapping[str, str]) -> None:
    """Puts empty folders in memory over these, and then each kept folder (the second) in its place (the first).

    Raises:
        OSError: the kernel refused.
    """
    kept = [(Path(place), os.open(folder, os.O_PATH | os.O_DIRECTORY)) for place, folder in keep.items()]
    for folder in folders:
        if Path(folder).is_dir():
            mount("tmpfs", folder, kind="tmpfs")
    for place, descriptor in kept:
        place.mkdir(parents=True, exist_ok=True)
        mount(f"/proc/self/fd/{descriptor}", str(place), flags=MS_BIND | MS_REC)
        os.close(descriptor)


def share() -> None:
    """Lets mounts be handed on to further namespaces, as kubelet does with volumes."""
    mount(None, "/", flags=MS_SHARED | MS_REC)


def mount(source: str | None, target: str, *, kind: str | None = None, flags: int = 0) -> None:
    """mount(2). Raises OSError: the kernel refused."""
    libc = ctypes.CDLL(None, use_errno=True)
    encoded = [each.encode() if each is not None else None for each in (source, target, kind)]
    if libc.mount(*encoded, ctypes.c_ulong(flags), None) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), target)


if __name__ == "__main__":
    main()
