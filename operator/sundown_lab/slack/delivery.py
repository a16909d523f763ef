"""Brings things to the app, waits 3 seconds for the ack, and sends events that were not acked again, as Slack does."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import Any

from sundown_lab.slack import traffic
from sundown_lab.slack.clock import Clock
from sundown_lab.slack.parcels import Answer, Carrier, Parcel, Unreachable
from sundown_lab.slack.push import Push
from sundown_lab.slack.records import Json
from sundown_lab.slack.sockets import Sockets

ACK_SECONDS = 3.0
LATE_SECONDS = 60.0
RETRIES_AFTER = (0.0, 60.0, 300.0)
"""https://docs.slack.dev/apis/events-api/#retries: nearly at once, after a minute, after five. By the simulator's clock."""


@dataclass(frozen=True)
class Outcome:
    """How a delivery went. ``took`` in seconds; ``error`` is what Slack shows: operation_timeout, dispatch_failed."""

    acked: bool | None = None
    took: float = 0.0
    error: str | None = None
    response: Json | None = None
    no_retry: bool = False


class Delivery:
    """The way to the app that is set now: the sockets, or a URL."""

    def __init__(self, sockets: Sockets, *, clock: Clock, log: traffic.Traffic) -> None:
        self.sockets = sockets
        self.push: Push | None = None
        self.ack_seconds = ACK_SECONDS
        self._clock = clock
        self._log = log
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def mode(self) -> str:
        """ "socket" or "http"."""
        return "http" if self.push is not None else "socket"

    async def use(self, push: Push | None) -> None:
        """From now on this way; None: the sockets."""
        before, self.push = self.push, push
        if before is not None:
            await before.close()

    async def send(self, kind: str, payload: Json, *, type_: str) -> Outcome:
        """A command or an interaction: brought once."""
        return await self._attempt(Parcel(kind, type_, payload))

    async def event(self, payload: Json) -> Outcome:
        """An event: brought again up to three times while it is not acked. Returns after the first attempt."""
        parcel = Parcel("events_api", str(payload["event"]["type"]), payload)
        outcome = await self._attempt(parcel)
        if not outcome.acked and not outcome.no_retry:
            self.background(self._retry(parcel, outcome))
        return outcome

    async def _retry(self, parcel: Parcel, outcome: Outcome) -> None:
        for number, seconds in enumerate(RETRIES_AFTER, start=1):
            reason = "http_timeout" if outcome.error == "operation_timeout" else "http_error"
            await self._clock.sleep(seconds)
            outcome = await self._attempt(replace(parcel, retry=number, reason=reason))
            if outcome.acked or outcome.no_retry:
                return

    def background(self, work: Coroutine[Any, Any, None]) -> None:
        """Goes on with something until it is done, or the workspace is reset."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()

    async def forget(self) -> None:
        """Ends all retries and all waiting for late acks."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _attempt(self, parcel: Parcel) -> Outcome:
        carrier: Carrier = self.push or self.sockets
        entry = traffic.Delivery(
            self._log.number(), self._clock.now(), parcel.kind, parcel.type, self.mode, parcel.payload, parcel.retry
        )
        self._log.add(entry)
        began = time.monotonic()
        carrying = asyncio.ensure_future(carrier.carry(parcel))
        try:
            done, _ = await asyncio.wait({carrying}, timeout=self.ack_seconds)
        except asyncio.CancelledError:
            carrying.cancel()
            raise
        took = round(time.monotonic() - began, 6)
        if done:
            outcome = _ended(carrying, entry, took=took)
        else:
            entry.acked, entry.error = False, "operation_timeout"
            outcome = Outcome(acked=False, took=took, error="operation_timeout")
            self.background(self._await_late(carrying, entry, began=began))
        self._log.changed()
        return outcome

    async def _await_late(self, carrying: "asyncio.Future[Answer]", entry: traffic.Delivery, *, began: float) -> None:
        with contextlib.suppress(TimeoutError, Unreachable):
            async with asyncio.timeout(LATE_SECONDS):
                answer = await carrying
            entry.late, entry.took = True, round(time.monotonic() - began, 6)
            entry.status, entry.response = answer.status, answer.body
            self._log.changed()


def _ended(carrying: "asyncio.Future[Answer]", entry: traffic.Delivery, *, took: float) -> Outcome:
    entry.took = took
    try:
        answer = carrying.result()
    except Unreachable as error:
        entry.acked, entry.error, entry.status = False, f"dispatch_failed: {error}", error.status
        return Outcome(acked=False, took=took, error="dispatch_failed", no_retry=error.no_retry)
    entry.acked, entry.status, entry.response = True, answer.status, answer.body
    return Outcome(acked=True, took=took, response=answer.body, no_retry=answer.no_retry)


def envelope(team: str, app: str, bot: str, event: Json, *, at: float) -> Json:
    """The wrapper in which an event comes; ``at`` in seconds since 1970."""
    return {
        "token": "verification",
        "team_id": team,
        "context_team_id": team,
        "api_app_id": app,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev0{secrets.token_hex(5).upper()}",
        "event_time": int(at),
        "authorizations": [
            {"enterprise_id": None, "team_id": team, "user_id": bot, "is_bot": True, "is_enterprise_install": False}
        ],
        "is_ext_shared_channel": False,
        "event_context": secrets.token_hex(8),
    }
