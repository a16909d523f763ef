"""What is said of an env's parts in AWS: where each stands, and what an hour of them costs. Pure.

The status is written only when it changes, so nothing here speaks of how long ago something was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sundown.model.cloud import DATABASES, CloudPart, restarted_by_aws
from sundown.model.resources import MOST_CLOUD, CloudStatus, Cost, EnvScheduleStatus
from sundown.model.scalars import format_instant
from sundown.reconcile.part_verdict import EXCLUDE_TAG, Standing, excluded, shortened
from sundown.reconcile.waves import usual_wave, wave_of

MORE_MINUTES = "5 to 10 minutes more"
"""How long a database takes to start; AWS gives no figure, people with databases do."""
AFTER_A_WEEK = "AWS starts a stopped database after 7 days"
LEFT_STOPPED = "somebody else stopped it, so Sundown does not start it"

UNHEARD = "nothing new is known of it since "

_INSTANT = len("2026-11-23T18:00:00Z")
_DIGITS = 4
"""Of a price: a small instance costs half a cent an hour."""


@dataclass(frozen=True, slots=True)
class Told:
    """The part of a status that speaks of AWS."""

    cloud: tuple[CloudStatus, ...] = ()
    cost: Cost | None = None


def tell(standings: Iterable[Standing], *, old: EnvScheduleStatus, asleep: bool, now: datetime) -> Told:
    """What to say of an env's parts in the cloud, as they were judged; ``old`` is what was said last.

    ``asleep`` is what the env should be, ``now`` is in UTC.
    """
    judged = [(one, one.part) for one in standings if isinstance(one.part, CloudPart)]
    if not judged:
        return Told()
    judged.sort(key=lambda pair: _order(pair[1]))
    before = {(one.id, one.region, one.account): one for one in old.cloud}
    cloud: list[CloudStatus] = []
    for one, part in judged[:MOST_CLOUD]:
        was = before.get((part.identifier, part.region, part.account))
        alone = _alone(one, part, now=now)
        note = _note(part, was, asleep=asleep, now=now, left=_is_left(one, part)) if alone is None else ""
        notes = (_unheard(part, was, now=now), note)
        cloud.append(_status(part, alone=alone, note="; ".join(note for note in notes if note)))
    return Told(
        tuple(cloud),
        _cost([part for one, part in judged if _takes_part(one, part)]),
    )


def _order(part: CloudPart) -> tuple[int, str, str, str]:
    return wave_of(part)[0], part.kind, part.identifier, part.arn


def _status(part: CloudPart, *, alone: str | None, note: str) -> CloudStatus:
    wave, usual = wave_of(part)[0], usual_wave(part.kind)
    return CloudStatus(
        kind=part.kind,
        id=part.identifier,
        name=part.name if part.name not in {"", part.identifier} else None,
        region=part.region,
        account=part.account,
        state=part.state,
        phase=part.phase,
        wave=wave if wave != usual else None,
        refused=alone,
        note=note or None,
    )


def _alone(one: Standing, part: CloudPart, *, now: datetime) -> str | None:
    """Why a part does not stop with the env; None where it does."""
    if one.refused is not None or (part.refused is not None and one.record is None):
        return one.refused or part.refused
    if one.selected:
        return None
    if not part.enabled:
        return "its tags do not say any more that it sleeps with the environment"
    if part.exclude is not None and excluded(part, now=now)[0] is not None:
        return f'its tag {EXCLUDE_TAG} says "{shortened(part.exclude)}"'
    return "spec.aws.enabled is false"


def _unheard(part: CloudPart, before: CloudStatus | None, *, now: datetime) -> str:
    """Since when nothing newer is known: since it was said first, so that it does not change with every look."""
    if not part.unreachable:
        return ""
    said = before.note if before is not None and before.note is not None else ""
    since = said[len(UNHEARD) :][:_INSTANT] if said.startswith(UNHEARD) else format_instant(now)
    return f"{UNHEARD}{since}: {part.unreachable}"


def _takes_part(one: Standing, part: CloudPart) -> bool:
    """Whether it runs when the env is awake: it costs something then."""
    comes_back = part.state != "stopped" or part.ours or one.record is not None
    return one.selected and one.refused is None and comes_back


def _is_left(one: Standing, part: CloudPart) -> bool:
    """Whether somebody else stopped it: neither its tags nor the second place say that it was Sundown."""
    return part.state == "stopped" and part.record is None and one.record is None


def _note(part: CloudPart, before: CloudStatus | None, *, asleep: bool, now: datetime, left: bool) -> str:
    """The one thing that a person who wonders about this part should know."""
    if asleep and restarted_by_aws(part, now):
        return f"{AFTER_A_WEEK}; it is being stopped again"
    if asleep and _is_stopped_again(part, before) and part.stopped_at is not None:
        return f"{AFTER_A_WEEK}; it was stopped again on {part.stopped_at:%Y-%m-%d at %H:%M} UTC"
    if part.trouble and not (asleep and part.state == "stopped"):
        return f"{LEFT_STOPPED}; {part.trouble}" if left else part.trouble
    if part.state == "busy":
        return "it can be neither stopped nor started before AWS is done with it"
    if part.state == "starting" and part.kind in DATABASES:
        return MORE_MINUTES
    return LEFT_STOPPED if left else ""


def _is_stopped_again(part: CloudPart, before: CloudStatus | None) -> bool:
    """Whether AWS had started it before it was stopped last: only what was said then remembers it."""
    told = before is not None and before.note is not None and AFTER_A_WEEK in before.note
    return told and part.ours and part.state in {"stopping", "stopped"}


def _cost(parts: Iterable[CloudPart]) -> Cost | None:
    """What an hour awake costs, of these parts. A price that is not known is none of zero."""
    counted = list(parts)
    if not counted:
        return None
    prices = [part.hourly for part in counted if part.hourly is not None]
    return Cost(
        per_hour=round(sum(prices), _DIGITS) if prices else None,
        currency=counted[0].currency,
        priced=len(prices),
        unpriced=len(counted) - len(prices),
    )
