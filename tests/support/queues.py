"""Queues that KEDA asks the length of, one for each namespace, by its scaler ``metrics-api``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from sundown_lab.processes import LOOPBACK
from support.apiserver import Json, eventually
from support.loopback import serve


class Queues:
    """``length[namespace]`` is what is asked for; ``polls`` counts how often it was."""

    def __init__(self) -> None:
        self.length: dict[str, int] = {}
        self.polls: Counter[str] = Counter()
        self.port = 0

    def trigger(self, namespace: str) -> Json:
        """A trigger of KEDA's that wants a pod for each five in the queue."""
        url = f"http://{LOOPBACK}:{self.port}/{namespace}"
        return {"type": "metrics-api", "metadata": {"url": url, "valueLocation": "value", "targetValue": "5"}}

    def await_polls(self, namespace: str, *, times: int) -> None:
        """Return when it has been asked for so many times more."""
        before = self.polls[namespace]
        eventually(lambda: self.polls[namespace] >= before + times, what=f"{namespace} is polled {times} times")

    def answer(self, path: str) -> bytes:
        """What the queue of a path has."""
        namespace = path.strip("/")
        self.polls[namespace] += 1
        return json.dumps({"value": self.length.get(namespace, 0)}).encode()


@contextmanager
def queues() -> Iterator[Queues]:
    """For as long as this lasts."""
    found = Queues()
    with serve(found.answer) as found.port:
        yield found
