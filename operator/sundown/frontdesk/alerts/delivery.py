"""How a plan of notices becomes messages, exactly once each, whatever ends in the middle of it.

First the marks of all that is to be posted are written, then it is posted, then what came of it is written. A mark without
``ts`` is looked for in Slack before anything is posted in its name. Both writes carry the resourceVersion, so of two
frontdesks that think of the same message at once only one comes to post it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, Protocol

import structlog

from sundown.cluster.errors import Conflict
from sundown.frontdesk.alerts.belief import Belief
from sundown.frontdesk.alerts.channel_backoff import Refusal, SlackTrouble
from sundown.frontdesk.alerts.courier import Courier, Errand, Speaker
from sundown.frontdesk.alerts.marks import Mark, Marks
from sundown.frontdesk.alerts.notice import Close, Drop, Find, Forget, Notice, Plan, Post, Step, Update
from sundown.frontdesk.metrics import NOTICES
from sundown.frontdesk.seal import Seal
from sundown.schedule.clock import Clock
from sundown.usecases.find import Found

log = structlog.get_logger(__name__)

_TRIES = 12


class Voice(Speaker[Notice], Protocol):
    """What can be said in Slack, and seen there. Each raises SlackTrouble."""

    async def stands(self, channel: str, *, ts: str, key: str) -> bool:
        """Whether the message at that place is one of ours, with that key."""
        ...


class Ledger(Protocol):
    """Where the marks are. Each raises ApiError."""

    async def read(self, found: Found) -> Found | None:
        """The env as it is now, None where it is gone."""
        ...

    async def write(self, found: Found, marks: Marks) -> Found:
        """The env with these marks. Raises Conflict when it has changed since it was read."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a step. ``ts`` of a message that is there; ``missed``: nothing was done; ``unknown``: nobody knows.

    ``refused``: nothing was done yet, for it is to be said in another conversation.
    """

    step: Step
    ts: str | None = None
    missed: bool = False
    unknown: bool = False
    refused: Refusal | None = None


def settle(marks: Marks, outcomes: Iterable[Outcome]) -> Marks:
    """The marks after these steps, put into whatever stands there by now."""
    for outcome in outcomes:
        marks = _settled(marks, outcome)
    return marks


def _settled(marks: Marks, outcome: Outcome) -> Marks:
    step = outcome.step
    if isinstance(step, Forget):
        return marks.told(to=step.waiting.to, at=step.waiting.at)
    if outcome.unknown:
        return marks
    if outcome.refused is not None and isinstance(step, Post):
        return marks.put(_aside(step).mark)
    mark = step.mark
    if isinstance(step, Update) and not outcome.missed:
        return marks.put(mark)
    there = isinstance(step, Post | Find) and outcome.ts is not None
    if there and mark.what != "awake":
        return marks.put(mark.model_copy(update={"ts": outcome.ts}))
    if mark.what == "awake" and (there or isinstance(step, Drop)):
        marks = marks.told(to=mark.to, at=mark.due)
    return marks.drop(mark)


class Delivery:
    """Brings plans about. One env is never in two of its calls at once; its callers see to that."""

    def __init__(self, *, ledger: Ledger, voice: Voice, clock: Clock, cluster_name: str, seal: Seal) -> None:
        self._ledger = ledger
        self._clock = clock
        self._cluster_name = cluster_name
        self._courier = Courier(speaker=voice, clock=clock)
        self.patience = self._courier.patience
        self.belief = Belief(seal=seal, witness=voice, clock=clock, cluster_name=cluster_name)

    async def look(self, found: Found, planned: Callable[[Found, Marks], Plan]) -> datetime | None:
        """Do what is to be done about an env as the caller knows it, and say when to look again.

        What the caller knows may be behind: nothing is posted unless it was up to date, for then the marks cannot be
        written, and everything else may be done twice.

        Raises:
            Conflict: it has changed meanwhile; ask again.
            ApiError: the marks cannot be read or written.
        """
        marks, broken = self.belief.of(found)
        if broken is None:
            self.belief.learn(found, marks)
        else:
            try:
                marks = await self.belief.recall(found)
            except SlackTrouble:
                return self._clock.now() + _LATER
        plan = self._possible(planned(found, marks))
        steps = plan.steps
        if not steps:
            if broken is not None and (at := self.belief.mend_at(found)) is not None:
                return _soonest(plan.look_at, at)
            if broken is None:
                return plan.look_at
        if broken is not None:
            # Messages may be there of which nobody knows any more.
            steps = tuple(Post(one.mark, one.notice, begun=True) if isinstance(one, Post) else one for one in steps)
        meant = marks.put(*_meant(marks, steps))
        fresh = found
        if meant != marks or broken is not None:
            try:
                fresh = await self._ledger.write(found, meant)
                if broken is not None:
                    self.belief.mended(found)
                    self.belief.learn(found, meant)
            except Conflict:
                # Whoever keeps what is read is up to date then, however far behind the watches are.
                if await self._ledger.read(found) is None:
                    return None
                raise
        outcomes = await asyncio.gather(*(self._do(step, fresh) for step in steps))
        written = await self._remember(fresh, meant, outcomes)
        refused = [outcome for outcome in outcomes if outcome.refused is not None]
        if refused and written is not None:
            # Where it is said instead is remembered by now, as with any other message.
            aside = await asyncio.gather(*(self._say_aside(outcome, written) for outcome in refused))
            await self._remember(written, self.belief.of(written)[0], aside)
        return _soonest(plan.look_at, *(self.patience.turn(channel) for channel in {_channel(step) for step in steps}))

    async def close(self, found: Found, planned: Callable[[Marks], Plan]) -> None:
        """Write the last words of an env that is gone, as it was seen last: nothing can be remembered of it."""
        marks = self.belief.last(found) or self.belief.of(found)[0]
        self.belief.forget(found)
        await asyncio.gather(*(self._do(step, found) for step in self._possible(planned(marks)).steps))

    async def _remember(self, found: Found, marks: Marks, outcomes: Iterable[Outcome]) -> Found | None:
        """The env with what came of these steps; None where it is gone."""
        outcomes = list(outcomes)
        for attempt in range(_TRIES):
            after = settle(marks, outcomes)
            if after == marks:
                return found
            # Known at once: the env may be deleted before it can be written.
            self.belief.learn(found, after)
            try:
                return await self._ledger.write(found, after)
            except Conflict:
                await asyncio.sleep(0.02 * attempt)
                fresh = await self._ledger.read(found)
                if fresh is None:
                    return None
                found, marks = fresh, self.belief.of(fresh)[0]
        raise Conflict(f"others changed {found.namespace} {_TRIES} times in a row", status=409)

    def _possible(self, plan: Plan) -> Plan:
        """The plan without what concerns conversations that are to be left alone for now."""
        shut = {_channel(step) for step in plan.steps if self.patience.until(_channel(step)) is not None}
        waits = [self.patience.turn(channel) for channel in shut]
        steps = tuple(step for step in plan.steps if _channel(step) not in shut)
        return Plan(steps, _soonest(plan.look_at, *waits))

    async def _do(self, step: Step, found: Found) -> Outcome:
        if isinstance(step, Drop | Forget):
            return Outcome(step)
        came = await self._courier.run(self._errand(step, found))
        outcome = Outcome(step, ts=came.ts, missed=came.missed, unknown=came.unknown, refused=came.refused)
        NOTICES.labels(type(step).__name__, _result(outcome)).inc()
        return outcome

    async def _say_aside(self, outcome: Outcome, found: Found) -> Outcome:
        """They asked where the app cannot write; what they asked for concerns them all the same."""
        step, refused = outcome.step, outcome.refused
        assert isinstance(step, Post)
        assert refused is not None
        aside = await self._do(_aside(step), found)
        if aside.ts is None:
            self.patience.failed(step.mark.channel, refused)
        return aside

    def _errand(self, step: Post | Update | Close | Find, found: Found) -> Errand[Notice]:
        mark = step.mark
        notice = None if isinstance(step, Find) else step.notice
        return Errand(
            do=_DO[type(step)],
            channel=mark.channel,
            key=mark.key(cluster=self._cluster_name, namespace=found.namespace, uid=found.known.metadata.uid),
            meant_at=mark.at,
            due=mark.due,
            notice=notice,
            ts=mark.ts,
            begun=isinstance(step, Post) and step.begun,
            finds="ready" if mark.what == "awake" else "stop",
            elsewhere=notice is not None and notice.asker not in {None, mark.channel},
        )


_DO: dict[type[Step], Literal["post", "update", "close", "find"]] = {
    Post: "post",
    Update: "update",
    Close: "close",
    Find: "find",
}
_LATER = timedelta(seconds=15)


def _meant(marks: Marks, steps: Iterable[Step]) -> list[Mark]:
    """What has to be remembered before anything is done: the messages to come, and those that may come to say the opposite.

    A shutdown can be put off and come back. Ended in between, a frontdesk would leave a message that says one thing and a
    mark that says the other, and the next would see nothing to do.
    """
    found = [step.mark for step in steps if isinstance(step, Post)]
    for step in steps:
        before = marks.of(step.mark) if isinstance(step, Update) else None
        if before is not None and isinstance(step, Update) and "moved" in {before.what, step.mark.what}:
            found.append(before.model_copy(update={"shown": ""}))
    return found


def _aside(step: Post) -> Post:
    """The same, said to the one who asked, in their own conversation with the app."""
    channel, notice = step.notice.asker or step.mark.channel, step.notice
    return replace(
        step,
        mark=step.mark.model_copy(update={"channel": channel}),
        notice=replace(notice, place=replace(notice.place, channel=channel)),
    )


def _result(outcome: Outcome) -> str:
    if outcome.refused is not None:
        return "refused"
    if outcome.unknown:
        return "unknown"
    return "missed" if outcome.missed else "done"


def _channel(step: Step) -> str:
    return step.waiting.to if isinstance(step, Forget) else step.mark.channel


def _soonest(*moments: datetime | None) -> datetime | None:
    return min((at for at in moments if at is not None), default=None)
