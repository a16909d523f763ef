"""What pretended containers have written, for whoever asks for their logs: by the name of the container.

Any container says the same line. One that is called ``leaky`` says secrets, ``huge`` ten megabytes, ``binary`` what is no
text, ``silent`` nothing; and each said something else before it was restarted.
"""

from collections.abc import Mapping
from pathlib import Path

_AT = b"2026-11-23T08:00:00Z stdout"
_PIECE = 16 * 2**10
"""A runtime writes a longer line in pieces of this size."""

USUAL = [b"pretended container: nothing runs here, so nothing else is said"]
BEFORE = [b"pretended container: this was said before it was restarted"]
BY_NAME: Mapping[str, list[bytes]] = {
    "leaky": [
        b"\x1b[32mINFO\x1b[0m connecting to postgres://app:hunter2@db:5432/app",
        b"DB_PASSWORD=hunter2 DB_HOST=db",
        b"Authorization: Bearer hunter2.hunter2",
        b"ready",
    ],
    "huge": [b"x" * 2**20] * 9 + [b"y" * 2**20 + b" and that was the last of it"],
    "binary": [bytes(each for each in range(256) if each != ord("\n")) * 40],
    "silent": [],
}


def write(directory: Path) -> dict[str, object]:
    """The files, and the object by which kwok serves them."""
    directory.mkdir(parents=True, exist_ok=True)
    before = _file(directory / "before.log", BEFORE)
    logs: list[dict[str, object]] = [
        {"containers": [name], "logsFile": _file(directory / f"{name}.log", lines), "previousLogsFile": before}
        for name, lines in BY_NAME.items()
    ]
    logs.append({"logsFile": _file(directory / "usual.log", USUAL), "previousLogsFile": before})
    kind = {"apiVersion": "kwok.x-k8s.io/v1alpha1", "kind": "ClusterLogs", "metadata": {"name": "all"}}
    return {**kind, "spec": {"logs": logs}}


def _file(path: Path, lines: list[bytes]) -> str:
    path.write_bytes(b"".join(_as_a_runtime_writes(line) for line in lines))
    return str(path)


def _as_a_runtime_writes(line: bytes) -> bytes:
    *begun, last = [line[begin : begin + _PIECE] for begin in range(0, max(len(line), 1), _PIECE)]
    return b"".join(b"%b P %b\n" % (_AT, piece) for piece in begun) + b"%b F %b\n" % (_AT, last)
