"""Answers what has to be confirmed, such as delete: one typed line must not be enough to lose everything."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sundown.frontdesk.commands.parsing import Asked
from sundown.frontdesk.commands.reply import Bold, Code, Place, Reply
from sundown.frontdesk.context import Desk
from sundown.frontdesk.people.people import Person
from sundown.frontdesk.requests.table import REQUESTS


def request(action: str) -> Callable[[Desk, Person, Asked, Place], Awaitable[Reply]]:
    """The handler that opens the window of one of the requests."""

    async def handle(desk: Desk, person: Person, asked: Asked, place: Place) -> Reply:
        kind, name = REQUESTS[action], asked.env.namespace
        if not place.trigger_id:
            command = f"{desk.settings.slack_command} {kind.verb} {name}"
            return Reply(
                title=("That has to be confirmed in a window, and a mention cannot open one: type ", Code(command))
            )
        await desk.requests.begin(person, kind, name, trigger=place.trigger_id, parameters=asked.parameters)
        what = "type its name into" if kind.typed else "confirm it in"
        return Reply(title=(f"To {kind.verb} ", Bold(name), f", {what} the window that has opened."))

    return handle
