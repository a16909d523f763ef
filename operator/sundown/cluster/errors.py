"""What the API server can answer, as errors that a caller can tell apart."""

from __future__ import annotations

import re

from sundown.errors import SundownError
from sundown.model.cutting import MORE, clip_bytes

_LONGEST = 300
_AWAY = "failed calling webhook"
_UNREAD = "There can be a delay between when CustomResourceDefinitions are created"
_QUOTED = re.compile(r'"(?:[^"\\]|\\.){100,}"', re.DOTALL)
"""The API server quotes what it refuses, which may be the whole object, and says only behind it what is wrong."""


class ApiError(SundownError):
    """The API server refused, or could not be asked.

    ``status`` is the HTTP status, 0 where there was no answer.
    """

    reason = "ApiError"

    def __init__(self, text: str, *, status: int = 0, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.retry_after = retry_after


class Unreachable(ApiError):
    """No answer: the server is away, the network is cut, the time is over. What was asked may have been done."""

    reason = "ApiServerUnreachable"


class Unanswered(Unreachable):
    """The API server took the request, and its answer has not come in time: it may wait for a webhook itself."""

    reason = "ApiServerUnanswered"


class Busy(ApiError):
    """429, or a 5xx that passes: asked again after ``retry_after`` seconds."""

    reason = "ApiServerBusy"


class AdmissionAway(Busy):
    """500 because a webhook of the cluster, without which nothing of the kind is written, does not answer."""

    reason = "AdmissionAway"


class SchemaUnread(Busy):
    """503 because the API server's own policies do not know the schema of a new CRD for some seconds: nothing was done."""

    reason = "SchemaUnread"


class Conflict(ApiError):
    """409: somebody else wrote since the object was read, or owns the field; or it exists already."""

    reason = "Conflict"


class Expired(ApiError):
    """410: the page or the version asked for is gone."""

    reason = "Expired"


class Missing(ApiError):
    """404: no such object, or no such kind."""

    reason = "NotFound"


class NoSuchKind(Missing):
    """404 that is about no object: the cluster does not serve anything of the kind."""

    reason = "NoSuchKind"


class Denied(ApiError):
    """401 or 403: Sundown lacks the right, or the namespace is being deleted."""

    reason = "Forbidden"


class Refused(ApiError):
    """Any other 4xx: the request is at fault, so the same again would be refused again."""

    reason = "Refused"


class TooLarge(ApiError):
    """An answer of more bytes than anybody here wants to hold."""

    reason = "TooLarge"


def error_for(status: int, text: str, retry_after: float | None, *, kind_named: bool = True) -> ApiError:
    """The error that stands for an HTTP status of 400 or more; ``kind_named``: the answer names the kind that it is about."""
    if status == 404 and not kind_named:
        return NoSuchKind(text, status=status)
    if status == 500 and _AWAY in text:
        return AdmissionAway(text, status=status, retry_after=retry_after)
    if status == 503 and _UNREAD in text:
        return SchemaUnread(text, status=status, retry_after=retry_after)
    kinds: dict[int, type[ApiError]] = {401: Denied, 403: Denied, 404: Missing, 409: Conflict, 410: Expired, 429: Busy}
    kind = kinds.get(status, Busy if status >= 500 else Refused)
    return kind(text, status=status, retry_after=retry_after)


def told(message: str) -> str:
    """The API server's reason, in a length that people read."""
    return clip_bytes(_QUOTED.sub(f'"{MORE}"', message), _LONGEST)
