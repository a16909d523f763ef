"""Real Bolt apps for the simulator's tests, each on an event loop of its own in a thread, over Socket Mode or HTTP."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from typing import Any, Self

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sundown_lab.slack.remote import Workspace

START_SECONDS = 90.0
Listen = Callable[[AsyncApp], None]


class Bolt:
    """An app with the listeners that `listen` adds. `with Bolt(slack, listen) as bolt` returns when it is connected.

    `count` is how many apps are connected then, this one included.
    """

    def __init__(self, slack: Workspace, listen: Listen, *, http: bool = False, count: int = 1) -> None:
        self.slack = slack
        self.url = ""
        self._listen = listen
        self._http = http
        self._count = count
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="bolt", daemon=True)
        self._stop: Callable[[], Awaitable[None]] | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        self.slack.patience(10)  # a test of something else than speed must not fail on a slow machine
        self.run(self._start)
        if not self._http:
            self.slack.wait_for_connection(self._count)
        return self

    def __exit__(self, *_error: object) -> None:
        if self._stop is not None:
            self.run(self._stop)
        self.run(self._cancel_all)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_SECONDS)
        self._loop.close()
        left = self._count - 1
        self.slack.wait_until(lambda: self.slack.state()["app"]["connections"] == left, what="the app has gone")

    def run(self, make: Callable[[], Awaitable[Any]]) -> Any:
        """Runs something on the app's loop and returns what it returns."""

        async def work() -> Any:
            return await make()

        return asyncio.run_coroutine_threadsafe(work(), self._loop).result(START_SECONDS)

    async def _start(self) -> None:
        environment = self.slack.environment
        self.app = AsyncApp(token=environment["SLACK_BOT_TOKEN"], signing_secret=environment["SLACK_SIGNING_SECRET"])
        self.app.client.base_url = environment["SLACK_API_URL"]
        logging.getLogger("slack_bolt").setLevel(logging.CRITICAL)
        self._listen(self.app)
        if self._http:
            await self._serve()
        else:
            self.handler = AsyncSocketModeHandler(self.app, environment["SLACK_APP_TOKEN"], ping_interval=1)
            await self.handler.connect_async()  # type: ignore[no-untyped-call]
            self._stop = self.handler.close_async

    async def _serve(self) -> None:
        async def take(request: web.Request) -> web.Response:
            answer = await self.app.async_dispatch(await to_bolt_request(request))
            return await to_aiohttp_response(answer)

        web_app = web.Application()
        web_app.add_routes([web.post("/slack/events", take)])
        runner = web.AppRunner(web_app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self._stop = runner.cleanup
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        await asyncio.to_thread(self.slack.deliver_by_http, self.url, verify=True)

    async def _cancel_all(self) -> None:
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def client(slack: Workspace, *, token: str | None = None) -> WebClient:
    """Slack's own client for the simulator's Web API, as the app's bot or with another token."""
    environment = slack.environment
    return WebClient(token=token or environment["SLACK_BOT_TOKEN"], base_url=environment["SLACK_API_URL"])


def refusal(call: Callable[[], object]) -> dict[str, Any]:
    """What Slack answers to a call that it refuses."""
    try:
        call()
    except SlackApiError as error:
        data = error.response.data
        assert isinstance(data, dict)
        return data
    raise AssertionError("it was not refused")


def channel_id(slack: Workspace, name: str = "dev") -> str:
    """A channel's id."""
    return next(str(each["id"]) for each in slack.state()["channels"] if each["name"] == name)
