"""What is said of an env's parts in AWS: where each stands, and what an hour of them costs. Pure.

The status is written only when it changes, so nothing here speaks of how long ago something was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sundown.model.cloud import DATABASES, CloudPart, restarted_by_aws
from sundown.model.resources import MOST_CLOUD, CloudStatus, Cost, EnvScheduleStatus
from sundown.model.scalars import clip, format_instant

MORE_MINUTES = "5 to 10 minutes more"
"""How long a database takes to start; AWS gives no figure, people with databases do."""
AFTER_A_WEEK = "AWS starts a stopped database after 7 days"
LEFT_STOPPED = "somebody else stopped it, so Sundown does not start it"

UNHEARD = "nothing new is known of it since "

_INSTANT = len("2026-11-23T18:00:00Z")
_CURRENCY = "USD"
_CENTS = 4
"""Digits of a price: a small instance costs half a cent an hour."""


@dataclass(frozen=True, slots=True)
class Told:
    """The part of a status that speaks of AWS."""

    cloud: tuple[CloudStatus, ...] = ()
    cost: Cost | None = None


def tell(clouds: Iterable[CloudPart], *, old: EnvScheduleStatus, asleep: bool, now: datetime) -> Told:
    """What to say of these parts of an env that should be ``asleep`` or not; ``old`` is what was said last."""
    parts = sorted(clouds, key=_order)
    if not parts:
        return Told()
    before = {(one.id, one.region, one.account): one for one in old.cloud}
    was = (before.get((part.identifier, part.region, part.account)) for part in parts)
    told = (_told(part, then, asleep=asleep, now=now) for part, then in zip(parts[:MOST_CLOUD], was, strict=False))
    return Told(tuple(told), _cost(parts))


def _order(part: CloudPart) -> tuple[int, str, str, str]:
    return 0 if part.kind in DATABASES else 30, part.kind, part.identifier, part.arn


def _told(part: CloudPart, was: CloudStatus | None, *, asleep: bool, now: datetime) -> CloudStatus:
    alone = _alone(part)
    note = _note(part, was, asleep=asleep, now=now) if alone is None else ""
    notes = (_unheard(part, was, now=now), note)
    return CloudStatus(
        kind=part.kind,
        id=part.identifier,
        name=part.name if part.name not in {"", part.identifier} else None,
        region=part.region,
        account=part.account,
        state=part.state,
        phase=part.phase,
        refused=alone,
        note="; ".join(note for note in notes if note) or None,
    )


def _alone(part: CloudPart) -> str | None:
    """Why it does not stop with the env; None where it does."""
    if part.refused is not None:
        return part.refused
    if not part.enabled:
        return "its tags do not say any more that it sleeps with the environment"
    return f'its tag sundown:exclude says "{clip(part.exclude, 60)}"' if part.exclude is not None else None


def _unheard(part: CloudPart, before: CloudStatus | None, *, now: datetime) -> str:
    """Since when nothing newer is known: since it was said first, so that it does not change with every look."""
    if not part.unreachable:
        return ""
    said = before.note if before is not None and before.note is not None else ""
    since = said[len(UNHEARD) :][:_INSTANT] if said.startswith(UNHEARD) else format_instant(now)
    return f"{UNHEARD}{since}: {part.unreachable}"


def _note(part: CloudPart, before: CloudStatus | None, *, asleep: bool, now: datetime) -> str:
    """The one thing that a person who wonders about this part should know."""
    if asleep and restarted_by_aws(part, now):
        return f"{AFTER_A_WEEK}; it is being stopped again"
    if asleep and _is_stopped_again(part, before) and part.stopped_at is not None:
        return f"{AFTER_A_WEEK}; it was stopped again on {part.stopped_at:%Y-%m-%d at %H:%M} UTC"
    if part.state == "busy":
        return "it can be neither stopped nor started before AWS is done with it"
    if part.state == "starting" and part.kind in DATABASES:
        return MORE_MINUTES
    return LEFT_STOPPED if part.state == "stopped" and part.record is None else ""


def _is_stopped_again(part: CloudPart, before: CloudStatus | None) -> bool:
    """Whether AWS had started it before it was stopped last: only what was said then remembers it."""
    told = before is not None and before.note is not None and AFTER_A_WEEK in before.note
    return told and part.ours and part.state in {"stopping", "stopped"}


def _cost(parts: Iterable[CloudPart]) -> Cost | None:
    """What an hour awake costs, of the parts that stop and start with the env. A price that is not known is none of zero."""
    counted = [part for part in parts if _counts(part)]
    if not counted:
        return None
    prices = [part.hourly for part in counted if part.hourly is not None]
    return Cost(
        per_hour=round(sum(prices), _CENTS) if prices else None,
        currency=_CURRENCY,
        priced=len(prices),
        unpriced=len(counted) - len(prices),
    )


def _counts(part: CloudPart) -> bool:
    return _alone(part) is None and (part.state != "stopped" or part.ours)
