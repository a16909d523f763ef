"""The first process of a node's namespaces. It hides folders of the machine that the programs of a node would write into, and
buries whoever loses its parent. With its end the kernel ends all others in there, and takes mounts and links away.

Run as `python -m sundown_lab.node.keeper JSON` in namespaces of its own; JSON has `ready` (a file that is made once the folders
are in place) and `keep` (see `hiding`).
"""

import json
import os
import signal
import sys
from pathlib import Path

from sundown_lab.node import hiding

# Paths that kubelet, containerd and the network plugins have built in. They are empty in there, and gone with it.
HIDDEN = ("/run", "/var/lib", "/var/log", "/opt", "/usr/libexec")


def main() -> None:
    """Makes the folders ready, and waits."""
    wish = json.loads(sys.argv[1])
    signals = {signal.SIGCHLD, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    hiding.hide(HIDDEN, keep=wish["keep"])
    hiding.share()
    Path(wish["ready"]).touch()
    while signal.sigwait(signals) == signal.SIGCHLD:
        bury()


def bury() -> None:
    """Takes the dead out of the process table."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass
    except ChildProcessError:
        pass


if __name__ == "__main__":
    main()
