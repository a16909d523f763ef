"""containerd as the lab calls it, by its socket: from wherever, for the socket lies in the node's folder."""

import subprocess
from pathlib import Path

from sundown_lab.errors import LabError
from sundown_lab.node.archives import Archive

NAMESPACE = "k8s.io"


class Containerd:
    """The runtime behind a socket."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    def answers(self) -> bool:
        """Whether it can be asked yet."""
        return self._call("version").returncode == 0

    def load(self, image: Archive, *names: str) -> None:
        """Takes an image, known by its own reference and by further names. Raises LabError: it is refused."""
        self._insist("images", "import", str(image.path))
        for name in names:
            self._insist("images", "tag", "--force", image.reference, name)

    def _insist(self, *arguments: str) -> None:
        done = self._call(*arguments)
        if done.returncode != 0:
            raise LabError(f"ctr {' '.join(arguments)} failed", hint=done.stderr.strip())

    def _call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["ctr", "--address", str(self._socket), "--namespace", NAMESPACE, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)
