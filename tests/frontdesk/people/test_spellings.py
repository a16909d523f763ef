"""X1: Kubernetes tells capital letters from small ones and Slack does not, so who somebody is depends on how they are spelled."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.cluster import reading
from sundown.cluster.client import Cluster
from sundown.errors import InvalidObject, NotFound
from sundown.frontdesk.people.ownership import is_owner
from sundown.frontdesk.people.people import People, Person, Profile, SlackAway, UnknownPerson
from sundown.frontdesk.people.rights import Rights
from sundown.model.action_request import ActionRequestSpec, Target
from sundown.model.actions import DELETE
from sundown.model.addresses import folded, same_person, second_spelling
from sundown.model.base import parse
from sundown.usecases.find import Found, NotAllowed
from sundown.usecases.proposals import name_of

ANA = Profile(id="U1", email="Ana.Mueller@Example.com", name="Ana", time_zone="")
KELVIN = "\N{KELVIN SIGN}"


class Directory:
    """Slack, or one that tells capitals from small letters (``exact``)."""

    def __init__(self, *profiles: Profile, exact: bool = False) -> None:
        self.profiles = {profile.id: profile for profile in profiles}
        self.exact = exact
        self.lookups_fail = False

    async def user(self, user_id: str) -> Profile | None:
        return self.profiles.get(user_id)

    async def user_by_email(self, email: str) -> Profile | None:
        if self.lookups_fail:
            raise SlackAway("Slack does not answer")
        alike = (lambda name: name) if self.exact else str.lower
        return next((one for one in self.profiles.values() if alike(one.email) == alike(email)), None)

    async def groups(self) -> dict[str, frozenset[str]]:
        return {}


class Clock:
    def now(self) -> datetime:
        return datetime(2026, 11, 23, 12, tzinfo=UTC)


def people(directory: Directory) -> People:
    return People(directory, clock=Clock(), time_to_live=timedelta(minutes=10))


class Rbac(Cluster):
    """A cluster that allows some users, and forbids some outright; ``asked`` are those whom it was asked about."""

    def __init__(self, *allowed: str, denied: tuple[str, ...] = ()) -> None:
        self.allowed, self.denied = allowed, denied
        self.asked: list[str] = []

    async def create(self, path: str, body: dict[str, Any], **query: str) -> dict[str, Any]:
        user = body["spec"]["user"]
        self.asked.append(user)
        return {"status": {"allowed": user in self.allowed, "denied": user in self.denied}}


async def test_the_cluster_is_asked_with_the_profiles_own_spelling_first() -> None:
    ana = await people(Directory(ANA)).of("U1")
    cluster = Rbac("Ana.Mueller@Example.com")
    assert await Rights(cluster).may(ana, "wake", "dev1")
    assert cluster.asked == ["Ana.Mueller@Example.com"]


async def test_small_letters_are_asked_about_where_slack_says_that_they_are_the_same_persons() -> None:
    ana = await people(Directory(ANA)).of("U1")
    cluster = Rbac("ana.mueller@example.com")
    assert await Rights(cluster).may(ana, "wake", "dev1")
    assert cluster.asked == ["Ana.Mueller@Example.com", "ana.mueller@example.com"]


async def test_small_letters_that_are_somebody_elses_give_no_right() -> None:
    other = replace(ANA, id="U2", email="ana.mueller@example.com")
    directory = Directory(ANA, other, exact=True)
    assert (await people(directory).of("U1")).spellings == ("Ana.Mueller@Example.com",)
    assert (await people(directory).of("U2")).spellings == ("ana.mueller@example.com",)


async def test_small_letters_that_nobody_has_give_no_right() -> None:
    assert (await people(Directory(ANA, exact=True)).of("U1")).also is None


async def test_small_letters_count_for_nothing_while_slack_cannot_say_whose_they_are() -> None:
    directory = Directory(ANA)
    directory.lookups_fail = True
    assert (await people(directory).of("U1")).spellings == ("Ana.Mueller@Example.com",)


async def test_who_is_forbidden_outright_is_not_asked_about_by_another_name() -> None:
    ana = await people(Directory(ANA)).of("U1")
    cluster = Rbac("ana.mueller@example.com", denied=("Ana.Mueller@Example.com",))
    assert not await Rights(cluster).may(ana, "wake", "dev1")


@pytest.mark.parametrize(
    "email", [f"{KELVIN}im@example.com", "Åsa@Example.com", "ANA@exаmple.com", "İpek@example.com", "STRAẞE@example.com"]
)
async def test_beyond_ascii_only_the_profiles_own_spelling_counts(email: str) -> None:
    who = await people(Directory(replace(ANA, email=email))).of("U1")
    assert who.spellings == (email,)


@pytest.mark.parametrize("email", ["ana\u200b@example.com", "ana\u202e@example.com", "a\x00na@example.com"])
async def test_an_address_with_signs_that_nobody_sees_names_nobody(email: str) -> None:
    with pytest.raises(UnknownPerson):
        await people(Directory(replace(ANA, email=email))).of("U1")


async def test_people_are_looked_up_as_they_are_written_and_never_by_a_letter_that_looks_alike() -> None:
    kim = replace(ANA, email="kim@example.com")
    desk = people(Directory(kim, exact=True))
    assert (await desk.by_email(" kim@example.com ")).id == "U1"
    with pytest.raises(NotFound):
        await desk.by_email(f"{KELVIN}im@example.com")


async def test_a_new_address_counts_at_once_however_it_was_asked_for_before() -> None:
    directory = Directory(ANA)
    desk = people(directory)
    for spelling in ("ANA.MUELLER@example.com", "ana.mueller@example.com"):
        await desk.by_email(spelling)
    with pytest.raises(NotFound):
        await desk.by_email("Anna@example.com")
    directory.profiles["U1"] = renamed = replace(ANA, email="anna@Example.com")
    desk.changed(renamed)
    assert (await desk.by_email("Anna@example.com")).email == "anna@Example.com"
    with pytest.raises(NotFound):
        await desk.by_email("ana.mueller@example.com")


@pytest.mark.parametrize(
    ("name", "theirs"),
    [("ana.mueller@example.com", True), ("ANA.MUELLER@EXAMPLE.COM", True), ("anа.mueller@example.com", False)],
)
def test_an_env_is_owned_by_a_person_however_they_are_spelled(name: str, *, theirs: bool) -> None:
    raw = {"metadata": {"name": "default", "namespace": "dev1", "annotations": {"sundown.dev/owner": name}}, "spec": {}}
    found = Found("dev1", reading.env_schedule(raw), trouble=None, paused_by=None, space=None)
    ana = Person(id="U1", email="Ana.Mueller@Example.com", name="Ana", time_zone="")
    assert is_owner(ana, found) is theirs


@pytest.mark.parametrize("approver", ["ana@example.com", "ANA@example.com", " Ana@Example.com"])
def test_nobody_approves_a_request_of_their_own_by_another_spelling(approver: str) -> None:
    spec = {
        "action": "Delete",
        "target": {"namespace": "dev", "uid": "1"},
        "requestedBy": "Ana@example.com",
        "via": "slack",
        "requestedAt": "2026-11-23T12:00:00Z",
        "expiresAt": "2026-11-23T12:15:00Z",
        "confirmation": "dev",
        "approval": {"required": True, "by": approver, "at": "2026-11-23T12:01:00Z"},
    }
    with pytest.raises(InvalidObject, match="nobody approves a request of their own"):
        parse(ActionRequestSpec, spec)


def test_a_second_click_makes_no_second_request_because_the_spelling_changed_in_between() -> None:
    target = Target(namespace="dev", uid="1")
    names = {name_of(DELETE, target, person=folded(name), token="t") for name in ("Ana@example.com", "ana@example.com")}
    assert len(names) == 1


@given(st.text(), st.text())
def test_two_names_are_the_same_persons_only_where_ascii_capitals_are_all_that_differs(one: str, other: str) -> None:
    assert folded(folded(one)) == folded(one)
    same = [left == right or (left + right).isascii() for left, right in zip(one.strip(), other.strip(), strict=False)]
    if same_person(one, other):
        assert len(one.strip()) == len(other.strip())
        assert all(same)


@given(st.text())
def test_a_second_spelling_differs_in_ascii_capitals_only(address: str) -> None:
    plain = second_spelling(address)
    if plain is not None:
        assert plain.isascii()
        assert plain.isprintable()
        assert plain == address.strip().lower()


def test_nobody_is_not_the_same_as_nobody() -> None:
    assert not same_person(None, None)


async def test_who_deletes_is_written_down_by_the_spelling_that_has_the_right() -> None:
    """S3: the operator asks the cluster again by the name that stands in the request."""
    ana = await people(Directory(ANA)).of("U1")
    assert (
        await Rights(Rbac("ana.mueller@example.com")).require_action(ana, "delete", DELETE, "dev1")
        == "ana.mueller@example.com"
    )
    with pytest.raises(NotAllowed):
        await Rights(Rbac()).require_action(ana, "delete", DELETE, "dev1")
