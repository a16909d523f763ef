"""Answers pods: what runs in an env, pod by pod, what is not well first."""

from __future__ import annotations

from collections.abc import Sequence

from sundown import wording
from sundown.cluster.pod_table import PodTable, pods_of
from sundown.frontdesk.commands.looking import buttons
from sundown.frontdesk.commands.own_env import env_of
from sundown.frontdesk.commands.parsing import Asked
from sundown.frontdesk.commands.reply import Bold, Code, Line, Place, Reply
from sundown.frontdesk.context import Desk
from sundown.frontdesk.people.people import Person
from sundown.model.pods import PodLine
from sundown.usecases.find import Found

_COLUMNS = ("NAME", "READY", "STATUS", "RESTARTS", "AGE", "NODE")


async def pods(desk: Desk, person: Person, asked: Asked, place: Place) -> Reply:
    """The pods of a namespace, as kubectl shows them."""
    namespace = asked.env.namespace
    found = await env_of(desk, namespace)
    return told(await pods_of(desk.cluster, namespace), found, program=desk.settings.slack_command)


def told(table: PodTable, found: Found, *, program: str) -> Reply:
    """What there is to say of these pods."""
    namespace = found.namespace
    if not table.lines:
        state = wording.state(found.known.status)
        return Reply(title=("There is no pod in ", Bold(namespace), f"; it is {state}."), buttons=buttons(found))
    ailing = [one for one in table.lines if not one.is_well]
    shown = [*ailing, *(one for one in table.lines if one.is_well)]
    count = len(shown) + table.left_out
    title: Line = (
        Bold("1 pod" if count == 1 else f"{count} pods"),
        " in ",
        Bold(namespace),
        f", {len(ailing)} not well" if ailing else ", all well" if not table.left_out else "",
    )
    lines: list[Line] = [("What one of them says: ", Code(f"{program} logs {shown[0].name} {namespace}"))]
    if table.left_out:
        lines.append((f"Of these the first {len(shown)} by their names are shown.",))
    return Reply(title=title, lines=tuple(lines), block=columns(shown))


def columns(shown: Sequence[PodLine]) -> str:
    """A table with a head, each column as wide as it has to be."""
    rows = [_COLUMNS, *((one.name, one.ready, one.status, one.restarts, one.age, one.node) for one in shown)]
    widths = [max(len(row[index]) for row in rows) for index in range(len(_COLUMNS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
