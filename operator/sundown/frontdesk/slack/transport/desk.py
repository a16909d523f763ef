"""The desk as Slack's room has it: the services of every room, with Slack's Web API and who the app is there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import aiohttp
from kubernetes_asyncio.client import Configuration

from sundown.frontdesk.context import Desk
from sundown.frontdesk.people.people import People
from sundown.frontdesk.settings import FrontdeskSettings
from sundown.frontdesk.slack.transport.client import AsyncWebClient, client_for
from sundown.frontdesk.slack.transport.clusters import Clusters
from sundown.frontdesk.slack.transport.directory import SlackDirectory
from sundown.frontdesk.slack.transport.identity import Identity
from sundown.schedule.clock import Clock


class SlackDesk(Desk):
    """Besides: ``client`` (Slack's Web API), ``directory``, ``identity``, and the ``clusters`` behind the same app.

    ``channel_of`` answers in which channel people are told of an env; it is put in by whoever tells them.
    """

    client: AsyncWebClient
    directory: SlackDirectory
    channel_of: Callable[[str], Awaitable[str]]

    def __init__(
        self, configuration: Configuration, settings: FrontdeskSettings, *, clock: Clock | None = None
    ) -> None:
        super().__init__(configuration, settings, clock=clock)
        self.clusters = Clusters(
            own=settings.cluster_name, doors=settings.clusters, passes_on=settings.transport == "http"
        )
        self.identity = Identity()

    def join(self, session: aiohttp.ClientSession) -> None:
        """Make the client of Slack's Web API and what is built on it; asks Slack nothing yet."""
        settings = self.settings
        self.client = client_for(
            settings.slack_api_url, token=settings.slack_bot_token.get_secret_value(), session=session
        )
        self.directory = SlackDirectory(self.client)
        self.people = People(
            self.directory,
            clock=self.clock,
            time_to_live=settings.people_time_to_live,
            chosen_zone=lambda user_id: self.preferences.of(user_id).time_zone,
        )
