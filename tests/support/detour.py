"""A way to the real API server on which things go wrong: a reverse proxy that can refuse, delay, cut and forge answers."""

import asyncio
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Self

import aiohttp
from aiohttp import web
from yarl import URL

from sundown_lab.cluster import Cluster
from sundown_lab.processes import LOOPBACK

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding", "host"}
START_TIMEOUT = 60.0
HELD_AT_MOST = 240.0


@dataclass
class Fault:
    """What happens to requests of a method (any, where empty) whose path and query contain ``part``, and whose body ``said``,
    so many times, after the first few that are skipped.

    ``status`` answers instead of the API server, with ``headers`` and ``body``. ``cut`` drops the connection without an
    answer; with ``after`` the API server has carried the request out by then. ``seconds`` delays it, and so does ``hold`` until
    ``release`` is called.
    """

    method: str = ""
    part: str = ""
    said: bytes = b""
    times: int = 10**9
    skip: int = 0
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = '{"kind": "Status", "status": "Failure", "message": "a fault of the test"}'
    cut: bool = False
    after: bool = False
    seconds: float = 0.0
    hold: bool = False
    met: int = 0
    arrived: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def release(self) -> None:
        """Let go what is held, now and later."""
        self.go_on.set()

    def meets(self, method: str, target: str, body: bytes = b"") -> bool:
        """Whether it strikes this request; counts those that it strikes."""
        if (
            self.method not in {"", method}
            or self.part not in target
            or self.said not in body
            or self.met >= self.times
        ):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.met += 1
        return True


@dataclass(frozen=True)
class Passed:
    """A request that was answered: when (monotonic seconds) and with what; 0 for no answer."""

    method: str
    target: str
    status: int
    at: float


class Detour:
    """The proxy. ``server`` is its URL, which the certificate of the lab's API server is good for too."""

    def __init__(self, cluster: Cluster) -> None:
        self._upstream = cluster.server
        self._pki = cluster.directory / "pki"
        self._faults: list[Fault] = []
        self._open: set[asyncio.Transport] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="detour", daemon=True)
        self._stop: asyncio.Event | None = None
        self._ended: Future[None] | None = None
        self.passed: list[Passed] = []
        self.server = ""

    def __enter__(self) -> Self:
        self._thread.start()
        ready: Future[str] = Future()
        self._ended = asyncio.run_coroutine_threadsafe(self._run(ready), self._loop)
        self.server = ready.result(timeout=START_TIMEOUT)
        return self

    def __exit__(self, *_exc: object) -> None:
        self.mend()
        assert self._stop is not None
        assert self._ended is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._ended.result(timeout=START_TIMEOUT)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def add(self, fault: Fault) -> Fault:
        """From now on requests can meet this fault; the first that strikes counts."""
        self._faults.append(fault)
        return fault

    def mend(self) -> None:
        """No more faults."""
        faults, self._faults = self._faults, []
        for fault in faults:
            fault.release()

    def hang_up(self) -> None:
        """End all answers that are under way, such as watches."""
        self._loop.call_soon_threadsafe(self._hang_up)

    def _hang_up(self) -> None:
        for connection in list(self._open):
            connection.abort()

    @contextmanager
    def broken(self, fault: Fault) -> Iterator[Fault]:
        """The fault for the length of a block."""
        self.add(fault)
        try:
            yield fault
        finally:
            self._faults.remove(fault)
            fault.release()

    async def _run(self, ready: Future[str]) -> None:
        self._stop = asyncio.Event()
        trusted = ssl.create_default_context(cafile=self._pki / "ca.crt")
        own = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        own.load_cert_chain(self._pki / "server.crt", self._pki / "server.key")
        connector = aiohttp.TCPConnector(ssl=trusted, limit=0)
        timeout = aiohttp.ClientTimeout(total=None)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout, auto_decompress=False) as session:

            async def handle(request: web.BaseRequest) -> web.StreamResponse:
                return await self._handle(request, session)

            server = web.Server(handle, access_log=None)
            runner = web.ServerRunner(server, shutdown_timeout=0.1)
            await runner.setup()
            await web.TCPSite(runner, LOOPBACK, 0, ssl_context=own).start()
            ready.set_result(f"https://{LOOPBACK}:{runner.addresses[0][1]}")
            await self._stop.wait()
            await runner.cleanup()
            left = asyncio.all_tasks() - {asyncio.current_task()}
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def _handle(self, request: web.BaseRequest, session: aiohttp.ClientSession) -> web.StreamResponse:
        body = await request.read()
        fault = next((one for one in list(self._faults) if one.meets(request.method, request.raw_path, body)), None)
        if fault is None:
            return await self._pass_on(request, body, session)
        fault.arrived.set()
        await asyncio.sleep(fault.seconds)
        if fault.hold:
            await asyncio.to_thread(fault.go_on.wait, HELD_AT_MOST)
        if fault.status:
            self._note(request, fault.status)
            return web.Response(
                status=fault.status, text=fault.body, headers=fault.headers, content_type="application/json"
            )
        if fault.cut and fault.after and not await self._is_carried_out(request, body, session):
            fault.met -= 1  # somebody else wrote at the same time: it is the next try that is lost
        elif fault.cut:
            self._note(request, 0)
            assert request.transport is not None
            request.transport.abort()
            return web.Response()  # which nobody hears
        return await self._pass_on(request, body, session)

    async def _is_carried_out(self, request: web.BaseRequest, body: bytes, session: aiohttp.ClientSession) -> bool:
        async with self._ask(request, body, session) as had:
            await had.read()
            return had.ok

    async def _pass_on(
        self, request: web.BaseRequest, body: bytes, session: aiohttp.ClientSession
    ) -> web.StreamResponse:
        connection = request.transport
        assert connection is not None
        self._open.add(connection)
        try:
            async with self._ask(request, body, session) as upstream:
                response = web.StreamResponse(status=upstream.status)
                response.headers.extend((k, v) for k, v in upstream.headers.items() if k.lower() not in HOP_BY_HOP)
                if "Content-Encoding" in upstream.headers:
                    response.headers["Content-Encoding"] = upstream.headers["Content-Encoding"]
                await response.prepare(request)
                async for piece in upstream.content.iter_any():
                    await response.write(piece)
                await response.write_eof()
        except (aiohttp.ClientError, OSError):
            # What the API server does to the proxy, the proxy does to the operator.
            connection.abort()
            raise
        finally:
            self._open.discard(connection)
        self._note(request, upstream.status)
        return response

    def _note(self, request: web.BaseRequest, status: int) -> None:
        self.passed.append(Passed(request.method, request.raw_path, status, time.monotonic()))

    def _ask(
        self, request: web.BaseRequest, body: bytes, session: aiohttp.ClientSession
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        return session.request(
            request.method,
            URL(self._upstream + request.raw_path, encoded=True),
            data=body or None,
            headers={key: value for key, value in request.headers.items() if key.lower() not in HOP_BY_HOP},
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
        )
