"""``/livez``, ``/readyz`` and ``/metrics``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the process works, whether it can do its work, and a word on why not; ``remark`` is what else to know."""

    alive: bool
    ready: bool
    text: str
    remark: str = ""


@asynccontextmanager
async def serve(
    health: Callable[[], Health], *, refresh: Callable[[], None], host: str, port: int
) -> AsyncIterator[int]:
    """Answer probes on ``port`` (0: any free one); gives the port. ``refresh`` is called before metrics are read.

    Raises:
        OSError: when the port is taken.
    """

    async def livez(_: web.Request) -> web.Response:
        now = health()
        return web.Response(text=now.text + "\n", status=200 if now.alive else 503)

    async def readyz(_: web.Request) -> web.Response:
        now = health()
        text = f"{now.text}; {now.remark}" if now.remark else now.text
        return web.Response(text=text + "\n", status=200 if now.ready else 503)

    async def metrics(_: web.Request) -> web.Response:
        refresh()
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application()
    app.add_routes([web.get("/livez", livez), web.get("/readyz", readyz), web.get("/metrics", metrics)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host or None, port)
        await site.start()
        bound = int(runner.addresses[0][1])
        log.info("probes-listening", port=bound)
        yield bound
    finally:
        await runner.cleanup()
