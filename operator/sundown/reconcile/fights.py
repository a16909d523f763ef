"""Who fights: a workload that is written again and again, because somebody sets its count back each time (requirement G5).

Such a write is made less and less often, each object by itself, and nobody else waits for it. It is remembered in memory
alone: a restart begins anew, which costs a few writes. Pure but for the bookkeeping.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sundown.backoff import Backoff
from sundown.model.parts import Action, Step, Workload

A_FIGHT = 3
"""So many writes, each set back by somebody: once may be a person's slip, and twice two people's."""
WAITS = Backoff(15.0, longest=600.0)
FORGOTTEN = timedelta(minutes=30)
"""A write so long ago has nothing to do with the next one."""
_MOST = 1000
"""So many workloads of an env are remembered to be fought for."""


@dataclass(frozen=True, slots=True)
class Round:
    """How often one workload was written to the same end, and when last; ``by`` is who sets it back, once that is known.

    ``rests`` says that there is peace since: who sets it back all the same goes on with the fight where it had ended.
    """

    action: Action
    writes: int
    last: datetime
    by: str | None = None
    rests: bool = False

    @property
    def is_fight(self) -> bool:
        """Whether somebody sets it back again and again."""
        return self.writes >= A_FIGHT and not self.rests

    @property
    def due(self) -> datetime:
        """When it may be written again; and when there is peace, if nobody has set it back until then."""
        if not self.is_fight:
            return self.last
        return self.last + WAITS.span(self.writes - A_FIGHT + 1)


Rounds = Mapping[str, Round]
"""The workloads of an env that were written more than once, by their titles."""


class Fights:
    """Keeps the rounds of each env. Of what was written once only that is kept, in as little room as possible."""

    def __init__(self) -> None:
        self._once: dict[str, dict[Action, set[int]]] = {}
        self._rounds: dict[str, dict[str, Round]] = {}

    def of(self, namespace: str) -> Rounds:
        """The rounds of an env."""
        return dict(self._rounds.get(namespace, {}))

    def written(self, namespace: str, steps: Iterable[Step], *, now: datetime) -> int:
        """Count writes that were made; answers how many fights have begun with them."""
        begun = 0
        for step in steps:
            if isinstance(step.part, Workload) and step.action in {"Sleep", "Wake"}:
                self._count(namespace, step.part.title, step.action, now=now)
                one = self.of(namespace).get(step.part.title)
                begun += one is not None and one.writes == A_FIGHT
        return begun

    def _count(self, namespace: str, title: str, action: Action, *, now: datetime) -> None:
        rounds = self._rounds.setdefault(namespace, {})
        before = rounds.get(title)
        once = self._once.setdefault(namespace, {}).setdefault(action, set())
        if before is not None and before.action == action and now - before.last < FORGOTTEN:
            rounds[title] = replace(before, writes=before.writes + 1, last=now, rests=False)
        elif before is None and hash(title) in once and len(rounds) < _MOST:
            rounds[title] = Round(action, 2, now)
        else:
            rounds.pop(title, None)
            once.add(hash(title))
        if not rounds:
            del self._rounds[namespace]

    def settle(self, namespace: str, *, quiet: Iterable[str], wanted: Action, now: datetime) -> None:
        """Make peace over what has stayed where it should be, and forget what was written long ago, or to another end."""
        once = self._once.get(namespace, {})
        for action in [action for action in once if action != wanted]:
            del once[action]
        rounds = self._rounds.get(namespace)
        if rounds is None:
            return
        stayed = set(quiet)
        for title, one in list(rounds.items()):
            if one.action != wanted or (not one.is_fight and now >= one.last + FORGOTTEN):
                del rounds[title]
            elif one.is_fight and title in stayed and now >= one.due:
                # Whoever looks every twenty seconds has not had their turn yet, or they would be fought as at first each time.
                rounds[title] = replace(one, rests=True)
        if not rounds:
            del self._rounds[namespace]

    def name(self, namespace: str, title: str, by: str) -> None:
        """Remember who sets a workload back."""
        rounds = self._rounds.get(namespace, {})
        if title in rounds:
            rounds[title] = replace(rounds[title], by=by)

    def forget(self, namespace: str) -> None:
        """An env has gone."""
        self._once.pop(namespace, None)
        self._rounds.pop(namespace, None)

    @property
    def count(self) -> int:
        """How many workloads are fought for."""
        return sum(one.is_fight for rounds in self._rounds.values() for one in rounds.values())


def told(title: str, one: Round, *, counted: bool = True) -> str:
    """What is said of a fight; the same for as long as it lasts. ``counted`` is what sleeps by having no replicas."""
    ways = ("to a count above 0", "to 0") if counted else ("to run", "to how it sleeps")
    back = f"{ways[0]} while it should sleep" if one.action == "Sleep" else f"{ways[1]} while it should be awake"
    return (
        f"{title} is set back {back}, again and again, by {one.by or 'somebody'}: stop that, or exclude the workload; "
        "it is tried less and less often"
    )
