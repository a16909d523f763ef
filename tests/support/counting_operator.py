"""The operator that goes with the model of the API server: its visit is put together here, from the real memory, plan, status
and patches.
"""

import copy
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial

from sundown.cluster.errors import Conflict, Missing
from sundown.model.env import Namespace
from sundown.model.parts import Step
from sundown.model.record import sleep_id
from sundown.model.resources import ASLEEP, ASLEEP_SINCE, STATE_LABEL
from sundown.model.spec import Wanted
from sundown.reconcile.memory import NotRemembered, by_key
from sundown.reconcile.part_verdict import Goal
from sundown.reconcile.plan import Plan, plan, reconsider
from sundown.reconcile.report import Finding, next_status
from sundown.reconcile.workload_steps import as_written
from sundown.sleepers.replicas import begin, write
from support.counting_api_server import ApiServer, Key, Wire
from support.samples import NOW, decision, namespace

ROUNDS = 4
OPERATOR = "sundown-operator"


def visit(wanted: Wanted, server: ApiServer) -> tuple[Goal, list[Step]]:
    """What a visit finds to write, when the namespace and the status are written: what comes before the first zero."""
    server.clock += 1
    memory, now = server.memory(), NOW + timedelta(seconds=server.clock)
    goal = Goal(wanted=wanted, now=now, memory=memory, sleep=memory.sleep or sleep_id(now))
    found: Plan = plan(goal, server.all())
    assert found.unknown == ()
    server.status = next_status(
        server.status,
        Finding(
            now=now,
            generation=1,
            owner=None,
            active_since=None,
            decision=decision(wanted),
            plan=found,
            timeout=timedelta(),
            sleep=goal.sleep if wanted == "Asleep" else memory.sleep,
        ),
    )
    server.space = _namespace(server, goal.sleep if server.status.asleep_since or wanted == "Asleep" else None)
    return goal, list(found.steps)


def _namespace(server: ApiServer, sleep: str | None) -> Namespace:
    if sleep is None:
        return namespace()
    return replace(namespace(labels={STATE_LABEL: ASLEEP}), annotations={ASLEEP_SINCE: sleep})


def carry_out(goal: Goal, step: Step, server: ApiServer, *, killed: bool = False) -> Step | None:
    """Write a step, and say which it was; where somebody else was faster, look and think again.

    ``killed`` comes between its two writes.
    """
    found = step.workload
    key: Key = (found.kind, found.name)  # type: ignore[assignment]
    again = partial(reconsider, goal, known=by_key(server.status.records))
    wire = Wire(server, manager=OPERATOR)
    current: Step | None = step
    while current is not None:
        try:
            at_once((begin if killed else write)(wire, current))
        except Conflict:
            try:
                current = again(server.look(key))
            except (Missing, NotRemembered):
                return None
        except Missing:
            return None
        else:
            return current
    return None


def tell(made: Step | None, server: ApiServer) -> None:
    """What the status says once a step is made, by who has lived to say it."""
    records = as_written(server.status.records, [made] if made is not None else [])
    server.status = server.status.model_copy(update={"records": records})


def at_once(writing: Coroutine[None, None, object]) -> None:
    """Run what waits for nothing."""
    with suppress(StopIteration):
        writing.send(None)


def brought_to(wanted: Wanted, server: ApiServer) -> ApiServer:
    """What comes of it when a fresh operator visits until there is nothing left to do. The server itself stays as it is."""
    later = copy.deepcopy(server)
    for _ in range(ROUNDS):
        goal, steps = visit(wanted, later)
        for step in steps:
            carry_out(goal, step, later)
    assert visit(wanted, later)[1] == [], "there is no end to it"
    return later
