"""Answers what people have asked for and done: requests that need confirmation or approval, and the audit."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from sundown.cluster import paths, reading
from sundown.frontdesk.api.operation import Call, Outcome
from sundown.frontdesk.api.shapes import AtInstant
from sundown.model.action_request import Asked
from sundown.model.base import Model
from sundown.usecases.audit import deeds
from sundown.usecases.requests import asked_at

MOST = 1_000


class Newest(Model):
    """Which are listed."""

    limit: Annotated[int, Field(ge=1, le=MOST)] = Field(default=100, description="So many at most, the newest first.")
    env: Annotated[str, StringConstraints(max_length=253)] = Field(
        default="", description="About this environment only."
    )


class NewestRequests(Newest):
    """Which requests are listed."""

    waiting: bool = Field(default=False, description="Only those that have not come to their end.")


class Since(Newest):
    """Which deeds are listed."""

    since: AtInstant | None = Field(default=None, description="Only what was done after it.")


class RequestItem(Model):
    """What somebody asked for, and what has become of it."""

    name: str
    env: str
    action: str
    parameters: dict[str, str] = Field(default_factory=dict)
    change: str | None = Field(
        default=None, description="What changes, as the one who asked has seen it.", examples=["3 -> 0"]
    )
    requested_by: str
    via: str
    requested_at: AtInstant
    expires_at: AtInstant
    confirmed: bool = Field(description="Whether the one who asked has said that it is meant.")
    approved_by: str | None = None
    rejected_by: str | None = None
    withdrawn_by: str | None = None
    state: str | None = None
    outcome: str
    finished_at: AtInstant | None = None


class RequestList(Model):
    """Requests, the newest first."""

    items: tuple[RequestItem, ...]
    remaining: int = Field(description="So many more there are, all of them older.")


class DeedItem(Model):
    """One thing that somebody did, or asked for."""

    at: AtInstant
    who: str
    what: str
    env: str
    target: str = ""
    via: str = ""
    approved_by: str = ""
    state: str = ""
    outcome: str = ""
    record: str = Field(default="", description="The object that has it.", examples=["areq/scale-dev1-0a1b2c"])


class Audit(Model):
    """What people did, the newest first."""

    items: tuple[DeedItem, ...]
    remaining: int


async def requests(call: Call) -> Outcome:
    """The requests about envs that the person may see."""
    asked = call.queried(NewestRequests)
    visible = await _visible(call, asked.env)
    items = [
        found
        for one in sorted(await _all(call), key=asked_at, reverse=True)
        if not (asked.waiting and one.status.finished)
        and (found := item(one)) is not None
        and (visible is None or found.env in visible)
        and asked.env in {"", found.env}
    ]
    return Outcome(RequestList(items=tuple(items[: asked.limit]), remaining=max(len(items) - asked.limit, 0)))


async def audit(call: Call) -> Outcome:
    """What people did to the envs that the person may see; who may see all sees what was done to those that are gone too."""
    asked = call.queried(Since)
    visible = await _visible(call, asked.env)
    envs = (found.known for found in call.desk.board.envs)
    found = [
        deed
        for deed in deeds(await _all(call), envs, since=asked.since)
        if (visible is None or deed.namespace in visible) and asked.env in {"", deed.namespace}
    ]
    items = tuple(
        DeedItem(
            at=one.at,
            who=one.who,
            what=one.what,
            env=one.namespace,
            target=one.target,
            via=one.via,
            approved_by=one.approved_by,
            state=one.state,
            outcome=one.outcome,
            record=one.record,
        )
        for one in found[: asked.limit]
    )
    return Outcome(Audit(items=items, remaining=max(len(found) - asked.limit, 0)))


async def _all(call: Call) -> list[Asked]:
    home = paths.action_requests(call.desk.settings.namespace)
    return await call.desk.cluster.list_as(home, reading.action_request)


async def _visible(call: Call, env: str) -> set[str] | None:
    """The namespaces of envs that the person may see; None where they may see all, those that are gone among them."""
    if await call.desk.rights.may(call.person, "get", ""):
        return None
    envs = [found for found in call.desk.board.envs if env in {"", found.namespace}]
    return {found.namespace for found in await call.desk.sight.of(call.person, envs)}


def item(one: Asked) -> RequestItem | None:
    """A request for the wire; None for one that cannot be read."""
    spec, status = one.spec, one.status
    if spec is None:
        return None
    return RequestItem(
        name=one.metadata.name,
        env=spec.target.namespace,
        action=spec.action,
        parameters=dict(spec.parameters),
        change=spec.change or None,
        requested_by=spec.requested_by,
        via=spec.via,
        requested_at=spec.requested_at,
        expires_at=spec.expires_at,
        confirmed=spec.confirmation is not None,
        approved_by=spec.approval.by if spec.approval is not None else None,
        rejected_by=spec.rejected.by if spec.rejected is not None else None,
        withdrawn_by=spec.withdrawn.by if spec.withdrawn is not None else None,
        state=status.state,
        outcome=status.outcome,
        finished_at=status.finished_at,
    )
