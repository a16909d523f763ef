"""Keeps each EnvSchedule telling who cannot be reached, after every look that may have found it out."""

from __future__ import annotations

from sundown.cluster.client import Cluster
from sundown.frontdesk.alerts import unreached
from sundown.frontdesk.alerts.channel_backoff import Patience
from sundown.frontdesk.alerts.notice import Place
from sundown.frontdesk.alerts.recipients import Reached, Recipients
from sundown.usecases.find import Found


class Reaching:
    """What is known of owners is remembered from one notice to the next: looking them up costs calls, channels cost none."""

    def __init__(self, cluster: Cluster, *, recipients: Recipients, patience: Patience) -> None:
        self._cluster = cluster
        self._recipients = recipients
        self._patience = patience
        self._owners: dict[str, tuple[str, ...]] = {}

    async def say(self, found: Found, *, reached: Reached | None, doubt: str | None = None) -> None:
        """Write down who cannot be told. ``reached`` is who was looked for just now, None where nobody had to be.

        ``doubt`` is what else is wrong that only the frontdesk knows of.
        """
        channel = await self._recipients.channel(found)
        if reached is not None and not reached.unsure:
            people = [place for place in reached.places if place.person]
            others = [text for text in reached.troubles if text not in channel.troubles]
            self._owners[found.namespace] = (*others, *self._refused(people))
        troubles = [
            *([doubt] if doubt else []),
            *unreached.unnamed(found, channel=self._recipients.channel_name(found)),
            *channel.troubles,
            *self._refused(channel.places),
            *self._owners.get(found.namespace, ()),
        ]
        if troubles or not channel.unsure:
            await unreached.write(self._cluster, found, unreached.text(troubles))

    def forget(self, namespace: str) -> None:
        """The env is gone."""
        self._owners.pop(namespace, None)

    def _refused(self, places: list[Place] | tuple[Place, ...]) -> list[str]:
        codes = [(place, self._patience.refused(place.channel)) for place in places]
        return [self._recipients.refused(place, code) for place, code in codes if code is not None]
