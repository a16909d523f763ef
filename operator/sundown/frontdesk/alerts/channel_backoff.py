"""What can go wrong with Slack, and how long to leave a conversation alone then."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

import structlog

from sundown.backoff import Backoff
from sundown.errors import SundownError
from sundown.schedule.clock import Clock

log = structlog.get_logger(__name__)

_AGAIN = Backoff(5.0, longest=60.0)
_REFUSED = Backoff(5.0, longest=600.0)
"""Somebody may be about to invite the app; but what is refused for good is hardly asked for any more."""
_LONGEST_QUEUE = 60


class SlackTrouble(SundownError):
    """Slack did not do what it was asked."""

    reason = "SlackError"


class Busy(SlackTrouble):
    """429: nothing was done, and nothing shall be asked for ``retry_after`` seconds."""

    reason = "SlackBusy"

    def __init__(self, text: str, *, retry_after: float) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class Silent(SlackTrouble):
    """No answer, or one that says nothing: what was asked may have been done."""

    reason = "SlackUnreachable"


class Refusal(SlackTrouble):
    """Slack said no, in its own word (``channel_not_found``): nothing was done, and asking again helps nobody soon."""

    reason = "SlackRefused"

    def __init__(self, code: str) -> None:
        super().__init__(f"Slack refuses: {code}")
        self.code = code


class TooLate(SlackTrouble):
    """So much time went by since the mark that somebody else may have begun to look for the message."""

    reason = "TooLate"


class Patience:
    """Which conversations are to be left alone, and until when. What is wrong with one is said once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[str, datetime] = {}
        self._failures: dict[str, int] = defaultdict(int)
        self._waiting: dict[str, int] = defaultdict(int)
        self._said: dict[str, str] = {}
        self._refused: dict[str, str] = {}

    def until(self, channel: str) -> datetime | None:
        """When it may be tried again, None for now."""
        at = self._until.get(channel)
        return at if at is not None and at > self._clock.now() else None

    def turn(self, channel: str) -> datetime | None:
        """When to try it again for one who waits, None for now: one a second, as Slack allows, not all at the same moment.

        Source: https://docs.slack.dev/apis/web-api/rate-limits (one message a second and channel).
        """
        at = self.until(channel)
        if at is None:
            return None
        self._waiting[channel] += 1
        return at + timedelta(seconds=min(self._waiting[channel] - 1, _LONGEST_QUEUE))

    def refused(self, channel: str) -> str | None:
        """Slack's word for why nothing can be said there; None where nothing has been refused lately."""
        return self._refused.get(channel)

    def well(self, channel: str) -> None:
        """It has worked."""
        self._refused.pop(channel, None)
        self._until.pop(channel, None)
        self._failures.pop(channel, None)
        if self._said.pop(channel, None) is not None:
            log.info("slack-again", channel=channel)

    def failed(self, channel: str, trouble: SlackTrouble) -> None:
        """It has not."""
        self._failures[channel] += 1
        if isinstance(trouble, Refusal):
            self._refused[channel] = trouble.code
        if isinstance(trouble, Busy):
            wait = timedelta(seconds=trouble.retry_after)
        else:
            waits = _REFUSED if isinstance(trouble, Refusal) else _AGAIN
            wait = waits.span(self._failures[channel])
        self._waiting.pop(channel, None)
        self._until[channel] = self._clock.now() + wait
        if self._said.get(channel) != str(trouble):
            self._said[channel] = str(trouble)
            log.warning("slack-trouble", channel=channel, reason=trouble.reason, error=str(trouble))
