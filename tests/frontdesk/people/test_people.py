"""Who somebody is: found by Slack's word, remembered for a while, and refused where that word is not reliable."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from sundown.errors import NotFound
from sundown.frontdesk.people.people import People, Person, Profile, SlackAway, UnknownPerson
from sundown.frontdesk.people.rights import GUESTS, groups_of
from sundown.frontdesk.slack.transport.client import AsyncWebClient, client_for, open_session
from sundown.frontdesk.slack.transport.directory import SlackDirectory
from sundown.frontdesk.slack.transport.identity import Identity
from support.frontdesk.clocks import Clock

ANA = Profile(id="U1", email="Ana@example.com", name="Ana", time_zone="Europe/Berlin")


class Directory:
    """A directory that counts how often it is asked."""

    def __init__(self, *profiles: Profile) -> None:
        self.profiles = {profile.id: profile for profile in profiles}
        self.members: dict[str, frozenset[str]] = {"platform": frozenset({"U1"}), "others": frozenset({"U2"})}
        self.asked: Counter[str] = Counter()
        self.away = False

    async def user(self, user_id: str) -> Profile | None:
        self._count("user")
        return self.profiles.get(user_id)

    async def user_by_email(self, email: str) -> Profile | None:
        self._count("user_by_email")
        return next((each for each in self.profiles.values() if each.email.lower() == email.lower()), None)

    async def groups(self) -> dict[str, frozenset[str]]:
        self._count("groups")
        return self.members

    def _count(self, what: str) -> None:
        self.asked[what] += 1
        if self.away:
            raise SlackAway("Slack does not answer")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def directory() -> Directory:
    return Directory(ANA)


@pytest.fixture
def people(directory: Directory, clock: Clock) -> People:
    return People(directory, clock=clock, time_to_live=timedelta(minutes=10))


async def test_a_person_is_known_to_the_cluster_by_email_and_groups(people: People) -> None:
    """J2"""
    ana = await people.of("U1")
    assert (ana.email, ana.time_zone) == ("Ana@example.com", "Europe/Berlin")
    assert groups_of(ana) == ["system:authenticated", "sundown:slack", "slack:platform"]


async def test_slack_is_asked_once_in_ten_minutes(people: People, directory: Directory, clock: Clock) -> None:
    for _ in range(5):
        await people.of("U1")
    assert directory.asked == {"user": 1, "groups": 1, "user_by_email": 1}
    clock.time += timedelta(minutes=11)
    await people.of("U1")
    assert directory.asked == {"user": 2, "groups": 2, "user_by_email": 2}


async def test_somebody_without_an_address_is_told_what_to_do(people: People, directory: Directory) -> None:
    """D5"""
    directory.profiles["U1"] = replace(ANA, email="")
    with pytest.raises(UnknownPerson, match=r"add it to your profile, or ask .* users:read.email"):
        await people.of("U1")


@pytest.mark.parametrize(
    "profile",
    [
        replace(ANA, foreign=True),
        replace(ANA, confirmed=False),
        replace(ANA, bot=True),
        replace(ANA, deleted=True),
        replace(ANA, email="system:masters"),
        replace(ANA, email="system:x@example.com"),
    ],
    ids=["foreign", "unconfirmed", "bot", "deleted", "group", "colon"],
)
async def test_who_is_not_reliably_that_person_is_nobody(
    people: People, directory: Directory, profile: Profile
) -> None:
    """J2 Z: anybody could take the rights of another"""
    directory.profiles["U1"] = profile
    with pytest.raises(UnknownPerson):
        await people.of("U1")


async def test_a_changed_profile_counts_at_once(people: People) -> None:
    await people.of("U1")
    await people.by_email("ana@example.com")
    people.changed(replace(ANA, email="anna@example.com"))
    assert (await people.of("U1")).email == "anna@example.com"


async def test_who_has_left_a_group_loses_it_at_once(people: People, directory: Directory) -> None:
    """J2"""
    assert (await people.of("U1")).groups == ("platform",)
    directory.members = {}
    people.groups_changed()
    assert (await people.of("U1")).groups == ()


async def test_people_are_found_by_their_address(people: People) -> None:
    """B1"""
    assert (await people.by_email("ANA@example.com")).id == "U1"
    with pytest.raises(NotFound, match="nobody in this Slack workspace"):
        await people.by_email("nobody@example.com")


async def test_who_was_unknown_may_be_known_a_minute_later(people: People, directory: Directory, clock: Clock) -> None:
    with pytest.raises(NotFound):
        await people.by_email("bo@example.com")
    directory.profiles["U2"] = replace(ANA, id="U2", email="bo@example.com")
    clock.time += timedelta(minutes=2)
    assert (await people.by_email("bo@example.com")).id == "U2"


async def test_without_slack_nobody_is_known_and_nothing_is_remembered_of_it(
    people: People, directory: Directory
) -> None:
    directory.away = True
    with pytest.raises(SlackAway):
        await people.of("U1")
    directory.away = False
    assert (await people.of("U1")).email == "Ana@example.com"


async def test_people_of_other_workspaces_are_foreign() -> None:
    """J2: a channel that Slack Connect shares has people in it for whose addresses nobody here vouches."""
    async with open_session() as session:
        directory = SlackDirectory(client_for("http://127.0.0.1:9/api/", token="xoxb-1", session=session))
        with pytest.raises(SlackAway):
            await directory.user("U1")  # nobody knows yet which workspace is ours
        directory.home = Identity(team="T1")
        user = {"id": "U1", "profile": {"email": "ana@example.com"}}
        assert not directory.profile({**user, "team_id": "T1"}).foreign
        assert not directory.profile({**user, "team_id": "T2", "enterprise_user": {"teams": ["T1", "T2"]}}).foreign
        assert directory.profile({**user, "team_id": "T2"}).foreign
        assert directory.profile(user).foreign  # whose they are is not said
        assert directory.profile({**user, "team_id": "T1", "is_stranger": True}).foreign


@pytest.mark.parametrize("mark", ["is_restricted", "is_ultra_restricted"])
async def test_guests_are_not_of_the_group_of_all_members(mark: str) -> None:
    """S9: whatever is granted to everybody in Slack is not granted to guests of a single channel."""
    directory = SlackDirectory(cast("AsyncWebClient", None))
    directory.home = Identity(team="T1", user="B", bot="B")
    about = {"id": "U9", "team_id": "T1", "is_email_confirmed": True, "profile": {"email": "guest@example.org"}}
    assert not directory.profile(about).guest
    profile = directory.profile({**about, mark: True})
    assert profile.guest
    guest = Person(id="U9", email=profile.email, name="", time_zone="", groups=("dev",), guest=profile.guest)
    assert groups_of(guest) == ["system:authenticated", "sundown:slack-guests", "slack:dev"]


def test_the_install_grants_guests_nothing() -> None:
    """S9"""
    root = Path(__file__).parents[3]
    assert [path for path in (root / "deploy").rglob("*.yaml") if GUESTS in path.read_text()] == []
