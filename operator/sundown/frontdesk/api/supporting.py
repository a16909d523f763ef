"""Answers what is asked of support pods: list, start, extend, stop. The same rules as in Slack, on the same functions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from pydantic import Field, StringConstraints

from sundown.errors import InvalidObject, Mistake
from sundown.frontdesk.api.operation import Call, Nothing, Outcome
from sundown.frontdesk.api.shapes import AtInstant, Hours
from sundown.frontdesk.commands.supporting import by_right
from sundown.model.base import Model
from sundown.model.support_pod import LONGEST_LIFE, SizeName, Wanted, ends_at, safe_name
from sundown.usecases.support import Place

PodName = Annotated[str, StringConstraints(min_length=1, max_length=253)]


class NewPod(Model):
    """A support pod that somebody wants."""

    name: PodName = Field(description="Made safe: small letters, digits, hyphens.", examples=["tools"])
    size: SizeName | None = Field(
        default=None, description="One of the sizes of this installation; the usual one if left out."
    )
    hours: Annotated[Hours, Field(le=LONGEST_LIFE.total_seconds() / 3600)] | None = Field(
        default=None, description="For how long; the usual time if left out."
    )


class SupportPodItem(Model):
    """A support pod."""

    name: str
    owner: str = ""
    state: str | None = None
    message: str = ""
    size: str = ""
    memory: str = ""
    ends_at: AtInstant | None = None
    exec: str = Field(description="What to type to work in it.")


class SupportPodList(Model):
    """All support pods, by name."""

    items: tuple[SupportPodItem, ...]


async def listing(call: Call) -> Outcome:
    """All of them."""
    place = _place(call)
    return Outcome(SupportPodList(items=tuple(_item(call, one) for one in await place.all())))


async def start(call: Call) -> Outcome:
    """A new one, which is theirs."""
    asked, sizes = call.asked(NewPod), call.desk.settings.support_sizes
    one = await _place(call).start(
        _name(asked.name),
        owner=call.person.email,
        size=asked.size,
        life=timedelta(minutes=round(asked.hours * 60)) if asked.hours is not None else None,
        sizes=tuple(sizes),
        at_most=call.desk.settings.support_per_person,
        in_all=call.desk.settings.support_most,
    )
    return Outcome(_item(call, one), status=HTTPStatus.CREATED)


async def extend(call: Call) -> Outcome:
    """Its usual time from now."""
    usual = call.desk.settings.support_life
    permit = by_right(call.desk, call.person, "patch")
    one = await _place(call).extend(
        _name(call.path["pod"]), span=usual, now=call.desk.clock.now(), usual=usual, permit=permit
    )
    return Outcome(_item(call, one))


async def stop(call: Call) -> Outcome:
    """One of theirs, or of somebody else's by right."""
    await _place(call).stop(_name(call.path["pod"]), permit=by_right(call.desk, call.person, "delete"))
    return Outcome(Nothing())


def _place(call: Call) -> Place:
    return replace(call.desk.support, door=call.desk.api_door)


def _name(typed: str) -> str:
    name = safe_name(typed)
    if not name:
        raise InvalidObject((Mistake("name", "has neither a letter nor a digit"),))
    return name


def _item(call: Call, one: Wanted) -> SupportPodItem:
    said = one.status
    return SupportPodItem(
        name=one.name,
        owner=one.owner,
        state=said.state,
        message=said.message,
        size=said.size or (one.spec.size if one.spec is not None else None) or "",
        memory=said.memory,
        # What the operator has said last is of before it was extended.
        ends_at=ends_at(one, usual=call.desk.settings.support_life) or said.ends_at,
        exec=_place(call).exec_line(one.name),
    )
