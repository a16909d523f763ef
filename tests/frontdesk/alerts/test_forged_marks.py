"""Who edits an EnvSchedule can write its marks too; nothing that they write there is done to anybody (S6, J6)."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.frontdesk.alerts.channel_backoff import Refusal, Silent
from sundown.frontdesk.alerts.delivery import Delivery
from sundown.frontdesk.alerts.marks import MARKS, UNSEALED, Mark, Marks, Waiting, manifest, read
from sundown.frontdesk.alerts.notice import Plan
from sundown.frontdesk.alerts.plan import plan
from sundown.frontdesk.seal import ASKED, Seal, is_vouched_for, vouch
from sundown.model.env import Known
from sundown.model.resources import EnvScheduleStatus, Metadata
from sundown.model.spec import Override
from sundown.usecases.find import Found
from support.frontdesk.notice_samples import CHANNEL, STOP, asleep, awake
from support.frontdesk.notice_world import SEAL, Message, World

VICTIM = Message(
    ts="99.9", channel="C9", key="default/other/uid-9/2026-11-23T18:00:00Z/C9", says="stop", digest="theirs"
)
ASKED_AT = STOP - timedelta(hours=1)


def forged(**changes: object) -> Mark:
    usual = {"what": "stop", "to": "C9", "due": STOP, "channel": "C9", "ts": VICTIM.ts, "at": STOP - timedelta(hours=1)}
    return Mark.model_validate({**usual, **changes})


def another_envs(marks: Marks, **of: str) -> str:
    """The annotation as a frontdesk has sealed it for another env, or another cluster or token."""
    seal = Seal(of.pop("token", "xoxb-of-the-model"), cluster=of.pop("cluster", "default"))
    metadata = Metadata(**{"name": "default", "namespace": "dev1", "uid": "uid-1", **of})
    known = Known(metadata=metadata, status=EnvScheduleStatus())
    return str(manifest(known, marks, seal)["metadata"]["annotations"][MARKS])


def altered(text: str, **changes: object) -> str:
    return json.dumps({**json.loads(text), **changes})


FOREIGN = Marks(messages=(forged(),))
PINGS = Marks(waiting=(Waiting(to="C9", by="U9", at=ASKED_AT), Waiting(to="U9", by="U9", at=ASKED_AT)))
SPELLINGS = {
    "a foreign message, as versions before wrote it": FOREIGN.to_text(),
    "a foreign message in our own channel's name": Marks(messages=(forged(to="C1"),)).to_text(),
    "one that may be there or not": Marks(messages=(forged(ts=None, to="C1"),)).to_text(),
    "one that sleeps": Marks(messages=(forged(what="asleep"),)).to_text(),
    "one that has moved": Marks(messages=(forged(what="moved", shown="moved/x"),)).to_text(),
    "people and channels who wait for it": PINGS.to_text(),
    "that everybody has been told": Marks(heard=STOP).to_text(),
    "copied from another env": another_envs(FOREIGN, uid="uid-9"),
    "copied from another namespace": another_envs(FOREIGN, namespace="other"),
    "copied from another cluster": another_envs(FOREIGN, cluster="eu"),
    "sealed with another token": another_envs(FOREIGN, token="xoxb-mine"),
    "our seal on other words": altered(
        another_envs(Marks(heard=STOP)), messages=json.loads(FOREIGN.to_text())["messages"]
    ),
    "an empty seal": altered(FOREIGN.to_text(), seal=""),
    "a seal beyond ASCII": altered(FOREIGN.to_text(), seal="\u00fc" * 43),
    "a seal without end": altered(FOREIGN.to_text(), seal="A" * 5000),
    "a seal that is no text": altered(FOREIGN.to_text(), seal=["A"]),
}


class Desk:
    """A frontdesk before a world in which somebody else has a message."""

    def __init__(self, annotation: str = "") -> None:
        self.env = awake()
        self.world = World(time=STOP - timedelta(minutes=40))
        self.world.messages.append(VICTIM)
        self.world.annotation = annotation
        self.restart()

    def restart(self) -> None:
        self.delivery = Delivery(
            ledger=self.world, voice=self.world, clock=self.world, cluster_name="default", seal=SEAL
        )

    async def look(self) -> None:
        await self.delivery.look(self.world.found(), self._planned)

    def says(self) -> list[tuple[str, str]]:
        """What stands in Slack but for the victim's message, which is as it was."""
        assert [one for one in self.world.messages if one.ts == VICTIM.ts] == [VICTIM]
        return [(one.channel, one.says) for one in self.world.messages if one is not VICTIM]

    def _planned(self, _: Found, marks: Marks) -> Plan:
        return plan(self.env, marks, (CHANNEL,), now=self.world.now())


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS)
async def test_no_foreign_message_is_overwritten_and_nobody_written_to_by_a_forged_mark(text: str) -> None:
    desk = Desk(text)
    for state in (awake(), asleep(), awake(state="Waking"), awake(since=STOP)):
        desk.env = state
        await desk.look()
        desk.world.time += timedelta(minutes=2)
    assert {channel for channel, _ in desk.says()} <= {"C1"}
    assert len(desk.says()) <= 1


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS)
async def test_a_forged_mark_is_said_on_the_env_and_ours_takes_its_place(text: str) -> None:
    desk = Desk(text)
    await desk.look()
    said = desk.delivery.belief.doubt(desk.world.found())
    assert said is not None
    assert said.startswith(f"annotation {MARKS} ")
    marks, broken = desk.world.marks()
    assert broken is None
    assert [mark.channel for mark in marks.messages] == ["C1"]


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS)
async def test_what_the_frontdesk_has_written_itself_it_does_not_forget_by_it(text: str) -> None:
    """The message of the coming shutdown is one and the same before and after."""
    desk = Desk()
    await desk.look()
    before, _ = desk.world.marks()
    desk.world.annotation = text
    desk.world.version += 1
    await desk.look()
    assert desk.says() == [("C1", "stop")]
    assert desk.world.marks() == (before, None)


@pytest.mark.parametrize(
    "spoil", [lambda marks: marks.to_text(), lambda marks: another_envs(marks, token="xoxb-before")]
)
@pytest.mark.parametrize("sleeps", [False, True])
async def test_our_own_messages_of_an_older_version_or_token_are_kept(
    spoil: Callable[[Marks], str], *, sleeps: bool
) -> None:
    """A new token of the app, or an upgrade, forgets no message: Slack knows which are ours."""
    desk = Desk()
    await desk.look()
    marks, _ = desk.world.marks()
    desk.world.annotation = spoil(marks)
    desk.restart()
    desk.env = asleep() if sleeps else awake()
    await desk.look()
    assert desk.says() == [("C1", "asleep" if sleeps else "stop")]
    kept, broken = desk.world.marks()
    assert (broken, [mark.ts for mark in kept.messages]) == (None, [mark.ts for mark in marks.messages])


async def test_while_slack_cannot_say_whose_a_message_is_nothing_is_done_or_lost() -> None:
    desk = Desk()
    await desk.look()
    marks, _ = desk.world.marks()
    desk.world.annotation = marks.to_text()
    desk.restart()
    for fault in ("lost", "busy"):
        desk.world.faults = [fault]
        await desk.look()
        assert desk.world.annotation == marks.to_text()
    await desk.look()
    assert desk.world.marks()[1] is None
    assert desk.says() == [("C1", "stop")]


async def test_slack_is_asked_once_however_often_somebody_forges() -> None:
    """J6: nor is the cluster written to more than once a minute for it."""
    desk = Desk(FOREIGN.to_text())
    asked: list[str] = []
    stands = desk.world.stands

    async def counting(channel: str, *, ts: str, key: str) -> bool:
        asked.append(channel)
        return await stands(channel, ts=ts, key=key)

    desk.world.stands = counting  # type: ignore[method-assign]
    desk.restart()
    desk.env = awake(before=())
    for _ in range(50):
        desk.world.annotation = FOREIGN.to_text()
        desk.world.version += 1
        version = desk.world.version
        await desk.look()
        desk.world.time += timedelta(seconds=1)
    assert asked == ["C9"]
    assert desk.world.version == version


async def test_marks_that_were_sealed_before_and_are_put_back_ping_nobody_again() -> None:
    """Who asked is told once, although the words that they wait are our own."""
    desk = Desk()
    desk.env = awake(
        before=(), state="Awake", since=ASKED_AT, asked=Override(state="Awake", at=ASKED_AT, by="bo@example.com")
    )
    desk.world.put(Marks().wait(Waiting(to="C1", by="U2", at=ASKED_AT)))
    old = desk.world.annotation
    for _ in range(5):
        desk.world.annotation = old
        desk.world.version += 1
        await desk.look()
        desk.world.time += timedelta(seconds=20)
    assert desk.says() == [("C1", "ready")]


@given(
    st.text(max_size=50), st.sampled_from(["namespace", "uid"]), st.text(min_size=1, max_size=20), st.text(max_size=50)
)
def test_a_seal_fits_these_words_on_this_object_and_no_others(words: str, field: str, value: str, others: str) -> None:
    """As a property."""
    here = Metadata(namespace="dev1", uid="uid-1")
    there = here.model_copy(update={field: value})
    seal = SEAL.of(here, words)
    assert SEAL.fits(seal, here, words)
    assert SEAL.fits(seal, there, words) == (there == here)
    assert SEAL.fits(seal, here, others) == (others == words)
    assert not SEAL.fits(seal, here, words, "")
    assert not SEAL.fits(others, here, words)
    assert not Seal("xoxb-another", cluster="default").fits(seal, here, words)


def test_an_object_without_an_identity_has_no_seal() -> None:
    nobody = Metadata(namespace="dev1", uid="")
    assert not SEAL.fits(SEAL.of(nobody, "x"), nobody, "x")


def test_the_token_does_not_stand_in_a_seal() -> None:
    assert "xoxb" not in another_envs(FOREIGN)
    assert read(Metadata(annotations={MARKS: another_envs(FOREIGN)}), SEAL) == (Marks(), UNSEALED)


@pytest.mark.parametrize(
    "change",
    [{"by": "victim@example.com"}, {"at": STOP}, {"state": "Asleep"}, {"by": None}],
    ids=["somebody else", "another time", "the opposite", "nobody"],
)
def test_whoever_did_not_ask_in_slack_is_not_told_that_it_is_awake(change: dict[str, object]) -> None:
    """``override.by`` and ``via`` are free text, and one who waits by them would get a message."""
    asked = Override(state="Awake", at=ASKED_AT, by="bo@example.com", via="slack")
    metadata = Metadata(namespace="dev1", uid="uid-1")
    sealed = metadata.model_copy(update={"annotations": vouch(SEAL, metadata, asked)})
    assert is_vouched_for(SEAL, sealed, asked)
    assert not is_vouched_for(SEAL, sealed, asked.model_copy(update=change))
    assert not is_vouched_for(SEAL, metadata, asked)
    assert not is_vouched_for(SEAL, sealed.model_copy(update={"uid": "uid-2"}), asked)
    assert not is_vouched_for(SEAL, sealed.model_copy(update={"annotations": {ASKED: "x"}}), asked)


@pytest.mark.parametrize("trouble", [Refusal("channel_not_found"), Refusal("missing_scope")])
async def test_where_we_cannot_look_we_have_written_nothing(trouble: Refusal) -> None:
    desk = Desk(FOREIGN.to_text())

    async def refuse(*_: object, **__: object) -> bool:
        raise trouble

    desk.world.stands = refuse  # type: ignore[method-assign]
    desk.restart()
    await desk.look()
    assert desk.says() == [("C1", "stop")]


def test_silence_is_no_refusal() -> None:
    assert not issubclass(Silent, Refusal)
