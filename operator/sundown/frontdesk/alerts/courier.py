"""Brings single messages to Slack, once each: whoever remembers them says what was done before, and what came of it.

A call that was lost may have been heard, so a message that was begun is looked for by its key before it is posted again.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, Literal, Protocol, TypeVar

from cachetools import FIFOCache

from sundown.frontdesk.alerts.channel_backoff import Patience, Refusal, Silent, SlackTrouble, TooLate
from sundown.frontdesk.alerts.plan import LATEST
from sundown.schedule.clock import Clock

N = TypeVar("N")
N_contra = TypeVar("N_contra", contravariant=True)


class Speaker(Protocol[N_contra]):
    """What can be said in Slack. Each raises SlackTrouble."""

    async def post(self, notice: N_contra, /, *, key: str) -> str:
        """Post a message, and give its ``ts``."""
        ...

    async def update(self, notice: N_contra, /, *, ts: str, key: str) -> None:
        """Put another content into a message."""
        ...

    async def find(self, channel: str, *, key: str, what: str, since: datetime) -> str | None:
        """The ``ts`` of our message of that key that still says ``what``, or None."""
        ...


@dataclass(frozen=True, slots=True)
class Errand(Generic[N]):
    """One thing to do in one conversation.

    ``meant_at`` is when it was meant to be posted, ``due`` what it is about; ``begun``: it may be there. ``finds`` is what
    a message says that is looked for. ``elsewhere``: where it is refused, it can be said in another conversation.
    """

    do: Literal["post", "update", "close", "find"]
    channel: str
    key: str
    meant_at: datetime
    due: datetime
    notice: N | None = None
    ts: str | None = None
    begun: bool = False
    finds: str = ""
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Came:
    """What came of it. ``ts`` of a message that is there; ``missed``: nothing was done; ``unknown``: nobody knows.

    ``refused``: nothing was done yet, for it is to be said in another conversation.
    """

    ts: str | None = None
    missed: bool = False
    unknown: bool = False
    refused: Refusal | None = None


class Courier(Generic[N]):
    """Does one thing at a time in each conversation, and leaves those alone that refuse."""

    def __init__(self, *, speaker: Speaker[N], clock: Clock) -> None:
        self._speaker = speaker
        self._clock = clock
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._posted: FIFOCache[str, str] = FIFOCache(_MOST_POSTED)
        self.patience = Patience(clock)

    async def run(self, errand: Errand[N]) -> Came:
        """Do it, when it is its turn."""
        async with self._turns[errand.channel]:
            if self.patience.until(errand.channel) is not None:
                return _undone(errand)  # somebody else has found out meanwhile
            try:
                ts = await self._try(errand)
            except SlackTrouble as trouble:
                return self._failed(errand, trouble)
        self.patience.well(errand.channel)
        return Came(ts=ts)

    def _failed(self, errand: Errand[N], trouble: SlackTrouble) -> Came:
        if isinstance(trouble, Refusal):
            if errand.do == "post" and errand.elsewhere:
                return Came(refused=trouble)
            given_up = trouble.code in _SHUT and self._clock.now() - errand.due > _KEPT_FOR
            if errand.do != "post" and (trouble.code in _GONE or given_up):
                # Somebody has deleted the message, or its conversation; whether that one still is there a post will tell.
                return Came(missed=True)
            if errand.do == "find" and trouble.code in _UNREADABLE:
                # Rather twice than not at all.
                return Came(missed=True)
        if not isinstance(trouble, TooLate):
            self.patience.failed(errand.channel, trouble)
        return Came(unknown=True) if isinstance(trouble, Silent) else _undone(errand)

    async def _try(self, errand: Errand[N]) -> str | None:
        if errand.do == "find":
            return await self._find(errand)
        assert errand.notice is not None
        if errand.do == "post":
            ts = self._posted.get(errand.key) or (await self._look_for(errand) if errand.begun else None)
            if ts is None:
                ts = await self._post(errand, errand.notice)
            else:
                await self._speaker.update(errand.notice, ts=ts, key=errand.key)
            self._posted[errand.key] = ts
            return ts
        if errand.do == "close":
            self._posted.pop(errand.key, None)
        if errand.ts is not None:
            await self._speaker.update(errand.notice, ts=errand.ts, key=errand.key)
        return errand.ts

    async def _post(self, errand: Errand[N], notice: N) -> str:
        if self._clock.now() - errand.meant_at > LATEST:
            raise TooLate(f"a message in {errand.channel} had to wait for too long")
        return await self._speaker.post(notice, key=errand.key)

    async def _look_for(self, errand: Errand[N]) -> str | None:
        """As ``_find``; None where we may not look: rather twice than not at all."""
        try:
            return await self._find(errand)
        except Refusal as refusal:
            if refusal.code not in _UNREADABLE | _GONE:
                raise
            return None

    async def _find(self, errand: Errand[N]) -> str | None:
        since = errand.meant_at - _EARLIEST
        return await self._speaker.find(errand.channel, key=errand.key, what=errand.finds, since=since)


_MOST_POSTED = 5_000

_GONE = frozenset(
    {
        "message_not_found",
        "cant_update_message",
        "edit_window_closed",
        "channel_not_found",
    }
)
_SHUT = frozenset({"is_archived", "is_inactive"})
"""An archived channel can be opened again, with messages that would say for ever what is not true."""
_KEPT_FOR = timedelta(days=7)
"""So long after its shutdown a message there is remembered."""
_UNREADABLE = frozenset({"not_in_channel", "missing_scope"})
_EARLIEST = timedelta(days=1)
"""How far back a message of ours is looked for."""


def _undone(errand: Errand[N]) -> Came:
    """Nothing was done. A message that was there before, or may have been, is still to be seen to."""
    new = errand.do == "post" and not errand.begun
    return Came(missed=new, unknown=not new)
