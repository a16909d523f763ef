"""Answers support start, extend, stop and list: pods for management work, each with the line that leads into it."""

from __future__ import annotations

from sundown import wording
from sundown.frontdesk.commands.command import Command
from sundown.frontdesk.commands.parsing import Asked, maybe_env, one_support_pod, support_pod_and_size
from sundown.frontdesk.commands.reply import Bold, Code, Line, Place, Reply
from sundown.frontdesk.commands.zones import zone_of
from sundown.frontdesk.context import Desk
from sundown.frontdesk.people.people import Person
from sundown.model.support_pod import Wanted, ends_at
from sundown.usecases.find import NotAllowed
from sundown.usecases.support import Permit, is_owner


async def start(desk: Desk, person: Person, asked: Asked, place: Place) -> Reply:
    """A new one, which is theirs."""
    sizes = desk.settings.support_sizes
    one = await desk.support.start(
        asked.name,
        owner=person.email,
        size=asked.size,
        sizes=tuple(sizes),
        at_most=desk.settings.support_per_person,
        in_all=desk.settings.support_most,
    )
    size = asked.size or desk.settings.support_size
    title: Line = (
        Bold(one.name),
        f" is starting, of size {size} ({sizes[size]}), and lives {_until(desk, person, one)}",
    )
    lines: list[Line] = []
    if asked.topic != one.name:
        lines.append((f'No pod can be called "{asked.topic}", so its name is ', Bold(one.name)))
    lines.append(("In a moment: ", Code(desk.support.exec_line(one.name))))
    lines.append((f"Asked for by {person.email}. You are reminded before it ends.",))
    return Reply(title=title, lines=tuple(lines), public=True)


async def extend(desk: Desk, person: Person, asked: Asked, place: Place) -> Reply:
    """One of theirs, or of somebody else's by right."""
    settings = desk.settings
    one = await desk.support.extend(
        asked.name,
        span=settings.support_life,
        now=desk.clock.now(),
        usual=settings.support_life,
        permit=by_right(desk, person, "patch"),
    )
    return Reply(title=(Bold(one.name), f" lives {_until(desk, person, one)}: {person.email} extended it"), public=True)


async def stop(desk: Desk, person: Person, asked: Asked, place: Place) -> Reply:
    """One of theirs, or of somebody else's by right."""
    one = await desk.support.stop(asked.name, permit=by_right(desk, person, "delete"))
    whose = "" if is_owner(one, *person.spellings) or not one.owner else f", which {one.owner} had started"
    return Reply(title=(Bold(one.name), f" is stopped by {person.email}{whose}"), public=True)


async def listing(desk: Desk, person: Person, asked: Asked, place: Place) -> Reply:
    """All of them, theirs first."""
    there = await desk.support.all()
    if not there:
        start_one = Code(f"{desk.settings.slack_command} support start tools")
        return Reply(title=("There is no support pod. To start one: ", start_one))
    mine = [one for one in there if is_owner(one, *person.spellings)]
    others = [one for one in there if one not in mine]
    lines: list[Line] = [_row(desk, person, one) for one in (*mine, *others)]
    if mine:
        lines.append(("To work in yours: ", Code(desk.support.exec_line(mine[0].name))))
    count = "1 support pod" if len(there) == 1 else f"{len(there)} support pods"
    yours = f", {len(mine)} of them yours" if mine else ""
    return Reply(title=(Bold(count), f"{yours}; {desk.settings.support_most} are the most"), lines=tuple(lines))


def by_right(desk: Desk, person: Person, verb: str) -> Permit:
    """Its owner may; for anybody else it takes this right on all of them."""

    async def permit(one: Wanted) -> None:
        if is_owner(one, *person.spellings):
            return
        try:
            await desk.rights.require(person, verb, "", on="supportpods")
        except NotAllowed as error:
            whose = f"{one.owner} has started" if one.owner else "nobody says to have started"
            raise NotAllowed(
                f'support pod "{one.name}" is one that {whose}: ask them, or whoever runs the cluster for the right to '
                f'"{verb}" supportpods.sundown.dev in "{desk.support.namespace}"'
            ) from error

    return permit


def _until(desk: Desk, person: Person, one: Wanted) -> str:
    now, end = desk.clock.now(), ends_at(one, usual=desk.settings.support_life)
    return f"until {wording.moment(end, now=now, zone=zone_of(person))}" if end is not None else "for its usual time"


def _row(desk: Desk, person: Person, one: Wanted) -> Line:
    said = one.status
    size = f", {said.size} ({said.memory})" if said.memory else ""
    why = f": {said.message}" if said.state in {"Pending", "Failed"} else ""
    owner = f", {one.owner}" if one.owner else ""
    state = (said.state or "Pending").lower()
    return Bold(one.name), f" {state}{size}, {_until(desk, person, one)}{owner}{why}"


ROWS = (
    Command(
        verb="support start",
        usage="support start <name> [<size>]",
        summary="Start a pod for management work, for a while.",
        details=(
            "Without a size it has the usual one. It is stopped by itself when its time is over; you are reminded before, "
            "and can extend it."
        ),
        examples=("support start tools", "support start tools L"),
        parse=support_pod_and_size,
        handle=start,
        right="create",
        on="supportpods",
    ),
    Command(
        verb="support extend",
        usage="support extend <name>",
        summary="Have a support pod live for its usual time from now.",
        details="One that was started by somebody else takes the right to patch supportpods.",
        examples=("support extend tools",),
        parse=one_support_pod,
        handle=extend,
        right="create",
        on="supportpods",
    ),
    Command(
        verb="support stop",
        usage="support stop <name>",
        summary="Stop a support pod.",
        details="One that was started by somebody else takes the right to delete supportpods.",
        examples=("support stop tools",),
        parse=one_support_pod,
        handle=stop,
        right="create",
        on="supportpods",
    ),
    Command(
        verb="support list",
        usage="support list",
        summary="All support pods, yours first.",
        details="Each with its size, until when it lives, and who has started it. support list @eu-west lists those of another cluster.",
        examples=("support list",),
        parse=maybe_env,
        handle=listing,
        right="list",
        on="supportpods",
        aliases=("support ls",),
    ),
)
"""The commands of support pods."""
