"""Putting an env to sleep because a request asks for it: where it takes two people, and what would change. Pure.

Both processes use it: the one to show what is proposed, the other to see whether that is still what there is.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from sundown.model.actions import Action, Parameters, Right
from sundown.model.cutting import clip
from sundown.model.env import Known
from sundown.model.resources import GROUP, VERSION
from sundown.model.scalars import format_instant
from sundown.model.spec import Override
from sundown.reconcile.workload_changes import Change
from sundown.schedule import wishes
from sundown.schedule.decision import Circumstances, decide
from sundown.schedule.wishes import Asker

DOWN = frozenset({"Asleep", "FallingAsleep"})
"""In which nothing of an env is left to be stopped."""
_NOBODY = Asker(by="", via="")


_LONGEST_REASON = 200
_LONGEST_NAME = 100


class Why(Parameters):
    """What for."""

    reason: Annotated[str, StringConstraints(max_length=_LONGEST_REASON, pattern=r"^[^\x00-\x1f\x7f]*$")] | None = None


def reason_for(text: str | None) -> dict[str, str]:
    """The parameters of a request with that reason; without one where there is none."""
    said = clip(re.sub(r"[\x00-\x1f\x7f]+", " ", text or "").strip(), _LONGEST_REASON)
    return {"reason": said} if said else {}


STOP = Action(
    "Stop",
    'put the environment "{namespace}" to sleep',
    Right("suspend", "envschedules", group=GROUP, version=VERSION),
    parameters=Why,
)


def asleep_already(known: Known, circumstances: Circumstances, now: datetime) -> str | None:
    """Why there is nothing to stop; None where there is."""
    decision = decide(known.legible_spec, circumstances, now)
    return "it is asleep, or falls asleep, already" if decision.state == "Asleep" else None


def stopping(known: Known, circumstances: Circumstances, now: datetime) -> Change:
    """``Awake -> Asleep until ...``: the same as long as its next start is, and nobody has asked for anything else since."""
    until = sleep(known, circumstances, now, _NOBODY).until
    end = f"until {format_instant(until)}" if until is not None else "until somebody starts it"
    before, held = "Awake", wish_in_force(known, circumstances, now)
    if held is not None:
        before += (
            f" until {format_instant(held.until) if held.until is not None else 'somebody stops it'}{asked_for(held)}"
        )
    return Change(f"{before} -> Asleep {end}", known.metadata.uid, known.metadata.resource_version)


def wish_in_force(known: Known, circumstances: Circumstances, now: datetime) -> Override | None:
    """What somebody has asked for, by which it is awake now; None where it is so by its schedule."""
    spec = known.legible_spec
    held = spec.override is not None and decide(spec, circumstances, now).why.reason == "Override"
    return spec.override if held and spec.override is not None and spec.override.state == "Awake" else None


def asked_for(held: Override | None) -> str:
    """``, asked for by ... at ...``: which wish it is, for a later one is another; empty where nobody says."""
    if held is None or (not held.by and held.at is None):
        return ""
    by = f" by {clip(held.by, _LONGEST_NAME)}" if held.by else ""
    return f", asked for{by}" + (f" at {format_instant(held.at)}" if held.at is not None else "")


def sleep(known: Known, circumstances: Circumstances, now: datetime, asker: Asker) -> Override:
    """The override that it is.

    Raises:
        Paused: the env is not in Sundown's hands.
    """
    return wishes.stop(known.legible_spec, circumstances, now, asker)
