"""What a long step shows: one living line on a terminal, a heartbeat every few seconds anywhere else."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape

HEARTBEAT_SECONDS = 15.0


class Progress:
    """Reports to people on stderr, so that stdout stays with the command's result."""

    def __init__(self, console: Console | None = None, *, heartbeat: float = HEARTBEAT_SECONDS) -> None:
        self._console = console or Console(file=sys.stderr, highlight=False, soft_wrap=True)
        self._heartbeat = heartbeat
        self._detail = ""
        self._seen = 0

    def say(self, text: str) -> None:
        """Prints a line that stays."""
        self._console.print(escape(text))

    def detail(self, text: str) -> None:
        """What the step in hand is at; shown beside its name, never kept."""
        self._detail = text
        self._seen += 1

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Shows the step with its elapsed time while the block runs, and one line with its outcome after it."""
        self._detail, self._seen = "", 0
        began = time.monotonic()
        ended = threading.Event()
        show = self._live if self._console.is_terminal else self._beat
        shower = threading.Thread(target=show, args=(name, began, ended), name="sundown-lab-progress", daemon=True)
        shower.start()
        outcome = "[red]failed[/red]"
        try:
            yield
            outcome = "[green]done[/green]"
        finally:
            ended.set()
            shower.join()
            self._console.print(f"{escape(name)}: {outcome} after {_elapsed(began)}")

    def _live(self, name: str, began: float, ended: threading.Event) -> None:
        with self._console.status(escape(name)) as status:
            while not ended.wait(0.25):
                status.update(f"{escape(name)} {_elapsed(began)} [dim]{escape(self._now())}[/dim]")

    def _beat(self, name: str, began: float, ended: threading.Event) -> None:
        self._console.print(f"{escape(name)} ...")
        while not ended.wait(self._heartbeat):
            self._console.print(f"{escape(name)} ... {_elapsed(began)} {escape(self._now())}")

    def _now(self) -> str:
        return f"{self._seen}: {self._detail[:80]}" if self._detail else ""


def _elapsed(began: float) -> str:
    minutes, seconds = divmod(int(time.monotonic() - began), 60)
    return f"{minutes}:{seconds:02d}"
