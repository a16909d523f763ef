"""response_urls, and the same content in an ack: answers to a command or a click.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

import json
import time

from aiohttp import web

from sundown_lab.slack import posting, render, traffic
from sundown_lab.slack.errors import Refused
from sundown_lab.slack.faults import RESPOND
from sundown_lab.slack.records import Json, Message
from sundown_lab.slack.simulator import Simulator
from sundown_lab.slack.tickets import Reply
from sundown_lab.slack.webapi import SIM, faulty, silent

STATUS = {"invalid_url": 404, "expired_url": 404, "used_url": 404}


async def respond(request: web.Request) -> web.StreamResponse:
    """The app uses a response_url: no token, JSON in the body, "ok" back."""
    sim = request.app[SIM]
    began = time.monotonic()
    try:
        body = json.loads(await request.read())
    except ValueError:
        body = None
    entry = traffic.Call(sim.traffic.number(), sim.clock.now(), RESPOND, body if isinstance(body, dict) else {})
    sim.traffic.add(entry)
    fault = sim.faults.take(RESPOND)
    error = "" if fault is None else fault.error
    response: web.Response | None = web.Response(text="ok")
    if fault is None or fault.carried_out:
        try:
            answer(sim, sim.tickets.answer(request.match_info["reply"]), body)
        except Refused as refused:
            error = refused.name
            response = web.json_response(refused.answer(), status=STATUS.get(error, 400))
    if fault is not None:
        response = faulty(fault)
    entry.ok, entry.error = not error, error or None
    if response is None:
        sim.traffic.changed()
        return await silent(request)
    entry.status, entry.took = response.status, round(time.monotonic() - began, 6)
    sim.traffic.changed()
    return response


def answer(sim: Simulator, reply: Reply, given: Json | None) -> None:
    """Posts, replaces or deletes, as the answer says.

    Raises:
        Refused: invalid_payload, no_text, message_not_found, and what blocks are refused with.
    """
    if not isinstance(given, dict):
        raise Refused("invalid_payload")
    channel = sim.team.channels[reply.channel]
    source = channel.messages.get(reply.ts) if reply.ts else None
    if given.get("delete_original"):
        if source is None:
            raise Refused("message_not_found")
        del channel.messages[source.ts]
        sim.team.touched(source)
        return
    if given.get("replace_original") and source is not None:
        _replace(sim, source, given)
        return
    said = posting.draft(sim.team, channel, {**given, "reply_broadcast": None}, ts=sim.team.next_ts())
    if given.get("response_type") != "in_channel":
        said.only_for = reply.user
    posting.answered(said, channel)
    sim.posted(said)


def _replace(sim: Simulator, source: Message, given: Json) -> None:
    before = render.message(sim.team, source, metadata=True)
    posting.rewrite(sim.team, source, {"text": "", **given}, most=posting.TEXT)
    if source.only_for is None:
        sim.edited(source, before)
    else:
        sim.team.touched(source)


def acked(sim: Simulator, reply: Reply | None, given: Json | None) -> str | None:
    """What came along with the ack of a command; the name of what is wrong with it, if anything is."""
    if not given or reply is None:
        return None
    try:
        answer(sim, reply, given)
    except Refused as refused:
        return refused.name
    return None
