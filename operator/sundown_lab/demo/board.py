"""The live table: what every env does, with countdowns; and below it what Sundown said last."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sundown import wording
from sundown.model.resources import CloudStatus
from sundown_lab.demo.view import EnvView, Said, View
from sundown_lab.workloads import Count, Key

COLOURS = {
    "Awake": "green",
    "FallingAsleep": "yellow",
    "Asleep": "blue",
    "Waking": "yellow",
    "Paused": "magenta",
}
SOON = timedelta(minutes=2)
KEY = "pods ready/wanted; web 0 (3): asleep, and 3 are remembered; EC2 and RDS as AWS says"
MOST_EVENTS, FEWEST_EVENTS = 10, 3
CLOUD_KINDS = {"EC2Instance": "EC2", "RDSInstance": "RDS", "AuroraCluster": "Aurora"}
CLOUD_COLOURS = {"running": "green", "stopped": "blue"}
# Below this width the column WHY is left out: `kubectl sundown why` has it too.
WIDE = 120
WIDEST_STATE = len("● falling asleep")
# The other columns and the spaces between them, at their widest.
BESIDE_PODS = 76


def board(view: View, *, now: datetime, size: tuple[int, int], troubles: Sequence[str] = ()) -> RenderableType:
    """The view as people see it at the aware instant `now`, on a terminal of so many columns and lines."""
    width, height = size
    columns = ["ENV", "LOCAL TIME", "STATE", "PODS", "NEXT", *(["WHY"] if width >= WIDE else [])]
    room = 30 if width >= WIDE else max(14, width - BESIDE_PODS)
    table = Table(
        box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", caption=KEY, caption_justify="left"
    )
    for column in columns:
        table.add_column(column, no_wrap=column != "WHY", min_width=WIDEST_STATE if column == "STATE" else None)
    taken = len(columns)
    for env in view.envs:
        cells = (_name(env), _local(env, now=now), _state(env, now=now), _pods(env, room=room), _next(env, now=now))
        table.add_row(*cells, *([_why(env)] if width >= WIDE else []))
        taken += max(len(cell.plain.splitlines()) for cell in cells)
    events = view.events[-min(MOST_EVENTS, max(FEWEST_EVENTS, height - taken - len(troubles))) :]
    warnings = [Text(trouble, style="bold red") for trouble in troubles]
    return Group(*warnings, table, Text(), Text("LATEST EVENTS", style="dim"), *map(_event, events))


def _name(env: EnvView) -> Text:
    return Text.assemble((env.name, "bold"), "\n", (env.namespace.owner or "nobody's", "dim"))


def _local(env: EnvView, *, now: datetime) -> Text:
    lines = [Text.assemble(f"{now.astimezone(ZoneInfo(zone)):%a %H:%M:%S}", "\n", (zone, "dim")) for zone in env.zones]
    return Text("\n").join(lines) if lines else Text("-", style="dim")


def _state(env: EnvView, *, now: datetime) -> Text:
    status = env.status
    if env.schedule is None:
        return Text("no schedule", style="dim")
    colour = "red" if wording.troubles(status) else COLOURS.get(status.state or "", "dim")
    since = f"for {wording.span(now - status.since)}" if status.since is not None else ""
    return Text.assemble((f"● {wording.state(status)}", colour), "\n", (f"  {since}", "dim"))


def _pods(env: EnvView, *, room: int) -> Text:
    ready, wanted = env.pods
    total = Text.assemble((f"{ready}/{wanted}", "bold"))
    workloads = _filled((total, *map(compact, env.workloads, env.workloads.values())), room=room)
    return Text("\n").join([*workloads, *_filled(map(compact_cloud, env.status.cloud), room=room)])


def _filled(pieces: Iterable[Text], *, room: int) -> list[Text]:
    """The pieces on lines of at most `room` columns, none broken: a count belongs to its name."""
    lines: list[Text] = []
    for piece in pieces:
        if lines and lines[-1].cell_len + 2 + piece.cell_len <= room:
            lines[-1].append("  ").append_text(piece)
        else:
            lines.append(piece)
    return lines


def compact(key: Key, count: Count) -> Text:
    """A workload in as few characters as can be: ``web 3/3``, ``web 0 (3)``, ``web 1→0 (3)``."""
    if count.replicas > 0:
        shown, colour = f"{count.ready}/{count.replicas}", "green" if count.runs else "yellow"
    else:
        shown, colour = (f"{count.pods}→0", "yellow") if count.pods else ("0", "blue")
        shown += f" ({count.record})" if count.record is not None else ""
    return Text.assemble(f"{key.name} ", (shown, colour))


def compact_cloud(part: CloudStatus) -> Text:
    """Something in AWS likewise: ``EC2 worker running``, ``RDS dev1-db starting``."""
    shown = part.phase or part.state
    return Text.assemble(f"{CLOUD_KINDS[part.kind]} {part.name or part.id} ", (shown, _cloud_colour(part)))


def _cloud_colour(part: CloudStatus) -> str:
    return "dim" if part.refused is not None else CLOUD_COLOURS.get(part.state, "yellow")


def _next(env: EnvView, *, now: datetime) -> Text:
    coming = env.status.next_transition
    if coming is None:
        return Text("-", style="dim")
    zone = ZoneInfo(env.zones[0]) if env.zones else None
    at = wording.clock_time(coming.at, now=now, zone=zone)
    style = "bold yellow" if coming.at - now < SOON else "dim"
    return Text.assemble(f"{wording.STATES[coming.to]} at {at}", "\n", (wording.distance(coming.at, now=now), style))


def _why(env: EnvView) -> Text:
    return Text(wording.why(env.status) if env.schedule is not None else "", style="dim")


def _event(event: Said) -> Text:
    line = Text(no_wrap=True, overflow="ellipsis")
    line.append(f"{event.at.astimezone():%H:%M:%S}  ", style="dim").append(f"{event.namespace:<14}  ")
    return line.append(f"{event.reason}: {event.note}", style="red" if event.warning else "")
