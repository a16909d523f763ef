"""Which marks are believed: those that are sealed, those that this process has written itself, and those that Slack confirms.

Whoever may edit an EnvSchedule can write marks. What a mark leads to, a message overwritten or somebody written to, is done
for none that could be theirs.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

import structlog

from sundown.frontdesk.alerts import marks as remembering
from sundown.frontdesk.alerts.channel_backoff import Refusal
from sundown.frontdesk.alerts.marks import Marks
from sundown.frontdesk.seal import Seal, is_vouched_for
from sundown.schedule.clock import Clock
from sundown.usecases.find import Found

log = structlog.get_logger(__name__)

SAID_FOR = timedelta(hours=1)
"""For so long it is said of an env that somebody else has written its marks."""
_MENDING = timedelta(minutes=1)
_MOST_PROVEN = 16


class Witness(Protocol):
    """Slack, which knows what we have written there. Raises SlackTrouble."""

    async def stands(self, channel: str, *, ts: str, key: str) -> bool:
        """Whether the message at that place is one of ours, with that key."""
        ...


class Belief:
    """What is remembered of each env. One env is never in two of its calls at once; its callers see to that."""

    def __init__(self, *, seal: Seal, witness: Witness, clock: Clock, cluster_name: str) -> None:
        self._seal = seal
        self._witness = witness
        self._clock = clock
        self._cluster_name = cluster_name
        self._known: dict[str, Marks] = {}
        self._proven: set[str] = set()
        self._mended: dict[str, datetime] = {}
        self._doubts: dict[str, tuple[str, datetime]] = {}

    def of(self, found: Found) -> tuple[Marks, str | None]:
        """What is remembered, and what is wrong with the annotation where it is not by that."""
        metadata = found.known.metadata
        marks, broken = remembering.read(metadata, self._seal)
        if broken is None:
            return marks, None
        if self.doubt(found) is None:
            log.warning("marks-not-believed", namespace=found.namespace, annotation=remembering.MARKS, error=broken)
        self._doubts[metadata.uid] = broken, self._clock.now()
        return self._known.get(metadata.uid, marks), broken

    def doubt(self, found: Found) -> str | None:
        """What was wrong with the annotation within the last hour, for those who look after the env."""
        broken, at = self._doubts.get(found.known.metadata.uid, ("", None))
        if at is None or at + SAID_FOR < self._clock.now():
            return None
        return f"annotation {remembering.MARKS} {broken}; nothing of it was done"

    def is_vouched_for(self, found: Found) -> bool:
        """Whether what the schedule is overridden by was asked for in Slack."""
        return is_vouched_for(self._seal, found.known.metadata, found.spec.override)

    def learn(self, found: Found, marks: Marks) -> None:
        """These marks are certain: they were read sealed, or are about to be written."""
        self._known[found.known.metadata.uid] = marks

    def last(self, found: Found) -> Marks | None:
        """What was certain last."""
        return self._known.get(found.known.metadata.uid)

    def forget(self, found: Found) -> None:
        """There is nothing to remember of the env, or it is gone."""
        uid = found.known.metadata.uid
        for kept in (self._known, self._mended, self._doubts):
            kept.pop(uid, None)
        self._proven.discard(uid)

    def mended(self, found: Found) -> None:
        """Something sealed takes the place of what was not believed."""
        self._mended[found.known.metadata.uid] = self._clock.now()

    def mend_at(self, found: Found) -> datetime | None:
        """When it may be mended again; None for at once. Whoever breaks it again and again is not kept company."""
        at = self._mended.get(found.known.metadata.uid)
        return at + _MENDING if at is not None and self._clock.now() - at < _MENDING else None

    async def recall(self, found: Found) -> Marks:
        """What is certain of an env whose annotation is not believed.

        Slack is asked once in the life of the process, or whoever writes there could keep it busy.

        Raises:
            SlackTrouble: Slack cannot say so now.
        """
        metadata = found.known.metadata
        known = self._known.get(metadata.uid)
        if known is not None or metadata.uid in self._proven:
            return known or Marks()
        marks = Marks()
        for mark in remembering.claimed(metadata).messages[:_MOST_PROVEN]:
            if mark.ts is None or mark.what == "awake":
                continue
            key = mark.key(cluster=self._cluster_name, namespace=found.namespace, uid=metadata.uid)
            try:
                ours = await self._witness.stands(mark.channel, ts=mark.ts, key=key)
            except Refusal:
                ours = False  # where we cannot look, we have written nothing
            if ours:
                # What it says, nobody knows.
                marks = marks.put(mark.model_copy(update={"shown": ""}))
        self._proven.add(metadata.uid)
        self.learn(found, marks)
        return marks
