"""The control API: what the page and tests do to the simulator. The package's docstring is its reference."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sundown_lab.slack import state
from sundown_lab.slack.acts import ACTS
from sundown_lab.slack.errors import Absent, Impossible
from sundown_lab.slack.faults import RESPOND, Fault
from sundown_lab.slack.inputs import need
from sundown_lab.slack.push import Push
from sundown_lab.slack.records import Json
from sundown_lab.slack.simulator import Simulator
from sundown_lab.slack.spec import WorkspaceSpec
from sundown_lab.slack.webapi import SIM

LONGEST_WAIT = 60.0
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Advance(_Strict):
    advance: Annotated[float, Field(ge=0, le=10 * 366 * 86_400)]


class _Patience(_Strict):
    factor: Annotated[float, Field(gt=0, le=100)]


class _SocketFault(_Strict):
    socket: Literal["drop", "freeze", "thaw", "mute", "refresh"]


class _RespondFault(_Strict):
    respond: Literal["500", "404", "silence"]
    times: int | None = 1


class _ByHttp(_Strict):
    mode: Literal["http"]
    url: str
    signing_secret: str | None = None
    verify: bool = False


class _BySocket(_Strict):
    mode: Literal["socket"]


@web.middleware
async def plain_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What a person got wrong is answered with 400 and a sentence."""
    if not request.path.startswith("/control/"):
        return await handler(request)
    try:
        return await handler(request)
    except Absent as error:
        return web.json_response({"ok": False, "error": str(error), "absent": True}, status=400)
    except Impossible as error:
        text = str(error)
    except ValidationError as error:
        first = error.errors()[0]
        text = f"{'.'.join(str(part) for part in first['loc']) or 'the body'}: {first['msg']}"
    except web.HTTPNotFound:
        return web.json_response({"ok": False, "error": f"there is no {request.path}"}, status=404)
    return web.json_response({"ok": False, "error": text}, status=400)


async def _body(request: web.Request) -> Json:
    try:
        body = json.loads(await request.read())
    except ValueError as error:
        raise Impossible("the body is no JSON") from error
    if not isinstance(body, dict):
        raise Impossible("the body is no JSON object")
    return body


def _ok(**more: Any) -> web.Response:
    return web.json_response({"ok": True, **more})


async def get_state(request: web.Request) -> web.Response:
    """What a user sees."""
    sim = request.app[SIM]
    name = request.query.get("as")
    return web.json_response(state.seen(sim, sim.team.person(name) if name else None))


async def get_changes(request: web.Request) -> web.StreamResponse:
    """Server-sent events, until the watcher hangs up."""
    sim = request.app[SIM]
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
    await response.prepare(request)
    await response.write(b": hello\n\n")
    stream = sim.changes.stream(sim.changes.seq)
    try:
        async for change in stream:
            await response.write(f"id: {change.seq}\ndata: {json.dumps(asdict(change))}\n\n".encode())
    except ConnectionError:
        pass  # the watcher has gone
    return response


def _number(request: web.Request, name: str, *, default: float) -> float:
    try:
        return float(request.query.get(name) or default)
    except ValueError as error:
        raise Impossible(f"{name} is a number") from error


async def get_wait(request: web.Request) -> web.Response:
    """Answers when something has changed since."""
    since = int(_number(request, "since", default=0))
    timeout = min(_number(request, "timeout", default=10), LONGEST_WAIT)
    return web.json_response({"seq": await request.app[SIM].changes.wait(since, timeout=timeout)})


async def post_do(request: web.Request) -> web.Response:
    """Somebody does something."""
    sim = request.app[SIM]
    wish = await _body(request)
    who = sim.team.person(need(wish, "as"))
    act = ACTS.get(need(wish, "do"))
    if act is None:
        raise Impossible(f"nobody can {wish['do']}; they can {', '.join(ACTS)}")
    doing = asyncio.ensure_future(act(sim, who, wish))
    if request.query.get("wait") == "false":
        sim.delivery.background(_ignored(doing))
        return _ok(acked=None, took=0.0, error=None)
    return _ok(**await doing)


async def _ignored(doing: "asyncio.Future[Json]") -> None:
    await asyncio.wait({doing})
    if not doing.cancelled():
        doing.exception()  # nobody waits for it


async def get_clock(request: web.Request) -> web.Response:
    """The simulator's time."""
    clock = request.app[SIM].clock
    return _ok(now=clock.now(), advanced=clock.advanced)


async def post_clock(request: web.Request) -> web.Response:
    """Lets time pass."""
    sim = request.app[SIM]
    sim.clock.advance(_Advance.model_validate(await _body(request)).advance)
    sim.changes.tell("clock")
    return await get_clock(request)


async def post_faults(request: web.Request) -> web.Response:
    """Breaks something."""
    sim = request.app[SIM]
    body = await _body(request)
    if "socket" in body:
        await _break_socket(sim, _SocketFault.model_validate(body).socket)
    elif "respond" in body:
        wanted = _RespondFault.model_validate(body)
        sim.faults.add(Fault(method=RESPOND, kind=wanted.respond, times=wanted.times))
    else:
        sim.faults.add(Fault.model_validate(body))
    return await get_faults(request)


async def _break_socket(sim: Simulator, what: str) -> None:
    if what == "refresh":
        await sim.sockets.refresh()
        return
    {"drop": sim.sockets.drop, "freeze": sim.sockets.freeze, "thaw": sim.sockets.thaw, "mute": sim.sockets.mute}[what]()


async def get_faults(request: web.Request) -> web.Response:
    """What is broken."""
    sim = request.app[SIM]
    return _ok(faults=sim.faults.listed(), socket=sim.sockets.fault)


async def delete_faults(request: web.Request) -> web.Response:
    """Mends everything."""
    sim = request.app[SIM]
    sim.faults.clear()
    sim.sockets.thaw()
    return await get_faults(request)


async def get_traffic(request: web.Request) -> web.Response:
    """The log."""
    return web.json_response(request.app[SIM].traffic.since(int(_number(request, "since", default=0))))


async def get_delivery(request: web.Request) -> web.Response:
    """Which way things go to the app."""
    sim = request.app[SIM]
    push = sim.delivery.push
    return _ok(mode=sim.delivery.mode, url=push.url if push is not None else None, connections=sim.sockets.count)


async def post_delivery(request: web.Request) -> web.Response:
    """Another way."""
    sim = request.app[SIM]
    body = await _body(request)
    if body.get("mode") != "http":
        _BySocket.model_validate(body)
        await sim.delivery.use(None)
        return await get_delivery(request)
    wanted = _ByHttp.model_validate(body)
    push = Push(wanted.url, signing_secret=wanted.signing_secret or sim.signing_secret)
    if wanted.verify:
        try:
            await push.verify()
        except Impossible:
            await push.close()
            raise
    await sim.delivery.use(push)
    return await get_delivery(request)


async def post_workspace(request: web.Request) -> web.Response:
    """Another workspace."""
    await request.app[SIM].load(WorkspaceSpec.model_validate_json(json.dumps(await _body(request))))
    return _ok()


async def post_reset(request: web.Request) -> web.Response:
    """As it was at the start."""
    await request.app[SIM].reset()
    return _ok()


async def post_patience(request: web.Request) -> web.Response:
    """More time for acks than Slack gives."""
    request.app[SIM].be_patient(_Patience.model_validate(await _body(request)).factor)
    return _ok()


async def get_environment(request: web.Request) -> web.Response:
    """What an app needs to know."""
    return web.json_response(request.app[SIM].environment())


ROUTES = (
    web.get("/control/state", get_state),
    web.get("/control/changes", get_changes),
    web.get("/control/wait", get_wait),
    web.post("/control/do", post_do),
    web.get("/control/clock", get_clock),
    web.post("/control/clock", post_clock),
    web.get("/control/faults", get_faults),
    web.post("/control/faults", post_faults),
    web.delete("/control/faults", delete_faults),
    web.get("/control/traffic", get_traffic),
    web.get("/control/delivery", get_delivery),
    web.post("/control/delivery", post_delivery),
    web.post("/control/workspace", post_workspace),
    web.post("/control/reset", post_reset),
    web.post("/control/patience", post_patience),
    web.get("/control/environment", get_environment),
)
