"""The HTTP door: what Slack posts when it does not come by Socket Mode. One path for commands, buttons, views and events.

Whatever is not provably Slack's gets a 401 and one line in the log; nothing gets a 500.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse

from sundown.frontdesk.commands.helping import sorry
from sundown.frontdesk.metrics import REFUSED_REQUESTS
from sundown.frontdesk.slack.transport.desk import SlackDesk
from sundown.frontdesk.slack.transport.replying import say
from sundown.frontdesk.slack.transport.signature import SIGNATURE, Replays, flaw, flaw_of_the_head
from sundown.frontdesk.slack.transport.targets import answer_in, cluster_of, place_of
from sundown.process.guard import BrokenOff, Crowded, Readings, listening, whole
from sundown.proxies import proxy_for

log = structlog.get_logger(__name__)

PATH = "/slack/events"
MOST_BYTES = 256 * 2**10
"""Twice what Slack sends; more is not read."""
_READ_WITHIN = 3.0
_FIELDS = 100
_PASSING = aiohttp.ClientTimeout(total=2.0, connect=1.0)
"""Slack waits for three seconds, and the way there and back takes some of them."""
PASSED_ON = "X-Sundown-Passed-On-By"
"""Says that a request has been passed on once, by which cluster; a second time would be a circle."""
_OF_THIS_HOP = frozenset({"host", "content-length", "connection", "keep-alive", "transfer-encoding", "te", "upgrade"})

_UNREAD: dict[type[Exception], tuple[str, int]] = {
    Crowded: ("crowded", 503),
    TimeoutError: ("slow", 408),
    BrokenOff: ("unreadable", 400),
    web.HTTPRequestEntityTooLarge: ("large", 413),
}
"""Why a body was not read, in a word, and the status that says so."""


class Door:
    """Answers one request after the other; it keeps only the signatures that it has seen."""

    def __init__(self, app: AsyncApp, desk: SlackDesk, session: aiohttp.ClientSession) -> None:
        assert desk.settings.slack_signing_secret is not None
        self._app = app
        self._desk = desk
        self._secret = desk.settings.slack_signing_secret.get_secret_value()
        self._replays = Replays()
        self._readings = Readings()
        self._session = session
        # What was signed before has been here before, perhaps: whoever remembered it is gone.
        self._since = int(desk.clock.now().timestamp())

    async def answer(self, request: web.Request) -> web.Response:
        """Check a request, and hand it to the listeners as if it had come by the socket."""
        body = await self._body(request)
        if isinstance(body, web.Response):
            return body
        now = self._desk.clock.now()
        wrong = flaw(request.headers, body, secret=self._secret, now=now)
        if wrong is None and not self._replays.is_new(request.headers[SIGNATURE], now=now):
            wrong = "replayed"
        payload = read(body, content_type=request.content_type) if wrong is None else None
        if payload is None:
            return _refuse(request, wrong or "unreadable", status=401)
        given = answer_in(payload["event"]) if isinstance(payload.get("event"), dict) else None
        if given is not None and self._desk.live.request_at(given.channel, given.ts) is None:
            # It names no cluster. The one whose message it answers knows it by that, and the others let it be.
            if PASSED_ON not in request.headers and not self._desk.settings.names_itself:
                self._desk.work("elsewhere", self._ask_around(body, request.headers))
            return web.Response(text="")
        cluster = cluster_of(payload)
        if given is None and not cluster and self._desk.settings.names_itself:
            return _refuse(request, "unnamed", status=401)
        url = self._desk.clusters.door_of(cluster)
        if url is not None and PASSED_ON not in request.headers:
            return await self._pass_on(url, body, payload, request.headers)
        return _response(await dispatch(self._app, payload, request.headers))

    async def _body(self, request: web.Request) -> bytes | web.Response:
        """The body, or the refusal where the head says enough or there is too much of it."""
        size = request.content_length
        wrong = flaw_of_the_head(request.headers, now=self._desk.clock.now(), since=self._since)
        if wrong is not None:
            return _refuse(request, wrong, status=401)
        if size is not None and size > MOST_BYTES:
            return _refuse(request, "large", status=413)
        try:
            with self._readings.one(size):
                async with asyncio.timeout(_READ_WITHIN):
                    return await whole(request)
        except (Crowded, TimeoutError, BrokenOff, web.HTTPRequestEntityTooLarge) as error:
            reason, status = next(said for kind, said in _UNREAD.items() if isinstance(error, kind))
            return _refuse(request, reason, status=status)

    async def _pass_on(
        self, url: str, body: bytes, payload: dict[str, Any], headers: Mapping[str, str]
    ) -> web.Response:
        """Hand a request to another cluster's door as it came, and its answer back to Slack."""
        cluster, clusters = cluster_of(payload), self._desk.clusters
        try:
            async with self._forward(url, body, headers) as answer:
                if answer.status == 200:
                    return web.Response(body=await answer.read(), content_type=answer.content_type)
                refusal = clusters.rejection(cluster, answer.status)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL):
            refusal = clusters.silence(cluster, late=False)
        except (aiohttp.ClientError, TimeoutError, OSError):
            refusal = clusters.silence(cluster, late=True)
        log.warning("not-passed-on", cluster=cluster, error=str(refusal))
        answered = say(self._desk, place_of(payload), sorry(refusal, self._desk.settings.slack_command))
        self._desk.work("elsewhere", answered)
        return web.Response(text="")

    async def _ask_around(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Hand an answer to every other cluster, for one of them may have asked; who answers it, says what comes of it."""

        async def ask(cluster: str, url: str) -> None:
            try:
                async with self._forward(url, body, headers) as answer:
                    if answer.status != 200:
                        log.warning("not-passed-on", cluster=cluster, status=answer.status)
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                log.warning("not-passed-on", cluster=cluster, error=type(error).__name__)

        known = self._desk.clusters
        await asyncio.gather(*(ask(name, url) for name in known.doors if (url := known.door_of(name)) is not None))

    def _forward(
        self, url: str, body: bytes, headers: Mapping[str, str]
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        sent = {name: value for name, value in headers.items() if name.lower() not in _OF_THIS_HOP}
        sent[PASSED_ON] = self._desk.clusters.own
        return self._session.post(
            url, data=body, headers=sent, timeout=_PASSING, allow_redirects=False, proxy=proxy_for(url)
        )


async def dispatch(app: AsyncApp, payload: dict[str, Any], headers: Mapping[str, str]) -> BoltResponse:
    """Have the listeners answer what has been checked and read already.

    Bolt would take the body apart once more, and fails at a command in whose text the word "payload" occurs.
    """
    try:
        context = {"passed_on": PASSED_ON in headers}
        request = AsyncBoltRequest(mode="socket_mode", body=payload, headers=_plain(headers), context=context)
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
async def open_door(app: AsyncApp, desk: SlackDesk) -> AsyncIterator[int]:
    """Listen on ``SUNDOWN_SLACK_PORT`` (0: any free one); gives the port.

    Raises:
        OSError: when the port is taken.
    """
    session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
    server = web.Application(client_max_size=MOST_BYTES)
    server.add_routes([web.post(PATH, Door(app, desk, session).answer)])
    settings = desk.settings
    assert settings.slack_port is not None
    try:
        async with listening(server, host=settings.slack_host, port=settings.slack_port, refused=_count) as bound:
            log.info("door-listening", port=bound, path=PATH)
            yield bound
    finally:
        await session.close()


def _count(reason: str) -> None:
    REFUSED_REQUESTS.labels(reason).inc()


def _refuse(request: web.Request, reason: str, *, status: int) -> web.Response:
    """An answer that ends the connection: what is still on its way of a body is not waited for."""
    REFUSED_REQUESTS.labels(reason).inc()
    log.warning("request-refused", reason=reason, status=status, remote=request.remote)
    response = web.Response(status=status, text="")
    response.force_close()
    return response


def _response(answer: BoltResponse) -> web.Response:
    content_type = answer.first_headers().get("content-type", "text/plain").partition(";")[0]
    return web.Response(status=answer.status, text=answer.body or "", content_type=content_type)


def _plain(headers: Mapping[str, str]) -> dict[str, str | Sequence[str]]:
    """The headers that tell of Slack's repeated attempts; the others are the network's."""
    return {name.lower(): value for name, value in headers.items() if name.lower().startswith("x-slack-retry-")}
