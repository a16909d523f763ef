"""Waits until envs are where they were asked to be, by what the operator says of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from sundown import wording
from sundown.cluster import paths, reading
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Denied, Missing
from sundown.errors import SundownError
from sundown.model.env import Known
from sundown.model.resources import EnvScheduleStatus, State
from sundown.model.spec import EnvScheduleSpec

_LOOK = 0.5
_FEW = 8
_SHARE = 0.1
_PUZZLING = 5.0
"""After so many seconds people ask what it is that is waited for."""

_AT_LEAST = frozenset({"InvalidAnnotation", "KindNotServed"})
_NOT_SEEN = frozenset({"KindNotGranted", "KindNotListed"})
_ALL_IN_PLACE = {
    "Awake": _AT_LEAST | _NOT_SEEN,
    "Paused": _AT_LEAST | _NOT_SEEN,
    "Asleep": _AT_LEAST,
}
"""Reasons to be degraded that leave no part where it should not be. What Sundown may not or cannot look at does not fall asleep either."""


class NotInTime(SundownError):
    """What was asked for has not come about so far."""

    reason = "TimedOut"


class NotWell(SundownError):
    """What was asked for cannot come about, or only in part."""

    reason = "Degraded"


@dataclass(frozen=True, slots=True)
class Expected:
    """The schedule that is waited for, from which generation on the operator's word about it counts, and since when."""

    namespace: str
    name: str
    generation: int = 0
    since: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, slots=True)
class Arrived:
    """An env that is where it should be, and the seconds that it took; ``warning`` is what is not well all the same."""

    status: EnvScheduleStatus
    seconds: float
    warning: str | None = None


Outcome = Arrived | SundownError
Tell = Callable[[str, EnvScheduleStatus], None]
Explain = Callable[[str], Awaitable[None]]


async def wait_for(
    cluster: Cluster, expected: Iterable[Expected], *, wanted: State, patience: timedelta, tell: Tell, explain: Explain
) -> dict[str, Outcome]:
    """How each of the envs ended, by namespace.

    ``tell`` is called whenever what is said of one changes, ``explain`` every few seconds of one that is on its way, where
    those are few.
    """
    pending = {one.namespace: one for one in expected}
    outcomes: dict[str, Outcome] = {}
    told: dict[str, EnvScheduleStatus] = {}
    began = explained = time.monotonic()
    while pending:
        looked = time.monotonic()
        for namespace, known in (await _look(cluster, pending)).items():
            outcome = _outcome(pending[namespace], known, wanted=wanted)
            if outcome is not None:
                outcomes[namespace] = outcome
                del pending[namespace]
            elif known is not None and _is_news(known, told.get(namespace), since=pending[namespace].generation):
                told[namespace] = known.status
                tell(namespace, known.status)
        if time.monotonic() - began >= patience.total_seconds():
            for namespace, one in pending.items():
                outcomes[namespace] = _too_late(one, told.get(namespace), wanted=wanted, patience=patience)
            break
        if told and len(pending) <= _FEW and time.monotonic() - explained >= _PUZZLING:
            await asyncio.gather(*(explain(namespace) for namespace in pending if namespace in told))
            explained = time.monotonic()
        if pending:
            # A thousand envs are looked at as often as costs the API server a tenth of its time, not twice a second.
            await asyncio.sleep(max(_LOOK, (time.monotonic() - looked) * (1 / _SHARE - 1)))
    return outcomes


async def _look(cluster: Cluster, pending: dict[str, Expected]) -> dict[str, Known | None]:
    """The schedules that are waited for: None for one that is gone, left out what cannot be looked at for the moment."""
    if len(pending) > _FEW:
        try:
            listed = await cluster.list_all(paths.ENV_SCHEDULES)
        except Denied:
            pass
        except ApiError:
            return {}
        else:
            raws = {(raw["metadata"]["namespace"], raw["metadata"]["name"]): raw for raw in listed}
            found = ((space, raws.get((space, expected.name))) for space, expected in pending.items())
            return {space: reading.env_schedule(raw) if raw is not None else None for space, raw in found}
    looks = await asyncio.gather(*(_one(cluster, expected) for expected in pending.values()))
    return {space: known for look in looks for space, known in look.items()}


async def _one(cluster: Cluster, expected: Expected) -> dict[str, Known | None]:
    try:
        raw = await cluster.get(paths.env_schedule(expected.namespace, expected.name))
    except Missing:
        return {expected.namespace: None}
    except ApiError:
        return {}
    return {expected.namespace: reading.env_schedule(raw)}


def _outcome(expected: Expected, known: Known | None, *, wanted: State) -> Outcome | None:
    """How it ended, or None while it has not."""
    if known is None:
        return NotWell("its EnvSchedule has been deleted")
    if known.status.observed_generation < expected.generation:
        return None
    if known.status.state == wanted:
        degraded = wording.condition(known.status, "Degraded")
        warning = degraded.message if degraded is not None and degraded.status == "True" else None
        if degraded is not None and warning is not None and not _in_place(known.status, degraded.reason, wanted=wanted):
            return NotWell(f"{wording.state(known.status)}: {warning}")
        return Arrived(known.status, seconds=time.monotonic() - expected.since, warning=warning)
    text = _obstacle(expected, known, wanted=wanted)
    return NotWell(text) if text is not None else None


def _in_place(status: EnvScheduleStatus, reason: str, *, wanted: State) -> bool:
    """Whether every part is where it should be although the env is degraded for this reason."""
    counted = status.parts.asleep if wanted == "Asleep" else status.parts.ready
    return counted == status.parts.total and reason in _ALL_IN_PLACE.get(wanted, frozenset())


def _obstacle(expected: Expected, known: Known, *, wanted: State) -> str | None:
    """Why waiting for longer is no use."""
    ready = wording.condition(known.status, "Ready")
    if ready is not None and ready.status == "False" and known.status.state != "Waking":
        return wording.why(known.status)
    if ready is not None and ready.reason == "DryRun" and wanted == "Asleep":
        return "nothing is changed: its schedule, or the whole operator, is a dry run"
    spec = known.schedule.spec if known.schedule is not None else None
    overtaken = known.metadata.generation > expected.generation > 0 and not _still_wanted(spec, wanted)
    return f"somebody asked for something else meanwhile: {wording.why(known.status)}" if overtaken else None


def _still_wanted(spec: EnvScheduleSpec | None, wanted: State) -> bool:
    if spec is None or wanted == "Paused":
        return spec is not None and spec.paused
    return spec.override is not None and spec.override.state == wanted


def _is_news(known: Known, told: EnvScheduleStatus | None, *, since: int) -> bool:
    """Whether the operator has answered, and other than it was told last."""
    new = known.status
    if new.observed_generation < since:
        return False
    return told is None or _told(told) != _told(new)


def _told(status: EnvScheduleStatus) -> tuple[object, ...]:
    return status.state, status.parts, status.conditions, wording.cloud(status.cloud)


def _too_late(expected: Expected, status: EnvScheduleStatus | None, *, wanted: State, patience: timedelta) -> NotInTime:
    waited = f"not {wording.STATES[wanted]} after {wording.span(patience)}"
    if status is None or status.observed_generation < expected.generation:
        return NotInTime(f"{waited}: {wording.OPERATOR_AWAY}")
    return NotInTime(f"{waited}: {wording.progress(status)}; `sundown why {expected.namespace}` names what hangs")
