"""Which envs a sweep passes by: those that sleep, and of which the watches of the night would have told any change (G1, G2).

A sweep looks for what no event has told. Where each kind that an env has is heard without a break, and nothing has been heard
of it since the look that found it asleep, its workloads are as that look left them; its schedule and its namespace are listed
at each sweep anyhow. A fault of ours or of the API server's is found all the same: now and then nobody is passed by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sundown.cluster.hearing import Hearings, seconds
from sundown.cluster.scope import EVERYWHERE, Scope
from sundown.schedule.clock import Clock
from sundown.sleepers.kept_lists import LONGEST_LIST, oldest

_Paths = frozenset[str]
Still = Callable[[datetime], bool]


@dataclass(frozen=True, slots=True)
class Look:
    """What found an env asleep: of which kinds there were lists, by their paths, and when the first of them began.

    A list that was kept counts as one of now, for nothing has been heard since; ``oldest`` is when the first of them really began.
    ``decided`` is for which moment of the clock it was found to be right that it sleeps: until its next turn that is so.
    ``still`` tells whether the same would be said of it at another.
    """

    paths: _Paths
    began: float
    oldest: float
    decided: datetime
    still: Still


class Resting:
    """Keeps in mind the last look at each env that rests. ``again`` is how often everything is looked at."""

    def __init__(
        self,
        hearings: Hearings,
        *,
        again: timedelta,
        clock: Clock,
        scope: Scope = EVERYWHERE,
        now: Callable[[], float] = seconds,
    ) -> None:
        self._hearings = hearings
        self._again = again.total_seconds()
        self._clock = clock
        self._scope = scope
        self._now = now
        self._looks: dict[str, Look] = {}
        self._news: dict[str, float] = {}
        self._shared: dict[_Paths, _Paths] = {}

    def forget(self, namespace: str) -> None:
        """A look at it begins, and nobody knows yet how it will end."""
        self._looks.pop(namespace, None)

    def found(self, namespace: str, look: Look) -> None:
        """A look is over that has left nothing to do there."""
        last = self._news.get(namespace)
        if last is None or last < look.began:
            self._looks[namespace] = replace(look, paths=self._shared.setdefault(look.paths, look.paths))

    def told(self, namespace: str) -> None:
        """A watch has told something of a workload there."""
        self._looks.pop(namespace, None)
        self._news[namespace] = self._now()

    def among(self, namespaces: Iterable[str]) -> frozenset[str]:
        """Those of them, which are all that there are, that need no look.

        Whoever was put to sleep by a clock that was ahead has nothing due until it has come as far again.
        """
        names = frozenset(namespaces)
        now, clock = self._now(), self._clock.now()
        self._looks = {namespace: look for namespace, look in self._looks.items() if namespace in names}
        self._news = {namespace: at for namespace, at in self._news.items() if at > now - LONGEST_LIST}
        self._shared = {look.paths: look.paths for look in self._looks.values()}
        heard = {paths: self._heard_since(paths) for paths in self._shared}
        due = oldest(now, self._again)
        return frozenset(
            namespace
            for namespace, look in self._looks.items()
            if look.oldest >= due
            and look.decided <= clock
            and (since := heard[look.paths]) is not None
            and since <= look.began
            and look.still(clock)
        )

    def _heard_since(self, paths: _Paths) -> float | None:
        return self._hearings.since(place for path in paths for place in self._scope.lists(path))
