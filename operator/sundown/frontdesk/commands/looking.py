"""Answers status, list and why: what is known of envs, in words."""

from __future__ import annotations

from datetime import datetime, tzinfo

from sundown import wording
from sundown.frontdesk.commands.own_env import env_of
from sundown.frontdesk.commands.parsing import Asked
from sundown.frontdesk.commands.reply import Bold, Button, Code, Line, Link, Place, Reply
from sundown.frontdesk.commands.zones import zone_of
from sundown.frontdesk.context import Desk
from sundown.frontdesk.people.ownership import is_owner
from sundown.frontdesk.people.people import Person
from sundown.model.parts import Workload
from sundown.model.resources import CloudStatus, EnvScheduleStatus
from sundown.usecases.find import Found
from sundown.usecases.look import Picture, look_at, standing

_PARTS_SHOWN = 25
_HISTORY_SHOWN = 5


async def status(desk: Desk, person: Person, asked: Asked, place: Place) -> Reply:
    """One env part by part, or all of them."""
    if not asked.env.namespace:
        return await listing(desk, person, asked, place)
    picture = await _picture(desk, asked.env.namespace)
    zone, now, said = zone_of(person), picture.now, picture.status
    since = f" since {wording.moment(said.since, now=now, zone=zone)}" if said.since is not None else ""
    title: Line = (Bold(picture.found.namespace), f" is {wording.state(said)}{since}")
    lines: list[Line] = []
    space = picture.found.space
    if space is not None and space.url is not None:
        lines.append((Link(space.url, space.url),))
    coming = picture.decision.upcoming if picture.decision is not None else ()
    lines.append(("Next: ", wording.turn(coming[0], now=now, zone=zone) if coming else "nothing is scheduled"))
    lines += [(f"Not well: {one}",) for one in wording.not_well(said)]
    lines += [(f"Note: {note}",) for note in picture.notes]
    lines += _in_line(said, now=now)
    lines.append((f"{wording.parts(said.parts)}",))
    lines += _still_running(said)
    lines += _parts([_cloud_line(one) for one in said.cloud])
    lines += _parts([_line(one) for one in picture.workloads])
    lines += _cost(said)
    lines += [(f"Next wave: {picture.waiting}",)] if picture.waiting is not None else []
    return Reply(title=title, lines=tuple(lines), buttons=buttons(picture.found))


async def listing(desk: Desk, person: Person, asked: Asked, place: Place) -> Reply:
    """All envs that the person may see, theirs first."""
    seen = await desk.sight.of(person, desk.board.envs)
    if not seen:
        return Reply(title=("There is no environment that you may see.",))
    mine = [found for found in seen if is_owner(person, found)]
    others = [found for found in seen if found not in mine]
    now, zone = desk.clock.now(), zone_of(person)
    lines = tuple(_row(found, now=now, zone=zone) for found in (*mine, *others))
    count = "1 environment" if len(seen) == 1 else f"{len(seen)} environments"
    yours = f", {len(mine)} of them yours" if mine else ""
    return Reply(title=(Bold(count), yours), lines=lines)


async def why(desk: Desk, person: Person, asked: Asked, place: Place) -> Reply:
    """Why it is in this state, who did it, what comes next."""
    picture = await _picture(desk, asked.env.namespace)
    zone, now, said, decision = zone_of(person), picture.now, picture.status, picture.decision
    since = f" since {wording.moment(said.since, now=now, zone=zone)}" if said.since is not None else ""
    title: Line = (Bold(picture.found.namespace), f" is {wording.state(said)}{since}: {wording.why(said)}")
    lines: list[Line] = []
    if decision is not None and decision.state != "Paused":
        lines.append((f"Who: {picture.who}",))
        lines += [(f"Next: {wording.turn(turn, now=now, zone=zone)}",) for turn in decision.upcoming]
        lines += [] if decision.upcoming else [("Next: nothing is scheduled",)]
    lines.append((f"Owner: {said.owner or 'nobody (annotate the namespace with email or sundown.dev/owner)'}",))
    generated = ", from a ClusterEnvSchedule" if picture.found.known.generated else ""
    lines.append((f"Schedule: EnvSchedule {picture.found.known.metadata.name}{generated}",))
    lines += [(f"Not well: {one}",) for one in wording.not_well(said, said=wording.why(said))]
    lines += _in_line(said, now=now)
    lines += [(f"Hanging: {one}",) for one in picture.missing(late=True)[:_PARTS_SHOWN]]
    lines += [(f"Waiting for: {one}",) for one in picture.missing(late=False)[:_PARTS_SHOWN]]
    lines += [(f"Next wave: {picture.waiting}",)] if picture.waiting is not None else []
    lines += _still_running(said)
    worth = [one for one in said.cloud if (one.note or one.refused) and one not in picture.moving]
    lines += [(f"In AWS: {wording.cloud_title(one)}: {wording.cloud_part(one)}",) for one in worth[:_PARTS_SHOWN]]
    lines += _cost(said)
    lines += [(f"Note: {note}",) for note in picture.notes]
    for entry in said.history[:_HISTORY_SHOWN]:
        by = f" by {entry.by}" if entry.by else ""
        lines.append((f"{wording.moment(entry.at, now=now, zone=zone)}: {wording.STATES[entry.to]}{by}, {entry.why}",))
    return Reply(title=title, lines=tuple(lines), buttons=buttons(picture.found))


async def _picture(desk: Desk, namespace: str) -> Picture:
    return await look_at(desk.cluster, await env_of(desk, namespace), now=desk.clock.now())


def _parts(told: list[Line]) -> list[Line]:
    more = len(told) - _PARTS_SHOWN
    return [*told[:_PARTS_SHOWN], (f"and {more} more",)] if more > 0 else told


def _cloud_line(one: CloudStatus) -> Line:
    return Code(wording.cloud_title(one)), f" {wording.cloud_part(one)}"


def _line(one: Workload) -> Line:
    return Code(one.title), f" {_ready(one)}"


def _in_line(said: EnvScheduleStatus, *, now: datetime) -> list[Line]:
    place = said.wake_queue
    return [(f"In line: {wording.wake_queue(place, now=now)}",)] if place is not None else []


def _still_running(said: EnvScheduleStatus) -> list[Line]:
    left = said.still_running
    return [(f"Still running: {wording.still_running(left)}",)] if left is not None else []


def _cost(said: EnvScheduleStatus) -> list[Line]:
    return [(f"Costs in AWS, awake: {wording.cost(said.cost)}",)] if said.cost is not None else []


def _ready(workload: Workload) -> str:
    if workload.at_zero:
        return f"asleep, wakes to {workload.previous}" if workload.previous is not None else "at 0"
    return standing(workload)


def _row(found: Found, *, now: datetime, zone: tzinfo) -> Line:
    said = found.known.status
    coming = said.next_transition
    then = (
        f", {wording.STATES[coming.to]} {wording.moment(coming.at, now=now, zone=zone)}" if coming is not None else ""
    )
    owner = f", {said.owner}" if said.owner else ""
    aws = f", in AWS {wording.cloud(said.cloud)}" if said.cloud else ""
    line = f" ({wording.wake_queue(said.wake_queue, now=now)})" if said.wake_queue is not None else ""
    return Bold(found.namespace), f" {wording.state(said)}{line}{then}{aws}{owner}"


def buttons(found: Found) -> tuple[Button, ...]:
    """What undoes the present state; none where a wish would be refused."""
    state = found.known.status.state
    sleeps = state in {"Asleep", "FallingAsleep"}
    if state in {None, "Paused"} or (found.trouble is not None and not (sleeps and found.wakes_all_the_same)):
        return ()
    return (Button("resume" if sleeps else "suspend", found.namespace),)
