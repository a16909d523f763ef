"""The simulator as a process of its own, which ends with the one that started it."""

import sys
from pathlib import Path
from typing import Self

from sundown_lab.aws.remote import Aws
from sundown_lab.processes import LOOPBACK, Command, Process, answers, free_ports, wait_until

READY = "/_lab/health"
READY_WITHIN = 120.0


def command(port: int) -> Command:
    """What to run for a simulator on a port."""
    return Command("aws", (sys.executable, "-m", "sundown_lab", "aws", "--port", str(port)))


class AwsProcess:
    """``with AwsProcess(log=...) as aws``: the simulator, from outside. Loading moto takes a second or two."""

    def __init__(self, *, log: Path) -> None:
        (port,) = free_ports(1)
        self.url = f"http://{LOOPBACK}:{port}"
        self._process = Process(command(port), log=log)

    def start(self) -> Self:
        """Returns when it answers. Raises LabError: it ends or does not answer in time."""
        self._process.start()
        wait_until(
            lambda: answers(self.url + READY),
            what="the AWS simulator answers",
            timeout=READY_WITHIN,
            processes=[self._process],
        )
        return self

    def stop(self) -> None:
        """Ends it."""
        self._process.stop()

    def __enter__(self) -> Aws:
        return Aws(self.start().url)

    def __exit__(self, *_error: object) -> None:
        self.stop()
