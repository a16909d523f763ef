"""Answers start, stop, extend, snooze and reset: carries the wish out and says what it has brought about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from sundown import wording
from sundown.frontdesk.commands.parsing import Asked
from sundown.frontdesk.commands.reply import Bold, Button, Line, Place, Reply
from sundown.frontdesk.commands.requesting import request
from sundown.frontdesk.commands.zones import zone_of
from sundown.frontdesk.context import Desk
from sundown.frontdesk.people.people import Person
from sundown.frontdesk.wishes.actions import Done, Wanted
from sundown.model.resources import EnvScheduleStatus
from sundown.reconcile.env_stop import reason_for
from sundown.usecases.wish import WISHES, TakesTwo

_DOWN = frozenset({"Asleep", "FallingAsleep"})


def wish(verb: str) -> Callable[[Desk, Person, Asked, Place], Awaitable[Reply]]:
    """The handler of one of the wishes."""

    async def handle(desk: Desk, person: Person, asked: Asked, place: Place) -> Reply:
        found = desk.board.env(asked.env.namespace)
        before = found.known.status if found is not None else EnvScheduleStatus()
        wanted = Wanted(
            person=person,
            verb=verb,
            namespace=asked.env.namespace,
            span=asked.span,
            reason=asked.reason,
            channel=place.channel,
        )
        try:
            return told(await desk.actions.carry_out(wanted), before)
        except TakesTwo:
            proposed = replace(asked, parameters=reason_for(asked.reason))
            return await request(WISHES[verb].action)(desk, person, proposed, place)

    return handle


def told(done: Done, before: EnvScheduleStatus) -> Reply:
    """What a wish has brought about: ``dev1 is waking, awake until 18:00 (in 3h)``, with the button that undoes it."""
    answer, person = done.answer, done.wanted.person
    promise = wording.promise(answer.decision, now=answer.asked_at, zone=zone_of(person), wish=answer.override)
    moving = _moving(done, before)
    title: Line = (Bold(answer.namespace), f" {moving}: {promise}")
    lines: list[Line] = [(f"Asked for by {person.email}" + (f": {done.wanted.reason}" if done.wanted.reason else ""),)]
    if answer.changes_nothing:
        lines.append(("Its schedule is a dry run, so no workload will change.",))
    button = Button("suspend" if answer.decision.state == "Awake" else "resume", answer.namespace)
    return Reply(title=title, lines=tuple(lines), buttons=(button,), public=True)


def _moving(done: Done, before: EnvScheduleStatus) -> str:
    if done.answer.changes_nothing:
        return "would be"
    if done.answer.decision.state == "Awake":
        return "is waking" if before.state in _DOWN or before.state == "Waking" else "stays awake"
    return "stays asleep" if before.state == "Asleep" else "is falling asleep"
