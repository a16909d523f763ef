"""The end of a container's log, as the API server hands it through from the node: bounded, whatever the container has written."""

from __future__ import annotations

from dataclasses import dataclass

from sundown.cluster import paths
from sundown.cluster.client import Cluster

MOST_BYTES = 256 * 2**10
"""Of the last lines that are asked for. What has more gives its beginning, so fewer lines are asked for then."""


@dataclass(frozen=True, slots=True)
class RawLog:
    """``lines`` is how many were asked for in the end. ``goes_on``: what there is more of the last line is not here."""

    raw: bytes
    lines: int
    goes_on: bool = False


async def read_log(
    cluster: Cluster, namespace: str, pod: str, *, container: str, lines: int, previous: bool = False
) -> RawLog:
    """The last lines of what a container has written, or (``previous``) the one before it was restarted.

    Raises:
        Missing: there is no such pod.
        Refused: there is no such container, or it has no log; the API server's own words say which.
        Busy: its node does not answer.
        ApiError: the cluster could not be asked.
    """
    path = f"{paths.pod(namespace, pod)}/log"
    asked = {"container": container, "limitBytes": str(MOST_BYTES), **({"previous": "true"} if previous else {})}
    while True:
        raw = await cluster.raw(path, at_most=2 * MOST_BYTES, **asked, tailLines=str(lines))
        if len(raw) < MOST_BYTES or lines <= 1:
            return RawLog(raw, lines, goes_on=len(raw) >= MOST_BYTES)
        lines //= 2
