"""Answers audit: what people have asked for and done, in the envs that the person may see."""

from __future__ import annotations

from sundown import wording
from sundown.cluster import paths, reading
from sundown.frontdesk.commands.parsing import Asked
from sundown.frontdesk.commands.reply import Bold, Line, Place, Reply
from sundown.frontdesk.commands.zones import zone_of
from sundown.frontdesk.context import Desk
from sundown.frontdesk.people.people import Person
from sundown.usecases.audit import Deed, deeds

_SHOWN = 25


async def audit(desk: Desk, person: Person, asked: Asked, place: Place) -> Reply:
    """The newest first; of one env where one is named."""
    seen = await desk.sight.of(person, desk.board.envs)
    wanted = {found.namespace for found in seen if asked.env.namespace in {"", found.namespace}}
    # A namespace that is gone has left its requests; they are shown to whoever may see all envs.
    everything = len(seen) == len(desk.board.envs) and await desk.rights.may(person, "get", "")
    requests = await desk.cluster.list_as(paths.action_requests(desk.settings.namespace), reading.action_request)
    found = [
        deed
        for deed in deeds(requests, (env.known for env in seen))
        if deed.namespace in wanted or (everything and asked.env.namespace in {"", deed.namespace})
    ]
    if not found:
        return Reply(title=("Nothing was done by anybody, as far as you may see.",))
    now, zone = desk.clock.now(), zone_of(person)
    lines = [_line(deed, wording.moment(deed.at, now=now, zone=zone)) for deed in found[:_SHOWN]]
    more = len(found) - _SHOWN
    lines += [(f"and {more} more: sundown audit shows all",)] if more > 0 else []
    return Reply(title=(Bold("What people did"), ", the newest first"), lines=tuple(lines))


def _line(deed: Deed, when: str) -> Line:
    what = f" {deed.what} "
    target = f" ({deed.target})" if deed.target else ""
    approved = f", approved by {deed.approved_by}" if deed.approved_by else ""
    came = f": {deed.state.lower()}" if deed.state else ""
    return f"{when}: ", Bold(deed.who), what, Bold(deed.namespace), f"{target}{approved}{came}"
