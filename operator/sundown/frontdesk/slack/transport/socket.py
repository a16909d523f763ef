"""Socket Mode: slack_sdk's client under watch. A socket can be dead and look connected; only signs of life count."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type

from sundown.backoff import Backoff, failure
from sundown.frontdesk.metrics import RECONNECTS, SOCKET_AGE
from sundown.frontdesk.slack.transport.client import FAILURES, AsyncWebClient, away, quiet

log = structlog.get_logger(__name__)

_PING = 5.0
_LOOK = 1.0
_AGAIN = Backoff(0.5, longest=15.0)
_DEAD = 20.0
"""Without a sign of life for so many seconds, that is four pings, a socket is given up."""


class Socket:
    """One connection to Slack, made anew whenever it is lost."""

    def __init__(self, app: AsyncApp, *, app_token: str, client: AsyncWebClient) -> None:
        self._app = app
        self._app_token = app_token
        self._client = client
        self._handler: AsyncSocketModeHandler | None = None
        self._sign = time.monotonic()
        self._pong: float | None = None
        self.trouble: str | None = "not connected to Slack yet"

    async def run(self) -> None:
        """Connect and stay connected, until cancelled."""
        try:
            while True:
                await self._connect()
                await self._watch()
                RECONNECTS.inc()
                await self._close()
        finally:
            await self._close()

    async def _connect(self) -> None:
        again = AsyncRetrying(retry=retry_if_exception_type(FAILURES), wait=_AGAIN, before_sleep=self._not_connected)
        await again(self._connect_once)
        self._sign, self._pong = time.monotonic(), None
        self.trouble = None
        log.info("socket-connected")

    async def _connect_once(self) -> None:
        handler = AsyncSocketModeHandler(
            self._app,
            self._app_token,
            logger=quiet("socket"),
            web_client=self._client,
            proxy=self._client.proxy,
            ping_interval=_PING,
        )
        handler.client.proxy = self._client.proxy
        handler.client.on_message_listeners.append(self._alive)
        self._handler = handler
        # By itself the client would try the same address for ever; a ticket is good for one connection only.
        handler.client.wss_uri = await handler.client.issue_new_wss_url()
        async with asyncio.timeout(_DEAD):
            await handler.connect_async()  # type: ignore[no-untyped-call]

    async def _not_connected(self, state: RetryCallState) -> None:
        trouble = away(failure(state))
        self.trouble = f"no connection to Slack: {trouble}"
        log.warning("socket-not-connected", error=str(trouble), wait_seconds=state.upcoming_sleep)
        await self._close()

    async def _watch(self) -> None:
        """Return when the socket is dead, whatever it says of itself."""
        assert self._handler is not None
        client = self._handler.client
        while True:
            await asyncio.sleep(_LOOK)
            if client.last_ping_pong_time not in {None, self._pong}:
                self._pong = client.last_ping_pong_time
                self._sign = time.monotonic()
            age = time.monotonic() - self._sign
            SOCKET_AGE.set(age)
            connected = await client.is_connected()
            if connected and age < _DEAD:
                self.trouble = None
                continue
            self.trouble = f"no sign of life from Slack for {age:.0f} s" if connected else "not connected to Slack"
            if age >= _DEAD:
                log.warning("socket-dead", age_seconds=round(age, 1), connected=connected)
                return

    async def _alive(self, _: Any) -> None:
        self._sign = time.monotonic()

    async def _close(self) -> None:
        handler, self._handler = self._handler, None
        if handler is None:
            return
        with suppress(*FAILURES, asyncio.CancelledError):
            async with asyncio.timeout(1.0):
                await handler.close_async()  # type: ignore[no-untyped-call]
        client = handler.client
        for task in (client.message_processor, client.current_session_monitor, client.message_receiver):
            if task is not None:
                task.cancel()
        session: aiohttp.ClientSession = client.aiohttp_client_session
        if not session.closed:
            await session.close()
