"""Which pods of workloads are not ready, and why: a workload's own conditions say nothing of a pod that finds no node."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import NamedTuple

import msgspec

from sundown.cluster import paths
from sundown.cluster.body import Body
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError
from sundown.cluster.pod_status import PodStatus, is_ready, standing, trouble
from sundown.cluster.pods import RUNNING, Maker, maker
from sundown.model.pods import UnreadyPod

PAGE = 250
MOST_PAGES = 8
"""Of an env with more pods than that what comes last in the alphabet is told without its pods' words."""
_MOST_ABOVE = 4


class _Read(msgspec.Struct, rename="camel", gc=False):
    """Base of what is read: camelCase on the wire, other fields skipped."""


class _Metadata(Maker):
    uid: str = ""
    deletion_timestamp: str | None = None


class _Pod(_Read):
    metadata: _Metadata
    status: PodStatus = msgspec.field(default_factory=PodStatus)


class _ListMetadata(_Read):
    token: str = msgspec.field(name="continue", default="")


class _List(_Read):
    metadata: _ListMetadata
    # No default: an error that comes with a 200 has no items, and is no list of none.
    items: list[msgspec.Raw] | None


_lists = msgspec.json.Decoder(_List)
_pods = msgspec.json.Decoder(_Pod)


async def unready_pods(
    cluster: Cluster, namespace: str, titles: Collection[str], *, above: Mapping[str, str]
) -> dict[str, UnreadyPod]:
    """Of each of these workloads the first pod with a trouble, or else the first that is not ready; of those without one nothing.

    ``above`` says who controls whom, by their titles. Where pods may not be listed nobody's is known.
    """
    search = Search(titles, above)
    with suppress(ApiError):
        await cluster.list_pages(paths.pods(namespace), search.read, limit=PAGE, fieldSelector=RUNNING)
    return search.found


class Taken(NamedTuple):
    """A page of which everything has been taken already."""

    token: str
    items: tuple[UnreadyPod, ...] = ()


class Page:
    """One page of a list of pods, each of them still to be read.

    Raises:
        ValueError: for what is no such list.
    """

    def __init__(self, answer: Body) -> None:
        page = _lists.decode(answer)
        self.items = page.items or []
        self.token = page.metadata.token


class Whose:
    """Which of the workloads that are asked about stands above whoever made a pod."""

    def __init__(self, titles: Collection[str], above: Mapping[str, str]) -> None:
        self._titles = titles
        self._above = above

    def of(self, title: str) -> str | None:
        """An operator's object makes StatefulSets, and these the pods; None where nobody of these does."""
        for _ in range(_MOST_ABOVE):
            if title in self._titles or title not in self._above:
                break
            title = self._above[title]
        return title if title in self._titles else None


class Search:
    """Goes through pods page by page, until each workload has one that tells, or there are too many."""

    def __init__(self, titles: Collection[str], above: Mapping[str, str]) -> None:
        self.found: dict[str, UnreadyPod] = {}
        self._wanted = len(titles)
        self._whose = Whose(titles, above)
        self._pages_left = MOST_PAGES

    def read(self, answer: Body) -> Taken:
        """Take from one page what it has.

        Raises:
            ValueError: for what is no list of pods.
        """
        page = Page(answer)
        for one in page.items:
            self._take(one)
        self._pages_left -= 1
        told = sum(one.trouble is not None for one in self.found.values())
        return Taken("" if told == self._wanted or self._pages_left <= 0 else page.token)

    def _take(self, wire: msgspec.Raw) -> None:
        try:
            pod = _pods.decode(wire)
        except msgspec.DecodeError:
            return  # one that nobody can read keeps nobody from reading the others
        if pod.metadata.deletion_timestamp is not None or is_ready(pod.status):
            return
        kind, name = maker(pod.metadata)
        title = self._whose.of(f"{kind}/{name}")
        if title is None:
            return
        known, found = self.found.get(title), trouble(pod.status)
        if known is None or (known.trouble is None and found is not None):
            self.found[title] = UnreadyPod(pod.metadata.name, pod.metadata.uid, found, standing(pod.status))
