"""What went wrong, as ``application/problem+json`` (RFC 9457): the family of errors, and which HTTP status each is. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from math import ceil

from pydantic import Field

from sundown.cluster.errors import ApiError, Busy, Conflict, Refused, Unreachable
from sundown.cluster.reviews import NotAsked
from sundown.errors import ChangedMeanwhile, InvalidObject, NotFound, NothingToDo, OutOfRange, SundownError
from sundown.frontdesk.api.bodies import Unreadable, WrongType
from sundown.frontdesk.requests.asking import MaybeAsked, NotUnderstood
from sundown.frontdesk.wishes.actions import ClusterAway
from sundown.frontdesk.wishes.pace import TooMuch
from sundown.model.base import Model
from sundown.usecases.find import NotAllowed, NotInstalled
from sundown.usecases.support import NoSuchSize, TurnedOff

CONTENT_TYPE = "application/problem+json"
_AGAIN = 5
_MOST_TEXT = 2_000


class Unauthenticated(SundownError):
    """Nobody knows who it is that asks."""

    reason = "Unauthenticated"


class TooLarge(SundownError):
    """More was sent than anybody wants to hold."""

    reason = "TooLarge"


class TooSlow(SundownError):
    """What was announced did not come in time."""

    reason = "TooSlow"


class Overloaded(SundownError):
    """So much is being done that no more can be."""

    reason = "Overloaded"


class OneAtATime(SundownError):
    """Somebody wants much done while the much that they wanted before is being done."""

    reason = "OneAtATime"


class StillAtIt(SundownError):
    """The same request is being carried out at this moment."""

    reason = "StillAtIt"


class OtherRequest(SundownError):
    """The key of a request was used for another one."""

    reason = "KeyUsedTwice"


class BadHeader(SundownError):
    """A header that cannot be taken as it is."""

    reason = "BadHeader"


class NoSuchPage(SundownError):
    """A path at which there is nothing."""

    reason = "NoSuchPath"


class NoSuchMethod(SundownError):
    """A path at which there is something else."""

    reason = "MethodNotAllowed"


class Broken(SundownError):
    """A fault of Sundown's own."""

    reason = "Broken"


STATUSES: tuple[tuple[type[SundownError], HTTPStatus], ...] = (
    (Unreadable, HTTPStatus.BAD_REQUEST),
    (BadHeader, HTTPStatus.BAD_REQUEST),
    (Unauthenticated, HTTPStatus.UNAUTHORIZED),
    (NotAllowed, HTTPStatus.FORBIDDEN),
    (NotFound, HTTPStatus.NOT_FOUND),
    (TurnedOff, HTTPStatus.NOT_FOUND),
    (NoSuchPage, HTTPStatus.NOT_FOUND),
    (NoSuchMethod, HTTPStatus.METHOD_NOT_ALLOWED),
    (TooSlow, HTTPStatus.REQUEST_TIMEOUT),
    (NothingToDo, HTTPStatus.CONFLICT),
    (Conflict, HTTPStatus.CONFLICT),
    (StillAtIt, HTTPStatus.CONFLICT),
    (ChangedMeanwhile, HTTPStatus.PRECONDITION_FAILED),
    (TooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (WrongType, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    (OutOfRange, HTTPStatus.UNPROCESSABLE_ENTITY),
    (InvalidObject, HTTPStatus.UNPROCESSABLE_ENTITY),
    (OtherRequest, HTTPStatus.UNPROCESSABLE_ENTITY),
    (NoSuchSize, HTTPStatus.UNPROCESSABLE_ENTITY),
    (NotUnderstood, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Refused, HTTPStatus.UNPROCESSABLE_ENTITY),
    (TooMuch, HTTPStatus.TOO_MANY_REQUESTS),
    (OneAtATime, HTTPStatus.TOO_MANY_REQUESTS),
    (ClusterAway, HTTPStatus.SERVICE_UNAVAILABLE),
    (MaybeAsked, HTTPStatus.SERVICE_UNAVAILABLE),
    (NotAsked, HTTPStatus.SERVICE_UNAVAILABLE),
    (NotInstalled, HTTPStatus.SERVICE_UNAVAILABLE),
    (Overloaded, HTTPStatus.SERVICE_UNAVAILABLE),
    (Unreachable, HTTPStatus.SERVICE_UNAVAILABLE),
    (Busy, HTTPStatus.SERVICE_UNAVAILABLE),
    (ApiError, HTTPStatus.SERVICE_UNAVAILABLE),
    (Broken, HTTPStatus.SERVICE_UNAVAILABLE),
)
"""The first that fits counts. Whatever else is refused conflicts with how things are."""

_LATER: dict[type[SundownError], int] = {TooMuch: 15, OneAtATime: 1, Overloaded: 1}


class Flaw(Model):
    """One thing that is wrong with what was sent."""

    path: str
    text: str


class Problem(Model):
    """Why something was not done: ``detail`` for people, ``reason`` for machines."""

    type: str = Field(examples=["urn:sundown:problem:NotFound"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=['no environment "dev9": there is no such namespace; `sundown list` shows all'])
    reason: str = Field(examples=["NotFound"])
    instance: str | None = Field(default=None, description="Of this request; the log has the same.")
    errors: tuple[Flaw, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A problem, and the headers that go with it."""

    problem: Problem
    headers: dict[str, str] = field(default_factory=dict)


def status_of(error: SundownError) -> HTTPStatus:
    """The HTTP status of an error."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), HTTPStatus.CONFLICT)


def problem_of(error: SundownError, *, instance: str | None = None) -> Problem:
    """The problem of an error."""
    status = status_of(error)
    flaws = (
        tuple(Flaw(path=one.path, text=one.text) for one in error.mistakes) if isinstance(error, InvalidObject) else ()
    )
    return Problem(
        type=f"urn:sundown:problem:{error.reason}",
        title=status.phrase,
        status=int(status),
        detail=str(error)[:_MOST_TEXT],
        reason=error.reason,
        instance=instance,
        errors=flaws,
    )


def told(error: SundownError, *, instance: str) -> Told:
    """The same with what the client has to know besides: how to log in, or when to come again."""
    problem = problem_of(error, instance=instance)
    headers: dict[str, str] = {}
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = 'Bearer realm="sundown"'
    if problem.status in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS}:
        seconds = error.retry_after if isinstance(error, ApiError) and error.retry_after is not None else None
        later = next((wait for kind, wait in _LATER.items() if isinstance(error, kind)), _AGAIN)
        headers["Retry-After"] = str(max(1, ceil(seconds)) if seconds is not None else later)
    return Told(problem, headers)
