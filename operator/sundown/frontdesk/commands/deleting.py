"""Answers delete: has it confirmed, for one typed line must not be enough to lose everything."""

from __future__ import annotations

from sundown.frontdesk.commands.parsing import Asked
from sundown.frontdesk.commands.reply import Bold, Code, Place, Reply
from sundown.frontdesk.context import Desk
from sundown.frontdesk.people.people import Person


async def delete(desk: Desk, person: Person, asked: Asked, place: Place) -> Reply:
    """Open the window that asks for the name."""
    name = asked.env.namespace
    if not place.trigger_id:
        command = f"{desk.settings.slack_command} delete {name}"
        return Reply(
            title=("Deleting has to be confirmed in a window, and a mention cannot open one: type ", Code(command))
        )
    await desk.deletions.begin(person, name, trigger=place.trigger_id)
    return Reply(title=("To delete ", Bold(name), ", type its name into the window that has opened."))
