"""The simulator as a server: on the loop that calls it, or in a thread of its own."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Self

from aiohttp import web

from sundown_lab.errors import LabError
from sundown_lab.processes import LOOPBACK
from sundown_lab.slack import control, respond, webapi
from sundown_lab.slack.simulator import Simulator
from sundown_lab.slack.spec import WorkspaceSpec
from sundown_lab.slack.webapi import SIM

PAGE = Path(__file__).with_name("page")
LARGEST_BODY = 32 * 2**20
START_SECONDS = 30.0


async def _page(_request: web.Request) -> web.StreamResponse:
    index = PAGE / "index.html"
    if not index.is_file():
        return web.Response(text="The Slack simulator runs; its control API is under /control/.")
    return web.FileResponse(index, headers={"Cache-Control": "no-cache"})


async def _asset(request: web.Request) -> web.StreamResponse:
    path = (PAGE / request.path.removeprefix("/page/").lstrip("/")).resolve()
    if not path.is_file() or not path.is_relative_to(PAGE) or path.suffix == ".py":
        raise web.HTTPNotFound
    return web.FileResponse(path, headers={"Cache-Control": "no-cache"})


def application(sim: Simulator) -> web.Application:
    """The routes."""
    app = web.Application(middlewares=[control.plain_words], client_max_size=LARGEST_BODY)
    app[SIM] = sim
    app.add_routes(
        [
            web.get("/api/{method}", webapi.call),
            web.post("/api/{method}", webapi.call),
            web.get("/socket/{ticket}", sim.sockets.serve),
            web.post("/respond/{reply}", respond.respond),
            web.post("/upload/{file}", webapi.upload),
            web.get("/files/{file}", webapi.download),
            *control.ROUTES,
            web.get("/", _page),
            web.get("/{asset:.+}", _asset),
        ]
    )
    return app


@contextlib.asynccontextmanager
async def serving(spec: WorkspaceSpec, *, host: str = LOOPBACK, port: int = 0) -> AsyncIterator[Simulator]:
    """A simulator on this event loop; port 0 takes a free one. Raises LabError: the port is taken."""
    sim = Simulator(spec, base="")
    runner = web.AppRunner(application(sim), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    try:
        await site.start()
    except OSError as error:
        await runner.cleanup()
        raise LabError(f"port {port} cannot be used: {error.strerror or error}") from error
    bound = runner.addresses[0][1]
    sim.base = f"http://{host}:{bound}"
    try:
        yield sim
    finally:
        await sim.close()
        await runner.cleanup()


class BackgroundSlack:
    """The same in a thread of its own, for tests and for the demo: ``with BackgroundSlack() as slack: slack.url``."""

    def __init__(self, spec: WorkspaceSpec | None = None, *, host: str = LOOPBACK, port: int = 0) -> None:
        self._spec = spec or WorkspaceSpec()
        self._host = host
        self._port = port
        self._thread = threading.Thread(target=self._run, name="sundown-lab-slack", daemon=True)
        self._started = threading.Event()
        self._failure: Exception | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        self.url = ""

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:  # handed to the thread that started this one
            self._failure = error
        finally:
            self._started.set()

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        async with serving(self._spec, host=self._host, port=self._port) as sim:
            self.url = sim.base
            self._started.set()
            await self._end.wait()

    def start(self) -> Self:
        """Returns when it can be reached at ``url``. Raises LabError: it cannot listen."""
        self._thread.start()
        if not self._started.wait(START_SECONDS) or self._failure is not None:
            raise LabError(f"the Slack simulator did not start: {self._failure or 'no sign of it'}")
        return self

    def stop(self) -> None:
        """Ends it."""
        if self._loop is not None and self._end is not None and self._thread.is_alive():
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(START_SECONDS)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()
