"""Somebody who sets something back whenever they see it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from support.apiserver import Answered


@contextmanager
def meddling(meddle: Callable[[], bool]) -> Iterator[list[int]]:
    """Have them look five times a second; what is yielded counts the times that ``meddle`` said they did something."""
    done, deeds = threading.Event(), [0]

    def watch() -> None:
        while not done.wait(0.2):
            try:
                deeds[0] += meddle()
            except Answered:
                continue

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield deeds
    finally:
        done.set()
        thread.join()
