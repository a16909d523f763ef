"""The frontdesk's process: its rooms put together, started and stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import aiohttp
import kopf
import structlog
from kubernetes_asyncio.client import Configuration

from sundown.cluster.client import Cluster
from sundown.frontdesk.envs.feed import Feed
from sundown.frontdesk.envs.mirror import Board
from sundown.frontdesk.people.people import People
from sundown.frontdesk.people.preferences import PreferenceBook
from sundown.frontdesk.people.rights import Rights
from sundown.frontdesk.people.sight import Sight
from sundown.frontdesk.requests.deletions import Deletions
from sundown.frontdesk.settings import FrontdeskSettings
from sundown.frontdesk.slack.app import make_app
from sundown.frontdesk.slack.transport.client import FAILURES, AsyncWebClient, away, client_for, open_session
from sundown.frontdesk.slack.transport.clusters import Clusters
from sundown.frontdesk.slack.transport.directory import SlackDirectory
from sundown.frontdesk.slack.transport.http_door import open_door
from sundown.frontdesk.slack.transport.identity import Identity, WhichWorkspace, identify
from sundown.frontdesk.slack.transport.socket import Socket
from sundown.frontdesk.wishes.actions import Actions
from sundown.frontdesk.wishes.pace import Pace
from sundown.kopf_glue import setup
from sundown.model import managers
from sundown.process.probes import Health, serve
from sundown.schedule.clock import Clock, SystemClock
from sundown.usecases.doors import Door

log = structlog.get_logger(__name__)

_LAST_WORDS = 1.5
_RELISTING = timedelta(minutes=10)
_ATTEMPTS = 3
_PATIENCE = 10.0


class Desk:
    """Everything that runs in the frontdesk's process beside Kopf, and what the rooms share.

    ``settings``, ``clock``, ``cluster`` (writes name their field manager themselves), ``board``, ``people``, ``rights``,
    ``preferences``, ``actions``, ``deletions``, ``client`` (Slack's Web API) and ``identity`` are for every room. A room plugs in
    by its ``listen(app, desk)`` (see ``slack.app.ROOMS``), by ``board.changed.append(...)``, by
    ``actions.carried_out.append(...)``, by ``start_task`` for what runs as long as the process, and by ``work`` for what
    answers one delivery.
    """

    client: AsyncWebClient
    directory: SlackDirectory
    people: People

    def __init__(
        self, configuration: Configuration, settings: FrontdeskSettings, *, clock: Clock | None = None
    ) -> None:
        self._configuration = configuration
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.cluster = Cluster(
            configuration,
            request_timeout=min(settings.request_timeout_seconds, _PATIENCE),
            attempts=_ATTEMPTS,
            manager=managers.FRONTDESK,
        )
        self.door = Door(manager=managers.FRONTDESK, via="slack", program=settings.slack_command, own_rights=False)
        self.board = Board(rules=settings)
        self.feed = Feed(self.cluster, self.board, period=_RELISTING)
        self.rights = Rights(self.cluster)
        self.sight = Sight(self.rights, clock=self.clock, good_for=timedelta(seconds=settings.sight_seconds))
        self.pace = Pace(at_most=settings.person_requests, clock=self.clock)
        self.preferences = PreferenceBook(self.cluster, namespace=settings.namespace)
        self.actions = Actions(self.cluster, board=self.board, rights=self.rights, clock=self.clock, door=self.door)
        self.deletions = Deletions(
            self.cluster, rights=self.rights, clock=self.clock, settings=settings, door=self.door
        )
        self.clusters = Clusters(
            own=settings.cluster_name, doors=settings.clusters, passes_on=settings.transport == "http"
        )
        self.identity = Identity()
        self.stopped = asyncio.Event()
        self._resources = AsyncExitStack()
        self._entrance = AsyncExitStack()
        self._tasks: dict[str, asyncio.Task[Any]] = {}
        self._works: set[asyncio.Task[None]] = set()
        self._socket: Socket | None = None
        self._unknown: str | None = "has not asked Slack who it is yet"

    def start_task(self, name: str, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run something for as long as the process; if it ends by an error, ``/livez`` says so and the process is restarted."""
        task = asyncio.create_task(coroutine, name=name)
        task.add_done_callback(_log_death)
        self._tasks[name] = task

    def work(self, name: str, coroutine: Coroutine[Any, Any, None]) -> None:
        """Do something that a delivery asked for, after it was acknowledged; what it raises is logged."""
        task = asyncio.create_task(coroutine, name=name)
        self._works.add(task)
        task.add_done_callback(self._works.discard)
        task.add_done_callback(_log_death)

    async def start(self) -> None:
        """Open everything, and begin to listen."""
        settings, enter = self.settings, self._resources.enter_async_context
        await enter(self.cluster)
        await enter(serve(self.health, refresh=lambda: None, host=settings.http_host, port=settings.http_port))
        session = await enter(open_session())
        self.join(session)
        self._resources.push_async_callback(self.people.close)
        self.start_task("feed", self.feed.run())
        self.start_task("board", self.board.run())
        self.start_task("preferences", self.preferences.run())
        self.start_task("identity", self._identify())
        app = make_app(self, client_for(settings.slack_api_url, token=None, session=session))
        if settings.transport == "http":
            await self._entrance.enter_async_context(open_door(app, self))
        else:
            assert settings.slack_app_token is not None
            self._socket = Socket(app, app_token=settings.slack_app_token.get_secret_value(), client=self.client)
            self.start_task("socket", self._socket.run())
        log.info("started", transport=settings.transport, cluster=settings.cluster_name)

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

    async def stop(self) -> None:
        """Listen no more, finish the answers that are on their way, close everything."""
        await self._entrance.aclose()
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        if self._works:
            await asyncio.wait(set(self._works), timeout=_LAST_WORDS)
        for task in set(self._works):
            task.cancel()
        await asyncio.gather(*self._works, return_exceptions=True)
        await self._resources.aclose()
        log.info("stopped")
        self.stopped.set()

    async def credentials(self) -> kopf.AiohttpSession:
        """What Kopf logs in with."""
        return await setup.credentials(self._configuration)

    def health(self) -> Health:
        """What the probes answer."""
        dead = [name for name, task in self._tasks.items() if task.done() and not task.cancelled()]
        alive = not [name for name in dead if self._tasks[name].exception() is not None]
        troubles = [
            *([f"stopped: {', '.join(dead)}"] if not alive else []),
            *([self._unknown] if self._unknown is not None else []),
            *([self._socket.trouble] if self._socket is not None and self._socket.trouble is not None else []),
            *([self.feed.listing.failed or "learning what there is"] if not self.board.complete.is_set() else []),
        ]
        return Health(alive=alive, ready=not troubles, text="; ".join(troubles) or "ok")

    async def _identify(self) -> None:
        """Ask Slack who the app is, until it says so."""
        wait = 1.0
        while True:
            try:
                self.identity = await identify(self.client, wanted=self.settings.slack_team)
            except (*FAILURES, WhichWorkspace) as error:
                trouble = error if isinstance(error, WhichWorkspace) else away(error)
                self._unknown = f"does not know who it is: {trouble}"
                log.warning("identity-unknown", error=str(trouble), wait_seconds=wait)
                await asyncio.sleep(wait)
                wait = min(wait * 2, 30.0)
            else:
                self.directory.home = self.identity
                self._unknown = None
                return


def _log_death(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("task-died", task=task.get_name(), exc_info=task.exception())
