"""Starts that AWS accepted and that came to nothing: what was started is stopped again. Tried less and less often.

Kept in memory: after a restart the first start is tried at once, and the pauses begin anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sundown.backoff import Backoff
from sundown.model.cloud import CloudPart

_PAUSES = Backoff(15.0, longest=600.0)

AGAIN = "tried again less and less often, at least every 10 minutes"


@dataclass(frozen=True, slots=True)
class Attempts:
    """The starts of one part since it was stopped at ``stopped_at``.

    ``in_vain`` counts those after which it was stopped again; ``under_way`` says that one was accepted whose end nobody has
    seen. Another is due at ``not_before``.
    """

    stopped_at: datetime | None
    in_vain: int = 0
    under_way: bool = False
    not_before: datetime | None = None


def attempts_after(
    known: Attempts | None, before: CloudPart | None, part: CloudPart, *, now: datetime
) -> Attempts | None:
    """What is known of a part's starts, now that it is described as ``part``, and was ``before``. None: nothing.

    That it runs for a moment does not end it: what is stopped again before its record is gone has not come back.
    """
    if not part.ours:
        return None
    if known is None or known.stopped_at != part.stopped_at:
        known = Attempts(part.stopped_at)
    if part.state == "stopped" and known.under_way:
        in_vain = known.in_vain + 1
        return Attempts(part.stopped_at, in_vain, not_before=now + _PAUSES.span(in_vain))
    if part.state == "starting" and before is not None and before.state == "stopped":
        return replace(known, under_way=True)
    return known


def overlaid(part: CloudPart, known: Attempts | None) -> CloudPart:
    """The part with what its starts so far say of it."""
    if known is None or not known.in_vain or part.state not in {"stopped", "starting", "stopping"}:
        return part
    why = part.trouble or f"stopped again{f' ({part.reason})' if part.reason else ', AWS does not say why'}"
    return replace(part, trouble=f"AWS accepted its start in vain: {why}; {AGAIN}", not_before=known.not_before)
