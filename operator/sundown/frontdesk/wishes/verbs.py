"""The buttons of Sundown's messages and homes as a table: a row is all there is to one. Pure.

``docs/adding.md`` has the recipe. What a button does is a wish (see ``usecases.wish``), a command that only looks, or a
window of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sundown.frontdesk.envs.snapshot import Standing

Surface = Literal["reminder", "asleep", "home awake", "home asleep", "home paused", "support"]
"""Where buttons stand: a notice of a coming shutdown, the message of a sleeping env, a row of the home by the env's
state, the reminder that a support pod ends."""

SNOOZES = (timedelta(hours=1), timedelta(hours=3), timedelta(days=1), timedelta(days=3))
"""The spans that are offered, besides somebody's usual one (requirement C1)."""
EXTENSION = timedelta(hours=1)
HOME: frozenset[Surface] = frozenset({"home awake", "home asleep", "home paused"})


@dataclass(frozen=True, slots=True)
class Stale:
    """Why a click changes nothing: what has happened instead, by whom and when. Texts are not escaped yet."""

    text: str
    by: str | None = None
    at: datetime | None = None
    until: datetime | None = None


Late = Callable[[Standing, datetime | None], Stale | None]
"""Whether a click comes too late: where the env stands, and the shutdown that the button spoke of, if it did."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One button. ``do`` is what it carries; its action id is ``sundown.`` and that.

    ``label`` and ``told`` may have ``{span}`` in them, ``told`` also ``{env}`` and ``{by}``: it is Slack's mrkdwn and takes the
    place of a message that was clicked. ``wish`` is the verb of the wish; where it is None, ``command`` is what is answered, or
    ``request`` the action that a window asks to be confirmed. ``spans`` are offered one by one, behind the person's usual one
    where ``usual_first``. ``undone_by`` is the button that is offered then. ``deletes`` shows it only where the env may be deleted.
    """

    do: str
    label: str
    on: frozenset[Surface] = frozenset()
    wish: str | None = None
    command: str | None = None
    request: str | None = None
    late: Late = lambda _standing, _shutdown: None
    told: str = ""
    undone_by: str | None = None
    spans: tuple[timedelta, ...] = ()
    usual_first: bool = False
    style: Literal["primary", "danger"] | None = None
    deletes: bool = False

    @property
    def action_id(self) -> str:
        """As Slack knows it."""
        return f"sundown.{self.do}"

    def offered(self, usual: timedelta | None) -> tuple[timedelta, ...]:
        """Its spans for somebody with that usual one, none twice."""
        first = (usual,) if usual is not None and self.usual_first else ()
        return tuple(dict.fromkeys((*first, *self.spans)))


def _too_late_to_stop(standing: Standing, shutdown: datetime | None) -> Stale | None:
    return _asleep(standing) or _other_shutdown(standing, shutdown)


def _too_late_to_put_off(standing: Standing, shutdown: datetime | None) -> Stale | None:
    if shutdown is None:
        return None
    return _asleep(standing) or _other_shutdown(standing, shutdown)


def _asker(standing: Standing) -> str | None:
    """Who asked for what is in force, with the doubt that there is."""
    name = standing.asked.by if standing.asked is not None else None
    return f"{name} (unverified)" if standing.doubted else name


def _too_late_to_wake(standing: Standing, _: datetime | None) -> Stale | None:
    if standing.sleeps or standing.state == "Paused":
        return None
    word = "is waking already" if standing.state == "Waking" else "is awake already"
    asked = standing.asked
    if asked is not None and asked.state == "Awake":
        return Stale(f"{word}: {{by}} asked for it", by=_asker(standing), at=asked.at)
    return Stale(word, at=standing.since)


def _asleep(standing: Standing) -> Stale | None:
    if not standing.sleeps:
        return None
    word = "is asleep already" if standing.state == "Asleep" else "is falling asleep already"
    asked = standing.asked
    if asked is not None and asked.state == "Asleep":
        return Stale(f"{word}: {{by}} suspended it", by=_asker(standing), at=asked.at, until=standing.wakes_at)
    return Stale(word, at=standing.since, until=standing.wakes_at)


def _other_shutdown(standing: Standing, shutdown: datetime | None) -> Stale | None:
    if shutdown is None or shutdown == standing.shutdown_at:
        return None
    asked = standing.asked
    if asked is not None and asked.state == "Awake":
        text = "is not stopped then: {by} has put it off"
        return Stale(text, by=_asker(standing), at=asked.at, until=standing.shutdown_at)
    return Stale("is not stopped then: its schedule has changed", until=standing.shutdown_at)


VERBS: dict[str, Verb] = {
    verb.do: verb
    for verb in (
        Verb(
            "snooze",
            "Snooze {span}",
            frozenset({"reminder", "home awake"}),
            wish="snooze",
            late=_too_late_to_put_off,
            told=":alarm_clock: {env}: {by} snoozed it for {span}.",
            spans=SNOOZES,
            usual_first=True,
            style="primary",
        ),
        Verb(
            "resume",
            "Resume",
            frozenset({"asleep", "home asleep"}),
            wish="start",
            late=_too_late_to_wake,
            told=":sunrise: {env} is waking, {by} asked for it. It is said here when everything is ready.",
            style="primary",
        ),
        Verb(
            "extend",
            "Extend by {span}",
            frozenset({"home awake"}),
            wish="extend",
            late=_too_late_to_put_off,
            told=":alarm_clock: {env}: {by} prolonged it by {span}.",
            spans=(EXTENSION,),
        ),
        Verb(
            "suspend",
            "Suspend now",
            frozenset({"reminder", "home awake"}),
            wish="stop",
            late=_too_late_to_stop,
            told=":zzz: {env} is falling asleep: {by} suspended it.",
            undone_by="resume",
        ),
        Verb("status", "Status", command="status"),
        Verb("extend-support", "Extend", frozenset({"support"}), command="support extend", style="primary"),
        Verb("stop-support", "Stop now", frozenset({"support"}), command="support stop"),
        Verb("delete", "Delete…", HOME | {"reminder"}, request="Delete", style="danger", deletes=True),
    )
}


def shown(surface: Surface, *, may_be_deleted: bool = False) -> Iterable[Verb]:
    """The buttons of a place, in the order of the table."""
    return (verb for verb in VERBS.values() if surface in verb.on and (may_be_deleted or not verb.deletes))
