"""The HTTP door by itself, and who posts to it: signed as Slack signs, or not."""

from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from aiohttp import ClientSession
from kubernetes_asyncio.client import Configuration
from pydantic import SecretStr

from sundown.frontdesk.settings import FrontdeskSettings
from sundown.frontdesk.slack.app import make_app
from sundown.frontdesk.slack.transport.client import client_for
from sundown.frontdesk.slack.transport.desk import SlackDesk
from sundown.frontdesk.slack.transport.http_door import PATH, open_door
from sundown.frontdesk.slack.transport.signature import SIGNATURE, TIMESTAMP, sign

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"  # of the example in Slack's documentation
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
FORM = "application/x-www-form-urlencoded"
EXAMPLE = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
    b"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)


class Noon:
    """A clock that stands still."""

    def now(self) -> datetime:
        """Noon."""
        return NOW


class Visitor:
    """Posts to a door."""

    def __init__(self, session: ClientSession, url: str) -> None:
        self._session = session
        self.url = url

    async def post(self, body: bytes, headers: dict[str, str]) -> int:
        """The status of the answer."""
        async with self._session.post(self.url, data=body, headers=headers) as answer:
            await answer.read()
            return answer.status

    async def signed(self, body: bytes, *, at: datetime = NOW, content_type: str = FORM) -> int:
        """The same, signed as Slack signs."""
        return await self.post(body, {**signature(body, at=at), "Content-Type": content_type})


def signature(body: bytes, *, at: datetime = NOW) -> dict[str, str]:
    timestamp = str(int(at.timestamp()))
    return {TIMESTAMP: timestamp, SIGNATURE: sign(SECRET, timestamp=timestamp, body=body)}


@asynccontextmanager
async def door(
    works: list[str], *, asked: Mapping[tuple[str, str], str] | None = None, **settings: Any
) -> AsyncIterator[Visitor]:
    """A door whose listeners have neither a Slack nor a cluster behind them, and need none to acknowledge.

    ``asked`` are the requests that wait for an answer, by channel and ts of their messages.
    """
    options: dict[str, Any] = {"slack_bot_token": SecretStr("xoxb-1"), "slack_signing_secret": SecretStr(SECRET)}
    chosen = FrontdeskSettings(**options, **settings, slack_port=0, slack_host="127.0.0.1")
    desk = SlackDesk(Configuration(), chosen, clock=Noon())

    def note(name: str, coroutine: Coroutine[Any, Any, None]) -> None:
        works.append(name)
        coroutine.close()

    desk.work = desk.start_task = note  # type: ignore[method-assign]
    desk.live.request_at = lambda channel, ts: (asked or {}).get((channel, ts))  # type: ignore[method-assign]
    async with ClientSession() as session:
        desk.join(session)
        app = make_app(desk, client_for("http://127.0.0.1:9/api/", token=None, session=session))
        async with open_door(app, desk) as port:
            yield Visitor(session, f"http://127.0.0.1:{port}{PATH}")
