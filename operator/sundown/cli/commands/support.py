"""``sundown support start|extend|stop|list``: pods for management work, for a while."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

import click

from sundown import wording
from sundown.cli.shared.cluster_access import connected, whoami
from sundown.cli.shared.cluster_options import cluster_options
from sundown.cli.shared.cluster_options import span as span_type
from sundown.cli.shared.output import as_json, examples, note, say, table
from sundown.cluster.client import Cluster
from sundown.errors import SundownError
from sundown.model.scalars import format_instant
from sundown.model.support_pod import Wanted, ends_at, safe_name
from sundown.schedule.clock import SystemClock
from sundown.usecases.doors import COMMAND_LINE
from sundown.usecases.find import settings
from sundown.usecases.support import Place, is_owner

PLACE = "sundown-support"
_PATIENCE = timedelta(seconds=3)
"""So long the operator has for its first word: it knows the sizes, and this command does not."""
_COLOURS = {"running": "green", "pending": "yellow", "failed": "red", "ending": "blue"}

T = TypeVar("T")
Command = TypeVar("Command", bound=Callable[..., Any])


class NotYours(SundownError):
    """Somebody else has started it, and nobody has said that it does not matter."""

    reason = "NotYours"


class NoName(SundownError):
    """What was given is no name of a pod."""

    reason = "NoName"


def _options(command: Command) -> Command:
    """What every one of these commands takes."""
    namespace = click.option(
        "-n",
        "--namespace",
        default=lambda: settings().support_namespace or PLACE,
        metavar="NAME",
        help=f"The namespace of support pods.  [default: $SUNDOWN_SUPPORT_NAMESPACE, or {PLACE}]",
    )
    return cluster_options(namespace(command))


def _changing(command: Command) -> Command:
    """What those take besides that change something."""
    output = click.option(
        "-o", "--output", type=click.Choice(["text", "json"]), default="text", help="How to print it."
    )
    dry = click.option("--dry-run", is_flag=True, help="Say what would be done, and whether you may; change nothing.")
    return _options(dry(output(command)))


@click.group("support", epilog=examples("sundown support start tools L", "sundown support list"))
def support() -> None:
    """Start, extend, stop and list support pods: pods for management work, for a while.

    They live in a namespace of their own; the operator runs them, and stops each at the end of its time.
    """


@support.command("start", epilog=examples("sundown support start tools", "sundown support start tools L --for 2h"))
@click.argument("name")
@click.argument("size", required=False)
@click.option(
    "--for", "life", type=span_type, metavar="SPAN", help="How long it lives, 7d at most.  [default: 8h, a setting]"
)
@_changing
def start(
    *, name: str, size: str | None, life: timedelta | None, namespace: str, dry_run: bool, output: str, **access: Any
) -> None:
    """Start a support pod called NAME, of SIZE (such as XS, S, M, L, XL), and say how to work in it."""
    safe = _safe(name)

    async def work(place: Place, me: str) -> Wanted:
        size_ = size.upper() if size is not None else None
        one = await place.start(safe, owner=me, size=size_, life=life, dry_run=dry_run)
        return one if dry_run else await place.looked_at(one, within=_PATIENCE)

    place, one = _at(namespace, work, **access)
    if output == "json":
        as_json(_plain(one))
        return
    if safe != name:
        note(f'no pod can be called "{name}", so its name is {safe}')
    if dry_run:
        say(f"{one.name}: would be started")
        return
    if one.status.state is None:
        note(f"{one.name}: {wording.NOT_YET}")
    say(f"{one.name}: is starting, and lives {_until(one)}")
    say(f"  {place.exec_line(one.name)}")


@support.command("extend", epilog=examples("sundown support extend tools 4h"))
@click.argument("name")
@click.argument("span", type=span_type)
@_changing
def extend(*, name: str, span: timedelta, namespace: str, dry_run: bool, output: str, **access: Any) -> None:
    """Have the support pod NAME live for SPAN from now, if it would not live for longer anyway."""

    async def work(place: Place, me: str) -> Wanted:
        now, usual = SystemClock().now(), settings().support_life
        return await place.extend(_safe(name), span=span, now=now, usual=usual, permit=_anybody, dry_run=dry_run)

    _, one = _at(namespace, work, **access)
    if output == "json":
        as_json(_plain(one))
        return
    say(f"{one.name}: {'would live' if dry_run else 'lives'} {_until(one)}")


@support.command("stop", epilog=examples("sundown support stop tools"))
@click.argument("name")
@click.option("--force", is_flag=True, help="Also one that somebody else has started.")
@_changing
def stop(*, name: str, force: bool, namespace: str, dry_run: bool, output: str, **access: Any) -> None:
    """Stop the support pod NAME; what is in it is lost."""

    async def work(place: Place, me: str) -> Wanted:
        async def permit(one: Wanted) -> None:
            if not force and one.owner and not is_owner(one, me):
                raise NotYours(f'support pod "{one.name}" was started by {one.owner}: ask them, or use --force')

        return await place.stop(_safe(name), permit=permit, dry_run=dry_run)

    _, one = _at(namespace, work, **access)
    if output == "json":
        as_json(_plain(one))
        return
    say(f"{one.name}: {'would be stopped' if dry_run else 'is stopped'}")


@support.command("list", epilog=examples("sundown support list", "sundown support list -o json | jq -r '.[].name'"))
@click.option("-o", "--output", type=click.Choice(["table", "json"]), default="table", help="How to print it.")
@_options
def list_all(*, namespace: str, output: str, **access: Any) -> None:
    """List all support pods: state, size, until when they live, and who has started them."""

    async def work(place: Place, me: str) -> list[Wanted]:
        return await place.all()

    _, found = _at(namespace, work, **access)
    if output == "json":
        as_json([_plain(one) for one in found])
        return
    if not found:
        say("no support pods")
        return
    rows = [
        (one.name, _state(one), one.status.size, one.status.memory, _until(one).removeprefix("until "), one.owner)
        for one in found
    ]
    whys = [one.status.message for one in found]
    table(
        ["NAME", "STATE", "SIZE", "MEMORY", "ENDS", "OWNER", "WHY"],
        [(*row, why) for row, why in zip(rows, whys, strict=True)],
        colours=_COLOURS,
    )


def _at(namespace: str, work: Callable[[Place, str], Awaitable[T]], **access: Any) -> tuple[Place, T]:
    """Do it in that namespace, as the person of the kubeconfig."""

    async def run(cluster: Cluster) -> tuple[Place, T]:
        place = Place(cluster, namespace, COMMAND_LINE)
        return place, await work(place, await whoami(cluster))

    return connected(run, **access)


async def _anybody(_: Wanted) -> None:
    """The cluster's own rights say who may."""


def _safe(name: str) -> str:
    safe = safe_name(name)
    if not safe:
        raise NoName(f'"{name}" is no name: one has a letter or a digit at least')
    return safe


def _state(one: Wanted) -> str:
    return (one.status.state or "Pending").lower()


def _until(one: Wanted) -> str:
    end = one.status.ends_at if one.status.observed_generation == one.metadata.generation else None
    end = end or ends_at(one, usual=settings().support_life)
    return f"until {wording.moment(end, now=SystemClock().now())}" if end is not None else "for its usual time"


def _plain(one: Wanted) -> dict[str, Any]:
    """One for machines; what is not known is null."""
    said, end = one.status, ends_at(one, usual=settings().support_life)
    return {
        "name": one.name,
        "namespace": one.metadata.namespace,
        "owner": one.owner or None,
        "state": said.state,
        "size": said.size or (one.spec.size if one.spec is not None else None),
        "memory": said.memory or None,
        "endsAt": format_instant(end) if end is not None else None,
        "message": said.message or None,
    }
