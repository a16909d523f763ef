"""The frontdesk's process: started, stopped, and how well it is."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import kopf
import structlog
from kubernetes_asyncio.client import Configuration
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type

from sundown.backoff import Backoff, failure
from sundown.frontdesk.api.server import open_api
from sundown.frontdesk.settings import FrontdeskSettings
from sundown.frontdesk.slack.app import make_app
from sundown.frontdesk.slack.transport.client import FAILURES, away, client_for, open_session
from sundown.frontdesk.slack.transport.desk import SlackDesk
from sundown.frontdesk.slack.transport.http_door import open_door
from sundown.frontdesk.slack.transport.identity import WhichWorkspace, identify
from sundown.frontdesk.slack.transport.socket import Socket
from sundown.kopf_glue import setup
from sundown.process.probes import Health, serve

log = structlog.get_logger(__name__)

_LAST_WORDS = 1.5
_AGAIN = Backoff(1.0, longest=30.0)


class Frontdesk:
    """Everything that runs in the frontdesk's process beside Kopf."""

    def __init__(self, configuration: Configuration, settings: FrontdeskSettings) -> None:
        self._configuration = configuration
        self._settings = settings
        self.desk = SlackDesk(configuration, settings)
        self.stopped = asyncio.Event()
        self._resources = AsyncExitStack()
        self._entrance = AsyncExitStack()
        self._socket: Socket | None = None
        self._unknown: str | None = "has not asked Slack who it is yet"

    async def start(self) -> None:
        """Open everything, and begin to listen."""
        settings, desk, enter = self._settings, self.desk, self._resources.enter_async_context
        await enter(desk.cluster)
        await enter(serve(self.health, refresh=lambda: None, host=settings.http_host, port=settings.http_port))
        session = await enter(open_session())
        desk.join(session)
        self._resources.push_async_callback(desk.people.close)
        desk.start_task("feed", desk.feed.run())
        desk.start_task("board", desk.board.run())
        desk.start_task("preferences", desk.preferences.run())
        desk.tasks.start("identity", self._identify(), ends=True)
        app = make_app(desk, client_for(settings.slack_api_url, token=None, session=session))
        if settings.transport == "http":
            await self._entrance.enter_async_context(open_door(app, desk))
        else:
            assert settings.slack_app_token is not None
            self._socket = Socket(app, app_token=settings.slack_app_token.get_secret_value(), client=desk.client)
            desk.start_task("socket", self._socket.run())
        if settings.api_port is not None:
            await self._entrance.enter_async_context(open_api(desk))
        log.info("started", transport=settings.transport, cluster=settings.cluster_name)

    async def stop(self) -> None:
        """Listen no more, finish the answers that are on their way, close everything."""
        await self._entrance.aclose()
        await self.desk.tasks.stop(last_words=_LAST_WORDS)
        await self._resources.aclose()
        log.info("stopped")
        self.stopped.set()

    async def credentials(self) -> kopf.AiohttpSession:
        """What Kopf logs in with."""
        return await setup.credentials(self._configuration)

    def health(self) -> Health:
        """What the probes answer."""
        desk, dead = self.desk, self.desk.tasks.dead
        troubles = [
            *([f"stopped: {', '.join(dead)}"] if dead else []),
            *([self._unknown] if self._unknown is not None else []),
            *([self._socket.trouble] if self._socket is not None and self._socket.trouble is not None else []),
            *([desk.feed.listing.failed or "learning what there is"] if not desk.board.complete.is_set() else []),
        ]
        remarks = [said for remark in desk.remarks if (said := remark())]
        return Health(alive=not dead, ready=not troubles, text="; ".join(troubles) or "ok", remark="; ".join(remarks))

    async def _identify(self) -> None:
        """Ask Slack who the app is, until it says so."""
        known = retry_if_exception_type((*FAILURES, WhichWorkspace))
        again = AsyncRetrying(retry=known, wait=_AGAIN, before_sleep=self._not_identified)
        desk = self.desk
        desk.identity = desk.directory.home = await again(identify, desk.client, wanted=self._settings.slack_team)
        self._unknown = None

    def _not_identified(self, state: RetryCallState) -> None:
        error = failure(state)
        trouble = error if isinstance(error, WhichWorkspace) else away(error)
        self._unknown = f"does not know who it is: {trouble}"
        log.warning("identity-unknown", error=str(trouble), wait_seconds=state.upcoming_sleep)
