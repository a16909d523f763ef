"""X2: channels are renamed, archived and made anew, people and groups leave; the right ones are told, and who is not is said."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sundown.cluster.client import Cluster
from sundown.frontdesk.alerts import unreached
from sundown.frontdesk.alerts.channel_backoff import Patience, Refusal, Silent, SlackTrouble
from sundown.frontdesk.alerts.notice import Place
from sundown.frontdesk.alerts.reaching import Reaching
from sundown.frontdesk.alerts.recipients import Reached, Recipients
from sundown.frontdesk.people.preferences import NONE
from sundown.model.resources import UNREACHED, EnvScheduleStatus
from sundown.usecases.find import Found
from support.frontdesk.book import Book, env, person

DEV = env(None, notify={"channel": "#dev"})
MINUTE = timedelta(minutes=1)


@dataclass
class Slack(Book):
    """The book of the other tests, whose channels change; ``time`` is set by hand."""

    time: datetime = datetime(2026, 11, 23, 12, tzinfo=UTC)
    rooms: dict[str, str] = field(default_factory=lambda: {"dev": "C00000OLD"})
    gone: dict[str, str] = field(default_factory=dict)
    trouble: SlackTrouble | None = None

    def now(self) -> datetime:
        return self.time

    async def channels(self) -> dict[str, str]:
        self.asked.append("channels")
        if self.trouble is not None:
            raise self.trouble
        return dict(self.rooms)

    async def fates(self) -> dict[str, str]:
        self.asked.append("fates")
        return dict(self.gone)


@pytest.fixture
def slack() -> Slack:
    return Slack()


@pytest.fixture
def recipients(slack: Slack) -> Recipients:
    return Recipients(
        people=slack, groups=slack, switchboard=slack, preferences=lambda _: NONE, clock=slack, default_channel=""
    )


def ids(reached: Reached) -> list[str]:
    return [place.to for place in reached.places]


async def test_a_new_channel_of_the_same_name_is_found_within_minutes(slack: Slack, recipients: Recipients) -> None:
    assert ids(await recipients.channel(DEV)) == ["C00000OLD"]
    slack.rooms = {"dev": "C00000NEW"}
    slack.time += 4 * MINUTE
    assert ids(await recipients.channel(DEV)) == ["C00000NEW"]


async def test_it_is_found_at_once_where_slack_tells_of_the_change(slack: Slack, recipients: Recipients) -> None:
    await recipients.channel(DEV)
    slack.rooms = {"dev": "C00000NEW"}
    recipients.forget_channels()
    assert ids(await recipients.channel(DEV)) == ["C00000NEW"]


async def test_a_channel_that_refuses_is_looked_for_again_within_a_minute(slack: Slack, recipients: Recipients) -> None:
    (place,) = (await recipients.channel(DEV)).places
    slack.rooms = {"dev": "C00000NEW"}
    slack.time += MINUTE
    assert "is archived" in recipients.refused(place, "is_archived")
    assert ids(await recipients.channel(DEV)) == ["C00000NEW"]


async def test_many_envs_cost_one_listing(slack: Slack, recipients: Recipients) -> None:
    for _ in range(100):
        await recipients.channel(DEV)
    assert slack.asked == ["channels"]


async def test_a_missing_channel_is_not_asked_for_more_than_once_a_minute(slack: Slack, recipients: Recipients) -> None:
    slack.rooms = {}
    for _ in range(100):
        await recipients.channel(DEV)
    assert slack.asked == ["channels", "fates"]


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ({"dev": "is archived"}, "channel #dev is archived"),
        ({"dev": "was renamed to #dev-old and archived"}, "channel #dev was renamed to #dev-old and archived"),
        ({}, "channel #dev is not there, or it is private and the app is not in it: invite the app"),
    ],
    ids=["archived", "renamed and archived", "deleted, or private without the app"],
)
async def test_what_has_become_of_a_channel_is_said(
    slack: Slack, recipients: Recipients, gone: dict[str, str], said: str
) -> None:
    slack.rooms, slack.gone = {"other": "C0OTHER"}, gone
    reached = await recipients.channel(DEV)
    assert (ids(reached), reached.unsure) == ([], False)
    assert reached.troubles[0].startswith(said)


async def test_the_channel_of_a_moment_ago_counts_while_slack_lists_none(slack: Slack, recipients: Recipients) -> None:
    await recipients.channel(DEV)
    slack.trouble, slack.time = Silent("no answer"), slack.time + 10 * MINUTE
    assert ids(await recipients.channel(DEV)) == ["C00000OLD"]
    slack.trouble, slack.rooms, slack.time = None, {"dev": "C00000NEW"}, slack.time + 2 * MINUTE
    assert ids(await recipients.channel(DEV)) == ["C00000NEW"]


async def test_a_conversation_that_was_closed_is_opened_again(slack: Slack, recipients: Recipients) -> None:
    found = env("ana@example.com")
    (place,) = (await recipients.of(found)).places
    recipients.refused(place, "channel_not_found")
    await recipients.of(found)
    assert slack.asked.count(person("ana").id) == 2


@pytest.mark.parametrize(
    ("owner", "said"),
    [
        ("nobody@example.com", "nobody@example.com"),
        ("@disbanded", "there is no user group @disbanded, or it is disabled"),
        ("UGONE00", "owner UGONE00: nobody"),
    ],
    ids=["no such person", "group disabled", "deactivated"],
)
async def test_an_owner_who_cannot_be_found_is_named(recipients: Recipients, owner: str, said: str) -> None:
    reached = await recipients.of(env(f"{owner},bo@example.com"))
    assert ids(reached) == [person("bo").id]
    assert len(reached.troubles) == 1
    assert said in reached.troubles[0]


async def test_a_user_group_that_is_disabled_is_named_by_its_id_too(slack: Slack, recipients: Recipients) -> None:
    async def disabled(group: str) -> tuple[str, ...]:
        raise Refusal("no_such_subteam")

    slack.members_of = disabled  # type: ignore[method-assign]
    (said,) = (await recipients.owners(env("<!subteam^S0123ABCD|@all>"))).troubles
    assert "no such user group, or it is disabled" in said


async def test_somebody_without_a_conversation_is_named(slack: Slack, recipients: Recipients) -> None:
    slack.closed = Refusal("user_disabled")
    (said,) = (await recipients.of(env("ana@example.com"))).troubles
    assert said == "ana@example.com has a Slack account that is deactivated: name another owner"


@pytest.mark.parametrize(
    "code", ["is_archived", "not_in_channel", "channel_not_found", "restricted_action", "new_word"]
)
def test_each_word_of_slacks_is_told_with_what_to_do_or_as_it_is(code: str) -> None:
    said = unreached.channel_trouble("#dev", code)
    assert said.startswith("channel #dev ")
    assert ": " in said or code in said


def test_many_troubles_are_counted_and_bounded() -> None:
    text = unreached.text([f"owner {'😴' * 90}{number}: nobody" for number in range(50)])
    assert len(text) <= unreached.LONGEST
    assert unreached.text(["a", "a"]) == "a"
    assert unreached.text([f"{number}" for number in range(7)]).endswith("; and 2 more")


@dataclass
class Schedules(Cluster):
    """Keeps what is written."""

    written: list[Any] = field(default_factory=list)

    async def merge_patch(
        self, path: str, body: dict[str, Any], *, whole: bool = False, **params: str
    ) -> dict[str, Any]:
        self.written.append(body["metadata"]["annotations"][UNREACHED])
        return {}


async def test_what_is_said_on_the_env_goes_when_it_is_mended(slack: Slack, recipients: Recipients) -> None:
    cluster, patience = Schedules(), Patience(slack)
    reaching = Reaching(cluster, recipients=recipients, patience=patience)
    slack.rooms, slack.gone = {}, {"dev": "is archived"}
    await reaching.say(DEV, reached=None)
    assert cluster.written == ["channel #dev is archived"]
    marked = env(None, notify={"channel": "#dev"}, annotations={UNREACHED: "channel #dev is archived"})
    await reaching.say(marked, reached=None)
    assert len(cluster.written) == 1
    slack.rooms, slack.time = {"dev": "C00000NEW"}, slack.time + 2 * MINUTE
    await reaching.say(marked, reached=None)
    assert cluster.written == ["channel #dev is archived", None]


async def test_a_channel_named_by_its_id_is_told_of_by_what_slack_refuses(slack: Slack, recipients: Recipients) -> None:
    cluster, patience = Schedules(), Patience(slack)
    reaching = Reaching(cluster, recipients=recipients, patience=patience)
    slack.rooms = {"dev": "C0123456789"}
    found = env(None, notify={"channel": "C0123456789"})
    patience.failed("C0123456789", Refusal("is_archived"))
    await reaching.say(found, reached=None)
    assert cluster.written == [unreached.channel_trouble("C0123456789", "is_archived")]
    patience.well("C0123456789")
    await reaching.say(env(None, notify={"channel": "C0123456789"}, annotations={UNREACHED: "x"}), reached=None)
    assert cluster.written[1:] == [None]


async def test_owners_who_cannot_be_told_stay_named_between_notices(slack: Slack, recipients: Recipients) -> None:
    cluster = Schedules()
    reaching = Reaching(cluster, recipients=recipients, patience=Patience(slack))
    found = env("nobody@example.com")
    await reaching.say(found, reached=await recipients.of(found))
    assert "nobody@example.com" in cluster.written[0]
    marked = env("nobody@example.com", annotations={UNREACHED: cluster.written[0]})
    await reaching.say(marked, reached=None)
    assert len(cluster.written) == 1


async def test_while_slack_is_silent_what_was_said_stays(slack: Slack, recipients: Recipients) -> None:
    cluster = Schedules()
    slack.trouble = Silent("no answer")
    marked = env(None, notify={"channel": "#dev"}, annotations={UNREACHED: "channel #dev is archived"})
    await Reaching(cluster, recipients=recipients, patience=Patience(slack)).say(marked, reached=None)
    assert cluster.written == []


async def test_what_slack_refuses_to_somebody_is_told_of_them(slack: Slack, recipients: Recipients) -> None:
    cluster, patience = Schedules(), Patience(slack)
    place = Place(to="U1", channel="D1", person=True, name="ana@example.com")
    patience.failed("D1", Refusal("messages_tab_disabled"))
    await Reaching(cluster, recipients=recipients, patience=patience).say(env(None), reached=Reached((place,)))
    assert cluster.written == ["ana@example.com cannot be written to: turn the messages tab of the app on"]


def guarded(owner: str | None, **spec: Any) -> Found:
    """An env that is stopped by two people."""
    found = env(owner, **spec)
    return replace(found, known=replace(found.known, status=EnvScheduleStatus(needs_approval=("Stop",))))


async def test_an_env_of_which_nobody_is_named_is_told_to_nobody_as_it_asks(
    slack: Slack, recipients: Recipients
) -> None:
    cluster = Schedules()
    await Reaching(cluster, recipients=recipients, patience=Patience(slack)).say(env(None), reached=None)
    assert cluster.written == []


async def test_that_nobody_is_told_what_to_approve_is_said_once_where_its_owner_looks(
    slack: Slack, recipients: Recipients
) -> None:
    """I7: `why`, `status` and the Ready condition repeat it."""
    cluster = Schedules()
    reaching = Reaching(cluster, recipients=recipients, patience=Patience(slack))
    await reaching.say(guarded(None), reached=None)
    (said,) = cluster.written
    assert "SUNDOWN_SLACK_CHANNEL" in said
    await reaching.say(guarded(None, annotations={UNREACHED: said}), reached=None)
    assert len(cluster.written) == 1
    await reaching.say(env(None, annotations={UNREACHED: said}), reached=None)
    assert cluster.written == [said, None]


async def test_with_a_usual_channel_nobody_has_to_name_one(slack: Slack) -> None:
    usual = Recipients(
        people=slack, groups=slack, switchboard=slack, preferences=lambda _: NONE, clock=slack, default_channel="#dev"
    )
    cluster = Schedules()
    await Reaching(cluster, recipients=usual, patience=Patience(slack)).say(guarded(None), reached=None)
    assert cluster.written == []


@pytest.mark.parametrize("notify", [{}, {"channel": "#dev"}])
async def test_where_it_takes_two_a_channel_is_missed_though_there_is_an_owner(
    slack: Slack, recipients: Recipients, notify: dict[str, Any]
) -> None:
    """I7: what waits for somebody else is told in the channel of the env, and nowhere else."""
    cluster = Schedules()
    found = guarded("ana@example.com", notify=notify)
    await Reaching(cluster, recipients=recipients, patience=Patience(slack)).say(found, reached=None)
    assert ["what a second person has to approve" in said for said in cluster.written] == ([] if notify else [True])
