"""Who looks at their App Home, what they have chosen to see there, and when it has to be drawn again.

Slack tells when somebody opens it and never when they leave, so whoever has been there lately counts as there still.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

log = structlog.get_logger(__name__)

LINGERING = 12 * 3600.0
"""Seconds after somebody was there last that it is still kept up to date."""
MOST_PEOPLE = 500
_A_SECOND = 1.0
_AFTER_FAILURE = 10.0
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Glance:
    """What somebody has chosen to see: all envs or theirs, which page of them; and what is to be said to them on top."""

    everything: bool = False
    page: int = 0
    said: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn: a digest of it, and of which envs it speaks."""

    digest: str
    namespaces: frozenset[str]


@dataclass(slots=True)
class _Visit:
    glance: Glance
    seen_at: float
    drawn: Drawn | None = None
    due: float | None = None
    not_before: float = 0.0
    busy: bool = False


class Draw(Protocol):
    """Draws somebody's home, if it differs from what was ``drawn`` before. Raises an exception when that fails."""

    async def __call__(self, user: str, glance: Glance, drawn: Drawn | None) -> Drawn: ...


class Homes:
    """Everybody's App Home. Each is drawn at most once a second, and the last change is never lost.

    ``owns`` says of a Slack user and an env whether it is theirs; ``now`` is a clock in seconds that never goes back.
    """

    def __init__(self, *, owns: Callable[[str, str], bool], now: Callable[[], float]) -> None:
        self._owns = owns
        self._now = now
        self._visits: OrderedDict[str, _Visit] = OrderedDict()
        self._wanted = asyncio.Event()

    def glance(self, user: str) -> Glance:
        """What the person looks at."""
        visit = self._visits.get(user)
        return visit.glance if visit is not None else Glance()

    def opened(self, user: str) -> None:
        """The person has come; Slack may have lost what was drawn for them, and what was said to them is old."""
        visit = self._visit(user)
        visit.drawn, visit.glance = None, replace(visit.glance, said="")
        self._draw(user)

    def turn(self, user: str, *, everything: bool | None = None, page: int | None = None, said: str = "") -> None:
        """The person sees something else from now on, and what was said to them before is gone."""
        visit = self._visit(user)
        glance = visit.glance
        if everything is not None and everything != glance.everything:
            glance = replace(glance, everything=everything, page=0)
        visit.glance = replace(glance, page=glance.page if page is None else max(page, 0), said=said)
        self._draw(user)

    async def changed(self, namespace: str) -> None:
        """An env has changed, has come or is gone."""
        for user, visit in self._visits.items():
            seen = visit.drawn is None or visit.glance.everything or namespace in visit.drawn.namespaces
            if seen or self._owns(user, namespace):
                self._draw(user)

    async def run(self, draw: Draw) -> None:
        """Draw what has to be drawn, until cancelled."""
        turns = asyncio.Semaphore(_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            while True:
                self._wanted.clear()
                for user, visit in self._due():
                    group.create_task(self._drawing(user, visit, draw, turns))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wanted.wait(), timeout=self._pause())

    def _due(self) -> list[tuple[str, _Visit]]:
        now = self._now()
        for user in [user for user, visit in self._visits.items() if now - visit.seen_at > LINGERING]:
            del self._visits[user]
        due = [
            (user, visit)
            for user, visit in self._visits.items()
            if visit.due is not None and not visit.busy and max(visit.due, visit.not_before) <= now
        ]
        for _, visit in due:
            visit.due, visit.busy, visit.not_before = None, True, now + _A_SECOND
        return due

    def _pause(self) -> float | None:
        waiting = [
            max(each.due, each.not_before) for each in self._visits.values() if each.due is not None and not each.busy
        ]
        return max(min(waiting) - self._now(), 0.0) if waiting else None

    async def _drawing(self, user: str, visit: _Visit, draw: Draw, turns: asyncio.Semaphore) -> None:
        try:
            async with turns:
                visit.drawn = await draw(user, visit.glance, visit.drawn)
        except Exception as error:  # one home that cannot be drawn must not keep the others from it
            log.warning("home-not-drawn", user=user, error=str(error))
            visit.due, visit.not_before = self._now(), self._now() + _AFTER_FAILURE
        finally:
            visit.busy = False
            self._wanted.set()

    def _visit(self, user: str) -> _Visit:
        visit = self._visits.pop(user, None) or _Visit(Glance(), self._now())
        visit.seen_at = self._now()
        self._visits[user] = visit
        while len(self._visits) > MOST_PEOPLE:
            self._visits.popitem(last=False)
        return visit

    def _draw(self, user: str) -> None:
        self._visits[user].due = self._now()
        self._wanted.set()
