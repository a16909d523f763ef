"""What is said of an env's parts in AWS: where each stands, and what an hour of them costs. Pure.

The status is written only when it changes, so nothing here speaks of how long ago something was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sundown.model.cloud import DATABASES, MORE_MINUTES, CloudPart, restarted_by_aws
from sundown.model.resources import MOST_CLOUD, CloudStatus, Cost, EnvScheduleStatus
from sundown.model.scalars import format_instant
from sundown.reconcile.part_verdict import EXCLUDE_TAG, Standing, excluded, shortened
from sundown.reconcile.waves import usual_wave, wave_of

AFTER_A_WEEK = "AWS starts a stopped database after 7 days"
LEFT_STOPPED = "somebody else stopped it, so Sundown does not start it"

UNHEARD = "nothing new is known of it since "

_GOING_DOWN = frozenset({"stopping", "stopped"})
_DIGITS = 4
"""Of a price: a small instance costs half a cent an hour."""


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is not of this moment alone: whoever looks next, and other programs, read it from the status."""

    alone: bool
    left: bool
    started_by_aws: bool
    unheard_since: datetime | None

    @classmethod
    def of(
        cls, one: Standing, part: CloudPart, was: CloudStatus | None, *, alone: bool, asleep: bool, now: datetime
    ) -> _Facts:
        """Of a part; ``was`` is what was said of it last, ``alone`` whether it never stops with the env."""
        unheard_since = (was.unheard_since if was is not None else None) or now if part.unreachable else None
        told = asleep and not alone
        stopped_again = was is not None and bool(was.started_by_aws) and part.ours and part.state in _GOING_DOWN
        return cls(
            alone=alone,
            left=not alone and _is_left(one, part),
            started_by_aws=told and (restarted_by_aws(part, now) or stopped_again),
            unheard_since=unheard_since,
        )


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
        facts = _Facts.of(one, part, was, alone=alone is not None, asleep=asleep, now=now)
        cloud.append(_status(part, alone=alone, facts=facts, note=_note(part, facts, asleep=asleep, now=now)))
    return Told(
        tuple(cloud),
        _cost([part for one, part in judged if _takes_part(one, part)]),
    )


def _order(part: CloudPart) -> tuple[int, str, str, str]:
    return wave_of(part)[0], part.kind, part.identifier, part.arn


def _status(part: CloudPart, *, alone: str | None, facts: _Facts, note: str) -> CloudStatus:
    wave, usual = wave_of(part)[0], usual_wave(part)
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
        left_stopped=facts.left or None,
        started_by_aws=facts.started_by_aws or None,
        unheard_since=facts.unheard_since,
        note=note or None,
    )


def _alone(one: Standing, part: CloudPart, *, now: datetime) -> str | None:
    """Why a part does not stop with the env; None where it does."""
    if one.refused is not None or (part.refused is not None and one.record is None):
        return one.refused or str(part.refused)
    if one.selected:
        return None
    if not part.enabled:
        return "its tags do not say any more that it sleeps with the environment"
    if part.exclude is not None and excluded(part, now=now)[0] is not None:
        return f'its tag {EXCLUDE_TAG} says "{shortened(part.exclude)}"'
    return "spec.aws.enabled is false"


def _takes_part(one: Standing, part: CloudPart) -> bool:
    """Whether it runs when the env is awake: it costs something then."""
    comes_back = part.state != "stopped" or part.ours or one.record is not None
    return one.selected and one.refused is None and comes_back


def _is_left(one: Standing, part: CloudPart) -> bool:
    """Whether somebody else stopped it: neither its tags nor the second place say that it was Sundown."""
    return part.state == "stopped" and part.record is None and one.record is None


def _note(part: CloudPart, facts: _Facts, *, asleep: bool, now: datetime) -> str:
    """What a person who wonders about this part should know."""
    unheard = f"{UNHEARD}{format_instant(facts.unheard_since)}: {part.unreachable}" if facts.unheard_since else ""
    wonder = "" if facts.alone else _wonder(part, facts, asleep=asleep, now=now)
    return "; ".join(text for text in (unheard, wonder) if text)


def _wonder(part: CloudPart, facts: _Facts, *, asleep: bool, now: datetime) -> str:
    if facts.started_by_aws and restarted_by_aws(part, now):
        return f"{AFTER_A_WEEK}; it is being stopped again"
    if facts.started_by_aws and part.stopped_at is not None:
        return f"{AFTER_A_WEEK}; it was stopped again on {part.stopped_at:%Y-%m-%d at %H:%M} UTC"
    if part.trouble and not (asleep and part.state == "stopped"):
        return f"{LEFT_STOPPED}; {part.trouble}" if facts.left else part.trouble
    if part.state == "busy":
        return "it can be neither stopped nor started before AWS is done with it"
    if part.state == "starting" and part.kind in DATABASES:
        return MORE_MINUTES
    return LEFT_STOPPED if facts.left else ""


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
