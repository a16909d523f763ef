"""Replaces itself with a command that the kernel kills when the process that started it is gone, however it went.

Run as a file: `python -I -S tether.py PARENT_PID COMMAND ARGUMENT...`. A program of its own and not a `preexec_fn`, because
Python code between fork and exec can deadlock in a process with threads, and test runs and event loops have threads.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Ties this process to `PARENT_PID` and becomes the command; ends with 1 where the parent is gone already."""
    parent, *command = arguments
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        sys.exit(f"prctl(PR_SET_PDEATHSIG): {os.strerror(ctypes.get_errno())}")
    # The parent may have died between its fork and the line above; then no signal will ever come.
    if os.getppid() != int(parent):
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
