"""Somebody changes the status of an EnvSchedule, on which the second place of each record stands (W3, G5)."""

import asyncio
import json
from typing import Any

import pytest

from sundown.cluster.contenders import SOMEBODY
from sundown.cluster.errors import Unreachable
from sundown.cluster.gate import Gate
from sundown.cluster.reading import env_schedule
from sundown.model.env import Known
from sundown.model.record import Record
from sundown.model.resources import EnvScheduleStatus
from sundown.reconcile.statuses import StatusWriter
from support.samples import NOW, SLEEP, known
from support.virtualtime import LoopClock, breathe, elapsed, in_virtual_time

SAID = EnvScheduleStatus(
    state="Asleep",
    since=NOW.replace(microsecond=123_456),
    why="outside working hours",
    asleep_since=SLEEP,
    records=(Record("Deployment", "web", "uid-web", '{"spec":{"replicas":3}}'),),
)


class ApiServer:
    """One EnvSchedule, which counts its versions; ``drops`` are fields of its status that its CRD does not know."""

    def __init__(self, *, drops: tuple[str, ...] = ()) -> None:
        self.status: dict[str, Any] = {}
        self.version = 1
        self.writes: list[tuple[float, tuple[str, ...]]] = []
        self.drops = drops
        self.is_mute = False

    async def merge_patch(self, _path: str, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        self.writes.append((elapsed(), tuple(sorted(body["status"]))))
        self.change(**{name: value for name, value in body["status"].items() if name not in self.drops})
        return self.read()

    async def get(self, _path: str) -> dict[str, Any]:
        if self.is_mute:
            raise Unreachable("no answer")
        keeper = {"manager": "keeper", "subresource": "status", "time": "2999-01-01T00:00:00Z"}
        return {"metadata": {"managedFields": [keeper]}}

    def change(self, **fields: Any) -> None:
        whole = {**self.status, **json.loads(json.dumps(fields))}
        self.status = {name: value for name, value in whole.items() if value is not None}
        self.version += 1

    def read(self) -> dict[str, Any]:
        return {"metadata": {"resourceVersion": str(self.version)}, "status": self.status}

    def known(self) -> Known:
        said = known(resource_version=str(self.version))
        metadata = {"name": "mine", "namespace": "dev", "uid": said.metadata.uid, "resourceVersion": str(self.version)}
        return env_schedule({"metadata": metadata, "spec": {}, "status": self.status})


class Team:
    """A writer, and what it writes to."""

    def __init__(self, **options: Any) -> None:
        self.server = ApiServer(**options)
        self.told: list[str] = []
        self.writer = StatusWriter(self.server, Gate(width=4), LoopClock(), fought=self.told.extend)  # type: ignore[arg-type]

    async def say(self, status: EnvScheduleStatus, before: EnvScheduleStatus) -> None:
        """Write a status, and have its event come."""
        uid = self.server.known().metadata.uid
        self.writer.offer("dev", "mine", uid=uid, status=status, before=before)
        await self.writer.acknowledged("dev", "mine", uid=uid, status=status)
        await breathe()
        self.writer.heard(self.server.known(), status)

    def change(self, **fields: Any) -> None:
        """Somebody writes, and the event comes."""
        self.server.change(**fields)
        self.writer.heard(self.server.known(), SAID)


async def seconds(count: float) -> None:
    await asyncio.sleep(count)
    await breathe()


@pytest.mark.parametrize(
    "fields", [{"records": None}, dict.fromkeys(["state", "since", "why", "asleepSince", "records"])]
)
@in_virtual_time
async def test_what_was_taken_off_is_written_again(fields: dict[str, None]) -> None:
    """W3: the second place was gone for as long as the process lived."""
    team = Team()
    await team.say(SAID, EnvScheduleStatus())
    before = team.server.status
    team.change(**fields)
    await seconds(6)
    assert team.server.status == before
    assert team.server.writes[-1][1] == tuple(sorted(fields))
    await team.writer.close(at_most=1)


@in_virtual_time
async def test_what_is_said_meanwhile_goes_from_what_stands_there() -> None:
    """A new wish is said as a whole, and not only what it changes."""
    team = Team()
    await team.say(SAID, EnvScheduleStatus())
    team.change(records=None, why=None)
    waking = SAID.model_copy(update={"state": "Waking"})
    await team.say(waking, SAID)
    assert team.server.writes[-1][1] == ("records", "state", "why")
    await seconds(60)
    assert len(team.server.writes) == 2
    await team.writer.close(at_most=1)


@in_virtual_time
async def test_ones_own_writes_are_nobody_elses() -> None:
    team = Team()
    await team.say(SAID, EnvScheduleStatus())
    older = team.server.known()
    await team.say(SAID.model_copy(update={"why": "stopped"}), SAID)
    team.writer.heard(older, SAID.model_copy(update={"why": "stopped"}))
    team.server.version += 1  # somebody has edited the spec
    team.writer.heard(team.server.known(), SAID.model_copy(update={"why": "stopped"}))
    await seconds(60)
    assert len(team.server.writes) == 2
    await team.writer.close(at_most=1)


@in_virtual_time
async def test_who_does_it_again_and_again_is_named_and_written_to_less_and_less_often() -> None:
    """G5"""
    team = await fought_over()
    assert len(team.server.writes) < 20
    assert team.writer.fought_by(team.server.known()) == '"keeper" (field manager)'
    assert team.told == ["dev"]
    await team.writer.close(at_most=1)


@in_virtual_time
async def test_where_nobody_can_say_who_it_is_it_is_told_all_the_same() -> None:
    """G5"""
    team = await fought_over(is_mute=True)
    assert team.writer.fought_by(team.server.known()) == SOMEBODY
    assert team.told == ["dev"]
    await team.writer.close(at_most=1)


async def fought_over(*, is_mute: bool = False) -> Team:
    """A writer whose records somebody takes off for an hour as soon as they stand there."""
    team = Team()
    team.server.is_mute = is_mute
    await team.say(SAID, EnvScheduleStatus())
    for _ in range(3600):
        if "records" in team.server.status:
            team.change(records=None)
        await seconds(1)
    return team


@in_virtual_time
async def test_a_field_that_the_crd_does_not_know_is_fought_for_by_nobody() -> None:
    """An upgrade of the operator before that of its CRDs."""
    team = Team(drops=("why",))
    await team.say(SAID, EnvScheduleStatus())
    team.writer.heard(team.server.known(), SAID)
    for _ in range(20):
        team.server.version += 1
        team.writer.heard(team.server.known(), SAID)
        await seconds(60)
    assert len(team.server.writes) == 2
    await team.writer.close(at_most=1)
