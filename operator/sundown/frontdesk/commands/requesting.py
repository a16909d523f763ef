"""Answers what has to be confirmed, such as delete: one typed line must not be enough to lose everything."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sundown.frontdesk.commands.parsing import Asked
from sundown.frontdesk.commands.reply import Bold, Code, Place, Reply
from sundown.frontdesk.context import Desk
from sundown.frontdesk.people.people import Person
from sundown.frontdesk.requests.table import REQUESTS
from sundown.frontdesk.requests.writing import Where


def request(action: str) -> Callable[[Desk, Person, Asked, Place], Awaitable[Reply]]:
    """The handler that proposes one of the requests: in a message to be confirmed, or in a window where its name has to be typed."""

    async def handle(desk: Desk, person: Person, asked: Asked, place: Place) -> Reply:
        kind, name = REQUESTS[action], asked.env.namespace
        if kind.typed and not place.trigger_id:
            command = f"{desk.settings.slack_command} {kind.verb} {name}"
            return Reply(
                title=("That has to be confirmed in a window, and a mention cannot open one: type ", Code(command))
            )
        where = Where(place.channel, place.user)
        await desk.requests.begin(
            person, kind, name, trigger=place.trigger_id, where=where, parameters=asked.parameters
        )
        if not kind.typed:
            return Reply(
                title=(f"To {kind.verb} it, confirm what is proposed in the message below, within five minutes.",)
            )
        return Reply(title=(f"To {kind.verb} ", Bold(name), ", type its name into the window that has opened."))

    return handle
