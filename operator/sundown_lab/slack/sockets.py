"""Socket Mode: the connections that the app has opened, and the envelopes on them.

https://docs.slack.dev/apis/events-api/using-socket-mode/
"""

import asyncio
import contextlib
import json
import secrets
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from sundown_lab.slack.changes import Changes
from sundown_lab.slack.parcels import Answer, Parcel, Unreachable
from sundown_lab.slack.records import Json

MOST = 10
TICKET_SECONDS = 60.0
PING_SECONDS = 10.0
LINGER_SECONDS = 10.0


@dataclass(eq=False)
class Connection:
    """One WebSocket. While ``flows`` is not set, nothing is read from it and nothing written to it."""

    request: web.Request
    socket: web.WebSocketResponse
    flows: asyncio.Event = field(default_factory=asyncio.Event)
    leaving: bool = False
    silent_for: int = 0

    @property
    def is_open(self) -> bool:
        """Whether the other side has not gone; a frozen connection counts as open until then."""
        transport = self.request.transport
        return not self.socket.closed and transport is not None and not transport.is_closing()

    async def send(self, envelope: Json) -> None:
        """Writes an envelope, when the connection is not frozen."""
        await self.flows.wait()
        await self.socket.send_str(json.dumps(envelope))


class Sockets:
    """All connections of the app. An envelope goes to one of them, in turn, and is acked on any."""

    def __init__(self, changes: Changes, *, app_id: str) -> None:
        self.app_id = app_id
        self._changes = changes
        self._tickets: dict[str, float] = {}
        self._connections: list[Connection] = []
        self._waiting: dict[str, asyncio.Future[Answer]] = {}
        self._mute = False
        self._turn = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def fault(self) -> str | None:
        """Which fault is on: "freeze", "mute" or none."""
        if self._mute:
            return "mute"
        return "freeze" if any(not each.flows.is_set() for each in self._connections) else None

    @property
    def count(self) -> int:
        """How many connections are open."""
        return len([each for each in self._connections if each.is_open])

    def ticket(self) -> str:
        """What apps.connections.open hands out: good for one connection within a minute."""
        now = asyncio.get_running_loop().time()
        self._tickets = {each: until for each, until in self._tickets.items() if until > now}
        name = secrets.token_urlsafe(12)
        self._tickets[name] = now + TICKET_SECONDS
        return name

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The app connects."""
        until = self._tickets.pop(request.match_info["ticket"], 0.0)
        if until < asyncio.get_running_loop().time():
            return web.Response(status=408, text="this ticket has been used, or is too old")
        socket = web.WebSocketResponse(autoping=False, max_msg_size=2**24)
        await socket.prepare(request)
        connection = Connection(request, socket)
        connection.flows.set()
        if self.count >= MOST:
            await connection.send({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        self._connections.append(connection)
        pinger = asyncio.create_task(self._ping(connection))
        try:
            await connection.send(self._hello())
            self._changes.tell("socket")
            await self._read(connection)
        except (ConnectionError, RuntimeError):
            pass  # the app went away without a word
        finally:
            pinger.cancel()
            self._connections.remove(connection)
            self._changes.tell("socket")
        return socket

    def _hello(self) -> Json:
        about = {"host": "simulator", "build_number": 1, "approximate_connection_time": 18060}
        return {
            "type": "hello",
            "num_connections": self.count,
            "debug_info": about,
            "connection_info": {"app_id": self.app_id},
        }

    async def _read(self, connection: Connection) -> None:
        while True:
            frame = await connection.socket.receive()
            await connection.flows.wait()
            connection.silent_for = 0
            if frame.type == WSMsgType.PING:
                await connection.socket.pong(frame.data)
            elif frame.type == WSMsgType.TEXT:
                self._acked(frame.data)
            elif frame.type in {WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR}:
                return

    def _acked(self, text: str) -> None:
        try:
            said = json.loads(text)
        except ValueError:
            return
        waiting = self._waiting.get(str(said.get("envelope_id"))) if isinstance(said, dict) else None
        if waiting is not None and not waiting.done():
            payload = said.get("payload")
            waiting.set_result(Answer(payload if isinstance(payload, dict) and payload else None))

    async def _ping(self, connection: Connection) -> None:
        with contextlib.suppress(ConnectionError, RuntimeError):
            while connection.silent_for < 4:
                await asyncio.sleep(PING_SECONDS)
                await connection.flows.wait()
                connection.silent_for += 1
                await connection.socket.ping(b"Ping from the simulator")
            await connection.socket.close()

    async def carry(self, parcel: Parcel) -> Answer:
        """Sends an envelope on one of the connections. Raises Unreachable: there is none."""
        open_ones = [each for each in self._connections if each.is_open and not each.leaving]
        if not open_ones:
            raise Unreachable("the app has no open connection")
        self._turn += 1
        connection = open_ones[self._turn % len(open_ones)]
        envelope_id = secrets.token_hex(8)
        waiting: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = waiting
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": parcel.kind,
            "accepts_response_payload": parcel.kind != "events_api",
            "payload": parcel.payload,
        }
        if parcel.kind == "events_api":
            envelope |= {"retry_attempt": parcel.retry, "retry_reason": parcel.reason}
        try:
            if not self._mute:
                with contextlib.suppress(ConnectionError, RuntimeError):  # gone since: nobody will ack
                    await connection.send(envelope)
            return await waiting
        finally:
            del self._waiting[envelope_id]

    def freeze(self) -> None:
        """Those that are there stay open, but nothing passes; a new one works."""
        for connection in self._connections:
            connection.flows.clear()
        self._changes.tell("faults")

    def mute(self) -> None:
        """Pings are answered, but nothing is delivered, on new connections neither."""
        self._mute = True
        self._changes.tell("faults")

    def thaw(self) -> None:
        """Everything passes again, what was held back included."""
        self._mute = False
        for connection in self._connections:
            connection.flows.set()
        self._changes.tell("faults")

    def drop(self) -> None:
        """Every connection breaks, without a closing handshake."""
        for connection in self._connections:
            connection.flows.set()
            if connection.request.transport is not None:
                connection.request.transport.abort()

    async def refresh(self) -> None:
        """Asks the app to connect anew, as Slack does every few hours, and closes the old connections a while later."""
        for connection in [each for each in self._connections if not each.leaving]:
            connection.leaving = True
            with contextlib.suppress(ConnectionError, RuntimeError):
                await connection.send({"type": "disconnect", "reason": "refresh_requested", "debug_info": {}})
            task = asyncio.create_task(self._close_later(connection))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _close_later(self, connection: Connection) -> None:
        await asyncio.sleep(LINGER_SECONDS)
        with contextlib.suppress(ConnectionError, RuntimeError):
            await connection.socket.close()

    async def close(self) -> None:
        """The simulator ends."""
        for task in self._tasks:
            task.cancel()
        for connection in list(self._connections):
            connection.flows.set()
            with contextlib.suppress(ConnectionError, RuntimeError, TimeoutError):
                async with asyncio.timeout(1):
                    await connection.socket.close()
