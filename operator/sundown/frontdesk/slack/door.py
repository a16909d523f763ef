"""The HTTP door: what Slack posts when it does not come by Socket Mode. One path for commands, buttons, views and events.

Whatever is not provably Slack's gets a 401 and one line in the log; nothing gets a 500.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import structlog
from aiohttp import web
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse

from sundown.frontdesk.metrics import REFUSED_REQUESTS
from sundown.frontdesk.slack.signature import SIGNATURE, Replays, flaw

if TYPE_CHECKING:
    from sundown.frontdesk.runtime import Desk

log = structlog.get_logger(__name__)

PATH = "/slack/events"
MOST_BYTES = 2**20
"""Ten times what Slack sends; more is not read."""
_READ_WITHIN = 3.0
_FIELDS = 100


class Door:
    """Answers one request after the other; it keeps only the signatures that it has seen."""

    def __init__(self, app: AsyncApp, desk: Desk) -> None:
        assert desk.settings.slack_signing_secret is not None
        self._app = app
        self._desk = desk
        self._secret = desk.settings.slack_signing_secret.get_secret_value()
        self._replays = Replays()

    async def answer(self, request: web.Request) -> web.Response:
        """Check a request, and hand it to the listeners as if it had come by the socket."""
        try:
            async with asyncio.timeout(_READ_WITHIN):
                body = await request.read()
        except TimeoutError:
            return _refuse(request, "slow", status=408)
        except web.HTTPRequestEntityTooLarge:
            return _refuse(request, "large", status=413)
        now = self._desk.clock.now()
        wrong = flaw(request.headers, body, secret=self._secret, now=now)
        if wrong is None and not self._replays.is_new(request.headers[SIGNATURE], now=now):
            wrong = "replayed"
        payload = read(body, content_type=request.content_type) if wrong is None else None
        if payload is None:
            return _refuse(request, wrong or "unreadable", status=401)
        return _response(await dispatch(self._app, payload, request.headers))


async def dispatch(app: AsyncApp, payload: dict[str, Any], headers: Mapping[str, str]) -> BoltResponse:
    """Have the listeners answer what has been checked and read already.

    Bolt would take the body apart once more, and fails at a command in whose text the word "payload" occurs.
    """
    try:
        request = AsyncBoltRequest(mode="socket_mode", body=payload, headers=_plain(headers))
        answer = await app.async_dispatch(request)
    except Exception as error:  # whatever Slack may think of next, it is no reason to fall over
        log.warning("delivery-not-understood", error=f"{type(error).__name__}: {error}"[:200])
        return BoltResponse(status=400, body="")
    return answer if answer.status < 500 else BoltResponse(status=400, body="")


def read(body: bytes, *, content_type: str) -> dict[str, Any] | None:
    """What Slack posts, as Socket Mode would bring it: JSON, a form, or a form with JSON in the field ``payload``.

    None for anything else.
    """
    try:
        text = body.decode()
        if content_type == "application/json":
            found = json.loads(text)
        else:
            form = dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS))
            found = json.loads(form["payload"]) if "payload" in form else form
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and found else None


@asynccontextmanager
async def open_door(app: AsyncApp, desk: Desk) -> AsyncIterator[int]:
    """Listen on ``SUNDOWN_SLACK_PORT`` (0: any free one); gives the port.

    Raises:
        OSError: when the port is taken.
    """
    server = web.Application(client_max_size=MOST_BYTES)
    server.add_routes([web.post(PATH, Door(app, desk).answer)])
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.TCPSite(runner, desk.settings.slack_host or None, desk.settings.slack_port).start()
        bound = int(runner.addresses[0][1])
        log.info("door-listening", port=bound, path=PATH)
        yield bound
    finally:
        await runner.cleanup()


def _refuse(request: web.Request, reason: str, *, status: int) -> web.Response:
    REFUSED_REQUESTS.labels(reason).inc()
    log.warning("request-refused", reason=reason, status=status, remote=request.remote)
    return web.Response(status=status, text="")


def _response(answer: BoltResponse) -> web.Response:
    content_type = answer.first_headers().get("content-type", "text/plain").partition(";")[0]
    return web.Response(status=answer.status, text=answer.body or "", content_type=content_type)


def _plain(headers: Mapping[str, str]) -> dict[str, str | Sequence[str]]:
    """The headers that tell of Slack's repeated attempts; the others are the network's."""
    return {name.lower(): value for name, value in headers.items() if name.lower().startswith("x-slack-retry-")}
