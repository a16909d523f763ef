"""Answers what changes something: a wish for one env, and for each of many."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from http import HTTPStatus

from sundown import wording
from sundown.errors import InvalidObject, Mistake, SundownError
from sundown.frontdesk.api.envs import visible
from sundown.frontdesk.api.operation import Call, Handle, Outcome
from sundown.frontdesk.api.problems import Overloaded, problem_of
from sundown.frontdesk.api.selectors import parse_selector
from sundown.frontdesk.api.shapes import Asking, AskingFor, AskingMany, Bulk, Result, WishDone
from sundown.frontdesk.requests.table import REQUESTS
from sundown.frontdesk.requests.writing import token_of
from sundown.frontdesk.wishes.actions import Done, Wanted, brings
from sundown.model.scalars import zone
from sundown.reconcile.env_stop import reason_for
from sundown.usecases.wish import WISHES, TakesTwo

MOST_AT_A_TIME = 1_000
_AT_ONCE = 16
_BEGUN_WITHIN = 40.0
"""So many seconds after the first the last may begin: whoever asks waits for the answer, and something between gives up."""


def wish(verb: str) -> Handle:
    """The handler of one of the wishes, for one env."""

    async def handle(call: Call) -> Outcome:
        done = await _do_or_propose(call, verb, call.env, version=call.version)
        if done.outcome == "Proposed":
            return Outcome(done, status=HTTPStatus.ACCEPTED)
        return Outcome(done, version=done.version)

    return handle


def wish_each(verb: str) -> Handle:
    """The handler of one of the wishes, for each env that is selected; one that is refused does not stop the others."""

    async def handle(call: Call) -> Outcome:
        selector = parse_selector(call.asked(AskingMany).selector)
        if not selector.requirements:
            raise InvalidObject(
                (Mistake("selector", "selects everything; kubernetes.io/metadata.name does, if you mean it"),)
            )
        names = [found.namespace for found in await visible(call.desk, call.person, selector)]
        if len(names) > MOST_AT_A_TIME:
            text = f"selects {len(names)} environments, and {MOST_AT_A_TIME:,} at a time are enough"
            raise InvalidObject((Mistake("selector", text),))
        limit = asyncio.Semaphore(_AT_ONCE)

        begun = time.monotonic()

        async def one(name: str) -> Result:
            async with limit:
                try:
                    if time.monotonic() - begun > _BEGUN_WITHIN:
                        raise Overloaded(
                            f"its turn did not come, so nothing was done about {name}: ask again for what is left"
                        ).naming(name)
                    return Result(env=name, done=await _do_or_propose(call, verb, name))
                except SundownError as error:
                    return Result(env=name, problem=problem_of(error))

        results = await asyncio.gather(*(one(name) for name in names))
        refused = sum(result.problem is not None for result in results)
        proposed = sum(result.done is not None and result.done.outcome == "Proposed" for result in results)
        bulk = Bulk(
            wish=verb,
            selected=len(names),
            done=len(names) - refused - proposed,
            proposed=proposed,
            refused=refused,
            results=tuple(results),
        )
        return Outcome(bulk, status=HTTPStatus.MULTI_STATUS if refused or proposed else HTTPStatus.OK)

    return handle


async def _carry_out(call: Call, verb: str, env: str, *, version: str) -> WishDone:
    asked = call.asked(Asking)
    span = asked.span if isinstance(asked, AskingFor) else timedelta()
    done = await call.desk.actions.carry_out(
        Wanted(
            person=call.person,
            verb=verb,
            namespace=env,
            span=span,
            reason=asked.reason,
            door=call.desk.api_door,
            version=version,
        )
    )
    return written(done)


async def _do_or_propose(call: Call, verb: str, env: str, *, version: str = "") -> WishDone:
    try:
        return await _carry_out(call, verb, env, version=version)
    except TakesTwo:
        return await _propose(call, verb, env)


async def _propose(call: Call, verb: str, env: str) -> WishDone:
    """The same as a request, which waits to be confirmed and for somebody else; nothing is done yet."""
    action, parameters = WISHES[verb].action, reason_for(call.asked(Asking).reason)
    made = await call.desk.api_requests.propose(
        call.person, REQUESTS[action], env, parameters=parameters, token=token_of(call.key, parameters)
    )
    name, found = made.metadata.name, call.desk.board.env(env)
    return WishDone(
        env=env,
        wish=verb,
        outcome="Proposed",
        request=name,
        state=brings(WISHES[verb], found, call.desk.clock.now()) if found is not None else "Asleep",
        text=f"it takes a second person to {verb} it: confirm the request {name} within five minutes, and have it approved",
        dry_run=False,
        version=found.known.metadata.resource_version if found is not None else "",
    )


def written(done: Done) -> WishDone:
    """What a wish has brought about."""
    answer = done.answer
    return WishDone(
        env=answer.namespace,
        wish=done.wanted.verb,
        state=answer.decision.state,
        until=answer.decision.until,
        text=wording.promise(answer.decision, now=answer.asked_at, zone=zone("UTC"), wish=answer.override),
        dry_run=answer.changes_nothing,
        version=answer.written.metadata.resource_version,
    )
