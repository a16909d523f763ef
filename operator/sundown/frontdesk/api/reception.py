"""One request after the other, from its head to its answer: who, how often, what, whether they may, and what came of it."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus

import structlog
from aiohttp import web

from sundown.cluster.errors import Busy, Unreachable
from sundown.errors import SundownError
from sundown.frontdesk.api import bodies
from sundown.frontdesk.api.logins import Logins
from sundown.frontdesk.api.operation import Call, Nothing, Operation
from sundown.frontdesk.api.problems import (
    CONTENT_TYPE,
    BadHeader,
    Broken,
    OneAtATime,
    Overloaded,
    TooLarge,
    TooSlow,
    told,
)
from sundown.frontdesk.api.repeats import Answered, Repeats
from sundown.frontdesk.api.wire import wire
from sundown.frontdesk.context import Desk
from sundown.frontdesk.metrics import CALL_SECONDS, CALLS_TOTAL
from sundown.frontdesk.people.people import Person
from sundown.frontdesk.wishes.actions import ClusterAway
from sundown.frontdesk.wishes.pace import Pace, TooMuch
from sundown.model.cutting import clip
from sundown.process.guard import BrokenOff, Crowded, Readings, whole

log = structlog.get_logger(__name__)

MOST_BYTES = 64 * 2**10
ALWAYS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
ID = "X-Request-Id"
REPEATED = "Idempotency-Replayed"
_READ_WITHIN = 5.0
_DONE_WITHIN = 60.0
_JSON = "application/json"

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Reception:
    """Answers the operations of the table."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._logins = Logins(desk.cluster, clock=desk.clock)
        self._pace = Pace(at_most=desk.settings.api_requests, clock=desk.clock)
        self._readings = Readings()
        self._repeats = Repeats(desk.clock)
        self._at_it: set[str] = set()

    def answer(self, row: Operation) -> Answer:
        """What answers the requests of one row."""

        async def handle(request: web.Request) -> web.StreamResponse:
            began, visit = time.perf_counter(), _Visit(str(uuid.uuid4()))
            try:
                async with asyncio.timeout(_DONE_WITHIN):
                    answered = await self._carry_out(row, request, visit)
            except SundownError as error:
                answered = refusal(error, visit)
            except TimeoutError:
                answered = refusal(
                    Broken("it took too long, and nobody knows whether it was done: look before you ask again"), visit
                )
            except Exception:
                log.exception("api-broken", operation=row.id, id=visit.id)
                answered = refusal(
                    Broken(f"that is a fault of Sundown's own; its log has more under {visit.id}"), visit
                )
            seconds = time.perf_counter() - began
            CALLS_TOTAL.labels(row.id, str(answered.status), visit.outcome).inc()
            CALL_SECONDS.labels(row.id).observe(seconds)
            log.info(
                "api-request",
                user=visit.user,
                command=row.id,
                namespace=visit.env,
                outcome=visit.outcome,
                status=answered.status,
                seconds=round(seconds, 4),
                id=visit.id,
            )
            response = web.Response(
                status=answered.status, body=answered.body, headers={**ALWAYS, **answered.headers, ID: visit.id}
            )
            if request.can_read_body:  # what is still on its way of a body is not waited for
                response.force_close()
            return response

        return handle

    async def _carry_out(self, row: Operation, request: web.Request, visit: _Visit) -> Answered:
        person = await self._logins.person(_one_header(request, "Authorization"))
        visit.user = person.email
        self._admit(person)
        query = bodies.read_query(request.query.items(), row.query or Nothing)
        data = await self._read(request)
        body = bodies.read_body(data, request.content_type, row.body or Nothing)
        key = _one_header(request, "Idempotency-Key") if row.changes else None
        path, version = dict(request.match_info), _version(request, row)
        call = Call(self._desk, person, path, query, body, version=version, key=key or "")
        visit.env = call.env
        if key is None:
            return await self._ask(row, call, visit)
        said = b"\n".join((row.id.encode(), request.raw_path.encode(errors="replace"), call.version.encode(), data))
        before = self._repeats.begin(person.email, key, said)
        if before is not None:
            visit.outcome = "Repeated"
            return Answered(before.status, before.body, {**before.headers, REPEATED: "true"})
        answered: Answered | None = None
        try:
            answered = await self._ask(row, call, visit)
        except SundownError as error:
            answered = refusal(error, visit)
        finally:
            self._repeats.end(person.email, key, answered)
        return answered

    async def _ask(self, row: Operation, call: Call, visit: _Visit) -> Answered:
        await self._require_right(row, call)
        with self._alone(row, call.person):
            outcome = await row.handle(call)
        if outcome.status is HTTPStatus.MULTI_STATUS:
            visit.outcome = "Mixed"
        headers = {"Content-Type": _JSON}
        if outcome.version:
            headers["ETag"] = f'"{outcome.version}"'
        body = outcome.body if isinstance(outcome.body, bytes) else wire(outcome.body)
        return Answered(int(outcome.status), body, headers)

    @contextmanager
    def _alone(self, row: Operation, person: Person) -> Iterator[None]:
        """Of what takes as much as a thousand wishes each person has one at a time (J6).

        Raises:
            OneAtATime: they have one.
        """
        if not row.mixed:
            yield
            return
        if person.id in self._at_it:
            raise OneAtATime(
                "what you asked for in bulk before is still being carried out: ask again when it is answered"
            )
        self._at_it.add(person.id)
        try:
            yield
        finally:
            self._at_it.discard(person.id)

    async def _require_right(self, row: Operation, call: Call) -> None:
        """Return if the person may have this row carried out.

        Raises:
            NotAllowed: they may not.
            ClusterAway: the cluster could not be asked, and something was to be changed.
            ApiError: it could not be asked by somebody who wants to look.
        """
        if row.where in {"each", "request"}:
            return
        env = call.env if row.where == "one" else ""
        try:
            await self._desk.rights.require(call.person, row.right, env, on=row.on)
        except (Unreachable, Busy) as error:
            if not row.changes:
                raise
            raise ClusterAway.before_anything(env or call.path.get("pod", "that")) from error

    def _admit(self, person: Person) -> None:
        if not self._pace.admit(person.id):
            raise TooMuch(at_most=self._desk.settings.api_requests)

    async def _read(self, request: web.Request) -> bytes:
        size = request.content_length
        if size is not None and size > MOST_BYTES:
            raise TooLarge(f"a body has at most {MOST_BYTES:,} bytes")
        if not request.can_read_body:
            return b""
        if (packed := (_one_header(request, "Content-Encoding") or "").strip().lower()) not in {"", "identity"}:
            raise bodies.WrongType(f"send the body as it is, not packed by {clip(packed, 60)}")
        try:
            with self._readings.one(size):
                async with asyncio.timeout(_READ_WITHIN):
                    return await whole(request)
        except Crowded:
            raise Overloaded(
                "so much is being read at this moment that no more can be: try again in a second"
            ) from None
        except BrokenOff:
            raise bodies.Unreadable("the body breaks off before its end") from None
        except TimeoutError:
            raise TooSlow(f"the body did not come within {_READ_WITHIN:g} seconds") from None
        except web.HTTPRequestEntityTooLarge:
            raise TooLarge(f"a body has at most {MOST_BYTES:,} bytes") from None


class _Visit:
    """What is known of a request by and by, for the log."""

    def __init__(self, id: str) -> None:  # noqa: A002 - as the log calls it
        self.id = id
        self.user = ""
        self.env = ""
        self.outcome = "Done"


def refusal(error: SundownError, visit: _Visit) -> Answered:
    """The problem as an answer."""
    visit.outcome = error.reason
    said = told(error, instance=f"urn:uuid:{visit.id}")
    return Answered(said.problem.status, wire(said.problem), {"Content-Type": CONTENT_TYPE, **said.headers})


def _one_header(request: web.Request, name: str) -> str | None:
    """The header; None where there is none.

    Raises:
        BadHeader: there are two of them.
    """
    values = request.headers.getall(name, [])
    if len(values) > 1:
        raise BadHeader(f"the header {name} is given twice")
    return values[0] if values else None


def _version(request: web.Request, row: Operation) -> str:
    """The version that ``If-Match`` wants; empty where any will do.

    Raises:
        BadHeader: it is none, or this operation takes none.
    """
    said = _one_header(request, "If-Match")
    if said is None or said.strip() == "*" or not row.changes:
        return ""
    version = said.strip().removeprefix("W/").strip('"')
    if not row.versioned:
        raise BadHeader("If-Match says which version of one environment is meant: this operation takes none")
    if not version.isascii() or not version.isalnum() or len(version) > 64:
        raise BadHeader("If-Match takes the ETag of an environment, as it was answered")
    return version
