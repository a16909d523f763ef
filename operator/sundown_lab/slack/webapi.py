"""The door of the Web API: reads a call whichever way it is encoded, checks the token, meets the faults, keeps the log."""

import asyncio
import json
import time
from typing import Any

from aiohttp import web

from sundown_lab.slack import traffic
from sundown_lab.slack.errors import Refused
from sundown_lab.slack.faults import Fault
from sundown_lab.slack.methods.rows import Args, Method, required
from sundown_lab.slack.methods.table import METHODS
from sundown_lab.slack.records import Json
from sundown_lab.slack.simulator import Simulator

SIM = web.AppKey("SIM", Simulator)


async def call(request: web.Request) -> web.StreamResponse:
    """One call of one method."""
    sim = request.app[SIM]
    name = request.match_info["method"]
    began = time.monotonic()
    values, problem = await _read(request)
    shown = {key: value for key, value in values.items() if key != "token"}
    entry = traffic.Call(sim.traffic.number(), sim.clock.now(), name, _decoded(shown))
    sim.traffic.add(entry)
    fault = sim.faults.take(name)
    answer: Json = {}
    if fault is None or fault.carried_out:
        answer = _carry_out(sim, name, request, values, problem)
    response = faulty(fault) if fault is not None else web.json_response(answer)
    if fault is not None:
        answer = {"ok": False, "error": fault.error if fault.kind == "error" else f"fault: {fault.kind}"}
    entry.ok, entry.error = bool(answer["ok"]), answer.get("error")
    if response is None:
        sim.traffic.changed()
        return await silent(request)
    entry.status, entry.took = response.status, round(time.monotonic() - began, 6)
    sim.traffic.changed()
    return response


async def silent(request: web.Request) -> web.Response:
    """Says nothing until the app hangs up."""
    while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110 - aiohttp has no event for it
        await asyncio.sleep(0.2)
    return web.Response()


def faulty(fault: Fault) -> web.Response | None:
    """What a call that meets a fault is answered with; None: with nothing, ever."""
    if fault.kind == "silence":
        return None
    if fault.kind == "429":
        headers = {"Retry-After": str(fault.retry_after)}
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
    if fault.kind == "error":
        return web.json_response({"ok": False, "error": fault.error})
    return web.Response(
        status=int(fault.kind), text="<html><body>Something went wrong</body></html>", content_type="text/html"
    )


def _carry_out(sim: Simulator, name: str, request: web.Request, values: Json, problem: str) -> Json:
    try:
        return {"ok": True, **_answer(sim, name, request, values, problem)}
    except Refused as refused:
        return refused.answer()


def _answer(sim: Simulator, name: str, request: web.Request, values: Json, problem: str) -> Json:
    method = METHODS.get(name)
    if method is None:
        raise Refused("unknown_method", extra={"req_method": name})
    _authorise(sim, method, _token(request, values))
    if problem:
        raise Refused(problem)
    args = Args(values if method.json or not _is_json(request) else dict(request.query))
    required(args, method.required)
    return method.answer(sim, args)


def _token(request: web.Request, values: Json) -> str:
    header = request.headers.get("Authorization", "")
    kind, _, token = header.partition(" ")
    if kind.lower() == "bearer":
        return token.strip()
    return "" if _is_json(request) else str(values.get("token", ""))  # in a JSON body Slack does not look for it


def _authorise(sim: Simulator, method: Method, token: str) -> None:
    if method.name == "api.test":
        return
    if not token:
        raise Refused("not_authed")
    if token not in {sim.bot_token, sim.app_token}:
        raise Refused("invalid_auth")
    if token != (sim.app_token if method.token == "app" else sim.bot_token):  # noqa: S105 - the kind of one
        raise Refused("not_allowed_token_type")


def _is_json(request: web.Request) -> bool:
    return request.content_type == "application/json"


async def _read(request: web.Request) -> tuple[Json, str]:
    """The arguments of the query and the body, and the name of what is wrong with them, if anything is."""
    values: Json = dict(request.query)
    body: object = {}
    problem = ""
    try:
        if not request.can_read_body:
            pass
        elif _is_json(request):
            body = json.loads(await request.read())
        elif request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
            body = {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
        else:
            problem = "invalid_post_type"
    except ValueError:
        problem = "invalid_json" if _is_json(request) else "invalid_form_data"
    if not isinstance(body, dict):
        return values, "json_not_object"
    return {**values, **body}, problem


def _decoded(values: Json) -> Json:
    """The arguments as the log shows them: JSON that came in a form is taken apart."""

    def taken_apart(value: Any) -> Any:
        if isinstance(value, str) and value[:1] in {"{", "["}:
            try:
                return json.loads(value)
            except ValueError:
                return value
        return value

    return {key: taken_apart(value) for key, value in values.items()}


async def upload(request: web.Request) -> web.Response:
    """The app sends a file to where files.getUploadURLExternal told it to."""
    sim = request.app[SIM]
    file = sim.team.files.get(request.match_info["file"])
    if file is None or file.content is not None:
        return web.Response(status=404, text="no such upload")
    if request.content_type == "multipart/form-data":
        parts = [part for part in (await request.post()).values() if isinstance(part, web.FileField)]
        content = parts[0].file.read() if parts else b""
    else:
        content = await request.read()
    if len(content) != file.length:
        return web.Response(status=400, text=f"{file.length} bytes were announced, {len(content)} came")
    file.content = content
    return web.Response(text=f"OK - {len(content)}")


async def download(request: web.Request) -> web.Response:
    """A file as the page shows it."""
    file = request.app[SIM].team.files.get(request.match_info["file"])
    if file is None or file.content is None:
        return web.Response(status=404, text="no such file")
    headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=file.content, content_type="application/octet-stream", headers=headers)
