"""One request to the API server: who asks, for how long, and once more where it is busy.

Configuration and credentials are from kubernetes-asyncio. What a request is about is no matter here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any, TypeVar

import aiohttp
import orjson
from kubernetes_asyncio.client import Configuration
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt, stop_after_delay
from tenacity.stop import stop_base

from sundown.backoff import Backoff
from sundown.cluster.body import Body
from sundown.cluster.errors import AdmissionAway, Busy, SchemaUnread, TooLarge, Unanswered, Unreachable
from sundown.cluster.failure import failure
from sundown.cluster.session import open_session, proxy_for
from sundown.metrics import API_REQUESTS

T = TypeVar("T")
Take = Callable[[aiohttp.ClientResponse], AbstractAsyncContextManager[Body]]

_LONGEST_WAIT = 30.0
_AGAIN = Backoff(0.4, longest=_LONGEST_WAIT)
_UNTIL_READ = 20.0


class Transport:
    """An open connection; ``attempts`` is how often a request is made at most that is answered with Busy."""

    def __init__(self, configuration: Configuration, *, request_timeout: float, attempts: int, manager: str) -> None:
        self._configuration = configuration
        self._host = str(configuration.host).rstrip("/")
        self._request_timeout = request_timeout
        self._attempts = attempts
        self._manager = manager
        self._proxy = proxy_for(configuration)
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Be ready for requests."""
        self._session = open_session(self._configuration, timeout=self._request_timeout, manager=self._manager)

    async def close(self) -> None:
        """Make no more."""
        if self._session is not None:
            await self._session.close()

    async def send(
        self,
        method: str,
        path: str,
        *,
        body: dict[str, Any] | None = None,
        content_type: str = "application/json",
        accept: str = "application/json",
        params: Mapping[str, str],
        take: Take,
        decode: Callable[[Body], T],
    ) -> T:
        """What ``decode`` makes of the answer, of which ``take`` reads the body.

        Raises:
            ApiError: the API server refused, or could not be asked.
            ValueError: ``decode`` does.
        """
        data = orjson.dumps(body) if body is not None else None
        headers = {"Accept": accept}
        if data is not None:
            headers["Content-Type"] = content_type
        once = partial(self._once, method, path, data=data, headers=headers, params=params, take=take, decode=decode)
        try:
            return await once()
        except Busy as busy:
            first = busy
        again = AsyncRetrying(
            retry=retry_if_exception_type(Busy),
            stop=self._until(first),
            wait=_as_the_server_says,
            reraise=True,
        )
        await asyncio.sleep(first.retry_after if first.retry_after is not None else 0.2)
        async for attempt in again:
            with attempt:
                return await once()
        raise first

    def _until(self, first: Busy) -> stop_base:
        if isinstance(first, SchemaUnread):
            return stop_after_delay(_UNTIL_READ)
        # A webhook that is away takes its time to say so, and meanwhile others wait for this write.
        return stop_after_attempt(1 if isinstance(first, AdmissionAway) else self._attempts - 1)

    async def _once(
        self,
        method: str,
        path: str,
        *,
        data: bytes | None,
        headers: Mapping[str, str],
        params: Mapping[str, str],
        take: Take,
        decode: Callable[[Body], T],
    ) -> T:
        assert self._session is not None, "use `async with`"
        token = await self._configuration.get_api_key_with_prefix("BearerToken")
        sent = {**headers, "Authorization": token} if token else headers
        try:
            async with (
                self._session.request(
                    method,
                    self._host + path,
                    data=data,
                    headers=sent,
                    params=params or None,
                    server_hostname=self._configuration.tls_server_name or None,
                    proxy=self._proxy,
                    proxy_headers=self._configuration.proxy_headers,
                ) as response,
                take(response) as answer,
            ):
                API_REQUESTS.labels(method, str(response.status)).inc()
                if response.status < 400:
                    return decode(answer)
                retry_after = _seconds(response.headers.get("Retry-After"))
                raise failure(answer, request=f"{method} {path}", status=response.status, retry_after=retry_after)
        except TooLarge as error:
            raise TooLarge(f"{method} {path}: {error}", status=error.status) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            API_REQUESTS.labels(method, "none").inc()
            text = str(error) or type(error).__name__
            # What comes of the connection itself has a name of its own.
            kind = Unanswered if type(error) is TimeoutError else Unreachable
            raise kind(f"the API server at {self._host} does not answer: {text}") from error


def _seconds(retry_after: str | None) -> float | None:
    if retry_after is not None and retry_after.isascii() and retry_after.isdecimal():
        return min(float(retry_after), _LONGEST_WAIT)
    return None


def _as_the_server_says(state: RetryCallState) -> float:
    """Retry-After where the server sent one, else longer each time."""
    error = state.outcome.exception() if state.outcome is not None else None
    if isinstance(error, Busy) and error.retry_after is not None:
        return error.retry_after
    return _AGAIN(state)
