"""Who is told: names in annotations and schedules become people and conversations. Slack is a small book here."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sundown.frontdesk.alerts import owner_zones
from sundown.frontdesk.alerts.channel_backoff import Refusal, Silent
from sundown.frontdesk.alerts.recipients import MOST_OWNERS, Recipients
from sundown.frontdesk.people.people import SlackAway
from sundown.frontdesk.people.preferences import NONE, Preferences, preferred
from sundown.frontdesk.settings import FrontdeskSettings
from sundown.usecases.find import Found
from support.frontdesk.book import Book, env, person


def recipients(book: Book, *, channel: str = "#ops", likes: dict[str, Preferences] | None = None) -> Recipients:
    return Recipients(
        people=book,
        groups=book,
        switchboard=book,
        preferences=lambda user: (likes or {}).get(user, NONE),
        clock=book,
        default_channel=channel,
    )


async def told(found: Found, book: Book | None = None, **more: Any) -> list[str]:
    return [place.to for place in (await recipients(book or Book(), **more).of(found)).places]


async def test_the_channel_of_the_schedule_counts_else_the_usual_one() -> None:
    """B6"""
    assert await told(env(None, notify={"channel": "#dev"})) == ["C00000DEV"]
    assert await told(env(None, notify={"channel": "dev"})) == ["C00000DEV"]
    assert await told(env(None, notify={"channel": "C00000DEV"})) == ["C00000DEV"]
    assert await told(env(None)) == ["C00000OPS"]
    assert await told(env(None), channel="") == []


@pytest.mark.parametrize(
    ("owner", "names"),
    [
        ("ana@example.com", ["ana"]),
        ("ana@example.com, bo@example.com", ["ana", "bo"]),
        ("<@UBO0000>", ["bo"]),
        ("UBO0000", ["bo"]),
        ("@platform", ["ana", "chen"]),
        ("<!subteam^S0123ABCD|@all>", ["ana", "bo", "chen", "dina"]),
        ("ana@example.com @platform ana@example.com", ["ana", "chen"]),
        ("nobody@example.com; bo@example.com", ["bo"]),
        ("@nobody, <!channel>, *, bo@example.com", ["bo"]),
    ],
)
async def test_owners_are_people_and_groups_by_any_of_their_names(owner: str, names: list[str]) -> None:
    """B1"""
    owners = await recipients(Book()).owners(env(owner))
    assert [one.name for one in owners.people] == names
    assert not owners.unsure


async def test_the_owner_named_in_the_schedule_counts_more_than_the_namespaces() -> None:
    """B1"""
    found = env("ana@example.com", annotations={"sundown.dev/owner": "bo@example.com"})
    assert await told(found, channel="") == [person("bo").id]


async def test_the_owner_is_left_alone_where_the_schedule_says_so() -> None:
    """B6"""
    assert await told(env(notify={"owner": False})) == ["C00000OPS"]


@pytest.mark.parametrize("away", [SlackAway("no answer"), Silent("no answer")])
async def test_nobody_counts_as_gone_while_slack_does_not_answer(away: Exception) -> None:
    reached = await recipients(Book(away=away)).of(env())
    assert reached.unsure
    assert [place.to for place in reached.places] == ["C00000OPS"]


async def test_somebody_who_cannot_be_written_to_hinders_nobody() -> None:
    reached = await recipients(Book(closed=Refusal("cannot_dm_bot"))).of(env("ana@example.com,bo@example.com"))
    assert [place.to for place in reached.places] == ["C00000OPS"]
    assert not reached.unsure


async def test_conversations_and_channels_are_asked_for_once() -> None:
    book = Book()
    desk = recipients(book)
    for _ in range(3):
        await desk.of(env())
    assert book.asked == ["channels", person("ana").id]


async def test_quiet_hours_and_the_usual_snooze_come_from_the_persons_preferences() -> None:
    """C9"""
    likes = preferred(defaultSnooze="3h", quietHours={"from": "22:00", "to": "07:00"})
    reached = await recipients(Book(), channel="", likes={person("ana").id: likes}).of(env())
    (place,) = reached.places
    assert place.quiet_until == datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    assert place.snooze is not None
    assert place.snooze.total_seconds() == 3 * 3600
    assert (place.person, place.time_zone) == (True, "Europe/Berlin")


async def test_a_person_without_a_zone_reads_utc() -> None:
    """B5"""
    (place,) = (await recipients(Book(), channel="").of(env("dina@example.com"))).places
    assert place.time_zone == "UTC"


async def test_an_endless_list_of_owners_is_cut() -> None:
    names = [f"p{number}" for number in range(100)]
    book = Book(known={name: person(name) for name in names})
    owners = await recipients(book).owners(env(",".join(f"{name}@x.example" for name in names[:20])))
    assert len(owners.people) <= MOST_OWNERS


async def test_the_zones_are_each_owners_once_the_first_owners_first() -> None:
    """B2 B3"""
    owners = await recipients(Book()).owners(env("chen@example.com,ana@example.com,dina@example.com,chen@example.com"))
    assert owner_zones.wanted(env(timeZone="owner"), owners) == "Asia/Kolkata,Europe/Berlin"


async def test_zones_that_are_right_or_not_asked_for_or_not_known_are_left_as_they_are() -> None:
    """B2: Slack being away changes no working hours."""
    owners = await recipients(Book()).owners(env())
    right = env(timeZone="owner", annotations={"sundown.dev/owner-time-zones": "Europe/Berlin"})
    assert owner_zones.wanted(right, owners) is None
    assert owner_zones.wanted(env(), owners) is None
    away = await recipients(Book(away=SlackAway("no answer"))).owners(env())
    assert owner_zones.wanted(env(timeZone="owner"), away) is None
    nobody = await recipients(Book()).owners(env(None))
    assert owner_zones.wanted(env(timeZone="owner"), nobody) is None


def test_the_usual_channel_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """B6"""
    for name, value in {
        "SUNDOWN_SLACK_CHANNEL": "#envs",
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
    }.items():
        monkeypatch.setenv(name, value)
    assert FrontdeskSettings().slack_channel == "#envs"
