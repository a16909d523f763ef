"""Who asks for an env in a conversation where the app may not write is told by a direct message that it is awake: once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sundown.frontdesk.alerts.channel_backoff import Refusal
from sundown.frontdesk.alerts.delivery import Delivery
from sundown.frontdesk.alerts.marks import Marks, Waiting
from sundown.frontdesk.alerts.notice import Plan
from sundown.frontdesk.alerts.plan import GRACE, plan
from sundown.model.spec import Override
from sundown.usecases.find import Found
from support.frontdesk.fault_plan import Killed
from support.frontdesk.notice_samples import STOP, awake
from support.frontdesk.notice_world import SEAL, World

ASKED = STOP - timedelta(hours=8)


class Desk:
    """Frontdesks, one after the other, that look after an env which woke because somebody in C1 asked for it."""

    def __init__(self) -> None:
        asked = Override(state="Awake", at=ASKED, by="bo@example.com", via="slack")
        self.env = replace(awake(before=(), asked=asked, state="Awake"), since=ASKED)
        self.world = World(time=ASKED + timedelta(minutes=3))
        self.world.put(Marks().wait(Waiting(to="C1", by="U2", at=ASKED)))
        self._again()

    @property
    def marks(self) -> Marks:
        marks, broken = self.world.marks()
        assert broken is None
        return marks

    @property
    def told(self) -> list[str]:
        return [message.channel for message in self.world.messages]

    async def look(self, *faults: str) -> None:
        self.world.faults = list(faults)
        try:
            await self._delivery.look(self.world.found(), self._planned)
        except Killed:
            self._again()
        self.world.faults = []

    async def look_later(self, *faults: str) -> None:
        self.world.time += GRACE + timedelta(seconds=1)
        await self.look(*faults)

    def _again(self) -> None:
        self._delivery = Delivery(
            ledger=self.world, voice=self.world, clock=self.world, cluster_name="default", seal=SEAL
        )

    def _planned(self, _: Found, marks: Marks) -> Plan:
        return plan(self.env, marks, (), now=self.world.now())


async def test_who_asked_is_told_by_a_direct_message() -> None:
    """C5."""
    desk = Desk()
    await desk.look("", "refused")
    assert desk.told == ["U2"]
    assert (desk.marks.waiting, desk.marks.messages) == ((), ())


@pytest.mark.parametrize("killed", ["killed before", "killed after"])
@pytest.mark.parametrize("done", range(5), ids=["nothing", "marked", "refused", "marked-again", "posted"])
async def test_whatever_ends_on_the_way_they_are_told_once(done: int, killed: str) -> None:
    """C5."""
    desk = Desk()
    usual = ["", "refused", "", "", ""]
    await desk.look(*usual[:done], killed)
    for _ in range(4):
        # The channel goes on to refuse messages, though what is in it may be read.
        marks = desk.marks
        await desk.look_later(*([] if marks.messages else ["", "refused"]))
    assert len(desk.told) == 1
    assert (desk.marks.waiting, desk.marks.messages) == ((), ())


async def test_an_answer_that_never_came_is_looked_for_where_it_was_said() -> None:
    desk = Desk()
    await desk.look("", "refused", "", "silent after")
    await desk.look_later()
    assert desk.told == ["U2"]
    assert (desk.marks.waiting, desk.marks.messages) == ((), ())


async def test_where_neither_may_be_written_to_both_are_left_alone_for_a_while() -> None:
    desk = Desk()
    await desk.look("", "refused", "", "refused")
    assert desk.told == []
    writes = desk.world.version
    await desk.look()
    assert desk.world.version == writes
    await desk.look_later("", "refused")
    assert desk.told == ["U2"]


async def test_a_conversation_that_may_not_be_read_keeps_nobody_uninformed(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    await desk.look("", "killed before")

    async def hidden(*_: object, **__: object) -> str | None:
        raise Refusal("not_in_channel")

    monkeypatch.setattr(desk.world, "find", hidden)
    await desk.look_later()
    await desk.look("", "refused")
    assert desk.told == ["U2"]
    assert desk.marks.waiting == ()
