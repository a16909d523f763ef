"""Slack's Web API: slack_sdk's client with what it leaves out, namely asking again, one session, and a proxy only where it applies."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient

from sundown.backoff import Backoff
from sundown.frontdesk.people.people import SlackAway
from sundown.proxies import proxy_for

__all__ = ["FAILURES", "AsyncWebClient", "SlackApiError", "away", "client_for", "open_session", "quiet"]

FAILURES = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError)
"""What a call of the Web API can raise when Slack refuses it, breaks, or is not there."""

_SLACKS = (".slack.com", ".slack-gov.com")
_TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)
_TIMES = 4
_LONGEST_WAIT = 60.0
_AGAIN = Backoff(0.5, longest=_LONGEST_WAIT, spread=0.25)
_NOT_TWICE = ("/chat.postMessage", "/chat.postEphemeral", "/files.completeUploadExternal")


class Again(AsyncRetryHandler):
    """Asks again after 429, 5xx, silence and lost connections: up to four times, as long apart as Slack says or longer each time.

    What would be there twice if the lost call had been heard, a new message say, is only asked again where Slack cannot
    have done it: after 429, or when nobody could be reached. Who posts such a thing has to look before posting it again.
    """

    def __init__(self) -> None:
        super().__init__(max_retry_count=_TIMES)

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        repeatable = not urlsplit(request.url).path.endswith(_NOT_TWICE)
        if isinstance(error, aiohttp.ClientConnectorError):
            return True
        if error is not None:
            return repeatable and isinstance(error, aiohttp.ClientError | TimeoutError)
        if response is None:
            return False
        return response.status_code == 429 or (repeatable and response.status_code >= 500)

    async def prepare_for_next_attempt_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> None:
        """Wait before the next attempt."""
        state.next_attempt_requested = True
        state.increment_current_attempt()
        await asyncio.sleep(_told_to_wait(response) or _AGAIN.after(state.current_attempt))


def _told_to_wait(response: HttpResponse | None) -> float | None:
    for name, values in (response.headers if response is not None else {}).items():
        if name.lower() == "retry-after" and values and values[0].isascii() and values[0].isdecimal():
            return min(float(values[0]), _LONGEST_WAIT) + random.uniform(0.0, 0.2)  # noqa: S311 - no secret
    return None


class SentOn(aiohttp.ClientError):
    """Slack redirects no call, so whoever does is somebody else."""


async def _refuse_to_be_sent_on(
    _session: object, _context: object, redirect: aiohttp.TraceRequestRedirectParams
) -> None:
    raise SentOn(f"{redirect.url.host} sends the call on to another address, which Slack never does")


def is_slack(url: str, *, api: str) -> bool:
    """Whether an address that came with a delivery is Slack's: of its domains by https, or where the Web API is."""
    try:
        address, ours = urlsplit(url), urlsplit(api)
        if (address.scheme, address.hostname, address.port) == (ours.scheme, ours.hostname, ours.port):
            return True
        host = address.hostname or ""
        plain = address.username is None and address.password is None and address.port in {None, 443}
    except ValueError:
        return False
    return address.scheme == "https" and plain and host.endswith(_SLACKS)


@asynccontextmanager
async def open_session() -> AsyncIterator[aiohttp.ClientSession]:
    """The one session of all calls; each attempt ends within 10 s."""
    tracing = aiohttp.TraceConfig()
    tracing.on_request_redirect.append(_refuse_to_be_sent_on)
    async with aiohttp.ClientSession(
        timeout=_TIMEOUT, cookie_jar=aiohttp.DummyCookieJar(), trace_configs=[tracing]
    ) as session:
        yield session


def client_for(base_url: str, *, token: str | None, session: aiohttp.ClientSession) -> AsyncWebClient:
    """A client of the Slack at ``base_url``."""
    client = AsyncWebClient(
        token=token, base_url=base_url, session=session, logger=quiet("api"), retry_handlers=[Again()]
    )
    client.proxy = proxy_for(base_url)  # slack_sdk takes HTTPS_PROXY for everything and knows no NO_PROXY
    return client


def quiet(part: str) -> logging.Logger:
    """A logger for Slack's libraries, which tell of errors with tracebacks and whole payloads: only the worst is kept."""
    logger = logging.getLogger(f"sundown.slack.{part}")
    logger.setLevel(logging.CRITICAL)
    return logger


def away(error: Exception) -> SlackAway:
    """What went wrong with a call, in words."""
    if isinstance(error, SlackApiError):
        code = error.response.get("error") if hasattr(error.response, "get") else None
        return SlackAway(f"Slack refused a call: {code or 'no reason given'}")
    return SlackAway(f"Slack does not answer: {str(error) or type(error).__name__}")
