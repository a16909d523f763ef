"""Which envs a person may see, believed for a while: a list of a thousand would cost a thousand questions each time.

What somebody may do is never believed, it is asked each time; see ``rights``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from cachetools import TTLCache

from sundown.frontdesk.people.people import Person
from sundown.frontdesk.people.rights import groups_of
from sundown.schedule.clock import Clock
from sundown.usecases.find import Found

MOST_PEOPLE = 200
QUESTIONS_AT_ONCE = 32
"""To the cluster, for all who look; one person's are at most a quarter of them, so that another one's come between."""


class Asking(Protocol):
    """Asks the cluster what somebody may; see ``rights.Rights``."""

    async def may(self, person: Person, verb: str, namespace: str) -> bool: ...


@dataclass(slots=True)
class _Known:
    """What the cluster has said of one person: of everything, and of single namespaces."""

    everything: bool | None = None
    namespaces: dict[str, bool] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    questions: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(QUESTIONS_AT_ONCE // 4))


class Sight:
    """Who may see what. Somebody whose address or groups are others by now is somebody else."""

    def __init__(self, rights: Asking, *, clock: Clock, good_for: timedelta) -> None:
        self._rights = rights
        self._known: TTLCache[object, _Known, datetime] = TTLCache(MOST_PEOPLE, ttl=good_for, timer=clock.now)
        self._questions = asyncio.Semaphore(QUESTIONS_AT_ONCE)

    async def of(self, person: Person, envs: Sequence[Found]) -> tuple[Found, ...]:
        """Those of the envs that the person may see. Whoever asks again meanwhile waits for the same answers.

        Raises:
            ApiError: the cluster could not be asked.
        """
        known = self._of(person)
        async with known.turn:
            if known.everything is None:
                known.everything = await self._rights.may(person, "get", "")
            if known.everything:
                return tuple(envs)
            new = [found.namespace for found in envs if found.namespace not in known.namespaces]
            await asyncio.gather(*(self._ask(person, namespace, known) for namespace in new))
        return tuple(found for found in envs if known.namespaces.get(found.namespace, False))

    async def _ask(self, person: Person, namespace: str, known: _Known) -> None:
        async with known.questions, self._questions:
            known.namespaces[namespace] = await self._rights.may(person, "get", namespace)

    def _of(self, person: Person) -> _Known:
        who = (person.id, person.spellings, tuple(groups_of(person)), person.login)
        return self._known.setdefault(who, _Known())
