"""What keeps pods that should go: who wants none any more has some, and says nothing of it itself."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime

import msgspec

from sundown.cluster import paths
from sundown.cluster.body import Body
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError
from sundown.cluster.pod_status import PodStatus, is_ready
from sundown.cluster.pod_troubles import MOST_PAGES, PAGE, Page, Taken, Whose
from sundown.cluster.pods import RUNNING, Maker, maker
from sundown.model.pods import Trouble
from sundown.model.scalars import instant_or_none

_ORDINAL = re.compile(r"-([0-9]{1,9})$")
_SHOWN = 3


class _Metadata(Maker):
    deletion_timestamp: str | None = None
    finalizers: list[str] | None = None


class _Spec(msgspec.Struct, rename="camel", gc=False):
    node_name: str = ""


class _Pod(msgspec.Struct, rename="camel", gc=False):
    metadata: _Metadata
    spec: _Spec = msgspec.field(default_factory=_Spec)
    status: PodStatus = msgspec.field(default_factory=PodStatus)


_pods = msgspec.json.Decoder(_Pod)


async def lingering_pods(
    cluster: Cluster, namespace: str, titles: Collection[str], *, above: Mapping[str, str], now: datetime
) -> dict[str, Trouble]:
    """What keeps the pods of each of these workloads, which should have none; of those of which nobody knows it nothing.

    ``above`` says who controls whom, by their titles. Where pods may not be listed nobody's is known.
    """
    search = Lingering(titles, above, now=now)
    with suppress(ApiError):
        await cluster.list_pages(paths.pods(namespace), search.read, limit=PAGE, fieldSelector=RUNNING)
    return search.told


class Lingering:
    """Goes through pods page by page: what hangs comes before what takes its time, and that before what waits for its turn."""

    def __init__(self, titles: Collection[str], above: Mapping[str, str], *, now: datetime) -> None:
        self._whose = Whose(titles, above)
        self._now = now
        self._found: dict[str, tuple[tuple[int, int], Trouble]] = {}
        self._pages_left = MOST_PAGES

    @property
    def told(self) -> dict[str, Trouble]:
        """What was found of each workload."""
        return {title: trouble for title, (_, trouble) in self._found.items()}

    def read(self, answer: Body) -> Taken:
        """Take from one page what it has.

        Raises:
            ValueError: for what is no list of pods.
        """
        page = Page(answer)
        for wire in page.items:
            with suppress(msgspec.DecodeError):  # one that nobody can read keeps nobody from reading the others
                self._take(_pods.decode(wire))
        self._pages_left -= 1
        return Taken("" if self._pages_left <= 0 else page.token)

    def _take(self, pod: _Pod) -> None:
        kind, name = maker(pod.metadata)
        title = self._whose.of(f"{kind}/{name}")
        found = self._kept(pod, kind)
        if title is not None and found is not None and (title not in self._found or found[0] < self._found[title][0]):
            self._found[title] = found

    def _kept(self, pod: _Pod, kind: str) -> tuple[tuple[int, int], Trouble] | None:
        about = pod.metadata
        until = instant_or_none(about.deletion_timestamp) if about.deletion_timestamp is not None else None
        if about.finalizers and until is not None:
            held = ", ".join(about.finalizers[:_SHOWN])
            return (0, 0), Trouble(
                "Finalizers", f"pod {about.name} is deleted and waits for whoever has to agree: {held}"
            )
        if until is not None and until < self._now:
            text = f"pod {about.name} should have ended, and node {pod.spec.node_name} does not say that it has"
            return (1, 0), Trouble("NotEnded", text)
        if until is not None:
            return (2, 0), Trouble("Terminating", f"pod {about.name} has until {until:%H:%M} UTC to end")
        if kind != "StatefulSet" or is_ready(pod.status):
            return None
        # The last one is waited for first. One of a StatefulSet without an order would be on its way out.
        ordinal = _ORDINAL.search(about.name)
        text = (
            f"kubectl -n {about.namespace} delete pod {about.name} lets it go on: "
            "Kubernetes waits for that pod to be ready, and then takes it away"
        )
        return (3, -int(ordinal[1]) if ordinal is not None else 0), Trouble("OrderedReady", text)
