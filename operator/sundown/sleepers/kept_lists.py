"""What was listed in envs that sleep, kept for as long as a watch of the kind would have told of any change (G1, G2).

An env that rests is looked at every few minutes, for the promise of a look is to see what no event has told. Of a kind that is
heard without a break a list would say the same again, but for a fault of ours or of the API server's: so now and then there is
one all the same, for all envs at the same time, which is one request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sundown.cluster.hearing import Hearings, seconds
from sundown.cluster.scope import EVERYWHERE, Scope
from sundown.model.parts import Workload
from sundown.sleepers.patch_kind import PatchKind

LISTED_EVERY = 6
"""So many sweeps: what is heard without a break all the same."""
_LONGEST = timedelta(hours=1)
MOST = 10_000
"""So many objects are kept, each of which takes 1.5 kB; of more there is a list at each look."""
LONGEST_LIST = 600.0
"""Seconds: news that are older are of no interest to any list that is under way."""


def again_after(sweep: timedelta) -> timedelta:
    """How often everything is listed and looked at, where a sweep comes so often. A cluster that is swept once an hour is not
    one in which a fault of ours may last for six."""
    return min(LISTED_EVERY * sweep, _LONGEST)


def oldest(now: float, again: float) -> float:
    """When a list must have begun that is not made again now, where that is done after so many seconds: on round moments.

    A sweep may be under way at such a moment: what it has listed already would be listed twice within seconds.
    """
    return now // again * again - again / LISTED_EVERY / 2


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a list found, by namespace, and when it began."""

    row: PatchKind
    found: Mapping[str, Sequence[Workload]]
    began: float

    @property
    def objects(self) -> int:
        return sum(map(len, self.found.values()))


class KeptLists:
    """The last lists, of single envs and of all that there is. ``again`` is how often everything is listed,
    give or take half a sweep."""

    def __init__(
        self,
        hearings: Hearings,
        *,
        again: timedelta,
        scope: Scope = EVERYWHERE,
        now: Callable[[], float] = seconds,
    ) -> None:
        self._hearings = hearings
        self.again = again
        self._scope = scope
        self._now = now
        self._turn = 0
        self._rows: dict[str, PatchKind] = {}
        self._whole: dict[str, _Kept] = {}
        self._single: dict[tuple[str, str], _Kept] = {}
        self._objects = 0
        self._news: dict[tuple[str, str], float] = {}
        self._forgotten: dict[str, float] = {}

    def heed(self, row: PatchKind) -> None:
        """Lists of that kind may be kept: what is heard of it counts from now on."""
        path = row.collection()
        if self._rows.get(path) != row:
            self._rows[path] = row  # the same for all envs, as far as they are alike

    def of(self, row: PatchKind, namespace: str) -> tuple[Workload, ...] | None:
        """What there is of a kind in an env; None where that has to be asked for."""
        kept = self._that_counts(row, namespace)
        return tuple(kept.found.get(namespace, ())) if kept is not None else None

    def listed(self, row: PatchKind, namespace: str) -> float | None:
        """When the list began that says so."""
        kept = self._that_counts(row, namespace)
        return kept.began if kept is not None else None

    def keep(self, row: PatchKind, namespace: str, found: tuple[Workload, ...], *, began: float) -> None:
        """Take in what a list says of an env that was begun at that moment. Whether it can be relied upon is asked when it is."""
        self._begin_anew_if_due()
        path = row.collection()
        self._drop(path, namespace)
        whole = self._whole.get(path)
        is_known = whole is not None and whole.row == row and whole.began >= began
        if not is_known and not self._is_outdated(path, namespace, began) and self._has_room_for(path, len(found)):
            self._single[path, namespace] = _Kept(self._rows.get(path, row), {namespace: found}, began)
            self._objects += len(found)

    def keep_all(self, row: PatchKind, found: Mapping[str, Sequence[Workload]], *, began: float) -> None:
        """Take in all that there is of a kind: of who is not there the cluster has none."""
        self._begin_anew_if_due()
        path = row.collection()
        before = self._whole.pop(path, None)
        self._objects -= before.objects if before is not None else 0
        whole = _Kept(self._rows.get(path, row), found, began)
        if self._has_room_for(path, whole.objects):
            self._whole[path] = whole
            self._objects += whole.objects

    def told(self, path: str, namespace: str) -> None:
        """A watch has told something of a kind in a namespace."""
        if path in self._rows:
            self._news[path, namespace] = self._now()
            self._drop(path, namespace)

    def forget(self, namespace: str) -> None:
        """What is there is about to change, or to be asked for."""
        self._forgotten[namespace] = self._now()

    def objects(self, row: PatchKind) -> int | None:
        """How many objects of a kind the cluster has; None where nobody knows."""
        return self._hearings.objects(self._scope.lists(row.collection()))

    def _that_counts(self, row: PatchKind, namespace: str) -> _Kept | None:
        self._begin_anew_if_due()
        path = row.collection()
        for kept in (self._single.get((path, namespace)), self._whole.get(path)):
            if kept is not None and kept.row == row and self._counts(path, namespace, kept.began):
                return kept
        return None

    def _counts(self, path: str, namespace: str, began: float) -> bool:
        since = self._hearings.since(self._scope.lists(path))
        return since is not None and since <= began and not self._is_outdated(path, namespace, began)

    def _is_outdated(self, path: str, namespace: str, began: float) -> bool:
        """Whether something has been heard, or written, since a list began."""
        last = max(self._news.get((path, namespace), began - 1), self._forgotten.get(namespace, began - 1))
        return last >= began

    def _has_room_for(self, path: str, objects: int) -> bool:
        return self._hearings.has(self._scope.lists(path)) and self._objects + objects <= MOST

    def _drop(self, path: str, namespace: str) -> None:
        kept = self._single.pop((path, namespace), None)
        self._objects -= kept.objects if kept is not None else 0

    def _begin_anew_if_due(self) -> None:
        """On round moments, so that what is listed again is listed for all envs together."""
        now, again = self._now(), self.again.total_seconds()
        turn = int(now // again)
        if turn == self._turn:
            return
        due = oldest(now, again)
        self._turn = turn
        self._whole = {path: kept for path, kept in self._whole.items() if kept.began >= due}
        self._single = {key: kept for key, kept in self._single.items() if kept.began >= due}
        self._objects = sum(kept.objects for lists in (self._whole, self._single) for kept in lists.values())
        old = now - LONGEST_LIST
        self._news = {key: at for key, at in self._news.items() if at > old}
        self._forgotten = {namespace: at for namespace, at in self._forgotten.items() if at > old}
