"""The owners' time zones from their Slack profiles, put on the EnvSchedules that say ``timeZone: owner`` (B2, B3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import structlog

from sundown.cluster import paths
from sundown.cluster.applying import part_of_env_schedule
from sundown.cluster.client import Cluster
from sundown.frontdesk.alerts.recipients import Owners
from sundown.frontdesk.people.people import Person
from sundown.model import managers
from sundown.model.resources import OWNER_ZONES
from sundown.model.scalars import OWNER_ZONE, zone
from sundown.schedule.owners import MOST_ZONES
from sundown.usecases.find import Found

log = structlog.get_logger(__name__)


def zones_of(people: Sequence[Person]) -> str:
    """The annotation: each zone once, that of the first owner first, for it settles the daily reset; then by how many live there.

    Of a large group only as many zones are listed as count.
    """
    zones = [person.time_zone for person in people if _is_zone(person.time_zone)]
    by_people = (zone_name for zone_name, _ in Counter(zones).most_common())
    return ",".join(list(dict.fromkeys((*zones[:1], *by_people)))[:MOST_ZONES])


def wanted(found: Found, owners: Owners) -> str | None:
    """What the annotation should be; None where it is to be left as it is."""
    schedule = found.known.schedule
    if schedule is None or schedule.spec.time_zone != OWNER_ZONE or owners.unsure:
        return None
    should = zones_of(owners.people)
    # Zones that were right a moment ago are better than none.
    return should if should not in {"", found.known.metadata.annotations.get(OWNER_ZONES, "")} else None


async def write(cluster: Cluster, found: Found, zones: str) -> None:
    """Put the zones on the EnvSchedule.

    Raises:
        ApiError: it cannot be written.
    """
    metadata = found.known.metadata
    body = part_of_env_schedule(metadata, annotations={OWNER_ZONES: zones}, as_read=False)
    await cluster.apply(
        paths.env_schedule(metadata.namespace, metadata.name), body, manager=managers.FRONTDESK_ZONES, force=True
    )
    log.info("owner-zones", namespace=found.namespace, zones=zones)


def _is_zone(name: str) -> bool:
    try:
        zone(name)
    except ValueError:
        return False
    return True
