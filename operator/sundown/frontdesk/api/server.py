"""The API as a server: the routes of the table, the page, and an answer for whatever is neither. Nothing gets a 500."""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache

import orjson
import structlog
from aiohttp import web

from sundown.errors import SundownError
from sundown.frontdesk.api import page
from sundown.frontdesk.api.bodies import Unreadable
from sundown.frontdesk.api.logins import LONGEST_TOKEN
from sundown.frontdesk.api.openapi import document
from sundown.frontdesk.api.problems import CONTENT_TYPE, Broken, NoSuchMethod, NoSuchPage, TooLarge, told
from sundown.frontdesk.api.reception import ALWAYS, ID, MOST_BYTES, Reception
from sundown.frontdesk.api.table import OPERATIONS
from sundown.frontdesk.api.wire import wire
from sundown.frontdesk.context import Desk
from sundown.frontdesk.metrics import REFUSED_CALLS
from sundown.process.certificates import Certificates
from sundown.process.guard import listening

log = structlog.get_logger(__name__)

_PART = re.compile(r"{([a-z]+)}")
"""Whatever is said of an env is that it is none, if it cannot be: the library would rather not hear it."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(desk: Desk) -> web.Application:
    """The routes of all rows of the table as it is now."""
    reception = Reception(desk)
    rows = tuple(OPERATIONS.values())
    server = web.Application(client_max_size=MOST_BYTES, middlewares=[_in_our_form])
    server.add_routes(
        [web.route(row.method, _PART.sub(r"{\1:[^/]+}", row.path), reception.answer(row)) for row in rows]
    )
    server.add_routes(page.routes(cache(lambda: orjson.dumps(document(rows)))))
    return server


@asynccontextmanager
async def open_api(desk: Desk) -> AsyncIterator[int]:
    """Listen on ``SUNDOWN_API_PORT`` (0: any free one); gives the port.

    Raises:
        OSError: when the port is taken.
        NoCertificate: there is none where it should be.
    """
    settings = desk.settings
    assert settings.api_port is not None
    certificates = Certificates(settings.api_tls) if settings.api_tls is not None else None
    if certificates is not None:
        certificates.load()
        desk.start_task("certificate", certificates.run())
    async with listening(
        application(desk),
        host=settings.api_host,
        port=settings.api_port,
        longest_header=2 * LONGEST_TOKEN,
        tls=certificates.context if certificates is not None else None,
        refused=lambda why: REFUSED_CALLS.labels(why).inc(),
        unreadable=lambda: _problem(
            Unreadable("that is no HTTP that can be read; its first line may have 8,190 bytes")
        ),
    ) as port:
        log.info("api-listening", port=port)
        yield port


@web.middleware
async def _in_our_form(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What the library answers by itself, as everything else is answered."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _problem(_meaning(error), allowed=error.headers.get("Allow"))
    except Exception:
        log.exception("api-broken", path=request.path)
        return _problem(Broken("that is a fault of Sundown's own; its log has more"))


def _meaning(error: web.HTTPException) -> SundownError:
    if isinstance(error, web.HTTPMethodNotAllowed):
        allowed = ", ".join(sorted(error.allowed_methods))
        return NoSuchMethod(f"that path takes {allowed}, not {error.method[:20]}")
    if error.status == web.HTTPRequestEntityTooLarge.status_code:
        return TooLarge(f"a body has at most {MOST_BYTES:,} bytes")
    return NoSuchPage(f"there is nothing at that path; {page.PATH} shows what there is")


def _problem(error: SundownError, *, allowed: str | None = None) -> web.Response:
    identity = str(uuid.uuid4())
    said = told(error, instance=f"urn:uuid:{identity}")
    headers = {**ALWAYS, **said.headers, "Content-Type": CONTENT_TYPE, ID: identity}
    if allowed is not None:
        headers["Allow"] = allowed
    return web.Response(status=said.problem.status, body=wire(said.problem), headers=headers)
