"""Brings what alerts have to say to Slack, by the same courier as notices: once each, wherever a frontdesk ends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from sundown.cluster.errors import ApiError
from sundown.frontdesk.alerts.courier import Came, Courier, Errand
from sundown.frontdesk.incidents.incident import Incident
from sundown.frontdesk.incidents.telling import Message, Telling, name
from sundown.schedule.clock import Clock

log = structlog.get_logger(__name__)

_NOWHERE = timedelta(seconds=30)
"""When to ask again for a channel that is not there."""
_ALERT = "alert"


@dataclass(frozen=True, slots=True)
class Said:
    """What a message is to show, where it belongs, and (of log lines) under which message. Goes to Slack's room."""

    message: Message
    channel: str
    lines: str | None = None
    under: str = ""

    @property
    def finds(self) -> str:
        """What a message says that is looked for: an alert, or log lines under one."""
        return f"logs/{self.under}" if self.under else _ALERT


WhichChannel = Callable[[str], Awaitable[str]]
"""The id of a channel by its name, the usual one for an empty name; empty where it cannot be found now."""
LogLines = Callable[[Incident], Awaitable[str | None]]
"""The last lines of what a container has written; None where there are none. Raises ApiError: ask again."""


class Teller:
    """Does what is to be told."""

    def __init__(
        self, *, courier: Courier[Said], which: WhichChannel, logs: LogLines, clock: Clock, cluster_name: str
    ) -> None:
        self._courier = courier
        self._which = which
        self._logs = logs
        self._clock = clock
        self._cluster_name = cluster_name
        self._ours: set[str] = set()

    async def possible(self, wanted: Iterable[Telling]) -> tuple[list[tuple[Telling, str]], list[datetime | None]]:
        """What can be done now and where, and when to try again what cannot be."""
        steps: list[tuple[Telling, str]] = []
        looks: list[datetime | None] = []
        channels: dict[str, str] = {}
        shut: dict[str, datetime | None] = {}
        for step in wanted:
            to = step.told.to
            if not step.told.channel and to not in channels:
                channels[to] = await self._which(to)
            channel = step.told.channel or channels[to]
            if channel not in shut:
                shut[channel] = self._courier.patience.turn(channel) if channel else self._clock.now() + _NOWHERE
            if shut[channel] is None:
                steps.append((step, channel))
            else:
                looks.append(shut[channel])
        return steps, looks

    async def do(self, step: Telling, channel: str, *, now: datetime) -> Came:
        """Do one thing."""
        told = step.told
        key = f"{self._cluster_name}/{name(told)}"
        if step.do == "logs":
            return await self._add_lines(step, channel, f"{key}/logs", now=now)
        if step.do == "post" and not step.begun:
            self._ours.add(f"{key}/logs")
        return await self._courier.run(
            Errand(
                do=step.do,
                channel=channel,
                key=key,
                meant_at=now,
                due=told.opened_at,
                notice=Said(step.message, channel),
                ts=told.ts,
                begun=step.begun,
                finds=_ALERT,
            )
        )

    async def _add_lines(self, step: Telling, channel: str, key: str, *, now: datetime) -> Came:
        """The log lines under a message. Those of a message that another process has posted may be there already."""
        told = step.told
        assert isinstance(told, Incident)
        try:
            lines = await self._logs(told)
        except ApiError as error:
            log.info("alert-without-logs", namespace=told.namespace, name=told.name, error=str(error))
            lines = None
        if not lines:
            return Came()
        begun = key not in self._ours
        self._ours.discard(key)
        notice = Said(step.message, channel, lines=lines, under=told.ts or "")
        return await self._courier.run(
            Errand(
                do="post",
                channel=channel,
                key=key,
                meant_at=self._clock.now(),
                due=told.opened_at,
                notice=notice,
                begun=begun,
                finds=notice.finds,
            )
        )
