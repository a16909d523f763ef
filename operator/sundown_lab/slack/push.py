"""HTTP delivery: signed POSTs to where the app listens.

https://docs.slack.dev/authentication/verifying-requests-from-slack/ - the signature is over the bytes that are sent.
"""

import hashlib
import hmac
import json
import secrets
import time
from urllib.parse import urlencode

import aiohttp

from sundown_lab.slack.errors import Impossible
from sundown_lab.slack.parcels import Answer, Parcel, Unreachable
from sundown_lab.slack.records import Json

PATIENCE = 60.0
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def signature(secret: str, *, timestamp: str, body: bytes) -> str:
    """The value of X-Slack-Signature for a body sent at a time (seconds since 1970, as text)."""
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return f"v0={digest}"


def encoded(parcel: Parcel) -> tuple[bytes, str]:
    """Body and content type: a form for commands and interactivity, JSON for events."""
    if parcel.kind == "events_api":
        return json.dumps(parcel.payload).encode(), JSON
    if parcel.kind == "interactive":
        return urlencode({"payload": json.dumps(parcel.payload)}).encode(), FORM
    return urlencode(parcel.payload).encode(), FORM


class Push:
    """The way to an app that listens at a URL and knows the signing secret."""

    def __init__(self, url: str, *, signing_secret: str) -> None:
        self.url = url
        self._secret = signing_secret
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """No more deliveries."""
        if self._session is not None:
            await self._session.close()

    async def carry(self, parcel: Parcel) -> Answer:
        """POSTs it. Raises Unreachable: no answer, or another than 200."""
        body, content_type = encoded(parcel)
        retried = (
            {"X-Slack-Retry-Num": str(parcel.retry), "X-Slack-Retry-Reason": parcel.reason} if parcel.retry else {}
        )
        status, headers, text = await self._post(body, {"Content-Type": content_type, **retried})
        no_retry = headers.get("X-Slack-No-Retry") == "1"
        if status != 200:
            raise Unreachable(f"HTTP {status}", status=status, no_retry=no_retry)
        return Answer(_payload(text, headers.get("Content-Type", "")), status, no_retry)

    async def _post(self, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], str]:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE))
        timestamp = str(int(time.time()))
        signed = {
            **headers,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._secret, timestamp=timestamp, body=body),
        }
        try:
            async with self._session.post(self.url, data=body, headers=signed, allow_redirects=False) as answer:
                return answer.status, dict(answer.headers), await answer.text(errors="replace")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable(str(error) or type(error).__name__) from error

    async def verify(self) -> None:
        """The handshake with which Slack tries a request URL. Raises Impossible: it was not answered with the challenge."""
        challenge = secrets.token_urlsafe(24)
        body: Json = {"token": "verification", "challenge": challenge, "type": "url_verification"}
        try:
            status, _, text = await self._post(json.dumps(body).encode(), {"Content-Type": JSON})
        except Unreachable as error:
            raise Impossible(f"{self.url} did not answer the challenge: {error}") from error
        if status != 200 or challenge not in text:
            raise Impossible(f"{self.url} did not answer the challenge: HTTP {status}: {text[:200]}")


def _payload(text: str, content_type: str) -> Json | None:
    if content_type.startswith(JSON):
        try:
            found = json.loads(text)
        except ValueError:
            return {"text": text}
        return found if isinstance(found, dict) and found else None
    return {"text": text} if text.strip() else None
