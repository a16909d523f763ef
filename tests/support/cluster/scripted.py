"""A server of a few lines that answers as it was told, and the door to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from kubernetes_asyncio.client import Configuration

from sundown.cluster.client import Cluster


class Script:
    """A server that gives the answers it was told, one after the other, and notes what it was asked."""

    def __init__(self, *answers: web.Response) -> None:
        self._answers = list(answers)
        self.asked: list[web.Request] = []

    async def answer(self, request: web.Request) -> web.Response:
        """The next answer."""
        self.asked.append(request)
        return self._answers.pop(0)


def reply(body: Any, status: int = 200, *, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response(body, status=status, headers=headers)


@asynccontextmanager
async def door(script: Script, **options: Any) -> AsyncIterator[Cluster]:
    """A cluster that answers by the script."""
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", script.answer)
    async with TestServer(application) as server:
        configuration = Configuration()
        configuration.host = str(server.make_url("")).rstrip("/")
        async with Cluster(configuration, **options) as cluster:
            yield cluster
