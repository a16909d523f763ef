"""How things are said to people: the words of states and wishes, and times as a person on the spot would put them.

Pure, and the same for every door, so that the command line and chat tell the same story.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, tzinfo
from math import ceil

from sundown.model.cloud import DATABASES, MORE_MINUTES
from sundown.model.resources import (
    MOST_CLOUD,
    CloudStatus,
    Condition,
    Cost,
    EnvScheduleStatus,
    Parts,
    StillRunning,
    WakeQueuePlace,
    WhyRunning,
)
from sundown.model.scalars import DAYS
from sundown.model.spec import Override
from sundown.schedule.decision import Decision, Turn

STATES = {
    "Awake": "awake",
    "FallingAsleep": "falling asleep",
    "Asleep": "asleep",
    "Waking": "waking",
    "Paused": "paused",
}

NOT_YET = "the operator has not looked at it yet"
OPERATOR_AWAY = "the operator does not answer: is it running? (kubectl get pods -n sundown-system)"

DATABASES_TAKE = "a database in AWS takes 5 to 10 minutes to start"

_KINDS = {"EC2Instance": "EC2 instance", "RDSInstance": "RDS database", "AuroraCluster": "Aurora cluster"}
"""What people call the kinds that have names of our own."""

_LEFT_ALONE = frozenset({"Superseded", "ProtectedNamespace", "NamespaceNotEnabled", "NotCovered"})
"""Reasons not to be ready in which all is as somebody wants it."""

_NAMED = 3
_LATE = timedelta(minutes=2)
_IN_AWS_WORDS = frozenset({"busy", "broken", "unknown"})
"""States of which AWS's own word is worth knowing."""
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))
_A_WEEK = 7


def span(length: timedelta) -> str:
    """A length of time in its two largest units, ``1d 3h`` or ``45s``; ``0s`` for none or less."""
    rest = max(0, int(length.total_seconds()))
    parts: list[str] = []
    for size, unit in _UNITS:
        count, rest = divmod(rest, size)
        if count or parts:
            parts.append(f"{count}{unit}" if count else "")
        if len(parts) == 2:
            break
    return " ".join(part for part in parts if part) or "0s"


def took(seconds: float) -> str:
    """How long something took."""
    return span(timedelta(seconds=seconds)) if seconds >= 1 else "less than a second"


def clock_time(at: datetime, *, now: datetime, zone: tzinfo | None = None) -> str:
    """An instant on the clock of ``zone`` (None: this machine's): ``18:00`` today, ``Tue 08:00`` this week, else a date."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    time = f"{local:%H:%M}"
    days = (local.date() - today).days
    if days == 0:
        return time
    if 0 < days < _A_WEEK:
        return f"{DAYS[local.weekday()]} {time}"
    return f"{local.date().isoformat()} {time}"


def moment(at: datetime, *, now: datetime, zone: tzinfo | None = None) -> str:
    """The same with how far off it is: ``Tue 08:00 (in 14h 3m)``, ``18:00 (2h ago)``."""
    return f"{clock_time(at, now=now, zone=zone)} ({distance(at, now=now)})"


def distance(at: datetime, *, now: datetime) -> str:
    """``in 2h 10m``, ``5m ago`` or ``now``."""
    seconds = (at - now).total_seconds()
    if abs(seconds) < 1:
        return "now"
    if seconds > 0:
        # Rounded up: two hours from a moment ago are two hours, not 1h 59m.
        return f"in {span(timedelta(seconds=ceil(seconds)))}"
    return f"{span(now - at)} ago"


def condition(status: EnvScheduleStatus, kind: str) -> Condition | None:
    """The condition of that type, where there is one."""
    return next((one for one in status.conditions if one.type == kind), None)


def troubles(status: EnvScheduleStatus) -> tuple[Condition, ...]:
    """The conditions that are not well: not Ready, or Degraded."""
    ready, degraded = condition(status, "Ready"), condition(status, "Degraded")
    return tuple(one for one, bad in ((ready, "False"), (degraded, "True")) if one is not None and one.status == bad)


def state(status: EnvScheduleStatus) -> str:
    """The state in words, and whether something is not well: ``waking, degraded``."""
    told = STATES[status.state] if status.state is not None else "unknown"
    return f"{told}, degraded" if is_degraded(status) else told


def is_degraded(status: EnvScheduleStatus) -> bool:
    """Whether something is not well, and not as somebody wants it."""
    return any(one.reason not in _LEFT_ALONE for one in troubles(status))


def is_overdue(status: EnvScheduleStatus, *, now: datetime) -> bool:
    """Whether its next transition should have been for longer than any operator takes."""
    coming = status.next_transition
    return coming is not None and now - coming.at > _LATE


def not_well(status: EnvScheduleStatus, *, said: str = "") -> tuple[str, ...]:
    """What is not well, with its reason; of what was ``said`` already the reason alone."""
    return tuple(one.reason if one.message == said else f"{one.reason}: {one.message}" for one in troubles(status))


def remark(status: EnvScheduleStatus) -> str:
    """What the operator says of a schedule that it follows all the same: a kind that nobody knows, say."""
    ready = condition(status, "Ready")
    return ready.message if ready is not None and ready.status == "True" else ""


def why(status: EnvScheduleStatus) -> str:
    """Why an env is in its state; where its schedule cannot be followed, that is the reason."""
    ready = condition(status, "Ready")
    if ready is not None and ready.status == "False" and ready.message:
        return ready.message
    if status.state is None:
        return NOT_YET
    return status.why


def parts(counts: Parts) -> str:
    """How many of an env's parts do what: ``3 parts: 2 ready, 1 asleep``."""
    total = f"{counts.total} part" if counts.total == 1 else f"{counts.total} parts"
    if counts.total == 0:
        return "no parts"
    starting = counts.total - counts.ready - counts.asleep
    told = ((counts.ready, "ready"), (counts.asleep, "asleep"), (starting, "not ready yet"))
    return f"{total}: {', '.join(f'{count} {word}' for count, word in told if count > 0)}"


_WHY_RUNNING: dict[WhyRunning, str] = {
    "Excluded": "excluded",
    "OtherKind": "its kind does not sleep",
    "Unowned": "owned by nothing",
    "StartedSince": "started by somebody since",
    "HeldBack": "its rollout is held back",
    "BeingDeleted": "being deleted",
}


def still_running(left: StillRunning) -> str:
    """What runs on in an env that sleeps: ``4 pods: DaemonSet/logs (3, its kind does not sleep) and 1 more``."""
    named = left.first[:_NAMED]
    told = [
        f"{one.kind}/{one.name} ({f'{one.pods}, ' if one.pods > 1 else ''}{_WHY_RUNNING[one.why]})" for one in named
    ]
    more = left.owners - len(named)
    pods = "1 pod" if left.pods == 1 else f"{left.pods} pods"
    return f"{pods}: {', '.join(told)} and {more} more" if more > 0 else f"{pods}: {_listed(told)}"


def wake_queue(place: WakeQueuePlace, *, now: datetime) -> str:
    """Where an env stands that waits to wake: ``3rd in line to wake, in about 2 minutes``."""
    minutes = ceil((place.at - now).total_seconds() / 60)
    when = "any moment now" if minutes <= 0 else "within a minute" if minutes == 1 else f"in about {minutes} minutes"
    return f"{line(place)} to wake, {when}"


def line(place: WakeQueuePlace) -> str:
    """``next in line``, ``3rd in line``."""
    return "next in line" if place.position == 1 else f"{_ordinal(place.position)} in line"


def _ordinal(number: int) -> str:
    teens = number % 100 in {11, 12, 13}
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def kinds(counts: Iterable[tuple[str, int]]) -> str:
    """What there is of each kind, ``2 Deployments, 1 EC2 instance``; empty for nothing."""
    told = ((count, _KINDS.get(kind, kind)) for kind, count in counts if count > 0)
    return ", ".join(f"{count} {name}" if count == 1 else f"{count} {name}s" for count, name in told)


def waiting(missing: Sequence[str], *, kinds: Iterable[str]) -> str:
    """What the next waves wait for: ``waiting for RDSInstance/dev1-db before StatefulSets and Deployments``."""
    more = len(missing) - _NAMED
    named = [*missing[:_NAMED], f"{more} more"] if more > 0 else missing
    return f"waiting for {_listed(named)} before {_listed([f'{_KINDS.get(kind, kind)}s' for kind in kinds])}"


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def running(cloud: Iterable[CloudStatus]) -> tuple[tuple[str, int], ...]:
    """How many of each kind run in AWS that a shutdown would stop."""
    ready: Counter[str] = Counter(
        one.kind for one in cloud if one.refused is None and one.state not in {"stopped", "stopping"}
    )
    return tuple((kind, ready[kind]) for kind in _KINDS if kind in ready)


def cloud_part(one: CloudStatus) -> str:
    """Where a part in AWS stands, and what there is to know: ``starting: 5 to 10 minutes more``."""
    told = f"{one.state} ({one.phase})" if one.state in _IN_AWS_WORDS and one.phase else one.state
    told += f", does not stop with the environment: {one.refused}" if one.refused else ""
    return f"{told}{';' if one.refused else ':'} {one.note}" if one.note else told


def cloud_title(one: CloudStatus) -> str:
    """What it is called: ``EC2Instance/i-0abc (web-1)``."""
    return f"{one.title} ({one.name})" if one.name else one.title


def cloud(parts: Sequence[CloudStatus]) -> str:
    """The parts in AWS in one line, ``1 EC2 instance, 1 RDS database: 1 running, 1 starting``; empty for none."""
    if not parts:
        return ""
    count: Counter[str] = Counter(one.kind for one in parts)
    states = Counter(one.state for one in parts)
    told = kinds((kind, count[kind]) for kind in _KINDS if kind in count)
    told += f" (the first {MOST_CLOUD})" if len(parts) == MOST_CLOUD else ""
    said = ", ".join(f"{number} {word}" for word, number in sorted(states.items()))
    more = f" ({MORE_MINUTES})" if any(one.note == MORE_MINUTES for one in parts) else ""
    return f"{told}: {said}{more}" if len(parts) > 1 else f"{told}: {next(iter(states))}{more}"


def progress(status: EnvScheduleStatus) -> str:
    """How far an env has come: its state, its parts, and those in AWS."""
    told = f"{state(status)}, {parts(status.parts)}"
    return f"{told}, in AWS {cloud(status.cloud)}" if status.cloud else told


def moving(parts: Iterable[CloudStatus], *, asleep: bool) -> tuple[CloudStatus, ...]:
    """Those in AWS that are not where they should be in an env that should be ``asleep`` or not."""
    right = {"stopped"} if asleep else {"running", "busy"}
    return tuple(
        one for one in parts if one.refused is None and one.state not in right and _follows(one, asleep=asleep)
    )


def _follows(one: CloudStatus, *, asleep: bool) -> bool:
    return asleep or not one.left_stopped


def waits_for_database(parts: Iterable[CloudStatus]) -> bool:
    """Whether an env that is to wake has to wait for a database that starts in AWS."""
    return any(one.kind in DATABASES for one in moving(parts, asleep=False))


def cost(hour: Cost) -> str:
    """What an hour awake costs in AWS: ``0.19 USD an hour, without 1 of 3 whose price is unknown``."""
    total = hour.priced + hour.unpriced
    if hour.per_hour is None:
        return "unknown: it has no known price" if total == 1 else f"unknown: none of the {total} has a known price"
    digits = f"{hour.per_hour:.4f}".rstrip("0")
    whole, _, cents = digits.partition(".")
    told = f"{whole}.{cents:0<2} {hour.currency} an hour"
    return f"{told}, without {hour.unpriced} of {total} whose price is unknown" if hour.unpriced else told


def turn(coming: Turn, *, now: datetime, zone: tzinfo | None = None) -> str:
    """A transition to come: ``asleep at 18:00 (in 2h): outside working hours ...``."""
    return f"{STATES[coming.to]} at {moment(coming.at, now=now, zone=zone)}: {coming.why.text}"


def promise(decision: Decision, *, now: datetime, zone: tzinfo | None = None, wish: Override | None = None) -> str:
    """What a ``wish`` has brought about: ``awake until 18:00 (in 3h)``; why it is less than was asked for, where it is."""
    said = STATES[decision.state]
    if decision.until is None:
        return f"{said} until further notice" if decision.state == "Awake" else f"{said} until somebody starts it"
    cut = wish is not None and wish.drop_at_reset and wish.until is not None and decision.until < wish.until
    why = ", for the daily reset ends what was asked for" if cut else ""
    return f"{said} until {moment(decision.until, now=now, zone=zone)}{why}"
