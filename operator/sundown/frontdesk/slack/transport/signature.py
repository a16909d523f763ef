"""Whether a request is Slack's: the signature over the raw body, its age, and that it is the first of its kind.

Source: https://docs.slack.dev/authentication/verifying-requests-from-slack. Done here and not by Bolt's verifier, which works on
decoded text and raises for headers that it does not expect.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

MOST_AGE = timedelta(minutes=5)
TIMESTAMP = "X-Slack-Request-Timestamp"
SIGNATURE = "X-Slack-Signature"

_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,11}", re.ASCII)


def sign(secret: str, *, timestamp: str, body: bytes) -> str:
    """The signature that Slack puts on a body at a time in seconds since 1970."""
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    return f"v0={digest.hexdigest()}"


def flaw_of_the_head(headers: Mapping[str, str], *, now: datetime, since: int = 0) -> str | None:
    """What is wrong with a request before its body is read, in a word; None where it may be Slack's. Never raises.

    What was signed before ``since``, in seconds since 1970, is too old.
    """
    timestamp, signature = headers.get(TIMESTAMP), headers.get(SIGNATURE)
    if timestamp is None or signature is None:
        return "unsigned"
    if not _SECONDS.fullmatch(timestamp):
        return "timestamp"
    if int(timestamp) < since or abs(now.timestamp() - int(timestamp)) > MOST_AGE.total_seconds():
        return "old"
    return None if _SIGNATURE.fullmatch(signature) else "forged"


def flaw(headers: Mapping[str, str], body: bytes, *, secret: str, now: datetime) -> str | None:
    """What is wrong with a request, in a word; None where it is Slack's. Never raises."""
    wrong = flaw_of_the_head(headers, now=now)
    if wrong is not None:
        return wrong
    timestamp, signature = headers[TIMESTAMP], headers[SIGNATURE]
    expected = sign(secret, timestamp=timestamp, body=body)
    if not hmac.compare_digest(expected.encode(), signature.encode(errors="replace")):
        return "forged"
    return None


class Replays:
    """The signatures of the last minutes. Slack signs every attempt anew, so that none comes twice."""

    def __init__(self) -> None:
        self._seen: dict[str, datetime] = {}

    def is_new(self, signature: str, *, now: datetime) -> bool:
        """Whether this one has not been here before; remembered until it would be too old anyway."""
        # In the order in which they came, and all live equally long: the old ones are in front. A clock ahead of ours
        # makes a request good for twice the time.
        for old in list(self._seen):
            if self._seen[old] > now:
                break
            del self._seen[old]
        if signature in self._seen:
            return False
        self._seen[signature] = now + 2 * MOST_AGE
        return True
