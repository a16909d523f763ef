"""The clock that a person reads times by."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sundown.frontdesk.people.people import Person
from sundown.model.scalars import zone


def zone_of(person: Person) -> ZoneInfo:
    """The zone of the person's Slack profile; UTC where that is none."""
    try:
        return zone(person.time_zone)
    except ValueError:
        return zone("UTC")
