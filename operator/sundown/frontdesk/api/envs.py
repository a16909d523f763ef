"""Answers what only looks: list, get, why, history, explain."""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta

from cachetools import LRUCache

from sundown import wording
from sundown.errors import InvalidObject, Mistake
from sundown.frontdesk.api.operation import Call, Outcome
from sundown.frontdesk.api.selectors import Selector, parse_selector
from sundown.frontdesk.api.shapes import (
    EnvDetail,
    EnvExplained,
    EnvHistory,
    EnvItem,
    EnvList,
    EnvWhy,
    Next,
    Page,
    Period,
    WorkloadItem,
)
from sundown.frontdesk.api.wire import wire
from sundown.frontdesk.context import Desk
from sundown.frontdesk.people.people import Person
from sundown.model.resources import EnvScheduleStatus
from sundown.schedule.decision import Turn, decide, turns
from sundown.schedule.timetable import zones_of
from sundown.usecases.find import Found, find
from sundown.usecases.look import Picture, look_at, standing

LONGEST_PERIOD = timedelta(days=92)
_USUAL_PERIOD = timedelta(days=7)
_PREFIX = "after "
_SENT: LRUCache[str, tuple[Found, bytes]] = LRUCache(10_000)


async def listing(call: Call) -> Outcome:
    """A page of the envs that the person may see."""
    asked = call.queried(Page)
    selector, after = parse_selector(asked.selector), _after(asked.token)
    seen = await visible(call.desk, call.person, selector)
    if asked.state is not None:
        seen = tuple(found for found in seen if found.known.status.state == asked.state)
    rest = [found for found in seen if found.namespace > after]
    page = rest[: asked.limit]
    more = len(rest) - len(page)
    rest_of_it = EnvList(items=(), continue_=_token(page[-1].namespace) if more else None, remaining=more)
    items = b",".join(_as_sent(found) for found in page)
    return Outcome(wire(rest_of_it).replace(b'"items":[]', b'"items":[' + items + b"]", 1))


def _as_sent(found: Found) -> bytes:
    """An item of a list. An env that is as it was at the last list is as it was sent: of a thousand few have changed."""
    kept = _SENT.get(found.namespace)
    if kept is not None and kept[0] is found:
        return kept[1]
    sent = wire(item(found))
    _SENT[found.namespace] = (found, sent)
    return sent


async def visible(desk: Desk, person: Person, selector: Selector) -> tuple[Found, ...]:
    """The envs with these labels that the person may see, by name."""
    matching = [found for found in desk.board.envs if selector.matches(found.space.labels if found.space else {})]
    return await desk.sight.of(person, matching)


async def get(call: Call) -> Outcome:
    """One env with all its parts."""
    picture = await _picture(call)
    found, said = picture.found, picture.status
    detail = EnvDetail.model_construct(
        **dict(item(found)),
        schedule=found.known.metadata.name,
        generated=found.known.generated,
        labels=dict(found.space.labels) if found.space is not None else {},
        conditions=said.conditions,
        workloads=tuple(
            WorkloadItem.model_construct(
                kind=one.kind,
                name=one.name,
                replicas=one.replicas,
                ready=one.ready,
                wakes_to=one.previous,
                standing=standing(one),
            )
            for one in picture.workloads
        ),
        cloud=said.cloud,
        cost=said.cost,
        savings=said.savings,
        still_running=said.still_running,
        wake_queue=said.wake_queue,
        notes=picture.notes,
    )
    return Outcome(detail, version=detail.version)


async def why(call: Call) -> Outcome:
    """Why it is in its state."""
    picture = await _picture(call)
    found, said, decision = picture.found, picture.status, picture.decision
    return Outcome(
        EnvWhy(
            env=found.namespace,
            state=said.state,
            since=said.since,
            why=wording.why(said),
            by=picture.by,
            unverified=picture.unverified,
            owner=_owner(found),
            next=tuple(_turn(one) for one in decision.upcoming) if decision is not None else (),
            schedule=found.known.metadata.name,
            generated=found.known.generated,
            troubles=tuple(f"{one.reason}: {one.message}" for one in wording.troubles(said)),
            hanging=picture.missing(late=True),
            waits_for=picture.missing(late=False),
            notes=picture.notes,
        )
    )


async def history(call: Call) -> Outcome:
    """Its last transitions."""
    found = await _found(call)
    return Outcome(EnvHistory(env=found.namespace, entries=found.known.status.history))


async def explain(call: Call) -> Outcome:
    """When its schedule sleeps and wakes."""
    asked, found = call.queried(Period), await _found(call)
    start = asked.start or call.desk.clock.now().replace(microsecond=0)
    try:
        until = asked.until or start + _USUAL_PERIOD
    except OverflowError:
        raise InvalidObject((Mistake("from", "is later than any calendar goes"),)) from None
    if not timedelta() <= until - start <= LONGEST_PERIOD:
        raise InvalidObject((Mistake("until", f"must be after from, and at most {LONGEST_PERIOD.days} days later"),))
    spec, circumstances = found.spec, found.circumstances()
    decision = decide(spec, circumstances, start)
    return Outcome(
        EnvExplained(
            env=found.namespace,
            time_zone=zones_of(spec, circumstances)[0],
            state=decision.state,
            why=decision.why.text,
            transitions=tuple(_turn(one) for one in turns(spec, circumstances, start=start, until=until)),
        )
    )


def item(found: Found) -> EnvItem:
    """An env as a list has it. Its parts have been checked when they were read, and a list has a thousand of them."""
    said = found.known.status
    coming = said.next_transition
    return EnvItem.model_construct(
        env=found.namespace,
        state=said.state,
        since=said.since,
        why=wording.why(said),
        degraded=_degraded(said),
        owner=_owner(found),
        url=found.space.url if found.space is not None else None,
        next=Next.model_construct(at=coming.at, to=coming.to) if coming is not None else None,
        shutdown_at=said.shutdown_at,
        parts=said.parts,
        override=found.spec.override,
        version=found.known.metadata.resource_version,
    )


def _degraded(said: EnvScheduleStatus) -> bool:
    return any(one.type == "Degraded" for one in wording.troubles(said))


def _owner(found: Found) -> str | None:
    return found.known.status.owner or (found.space.owner if found.space is not None else None)


def _turn(one: Turn) -> Next:
    return Next(at=one.at, to=one.to, why=one.why.text)


async def _found(call: Call) -> Found:
    return call.desk.board.env(call.env) or await find(call.desk.cluster, call.env, door=call.desk.api_door)


async def _picture(call: Call) -> Picture:
    return await look_at(call.desk.cluster, await _found(call), now=call.desk.clock.now())


def _token(name: str) -> str:
    return base64.urlsafe_b64encode(f"{_PREFIX}{name}".encode()).decode()


def _after(token: str) -> str:
    """The name behind which a page begins.

    Raises:
        InvalidObject: it is no token of ours.
    """
    if not token:
        return ""
    try:
        said = base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except (ValueError, binascii.Error):
        said = ""
    if not said.startswith(_PREFIX):
        raise InvalidObject((Mistake("continue", "is not what a page before has answered"),))
    return said.removeprefix(_PREFIX)
