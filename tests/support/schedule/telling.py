"""What a schedule does, told in a few words for a test to compare."""

from datetime import datetime
from typing import Any

from sundown.model.base import parse
from sundown.model.spec import EnvScheduleSpec
from sundown.schedule.decision import Circumstances, Decision, decide, turns

WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri"]
EVERY_DAY = [*WEEKDAYS, "Sat", "Sun"]


def utc(text: str) -> datetime:
    """``2026-11-23 09:00`` as an instant."""
    return datetime.fromisoformat(f"{text}+00:00")


def spec_of(**fields: Any) -> EnvScheduleSpec:
    """A spec as it would be written in YAML."""
    return parse(EnvScheduleSpec, fields)


def window(days: str | list[str], start: str | None, to: str) -> dict[str, Any]:
    """A window; a single day may be given as its name, and ``None`` for its start makes it a stop."""
    row: dict[str, Any] = {"days": [days] if isinstance(days, str) else days, "to": to}
    return row if start is None else row | {"from": start}


def told(start: str, until: str, circumstances: Circumstances | None = None, **fields: Any) -> list[str]:
    """The state at ``start``, then each turn up to ``until``: ``["Asleep", "2026-11-23 07:00 Awake"]``; all in UTC."""
    spec, around = spec_of(**fields), circumstances or Circumstances()
    found = turns(spec, around, start=utc(start), until=utc(until))
    return [decide(spec, around, utc(start)).state, *(f"{turn.at:%Y-%m-%d %H:%M} {turn.to}" for turn in found)]


def at(now: str, circumstances: Circumstances | None = None, **fields: Any) -> Decision:
    """The decision at one instant."""
    return decide(spec_of(**fields), circumstances or Circumstances(), utc(now))
