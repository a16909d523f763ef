"""What a click on a button of ours means, and whether it still means anything. Pure.

A message can be older than what it speaks of. Then the one who clicked is told who has done what meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError

from sundown.errors import SundownError
from sundown.frontdesk.standing import Standing
from sundown.model.base import mistakes_of
from sundown.model.resources import Lenient
from sundown.model.scalars import Duration, Instant

Does = Literal["snooze", "suspend", "resume", "extend", "status"]

VERBS: dict[Does, str] = {"snooze": "snooze", "suspend": "stop", "resume": "start", "extend": "extend"}
"""The wish behind each button; a status is none."""


class Unreadable(SundownError):
    """A button that says nothing that could be understood."""

    reason = "UnreadableButton"


class Carried(Lenient):
    """What a button carries (see ``slack.blocks.value``)."""

    namespace: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"), Field(alias="ns")]
    cluster: Annotated[str, StringConstraints(min_length=1, max_length=63)]
    do: Does
    span: Duration = timedelta()
    shutdown: Annotated[Instant | None, Field(alias="for")] = None


@dataclass(frozen=True, slots=True)
class Stale:
    """Why a click changes nothing: what has happened instead, by whom and when. Texts are not escaped yet."""

    text: str
    by: str | None = None
    at: datetime | None = None
    until: datetime | None = None


def read(value: object, *, do: Does) -> Carried:
    """What a button carries, with ``do`` as its action_id says.

    Raises:
        Unreadable: it is none of ours, or was tampered with.
    """
    if not isinstance(value, str) or len(value) > 2000:
        raise Unreadable("this button cannot be read: it carries nothing that Sundown has written")
    try:
        carried = Carried.model_validate_json(value)
    except ValidationError as error:
        mistake = str(mistakes_of(error)[0])[:200]
        raise Unreadable(f"this button cannot be read ({mistake}); use the command instead") from None
    if carried.do != do:
        raise Unreadable("this button cannot be read: it carries something else than it says")
    return carried


def stale(carried: Carried, standing: Standing) -> Stale | None:
    """Why the click comes too late, None where it does not."""
    return _LATE[carried.do](carried, standing)


def _too_late_to_stop(carried: Carried, standing: Standing) -> Stale | None:
    return _asleep(standing) or _other_shutdown(carried, standing)


def _too_late_to_put_off(carried: Carried, standing: Standing) -> Stale | None:
    if carried.shutdown is None:
        return None
    return _asleep(standing) or _other_shutdown(carried, standing)


def _too_late_to_wake(_: Carried, standing: Standing) -> Stale | None:
    if standing.sleeps or standing.state == "Paused":
        return None
    word = "is waking already" if standing.state == "Waking" else "is awake already"
    asked = standing.asked
    if asked is not None and asked.state == "Awake":
        return Stale(f"{word}: {{by}} asked for it", by=asked.by, at=asked.at)
    return Stale(word, at=standing.since)


def _never(_: Carried, __: Standing) -> Stale | None:
    return None


_LATE: dict[Does, Callable[[Carried, Standing], Stale | None]] = {
    "snooze": _too_late_to_put_off,
    "extend": _too_late_to_put_off,
    "suspend": _too_late_to_stop,
    "resume": _too_late_to_wake,
    "status": _never,
}


def _asleep(standing: Standing) -> Stale | None:
    if not standing.sleeps:
        return None
    word = "is asleep already" if standing.state == "Asleep" else "is falling asleep already"
    asked = standing.asked
    if asked is not None and asked.state == "Asleep":
        return Stale(f"{word}: {{by}} suspended it", by=asked.by, at=asked.at, until=standing.wakes_at)
    return Stale(word, at=standing.since, until=standing.wakes_at)


def _other_shutdown(carried: Carried, standing: Standing) -> Stale | None:
    if carried.shutdown is None or carried.shutdown == standing.shutdown_at:
        return None
    asked = standing.asked
    if asked is not None and asked.state == "Awake":
        text = "is not stopped then: {by} has put it off"
        return Stale(text, by=asked.by, at=asked.at, until=standing.shutdown_at)
    return Stale("is not stopped then: its schedule has changed", until=standing.shutdown_at)
