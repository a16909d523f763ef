"""Requests as people meet them: which there are, and what is answered to one. The operator judges; here is what is written."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sundown.cluster import paths, reading
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Conflict, Denied, Missing, Refused
from sundown.errors import NotFound, SundownError
from sundown.model.action_request import ActionRequestSpec, Asked, Way
from sundown.model.addresses import mailbox, same_person
from sundown.model.scalars import format_instant
from sundown.usecases.find import NAME, NotAllowed, NotInstalled

Word = Literal["approve", "reject", "withdraw", "confirm"]
"""What is answered to a request."""

_FIELDS: Mapping[Word, str] = {"approve": "approval", "reject": "rejected", "withdraw": "withdrawn"}
_SAID: Mapping[Word, str] = {"approve": "approved", "reject": "rejected", "withdraw": "withdrawn"}
_ATTEMPTS = 3


class TooLate(SundownError):
    """It has been answered already, or has come to its end."""

    reason = "TooLate"


@dataclass(frozen=True, slots=True)
class Human:
    """Who answers, as the cluster's RBAC knows them, and the door by which they come."""

    name: str
    groups: Sequence[str]
    via: Way


async def listed(cluster: Cluster, home: str) -> list[Asked]:
    """All requests, the newest first.

    Raises:
        NotAllowed, NotInstalled, ApiError: they cannot be listed.
    """
    try:
        found = await cluster.list_as(paths.action_requests(home), reading.action_request)
    except ApiError as error:
        raise _plainly(error, f'look at the requests in "{home}"') from error
    return sorted(found, key=asked_at, reverse=True)


def asked_at(asked: Asked) -> tuple[str, str]:
    """To sort by: when it was asked for, then by name."""
    at = asked.made_at or (asked.spec.requested_at if asked.spec is not None else None)
    return (format_instant(at) if at is not None else ""), asked.metadata.name


async def one(cluster: Cluster, home: str, name: str) -> Asked:
    """One request.

    Raises:
        NotFound: there is none of that name.
        NotAllowed, NotInstalled, ApiError: it cannot be looked at.
    """
    try:
        # A list of one, for the frontdesk may list requests and not get them.
        found = await cluster.list_as(
            paths.action_requests(home), reading.action_request, fieldSelector=f"metadata.name={name}"
        )
    except ApiError as error:
        raise _plainly(error, f'look at the requests in "{home}"') from error
    if not found:
        raise NotFound(f'no request "{name}"; `sundown requests` shows all')
    return found[0]


def name_of(text: str) -> str:
    """The name of a request that somebody typed: ``areq/scale-dev1-0a1b2c`` or without the kind.

    Raises:
        NotFound: none can have that name.
    """
    kind, slash, rest = text.strip().partition("/")
    kinds = {"areq", "actionrequest", "actionrequests", "actionrequest.sundown.dev", "actionrequests.sundown.dev"}
    name = rest if slash and kind.lower() in kinds else text.strip()
    if not NAME.fullmatch(name):
        raise NotFound(f'no request "{text}": none can have that name; `sundown requests` shows all')
    return name


async def answer(
    cluster: Cluster, home: str, name: str, word: Word, *, human: Human, now: datetime, reason: str | None = None
) -> Asked:
    """Write an answer down; the request as it was before. The same answer of the same person twice is given once.

    Raises:
        NotFound: there is no such request.
        TooLate: somebody has answered it already, or it has come to its end.
        NotAllowed: not by this person.
        ApiError: the cluster could not be asked.
    """
    path = paths.action_request(home, name)
    for attempt in range(_ATTEMPTS):
        asked = await one(cluster, home, name)
        try:
            body = _body(asked, word, human=human, now=now, reason=reason)
            if body is None:
                return asked
            # By its version: two that answer at once do not overwrite each other.
            version = {"uid": asked.metadata.uid, "resourceVersion": asked.metadata.resource_version}
            await cluster.merge_patch(path, {"metadata": version, "spec": body})
        except Missing as error:
            raise NotFound(f'no request "{name}"; `sundown requests` shows all') from error
        except Conflict:
            if attempt == _ATTEMPTS - 1:
                raise
            await asyncio.sleep(0)
        except ApiError as error:
            raise _plainly(error, f"{word} it") from error
        else:
            return asked
    raise AssertionError("the last attempt raises")


def _body(asked: Asked, word: Word, *, human: Human, now: datetime, reason: str | None) -> dict[str, Any] | None:
    """What is merged into the spec; None where this very person has said so already.

    Raises:
        NotFound, TooLate, NotAllowed: it cannot be answered so.
    """
    spec = asked.spec
    if spec is None:
        raise NotFound(
            f'the request "{asked.metadata.name}" cannot be read: {asked.mistakes[0] if asked.mistakes else ""}'
        )
    given = _given(spec, word)
    if given is not None and same_person(given, human.name):
        return None
    why = _too_late(asked, spec, word, now=now)
    if why is not None:
        raise TooLate(why)
    _require_other_or_own(asked, spec, word, human)
    if word == "confirm":
        return {"confirmation": spec.target.namespace}
    said: dict[str, Any] = {"by": human.name, "at": format_instant(now)}
    if word == "approve":
        said |= {"groups": [group for group in human.groups if not group.startswith("system:")][:100], "via": human.via}
    elif reason:
        said["reason"] = reason[:256]
    return {_FIELDS[word]: said}


def _given(spec: ActionRequestSpec, word: Word) -> str | None:
    """Who has said this already."""
    if word == "approve":
        return spec.approval.by if spec.approval is not None else None
    if word == "confirm":
        return spec.requested_by if spec.confirmation is not None else None
    found = spec.rejected if word == "reject" else spec.withdrawn
    return found.by if found is not None else None


def _too_late(asked: Asked, spec: ActionRequestSpec, word: Word, *, now: datetime) -> str | None:
    status = asked.status
    if status.finished:
        return f"too late: it is {(status.state or '').lower()} ({status.outcome})"
    if now >= (spec.confirm_until if word == "confirm" else spec.expires_at):
        return (
            f"too late: it waited until {format_instant(spec.confirm_until if word == 'confirm' else spec.expires_at)}"
        )
    for one, said in _SAID.items():
        by = _given(spec, one)
        if by is not None and not (one == "approve" and word != "approve"):
            return f"too late: {by} has {said} it already"
    return "too late: it is being done" if status.state == "Approved" else None


def _require_other_or_own(asked: Asked, spec: ActionRequestSpec, word: Word, human: Human) -> None:
    """Raises NotAllowed where it takes somebody else, or takes the one who asked."""
    asker, who = mailbox(spec.requested_by), mailbox(human.name)
    own = same_person(spec.requested_by, human.name) or (asker is not None and asker == who)
    ways = asked.status.approve_via
    if word == "approve":
        if ways and human.via not in ways:
            raise NotAllowed(f"here it is approved by way of {', '.join(ways)} only, and not of {human.via}")
        if own:
            raise NotAllowed(f"you ({human.name}) have asked for it yourself: somebody else has to approve it")
        if asker is None or who is None:
            nameless = spec.requested_by if asker is None else human.name
            raise NotAllowed(
                f'whether you are somebody else than who asked cannot be told: "{nameless}" has no e-mail address; have it '
                "approved in Slack, or by an account that is named by its address"
            )
    elif word in {"withdraw", "confirm"} and not own:
        raise NotAllowed(f"{spec.requested_by} has asked for it, and nobody else can {word} it; you can reject it")


def _plainly(error: ApiError, wish: str) -> SundownError:
    if isinstance(error, Denied) and error.status != 401:
        return NotAllowed(
            f"you may not {wish}: whoever runs the cluster can bind you the ClusterRole sundown-requests in Sundown's "
            f'namespace, and grant "approve" envschedules.sundown.dev where it is done ({error})'
        )
    if isinstance(error, Denied):
        return NotAllowed(f"the cluster does not know you: log in again, or choose another --context ({error})")
    if isinstance(error, Refused):
        return TooLate(f"the cluster does not take it: {error}")
    if isinstance(error, Missing):
        return NotInstalled("Sundown is not installed in this cluster: it has no ActionRequests (apply crds/ first)")
    return error
