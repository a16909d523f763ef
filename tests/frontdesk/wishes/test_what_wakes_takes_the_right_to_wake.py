"""Whatever wakes an env takes the right to wake, under whichever name it is asked for (S8)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from sundown.cluster.client import Cluster
from sundown.frontdesk.envs.mirror import Board
from sundown.frontdesk.people.people import Person
from sundown.frontdesk.people.rights import Rights
from sundown.frontdesk.wishes.actions import Actions, Wanted
from sundown.model.resources import EnvScheduleStatus
from sundown.settings import Settings
from sundown.usecases.doors import COMMAND_LINE
from sundown.usecases.find import NotAllowed
from sundown.usecases.wish import WISHES
from support.samples import NOW, known, namespace

BO = Person(id="U2", email="bo@example.com", name="bo", time_zone="UTC")
AWAKE = {"override": {"state": "Awake"}}
STOPPED = {"override": {"state": "Asleep", "by": "ana@example.com"}}
BY_SCHEDULE = {"awake": [{"days": ["Sun"], "from": "01:00", "to": "02:00"}]}
RUNS_UNTIL = {"awake": [{"days": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], "from": "00:00", "to": "23:59"}]}
WAKING = [verb for verb, wish in WISHES.items() if wish.wanted == "Awake"]


class Clock:
    def now(self) -> datetime:
        return NOW


class OneEnv(Cluster):
    """A cluster with rights, in which every write succeeds; ``written`` are the overrides."""

    def __init__(self, *verbs: str) -> None:
        self.verbs = verbs
        self.written: list[dict[str, Any]] = []

    async def create(self, path: str, body: dict[str, Any], **params: str) -> dict[str, Any]:
        return {"status": {"allowed": body["spec"]["resourceAttributes"]["verb"] in self.verbs}}

    async def apply(self, path: str, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        self.written.append(body["spec"]["override"])
        return {"metadata": {**body["metadata"], "uid": "uid-mine", "resourceVersion": "9"}, "spec": body["spec"]}


async def ask(cluster: OneEnv, verb: str, spec: dict[str, Any], *, state: Any = None) -> None:
    """Bo asks for it."""
    board = Board(rules=Settings())
    board.put_namespace(namespace(resource_version="1"))
    board.put_schedule(known(spec=spec, resource_version="2", status=EnvScheduleStatus(state=state)))
    actions = Actions(cluster, board=board, rights=Rights(cluster), clock=Clock(), door=COMMAND_LINE)
    await actions.carry_out(Wanted(BO, verb, "dev", span=timedelta(hours=1)))


@pytest.mark.parametrize("verb", WAKING)
@pytest.mark.parametrize(
    ("spec", "state"),
    [(STOPPED, "Asleep"), (STOPPED, "Awake"), (STOPPED, None), (BY_SCHEDULE, "Asleep"), (AWAKE, "FallingAsleep")],
    ids=["stopped", "stopped just now", "stopped, nobody has looked", "by its schedule", "on its way down"],
)
async def test_one_that_sleeps_is_not_woken_without_it(verb: str, spec: dict[str, Any], state: Any) -> None:
    others = {one.right for one in WISHES.values() if one.right != "wake"}
    cluster = OneEnv(*others)
    with pytest.raises(NotAllowed, match='the right to "wake"'):
        await ask(cluster, verb, spec, state=state)
    assert cluster.written == []


@pytest.mark.parametrize("verb", [verb for verb in WAKING if verb != "start"])
async def test_with_it_the_same_is_done(verb: str) -> None:
    cluster = OneEnv("wake", WISHES[verb].right)
    await ask(cluster, verb, STOPPED, state="Asleep")
    assert [override["state"] for override in cluster.written] == ["Awake"]


@pytest.mark.parametrize("verb", [verb for verb in WAKING if verb != "start"])
async def test_one_that_is_awake_is_kept_awake_without_it(verb: str) -> None:
    cluster = OneEnv(WISHES[verb].right)
    await ask(cluster, verb, RUNS_UNTIL, state="Awake")
    assert len(cluster.written) == 1
